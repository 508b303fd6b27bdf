//! Features of protected speech: the stream of the group-attack head with institutions masked too, so that what is said
//! counts and not of which group or office; characters inside words for languages and spellings; the shape of the text.

use super::LANES;
use super::cues::allows;
use crate::detect::group_attack::features::grams;
use crate::detect::group_attack::lexicon::{Tag, lines};
use crate::detect::group_attack::stream::{Stream, Word};
use crate::detect::hate_speech::features::char_grams;
use crate::model::linear::{Bag, FeatureHash, word_hash};
use saring_text::Plain;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words read of one text: the lane of an article shows in its first paragraphs.
const LONGEST: usize = 300;
/// Characters at the front in which a dateline may stand.
const DATELINE: usize = 60;
/// The token that stands for any institution.
const INSTITUTION: &str = "instx";
/// Its class, beyond those of [`Tag`].
const INSTITUTION_CLASS: u32 = 1000;

/// Names of institutions by first word, longest first.
static INSTITUTIONS: LazyLock<HashMap<&'static str, Vec<Vec<&'static str>>>> = LazyLock::new(|| {
    let mut out: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
    for form in lines(include_str!("../../../data/institutions.txt")).flat_map(|line| line.split(',')) {
        let words: Vec<&str> = form.split_whitespace().collect();
        if let Some(first) = words.first() {
            out.entry(first).or_default().push(words);
        }
    }
    out.values_mut().for_each(|forms| forms.sort_by_key(|form| std::cmp::Reverse(form.len())));
    out
});

/// A word with its class, institutions masked.
struct Unit<'a> {
    text: &'a str,
    class: u32,
    filler: bool,
}

/// Features of a text. Block 0 words, block 1 characters, block 2 classes and shape; empty where it holds no word.
pub fn features(text: &str, plain: &Plain) -> Bag {
    features_and_lanes(text, plain).0
}

/// Features of a text, and which of `LANES` its words allow.
pub fn features_and_lanes(text: &str, plain: &Plain) -> (Bag, [bool; LANES.len()]) {
    let stream = Stream::of(text, plain);
    let units = masked(&stream.words[..stream.words.len().min(LONGEST)]);
    if units.is_empty() {
        return (Bag { blocks: vec![Vec::new(); 3] }, [false; LANES.len()]);
    }
    let words: HashSet<&str> = units.iter().flat_map(|unit| [unit.text, bare(unit.text)]).collect();
    (bag(text, &units), LANES.map(|lane| allows(lane, &words)))
}

/// A word without the ending `nya`.
fn bare(word: &str) -> &str {
    word.strip_suffix("nya").unwrap_or(word)
}

fn bag(text: &str, units: &[Unit<'_>]) -> Bag {
    let hashes: Vec<u32> = units.iter().map(|unit| word_hash(unit.text)).collect();
    let (mut words, mut chars, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    grams(&mut words, 20, &hashes, 1..=3);
    units.iter().for_each(|unit| char_grams(&mut chars, unit.text));
    let kept: Vec<u32> = units.iter().filter(|unit| !unit.filler).map(|unit| unit.class).collect();
    grams(&mut classes, 21, &kept, 1..=4);
    shape(&mut classes, text, units);
    classes.sort_unstable();
    classes.dedup();
    Bag { blocks: vec![words, chars, classes] }
}

fn masked<'a>(words: &'a [Word<'_>]) -> Vec<Unit<'a>> {
    let mut out = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let named = |form: &&Vec<&str>| {
            form.iter().enumerate().all(|(i, part)| words.get(at + i).is_some_and(|word| word.text == *part))
        };
        let first = INSTITUTIONS.get(&*word.text).or_else(|| INSTITUTIONS.get(bare(&word.text)));
        let alone = |form: &&Vec<&str>| form.len() == 1;
        let form = first.and_then(|forms| forms.iter().find(named).or_else(|| forms.iter().find(alone)));
        out.push(match form {
            Some(_) => Unit { text: INSTITUTION, class: INSTITUTION_CLASS, filler: false },
            None => Unit { text: &word.text, class: word.tag as u32, filler: word.tag.filler() },
        });
        at += form.map_or(1, Vec::len);
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
