//! Whether a post says of the same thing the opposite: *aman* where the claim says *lumpuh*.

use super::field::Quick;
use super::words::{Word, hash_of_stem};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Lines and sides by stem.
type Sides = HashMap<u32, Vec<(usize, usize)>, Quick>;

/// Line and side of each stem of `data/claim_opposites.tsv`.
static SIDES: LazyLock<Sides> = LazyLock::new(|| {
    let lines = include_str!("../../data/claim_opposites.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut sides = Sides::default();
    for (at, line) in lines.enumerate() {
        for (side, words) in line.split('\t').enumerate() {
            for word in words.split(' ') {
                sides.entry(hash_of_stem(word)).or_default().push((at, side));
            }
        }
    }
    sides
});

/// The words, of post and title, that are opposites: the title has none of the side that `around`, the words around the match, has,
/// and the post nothing of the title's. `negates` tells which words turn the next one round.
pub(super) fn opposite<'a>(
    around: &'a [Word],
    post: &[Word],
    title: &'a [Word],
    negates: impl Fn(&Word) -> bool,
) -> Option<(&'a str, &'a str)> {
    let (ours, theirs) = (sides(around, &negates), sides(title, &negates));
    let anywhere = sides(post, &negates);
    let has = |list: &[Side<'_>], line, side| list.iter().any(|own| (own.line, own.side) == (line, side));
    theirs.iter().find_map(|their| {
        let against = 1 - their.side;
        if has(&theirs, their.line, against) || has(&anywhere, their.line, their.side) {
            return None;
        }
        let own = ours.iter().find(|own| (own.line, own.side) == (their.line, against))?;
        Some((own.word, their.word))
    })
}

struct Side<'a> {
    line: usize,
    side: usize,
    word: &'a str,
}

/// The sides that the words take; a negated one takes the other side.
fn sides<'a>(words: &'a [Word], negates: &impl Fn(&Word) -> bool) -> Vec<Side<'a>> {
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(sides) = SIDES.get(&word.stem) else { continue };
        let turned = usize::from(at > 0 && negates(&words[at - 1]));
        out.extend(sides.iter().map(|&(line, side)| Side { line, side: side ^ turned, word: &word.text }));
    }
    out
}
