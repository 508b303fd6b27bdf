//! Matters a public office is asked about (`data/public_matters.txt`).

use saring_text::{Plain, WordHash};
use std::collections::HashSet;
use std::sync::LazyLock;

static WORDS: LazyLock<HashSet<&'static str, WordHash>> = LazyLock::new(|| {
    let lines = include_str!("../../data/public_matters.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Whether the text has a word of such a matter.
pub(super) fn is_public(plain: &Plain) -> bool {
    plain.words().any(|word| WORDS.contains(word.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talk_among_friends_is_no_public_matter() {
        assert!(is_public(&Plain::of("Syarat bikin SKCK apa saja ya?")));
        assert!(!is_public(&Plain::of("Wis maem durung? aku lagi nggoreng tempe")));
    }
}
