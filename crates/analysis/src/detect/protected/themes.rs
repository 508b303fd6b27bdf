//! What words are about: a text of few known words still touches themes, and their order tells complaint from news.

use crate::detect::group_attack::lexicon::lines;
use crate::detect::group_attack::lexicon::vocabulary::VOCABULARY;
use crate::model::linear::{FeatureHash, word_hash};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Endings that leave the theme of a word as it is, longest first.
const ENDINGS: [&str; 9] = ["nya", "lah", "kah", "pun", "ku", "mu", "ne", "na", "e"];
/// Shortest word that is left of one.
const SHORTEST: usize = 4;
/// Words of a text whose themes are read.
pub const READ: usize = 60;
/// How far apart two words may stand that follow one another.
const NEAR: usize = 4;

/// By the hash of a word as the stream reads it: bit `n` is the `n`th line of `data/lane_themes.txt`.
static THEMES: LazyLock<HashMap<u32, u128>> = LazyLock::new(|| {
    let mut out: HashMap<u32, u128> = HashMap::new();
    for (at, line) in
        lines(include_str!("../../../data/lane_themes.txt")).take(u128::BITS as usize).enumerate()
    {
        for word in line.split_whitespace().skip(1) {
            *out.entry(as_read(word)).or_default() |= 1 << at;
        }
    }
    out
});

/// The hash of a word, or of the one it is a spelling of.
fn as_read(word: &str) -> u32 {
    let entry = VOCABULARY.get(word);
    let mut readings = entry.into_iter().flat_map(|entry| VOCABULARY.readings(entry));
    match (readings.next(), readings.next()) {
        (Some(only), None) => only.hash,
        _ => word_hash(word),
    }
}

/// The themes of a word of the stream.
pub fn of(hash: u32, text: &str) -> u128 {
    if let Some(themes) = THEMES.get(&hash) {
        return *themes;
    }
    let stems = ENDINGS.iter().filter_map(|ending| text.strip_suffix(ending));
    let long = stems.filter(|stem| stem.len() >= SHORTEST);
    long.filter_map(|stem| THEMES.get(&word_hash(stem))).next().copied().unwrap_or_default()
}

/// Describes a text by the themes of its words: which there are, which stand together, which follow one another.
pub fn fill(out: &mut Vec<u32>, themes: &[u128]) {
    let all = themes.iter().fold(0, |all, themes| all | themes);
    for first in bits(all) {
        out.push(FeatureHash::kind(30).number(first).finish());
        for second in bits(all).filter(|second| *second > first) {
            out.push(FeatureHash::kind(31).number(first).number(second).finish());
        }
    }
    let mut last: Option<(usize, u128)> = None;
    for (at, here) in themes.iter().copied().enumerate().filter(|(_, here)| *here != 0) {
        let before = last.filter(|(from, _)| at - from <= NEAR).map_or(0, |(_, before)| before);
        for first in bits(before) {
            for second in bits(here) {
                out.push(FeatureHash::kind(32).number(first).number(second).finish());
            }
        }
        if last.is_none() {
            out.extend(bits(here).map(|first| FeatureHash::kind(33).number(first).finish()));
        }
        last = Some((at, here));
    }
    out.sort_unstable();
    out.dedup();
}

/// The numbers of the bits that are set, from the least.
fn bits(mut set: u128) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then(|| set.trailing_zeros())?;
        set &= set - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_bit_and_spellings_share_it() {
        let all = lines(include_str!("../../../data/lane_themes.txt"));
        assert!(all.count() <= u128::BITS as usize);
        let of = |word: &str| of(word_hash(word), word);
        assert_ne!(of("bupati"), 0);
        assert_eq!(of("bupati"), of("bupatinya"));
        assert_eq!(of("meja"), 0);
    }

    #[test]
    fn order_counts() {
        let features = |themes: &[u128]| {
            let mut out = Vec::new();
            fill(&mut out, themes);
            out
        };
        assert_ne!(features(&[1, 2]), features(&[2, 1]));
        assert!(features(&[0, 0]).is_empty());
    }
}
