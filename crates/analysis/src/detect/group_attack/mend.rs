//! Words that were bent to slip past a reader of machines: swapped, doubled, dropped or starred letters, digits for letters,
//! words cut by a hyphen or run together. A reading counts only where it gives a word of the vocabulary.

use super::lexicon::Tag;
use super::lexicon::vocabulary::{Entry, Vocabulary};
use crate::model::linear::word_hash;

/// Letters of a word that is tried in other ways at least, and at most: the tries grow with its length.
const TRIED: std::ops::RangeInclusive<usize> = 3..=24;
/// Letters of a word in which two may have changed places, at least.
const SWAPPED: usize = 5;
/// Letters of a word that may lack a vowel between consonants, at least, and of one that may lack any letter.
const VOWEL_DROPPED: usize = 4;
const LETTER_DROPPED: usize = 7;
/// Letters of the shortest word that need not be listed.
const JOINED: usize = 3;
/// Letters of words run together, at least and at most.
const RUN: std::ops::RangeInclusive<usize> = 5..=48;
/// Letters of one of them at most, so that a run costs what its length costs.
const PART: usize = 18;
/// Words run together at most.
const MOST_PARTS: usize = 8;
/// Short words without a class that stand in a run.
const SHORT: [&str; 18] = [
    "dan", "kan", "aja", "sih", "deh", "loh", "pun", "jek", "non", "ada", "apa", "tau", "oke", "nih", "kok",
    "yah", "kah", "utk",
];

/// Another spelling of an unknown word that the vocabulary knows.
pub fn mended(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    if !TRIED.contains(&text.len()) || !text.is_ascii() || saring_text::is_word(text) {
        return None;
    }
    undigited(text, vocabulary)
        .or_else(|| undoubled(text, vocabulary))
        .or_else(|| unswapped(text, vocabulary))
        .or_else(|| undropped(text, vocabulary))
}

fn undigited(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    let mixed = text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic());
    if !mixed {
        return None;
    }
    let letters: String = text.chars().map(letter_of).collect();
    vocabulary.get(&letters)
}

fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '6' | '9' => 'g',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

/// `bbooddoohh`, `jahhat`: letters that stand twice are read once.
fn undoubled(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().all(u8::is_ascii_lowercase);
    if !letters || !bytes.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let mut once = String::with_capacity(text.len());
    for c in text.chars() {
        if !once.ends_with(c) {
            once.push(c);
        }
    }
    vocabulary.get(&once)
}

/// `bdooh`: two neighbours changed places.
fn unswapped(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    if text.len() < SWAPPED || !text.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let mut letters = text.as_bytes().to_vec();
    for at in 1..letters.len() - 1 {
        letters.swap(at, at + 1);
        let found = std::str::from_utf8(&letters).ok().and_then(|word| vocabulary.get(word));
        let sure = |entry: &Entry| {
            weighty(entry) && saring_text::is_word(entry.text)
                || text.len() >= LETTER_DROPPED && entry.tag.harms()
        };
        if found.is_some_and(sure) {
            return found;
        }
        letters.swap(at, at + 1);
    }
    None
}

/// `smpah`, `prempuan`: a vowel between two consonants was left out, of a longer word any letter behind the first.
fn undropped(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    let bytes = text.as_bytes();
    if text.len() < VOWEL_DROPPED
        || !bytes.iter().all(u8::is_ascii_lowercase)
        || !vocabulary.may_lack_a_letter(word_hash(text))
    {
        return None;
    }
    lacked(text, vocabulary)
}

/// The word that a letter was left out of, looked for letter by letter.
fn lacked(text: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    let bytes = text.as_bytes();
    let consonant = |at: usize| bytes.get(at).is_some_and(is_consonant);
    let with = |at: usize, letter: char| {
        let mut word = String::with_capacity(text.len() + 1);
        word.push_str(&text[..at]);
        word.push(letter);
        word.push_str(&text[at..]);
        vocabulary.get(&word).filter(|entry| grave(entry))
    };
    let vowels = (1..text.len()).filter(|at| consonant(at - 1) && consonant(*at));
    let mut found = vowels.flat_map(|at| ['a', 'e', 'i', 'o', 'u'].map(|letter| (at, letter)));
    if let Some(entry) = found.find_map(|(at, letter)| with(at, letter)) {
        return Some(entry);
    }
    let any = if text.len() < LETTER_DROPPED { 0 } else { text.len() };
    (1..=any)
        .flat_map(|at| ('a'..='z').map(move |letter| (at, letter)))
        .find_map(|(at, letter)| with(at, letter))
}

fn is_consonant(letter: &u8) -> bool {
    !b"aiueo".contains(letter)
}

/// A word without a letter, in every way that [`mended`] reads it all the same.
pub fn lacking_a_letter(text: &'static str) -> impl Iterator<Item = String> {
    let (bytes, left) = (text.as_bytes(), text.len().saturating_sub(1));
    let any = left >= LETTER_DROPPED;
    let between = move |at: usize| {
        let around = [at - 1, at + 1].map(|at| bytes.get(at).is_some_and(is_consonant));
        left >= VOWEL_DROPPED && !is_consonant(&bytes[at]) && around == [true, true]
    };
    (1..text.len()).filter(move |at| any || between(*at)).map(|at| [&text[..at], &text[at + 1..]].concat())
}

/// A name of a group, or a word that hurts.
fn grave(entry: &Entry) -> bool {
    !entry.forms.is_empty() || entry.tag.harms() && saring_text::is_word(entry.text)
}

/// A word that decides something, and so is worth a guess.
fn weighty(entry: &Entry) -> bool {
    entry.known || entry.head || entry.part || !entry.forms.is_empty()
}

/// A word of which one letter is starred out, from its two halves: the vowel that gives a word, a grave one first.
pub fn unstarred(before: &str, behind: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    let filled = |vowel| vocabulary.get(&[before, vowel, behind].concat()).filter(|entry| weighty(entry));
    let found = ["a", "i", "u", "e", "o"].into_iter().filter_map(filled);
    found.min_by_key(|entry| !entry.tag.harms() && !entry.head && !entry.part && entry.forms.is_empty())
}

/// A word cut in two by a hyphen.
pub fn joined(before: &str, behind: &str, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    vocabulary.get(&[before, behind].concat()).filter(|entry| weighty(entry))
}

/// Words that were run together: where each but the first begins, in order; nothing where the text is no such row. All
/// parts are words and one of them names or says something. Of several readings the one with the fewest parts.
pub fn seams(text: &str, vocabulary: &'static Vocabulary) -> Vec<usize> {
    let letters = text.bytes().all(|b| b.is_ascii_lowercase());
    let owned = text.strip_suffix("nya").or_else(|| text.strip_suffix("lah")).unwrap_or(text);
    let ordinary = saring_text::is_word(text) || owned.len() < text.len() && vocabulary.get(owned).is_some();
    if !RUN.contains(&text.len()) || !letters || ordinary {
        return Vec::new();
    }
    let n = text.len();
    // for every place the fewest parts that make up the rest, and the length of the first of them
    let mut best = [(usize::MAX, 0_usize); *RUN.end() + 1];
    best[n] = (0, 0);
    for from in (0..n.saturating_sub(1)).rev() {
        for to in (from + 2..=n.min(from + PART)).rev() {
            let parts = best[to].0;
            if parts.saturating_add(1) < best[from].0 && part(&text[from..to], vocabulary) {
                best[from] = (parts + 1, to - from);
            }
        }
    }
    let mut out = Vec::new();
    let (mut at, mut decides) = (0, false);
    while best[0].0 <= MOST_PARTS && at < n {
        let to = at + best[at].1;
        decides |=
            to - at >= JOINED && vocabulary.get(&text[at..to]).is_some_and(|entry| says(entry, to - at));
        out.push(to);
        at = to;
    }
    out.pop();
    if decides { out } else { Vec::new() }
}

/// A part for whose sake a row of letters is cut: a name, a negation, or a longer word with a class or a place in names.
fn says(entry: &Entry, letters: usize) -> bool {
    let named = !entry.forms.is_empty() || entry.tag == Tag::Negation;
    named || (letters > JOINED && (entry.known || entry.head || entry.link))
}

/// A part of words that were run together: a word, a short one only where we list it, since many syllables look like one.
fn part(text: &str, vocabulary: &'static Vocabulary) -> bool {
    let listed = |entry: &Entry| {
        entry.known
            || entry.not_after
            || (text.len() > 2 && (entry.head || entry.link || entry.part || !entry.forms.is_empty()))
    };
    let stem = ["nya", "kan", "an", "i"].iter().find_map(|suffix| text.strip_suffix(suffix));
    vocabulary.get(text).is_some_and(listed)
        || (text.len() > JOINED && saring_text::is_word(text))
        || stem.is_some_and(|stem| stem.len() > JOINED && saring_text::is_word(stem))
        || SHORT.contains(&text)
}

/// Letters that stood one by one, cut into the longest words that are known; nothing where none is.
pub fn gathered<'t>(letters: &'t str, vocabulary: &'static Vocabulary) -> Vec<&'t str> {
    let mut out = Vec::new();
    let mut rest = letters;
    let mut any = false;
    while !rest.is_empty() {
        let known = |length: &usize| {
            let word = &rest[..*length];
            vocabulary.get(word).is_some() || saring_text::is_word(word)
        };
        let longest = (JOINED..=rest.len().min(*TRIED.end())).rev().find(known);
        any |= longest.is_some();
        let (word, behind) = rest.split_at(longest.unwrap_or(1));
        out.push(word);
        rest = behind;
    }
    if any { out } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::group_attack::lexicon::vocabulary::VOCABULARY;

    #[test]
    fn the_sieve_keeps_no_word_that_would_be_read() {
        let entries = (0..).map_while(|place| VOCABULARY.entry(place)).filter(|entry| entry.text.is_ascii());
        let mut read = 0;
        for text in entries.step_by(3).map(|entry| entry.text) {
            for at in 1..text.len() {
                let word = [&text[..at], &text[at + 1..]].concat();
                let tried = word.len() >= VOWEL_DROPPED && word.bytes().all(|b| b.is_ascii_lowercase());
                if tried && lacked(&word, &VOCABULARY).is_some() {
                    read += 1;
                    assert!(VOCABULARY.may_lack_a_letter(word_hash(&word)), "{word} of {text}");
                }
            }
        }
        assert!(read > 500, "{read}");
    }

    #[test]
    fn bent_words_are_read() {
        let of = |text: &str| mended(text, &VOCABULARY).map(|entry| entry.text);
        for (bent, read) in [
            ("b0d0h", Some("bodoh")),
            ("bbooddoohh", Some("bodoh")),
            ("bdooh", Some("bodoh")),
            ("smpah", Some("sampah")),
            ("prempuan", Some("perempuan")),
            ("t4i", Some("tai")),
            ("durian", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(of(bent), read, "{bent}");
        }
        assert_eq!(unstarred("b", "doh", &VOCABULARY).map(|entry| entry.text), Some("bodoh"));
        assert_eq!(joined("bo", "doh", &VOCABULARY).map(|entry| entry.text), Some("bodoh"));
        assert_eq!(seams("orangbodoh", &VOCABULARY), [5]);
        assert_eq!(seams("orangsundatuhkotor", &VOCABULARY), [5, 10, 13]);
        // a short name, a negation and a long row are enough; an affix is no seam
        assert_eq!(seams("gayini", &VOCABULARY), [3]);
        assert_eq!(seams("tidakberharga", &VOCABULARY), [5]);
        assert_eq!(seams("orangislamkarenamerekakotor", &VOCABULARY), [5, 10, 16, 22]);
        for whole in ["durianmangga", "wanasari", "x"] {
            assert!(seams(whole, &VOCABULARY).is_empty(), "{whole}");
        }
        assert_eq!(gathered("orangbodoh", &VOCABULARY), ["orang", "bodoh"]);
        assert!(gathered("xyz", &VOCABULARY).is_empty());
    }
}
