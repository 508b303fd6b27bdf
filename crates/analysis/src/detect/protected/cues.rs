//! What a text must show before a lane may be named: a model trained on few sentences needs a reason that a person can see.

use crate::detect::group_attack::lexicon::lines;
use saring_domain::Lane;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The cues of `data/lane_cues.txt`: a lane with the words of one of its lines.
static CUES: LazyLock<Vec<(Lane, HashSet<&'static str>)>> = LazyLock::new(|| {
    let of = |line: &'static str| {
        let (name, words) = line.split_once(':')?;
        Some((lane_named(name)?, words.split_whitespace().collect()))
    };
    lines(include_str!("../../../data/lane_cues.txt")).filter_map(of).collect()
});

/// The lane as the contract writes it.
pub fn lane_named(name: &str) -> Option<Lane> {
    serde_json::from_value(serde_json::Value::from(name)).ok()
}

/// Whether the words of a text allow `lane`: one of every line of its cues is there.
pub fn allows(lane: Lane, words: &HashSet<&str>) -> bool {
    let mut lines = CUES.iter().filter(|(of, _)| *of == lane).peekable();
    let any = lines.peek().is_some();
    any && lines.all(|(_, cues)| words.iter().any(|word| cues.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::protected::LANES;

    #[test]
    fn every_lane_has_cues_and_every_line_a_lane() {
        for line in lines(include_str!("../../../data/lane_cues.txt")) {
            assert!(line.split_once(':').and_then(|(name, _)| lane_named(name)).is_some(), "{line}");
        }
        for lane in LANES {
            assert!(CUES.iter().any(|(of, _)| *of == lane), "{lane:?}");
            assert!(!allows(lane, &HashSet::from(["durian"])), "{lane:?}");
        }
        assert!(allows(Lane::Criticism, &HashSet::from(["instx", "gagal"])));
        assert!(!allows(Lane::Criticism, &HashSet::from(["instx"])));
    }
}
