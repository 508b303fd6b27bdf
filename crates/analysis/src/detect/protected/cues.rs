//! Words that speak for a lane, several lines for one lane: hints for a model that was trained on few sentences.

use super::LANES;
use crate::detect::group_attack::lexicon::lines;
use saring_domain::Lane;
use std::sync::LazyLock;

/// The lines of `data/lane_cues.txt`: a lane with the words of one of its lines. Bit `n` of a mask is line `n`.
pub static LINES: LazyLock<Vec<(Lane, Vec<&'static str>)>> = LazyLock::new(|| {
    let of = |line: &'static str| {
        let (name, words) = line.split_once(':')?;
        Some((lane_named(name)?, words.split_whitespace().collect()))
    };
    lines(include_str!("../../../data/lane_cues.txt")).filter_map(of).take(u32::BITS as usize).collect()
});

/// For every lane the bits of its lines.
static NEEDED: LazyLock<[u32; LANES.len()]> = LazyLock::new(|| {
    LANES.map(|lane| {
        let own = LINES.iter().enumerate().filter(|(_, (of, _))| *of == lane);
        own.fold(0, |bits, (line, _)| bits | 1 << line)
    })
});

/// The lane as the contract writes it.
pub fn lane_named(name: &str) -> Option<Lane> {
    serde_json::from_value(serde_json::Value::from(name)).ok()
}

/// Of which of [`LANES`] a text meets every line, when `seen` are the lines it meets.
pub fn met(seen: u32) -> [bool; LANES.len()] {
    NEEDED.map(|needed| needed != 0 && needed & seen == needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::group_attack::lexicon::vocabulary::VOCABULARY;

    #[test]
    fn every_lane_has_cues_and_every_line_a_lane() {
        let all = lines(include_str!("../../../data/lane_cues.txt"));
        assert_eq!(all.count(), LINES.len(), "a line without a lane, or more lines than a mask has bits");
        assert!(NEEDED.iter().all(|needed| *needed != 0));
        let seen = |words: &[&str]| {
            words.iter().filter_map(|word| VOCABULARY.get(word)).fold(0, |bits, entry| bits | entry.cues)
        };
        assert_eq!(met(seen(&["durian"])), [false; LANES.len()]);
        assert!(met(seen(&["instx", "gagal"]))[0]);
        assert!(!met(seen(&["instx"]))[0]);
    }
}
