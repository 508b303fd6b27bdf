//! Features of the masked stream: word n-grams in one block, everything about classes in the other.

mod frames;

use super::lexicon::Tag;
use super::rule::rule;
use super::stream::Word;
use crate::model::linear::{Bag, FeatureHash};
use std::borrow::Cow;

/// Features of a piece of a stream; block 0 words, block 1 classes.
pub fn features(piece: &[Word]) -> Bag {
    let mut bag = Bag::default();
    fill(piece, &mut bag);
    bag
}

/// Makes `bag` the features of a piece of a stream; its memory is used again.
pub fn fill(piece: &[Word], bag: &mut Bag) {
    bag.clear(2);
    let [block, classes] = bag.blocks.as_mut_slice() else { return };
    let kept = about_somebody(piece);
    let piece = &*kept;
    let words: Vec<u32> = piece.iter().map(|word| word.hash).collect();
    let tags: Vec<Tag> = piece.iter().map(|word| word.tag).collect();
    let kept: Vec<u32> = tags.iter().filter(|tag| !tag.filler()).map(|tag| *tag as u32).collect();
    let all: Vec<u32> = tags.iter().map(|tag| *tag as u32).collect();
    grams(classes, 1, &kept, 1..=5);
    grams(classes, 2, &all, 2..=3);
    grams(classes, 15, &mixed(&words, &tags), 2..=4);
    pairs(classes, &kept);
    around_group(classes, &words, &tags);
    after_negation(classes, &words, &tags);
    in_and_out_of_quotes(classes, &tags);
    everyday(classes, &tags);
    frames::fill(classes, &tags);
    classes.push(FeatureHash::kind(9).number(rule(piece)).finish());
    // a class counts once per text, however often it comes
    classes.sort_unstable();
    classes.dedup();
    grams(block, 0, &words, 1..=4);
}

/// The piece without sentences that neither name nor judge anybody: what stands beside an attack does not water it down.
fn about_somebody(piece: &[Word]) -> Cow<'_, [Word]> {
    let ends = |word: &Word| word.is(&[".", "?", "!"]);
    let speaks = |sentence: &&[Word]| sentence.iter().any(|word| word.tag.speaks());
    let sentences = piece.split_inclusive(ends);
    if sentences.clone().all(|sentence| speaks(&sentence)) {
        return Cow::Borrowed(piece);
    }
    Cow::Owned(sentences.filter(speaks).flatten().cloned().collect())
}

/// All n-grams of `items` with n in `sizes`.
pub fn grams(out: &mut Vec<u32>, kind: u8, items: &[u32], sizes: std::ops::RangeInclusive<usize>) {
    for from in 0..items.len() {
        let mut hash = FeatureHash::kind(kind);
        for (n, item) in items[from..].iter().take(*sizes.end()).enumerate() {
            hash = hash.number(*item);
            if sizes.contains(&(n + 1)) {
                out.push(hash.number(n as u32).finish());
            }
        }
    }
}

/// Words, but weighty ones by their class: `semoga G` and any harm are one run.
fn mixed(words: &[u32], tags: &[Tag]) -> Vec<u32> {
    let one = |(word, tag): (&u32, &Tag)| if tag.inflects() { *tag as u32 } else { *word };
    words.iter().zip(tags).map(one).collect()
}

fn pairs(out: &mut Vec<u32>, kept: &[u32]) {
    for (at, first) in kept.iter().enumerate() {
        for second in kept[at + 1..].iter().take(6) {
            out.push(FeatureHash::kind(3).number(*first).number(*second).finish());
        }
    }
}

fn around_group(out: &mut Vec<u32>, words: &[u32], tags: &[Tag]) {
    let group = tags.iter().position(|tag| *tag == Tag::Group);
    out.push(FeatureHash::kind(4).number(u32::from(group.is_some())).finish());
    let Some(group) = group else { return };
    for (at, word) in words.iter().enumerate().filter(|(at, _)| tags[*at] != Tag::Group) {
        out.push(FeatureHash::kind(5).number(u32::from(at < group)).number(*word).finish());
    }
}

fn after_negation(out: &mut Vec<u32>, words: &[u32], tags: &[Tag]) {
    for at in (0..tags.len()).filter(|at| tags[*at] == Tag::Negation) {
        for next in at + 1..(at + 4).min(tags.len()) {
            let what = if tags[next] == Tag::Other { words[next] } else { tags[next] as u32 };
            out.push(FeatureHash::kind(6).number(what).finish());
        }
    }
}

fn in_and_out_of_quotes(out: &mut Vec<u32>, tags: &[Tag]) {
    let first = tags.iter().position(|tag| *tag == Tag::Quote);
    let last = tags.iter().rposition(|tag| *tag == Tag::Quote);
    let (Some(first), Some(last)) = (first, last) else { return };
    if first == last {
        return;
    }
    for (at, tag) in tags.iter().enumerate() {
        let kind = if at > first && at < last { 7 } else { 8 };
        out.push(FeatureHash::kind(kind).number(*tag as u32).finish());
    }
}

/// Words of everyday life, by the side of the group they stand on.
fn everyday(out: &mut Vec<u32>, tags: &[Tag]) {
    let group = tags.iter().position(|tag| *tag == Tag::Group).unwrap_or(tags.len());
    for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.everyday()) {
        out.push(FeatureHash::kind(13).number(u32::from(at < group)).number(*tag as u32).finish());
    }
}
