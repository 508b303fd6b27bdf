//! Features of protected speech: the stream of the group-attack head with institutions masked too, so that what is said
//! counts and not of which group or office; characters inside words for languages and spellings; the shape of the text.

use super::{cues, themes};
use crate::detect::group_attack::features::grams;
use crate::detect::group_attack::lexicon::Tag;
use crate::detect::group_attack::lexicon::vocabulary::{Entry, VOCABULARY};
use crate::detect::group_attack::stream::{Stream, Word};
use crate::detect::hate_speech::features::char_grams;
use crate::model::linear::{Bag, FeatureHash};
use saring_text::Plain;

/// Words read of one text: the lane of an article shows in its first paragraphs.
const LONGEST: usize = 300;
/// Characters at the front in which a dateline may stand.
const DATELINE: usize = 60;
/// The token that stands for any institution.
const INSTITUTION: &str = "instx";
/// Its class, beyond those of [`Tag`].
const INSTITUTION_CLASS: u32 = 1000;

/// A word with its class, institutions masked.
struct Unit<'a> {
    text: &'a str,
    hash: u32,
    class: u32,
    filler: bool,
    cues: u32,
}

/// Features of a text. Block 0 words, block 1 characters, block 2 classes and shape, block 3 themes; empty where it holds
/// no word.
pub fn features(text: &str, plain: &Plain) -> Bag {
    let mut bag = Bag::default();
    fill(text, &Stream::of(text, plain), &mut bag);
    bag
}

/// Makes `bag` the features of the text with this stream, and gives the lines of cues that its words meet.
pub fn fill(text: &str, stream: &Stream, bag: &mut Bag) -> u32 {
    fill_with(text, stream, bag, char_grams)
}

/// The block of what [`fill_with`] is told to push for each word.
pub const CHARS: usize = 1;

/// The same with what `push` makes of each word in place of its character n-grams.
pub fn fill_with(
    text: &str,
    stream: &Stream,
    bag: &mut Bag,
    mut push: impl FnMut(&mut Vec<u32>, &str),
) -> u32 {
    bag.clear(4);
    let units = masked(stream, &stream.words[..stream.words.len().min(LONGEST)]);
    let [words, chars, classes, about] = bag.blocks.as_mut_slice() else { return 0 };
    if units.is_empty() {
        return 0;
    }
    let hashes: Vec<u32> = units.iter().map(|unit| unit.hash).collect();
    grams(words, 20, &hashes, 1..=3);
    units.iter().for_each(|unit| push(chars, unit.text));
    let kept: Vec<u32> = units.iter().filter(|unit| !unit.filler).map(|unit| unit.class).collect();
    grams(classes, 21, &kept, 1..=4);
    shape(classes, text, &units);
    let seen = units.iter().fold(0, |seen, unit| seen | unit.cues);
    hints(classes, seen);
    let touched: Vec<u128> =
        units.iter().take(themes::READ).map(|unit| themes::of(unit.hash, unit.text)).collect();
    themes::fill(about, &touched);
    classes.sort_unstable();
    classes.dedup();
    seen
}

/// Which lines of cues the text meets, and of which lanes all of them.
fn hints(out: &mut Vec<u32>, seen: u32) {
    let lines = (0..u32::BITS).filter(|line| seen >> line & 1 == 1);
    out.extend(lines.map(|line| FeatureHash::kind(25).number(line).finish()));
    let lanes = cues::met(seen).into_iter().zip(0..).filter(|(met, _)| *met);
    out.extend(lanes.map(|(_, lane)| FeatureHash::kind(26).number(lane).finish()));
}

/// The entry of a word without the ending `nya`.
fn bare(text: &str) -> Option<&'static Entry> {
    VOCABULARY.get(text.strip_suffix("nya")?)
}

fn masked<'a>(stream: &'a Stream, words: &'a [Word]) -> Vec<Unit<'a>> {
    let mut out = Vec::with_capacity(words.len());
    let office = VOCABULARY.get(INSTITUTION);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = stream.text(word);
        let bare = bare(text);
        let named = |rest: &&Vec<&str>| {
            rest.iter()
                .enumerate()
                .all(|(i, part)| words.get(at + 1 + i).is_some_and(|word| stream.text(word) == *part))
        };
        let names = [word.entry, bare].into_iter().flatten().map(|entry| &entry.institutions);
        let name =
            names.into_iter().find(|names| !names.is_empty()).and_then(|names| names.iter().find(named));
        match (name, office) {
            (Some(name), Some(office)) => {
                let (text, hash, cues) = (INSTITUTION, office.hash, office.cues);
                out.push(Unit { text, hash, class: INSTITUTION_CLASS, filler: false, cues });
                at += 1 + name.len();
            }
            _ => {
                let cues = [word.entry, bare].into_iter().flatten().fold(0, |bits, entry| bits | entry.cues);
                out.push(Unit {
                    text,
                    hash: word.hash,
                    class: word.tag as u32,
                    filler: word.tag.filler(),
                    cues,
                });
                at += 1;
            }
        }
    }
    out
}

fn shape(out: &mut Vec<u32>, text: &str, units: &[Unit<'_>]) {
    let has = |tag: Tag| units.iter().any(|unit| unit.class == tag as u32);
    let word = |list: &[&str]| units.iter().any(|unit| list.contains(&unit.text));
    let front: String = text.chars().take(DATELINE).collect();
    let signs = [
        has(Tag::Question),
        has(Tag::Quote),
        has(Tag::Group),
        has(Tag::Group) && units.iter().any(|unit| unit.class == INSTITUTION_CLASS),
        word(&["gue"]),
        word(&["kita"]),
        word(&["!"]),
        front.contains(" - ") || front.contains(" – ") || front.contains(" — "),
        text.contains('(') && text.contains('/'),
        units.last().is_some_and(|unit| unit.text == "?"),
    ];
    let signs = signs.iter().enumerate().filter(|(_, sign)| **sign);
    out.extend(signs.map(|(at, _)| FeatureHash::kind(22).number(at as u32).finish()));
    let length = [6, 12, 25, 50].iter().filter(|limit| units.len() > **limit).count();
    out.push(FeatureHash::kind(23).number(length as u32).finish());
    let first = units.first().map_or(0, |unit| unit.class);
    out.push(FeatureHash::kind(24).number(first).finish());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_offices_do_not_matter() {
        let of = |text: &str| features(text, &Plain::of(text));
        assert_eq!(of("gubernur diam saat orang Jawa diusir"), of("polisi diam saat orang Papua diusir"));
        assert_ne!(of("gubernur diam"), of("tetangga diam"));
        assert!(of("").blocks.iter().all(Vec::is_empty));
    }
}
