//! The masked stream: normalised words with group mentions folded into one token, each word with its class.
//!
//! Masking makes all groups equal by design: what is said counts, not of whom.

use super::lexicon::Tag;
use super::lexicon::groups::Mode;
use super::lexicon::vocabulary::{Entry, Form, VOCABULARY, Vocabulary};
use super::raw::{Raw, read};
use saring_text::Plain;
use std::ops::Range;

/// The token that stands for any group.
pub const GROUP: &str = "grpx";
/// The token behind a group whose name hurts by itself.
pub const SLUR: &str = "slurx";
/// The token that stands for a quotation mark.
pub const QUOTE: &str = "qq";

/// Pictures that say of a group what a harmful word would: vermin, filth, weapons, disgust.
const INSULTING: &str =
    "🐒🐵🙈🙉🙊🦍🦧🐷🐖🐽🐗🐕🐶🐀🐁🐭🦟🐍🦎🦠🐛🪱🪰🪳🐜💩🤮🤢🤡🔪🗡🔫💣🔥☠💀🪓⚰🖕🗑👊🧨😡🤬👎😈👿👹👺";

/// Words of a piece that is judged by itself, about.
const WINDOW: usize = 40;
/// The least of them: letters of most scripts are not looked for among them.
const FIRST_INSULTING: char = '☠';

/// Words between two names that say nothing of either.
const AND: [&str; 4] = ["dan", "atau", "vs", "!"];
/// Head nouns behind which a curse is said of people: `anak onta` is a young camel.
const PEOPLE: [&str; 8] = ["orang", "org", "kaum", "para", "umat", "bangsa", "golongan", "segerombolan"];
/// What may stand between a curse and the one who is called so.
const STRESS: [&str; 6] = [",", "emang", "memang", "banget", "tuh", "ya"];
/// Words before a name in which a comparison may stand.
const COMPARED: usize = 8;

/// A word of the stream with its place in the original.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Hash of the word as read: spelling unified, groups masked.
    pub hash: u32,
    /// What is known of it; most words are unknown.
    pub entry: Option<&'static Entry>,
    /// Its class.
    pub tag: Tag,
    /// First character in the original, inclusive (Unicode scalar values).
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// `trait:group` of a group mention.
    pub target: Option<&'static str>,
    /// Where an unknown word stands in the letters of the stream.
    letters: (u32, u32),
}

impl Word {
    /// It is one of `words`, which the vocabulary must know.
    pub fn is(&self, words: &[&str]) -> bool {
        self.entry.is_some_and(|entry| words.contains(&entry.text))
    }
}

/// The masked stream of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// Words and marks in order.
    pub words: Vec<Word>,
    /// Unknown words, one behind the other.
    letters: String,
    /// A picture of the text says what a harmful word would.
    insulted: bool,
}

impl Stream {
    /// Reads `plain`; `original` is the text it was made from, asked for the marks between the words.
    pub fn of(original: &str, plain: &Plain) -> Self {
        Self::with(original, plain, &VOCABULARY)
    }

    /// The same with the groups of an office.
    pub fn with(original: &str, plain: &Plain, vocabulary: &'static Vocabulary) -> Self {
        let raw = read(original, plain, vocabulary);
        let mut out = Self { words: Vec::with_capacity(raw.len() + 4), ..Self::default() };
        out.insulted = original.chars().any(|c| c >= FIRST_INSULTING && INSULTING.contains(c));
        let mut at = 0;
        while at < raw.len() {
            if let Some((len, form)) = mention(&raw, at, vocabulary) {
                let (start, end) = (raw[at].start, raw[at + len - 1].end);
                out.push_group(start, end, form.target, vocabulary);
                if let (true, Some(entry)) = (form.mode.hurts(), vocabulary.get(SLUR)) {
                    out.words.push(Word { start, end, ..known(entry) });
                }
                at += len;
            } else if let Some((len, entry)) = phrase(&raw, at, vocabulary) {
                let (start, end) = (raw[at].start, raw[at + len - 1].end);
                out.words.push(Word { start, end, ..known(entry) });
                at += len;
            } else {
                out.push_word(&raw[at], vocabulary);
                at += 1;
            }
        }
        settle_like(&mut out.words);
        out
    }

    /// The letters of one of its words.
    pub fn text(&self, word: &Word) -> &str {
        let (from, to) = word.letters;
        word.entry.map_or(&self.letters[from as usize..to as usize], |entry| entry.text)
    }

    /// Pieces of whole sentences of about `WINDOW` words, those that name a group; a short text is one piece. Of a long
    /// article each piece is judged by itself, as what is said of whom rarely reaches further.
    pub fn windows(&self) -> impl Iterator<Item = &[Word]> {
        let mut ends: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        for (at, word) in self.words.iter().enumerate() {
            let here = at + 1 - from;
            let closes = word.is(&[".", "?", "!"]);
            let rest = self.words.len() - at - 1;
            if (closes && here >= WINDOW / 2 && rest > WINDOW / 4) || here >= WINDOW * 2 {
                ends.push(from..at + 1);
                from = at + 1;
            }
        }
        ends.push(from..self.words.len());
        ends.into_iter().map(|range| &self.words[range]).filter(|words| has_group(words))
    }

    /// A group is named.
    pub fn has_group(&self) -> bool {
        has_group(&self.words)
    }

    /// Nothing is said of the group `piece` names: no word stands beside the mention, and the mention is no slur.
    pub fn says_nothing(&self, piece: &[Word]) -> bool {
        let silent = |word: &Word| {
            matches!(word.tag, Tag::Group | Tag::Stop | Tag::Question | Tag::Quote)
                || AND.contains(&self.text(word))
        };
        !self.insulted && piece.iter().all(silent)
    }

    /// Groups in a row, perhaps with commas between, are one mention.
    fn push_group(&mut self, start: u32, end: u32, target: &'static str, vocabulary: &'static Vocabulary) {
        let comma = matches!(&self.words[..], [.., a, b] if a.tag == Tag::Group && b.is(&[","]));
        if comma {
            self.words.pop();
        }
        match self.words.last_mut() {
            Some(last) if last.tag == Tag::Group => last.end = end,
            _ => {
                let Some(entry) = vocabulary.get(GROUP) else { return };
                self.words.push(Word { start, end, target: Some(target), ..known(entry) });
            }
        }
    }

    fn push_word(&mut self, raw: &Raw<'_>, vocabulary: &'static Vocabulary) {
        let place = |word: Word| Word { start: raw.start, end: raw.end, ..word };
        match known_spelling(raw, vocabulary) {
            Some(entry) if entry.readings.is_empty() => self.words.push(place(known(entry))),
            Some(entry) => self.words.extend(vocabulary.readings(entry).map(|reading| place(known(reading)))),
            None => {
                let from = self.letters.len() as u32;
                self.letters.push_str(&raw.text);
                let letters = (from, self.letters.len() as u32);
                let word = Word {
                    hash: raw.hash,
                    entry: None,
                    tag: Tag::Other,
                    start: 0,
                    end: 0,
                    target: None,
                    letters,
                };
                self.words.push(place(word));
            }
        }
    }
}

fn has_group(words: &[Word]) -> bool {
    words.iter().any(|word| word.tag == Tag::Group)
}

fn known(entry: &'static Entry) -> Word {
    Word {
        hash: entry.hash,
        entry: Some(entry),
        tag: entry.tag,
        start: 0,
        end: 0,
        target: None,
        letters: (0, 0),
    }
}

fn flag(raw: &Raw<'_>, of: impl Fn(&Entry) -> bool) -> bool {
    raw.entry.is_some_and(of)
}

/// A group mention at `at`: its length in words and the name.
fn mention(raw: &[Raw<'_>], at: usize, vocabulary: &'static Vocabulary) -> Option<(usize, &'static Form)> {
    // behind some words a slur is a thing or a name
    let may_hurt = |place: usize| place == 0 || !flag(&raw[place - 1], |entry| entry.no_slur_after);
    let heads = raw[at..].iter().take_while(|word| flag(word, |entry| entry.head)).take(4).count();
    for head in (1..=heads).rev() {
        let links = raw[at + head..].iter().take_while(|word| flag(word, |entry| entry.link)).take(2);
        for skip in (0..=links.count()).rev() {
            let place = at + head + skip;
            let fits = |form: &Form| match form.mode {
                Mode::Curse => PEOPLE.contains(&&*raw[at + head - 1].text),
                Mode::Slur => may_hurt(place),
                _ => true,
            };
            if let Some(form) = form_at(raw, place, vocabulary, fits) {
                return Some((head + skip + 1 + form.rest.len(), form));
            }
        }
    }
    form_at(raw, at, vocabulary, |form| match form.mode {
        Mode::Bare => true,
        Mode::Head => false,
        Mode::Slur => may_hurt(at),
        Mode::Curse => called(raw, at, at + form.rest.len()),
        Mode::Name => {
            let behind_place =
                (at > 0 && flag(&raw[at - 1], |entry| entry.not_after) && !compared(&raw[..at]))
                    || raw.get(at + 1).is_some_and(|next| flag(next, |entry| entry.not_before));
            !behind_place
        }
    })
    .map(|form| (1 + form.rest.len(), form))
}

/// A word of address stands beside the words from `first` to `last`, perhaps with a comma or a word that stresses between.
fn called(raw: &[Raw<'_>], first: usize, last: usize) -> bool {
    let calls = |word: Option<&Raw<'_>>| word.is_some_and(|word| flag(word, |entry| entry.address));
    let passed = |word: Option<&Raw<'_>>| word.is_some_and(|word| STRESS.contains(&&*word.text));
    let before = |back: usize| first.checked_sub(back).map(|place| &raw[place]);
    let behind = |on: usize| raw.get(last + on);
    calls(before(1))
        || calls(behind(1))
        || (passed(before(1)) && calls(before(2)))
        || (passed(behind(1)) && calls(behind(2)))
}

/// The words end with a comparison: behind `lebih ... dari` stands a group, not a place.
fn compared(before: &[Raw<'_>]) -> bool {
    let near = &before[before.len().saturating_sub(COMPARED)..];
    let from = near.last().is_some_and(|word| word.text == "dari");
    from && near.iter().any(|word| matches!(&*word.text, "lebih" | "kalah"))
}

fn form_at(
    raw: &[Raw<'_>],
    at: usize,
    vocabulary: &'static Vocabulary,
    fits: impl Fn(&Form) -> bool,
) -> Option<&'static Form> {
    let first = raw.get(at)?;
    let forms = match first.entry.filter(|entry| !entry.forms.is_empty()) {
        Some(entry) => &entry.forms,
        None => &vocabulary.get(first.text.strip_suffix("nya")?)?.forms,
    };
    let rest = |form: &&Form| {
        form.rest.iter().enumerate().all(|(i, word)| raw.get(at + 1 + i).is_some_and(|r| r.text == *word))
    };
    forms.iter().filter(|form| fits(form)).find(rest)
}

/// A phrase at `at`: its length in words and what it is read as.
fn phrase(raw: &[Raw<'_>], at: usize, vocabulary: &'static Vocabulary) -> Option<(usize, &'static Entry)> {
    let phrases = &raw[at].entry?.phrases;
    let stands = |rest: &[&str]| {
        let behind = raw.get(at + 1..at + 1 + rest.len());
        behind.is_some_and(|raw| raw.iter().zip(rest).all(|(raw, word)| raw.text == *word))
    };
    let (rest, place) = phrases.iter().find(|(rest, _)| stands(rest))?;
    Some((1 + rest.len(), vocabulary.entry(*place)?))
}

/// The entry of a word; takes off a particle where that gives a word of the lexicon.
fn known_spelling(raw: &Raw<'_>, vocabulary: &'static Vocabulary) -> Option<&'static Entry> {
    if raw.entry.is_some_and(|entry| entry.known) {
        return raw.entry;
    }
    let known = |word: &str| vocabulary.get(word).filter(|entry| entry.known);
    let text = &*raw.text;
    for particle in ["nya", "lah", "kah", "pun"] {
        let stem = text.strip_suffix(particle).filter(|stem| stem.len() >= 3);
        if let Some(entry) = stem.and_then(known) {
            return Some(entry);
        }
    }
    raw.entry
}

/// `suka` is liking before a group or behind a negation, a habit elsewhere.
fn settle_like(words: &mut [Word]) {
    for at in 0..words.len() {
        if !words[at].is(&["suka"]) {
            continue;
        }
        let next = words.get(at + 1);
        let object =
            next.is_some_and(|next| next.is(&["sama", "sangat", GROUP, "gila", "semua", "dengan", "kalau"]));
        let negated = at > 0 && words[at - 1].tag == Tag::Negation;
        if object || (next.is_some() && negated) {
            words[at].tag = Tag::Positive;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let plain = Plain::of(text);
        let stream = Stream::of(text, &plain);
        let words: Vec<&str> = stream.words.iter().map(|word| stream.text(word)).collect();
        words.join(" ")
    }

    #[test]
    fn groups_are_masked_and_places_are_not() {
        for (text, wanted) in [
            ("Orang Jawa suka bercanda", "grpx suka bercanda"),
            ("orang-orang yang beragama hindu di kampung", "grpx di kampung"),
            ("Saya pulang ke Jawa besok", "gue pulang ke jawa besok"),
            ("bahasa Sunda itu indah", "bahasa sunda itu indah"),
            ("muslim, kristen dan hindu", "grpx dan grpx"),
            ("warga di sana dan Jawa Timur", "warga di sana dan jawa timur"),
            ("Pemerintah kota lambat", "pemerintah kota lambat"),
            ("cewek2 itu ramah", "grpx itu ramah"),
            ("orang-orang tua dan orang2 tua", "grpx dan grpx"),
            ("orang orang tua itu lansia", "grpx itu grpx"),
            ("orang tua murid rapat", "orang tua murid rapat"),
            ("si keling itu ramah", "si grpx slurx itu ramah"),
        ] {
            assert_eq!(masked(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_word_of_everyday_life_hurts_only_where_somebody_is_called_so() {
        for (text, hurts) in [
            ("anak onta minum susu", false),
            ("onta-onta di gurun kehausan", false),
            ("desa keling di jepara", false),
            ("suku boti di timor", false),
            ("mata saya sipit sejak lahir", false),
            ("omahe perek pasar", false),
            ("dasar onta", true),
            ("kaum onta itu licik", true),
            ("mata sipit lo", true),
            ("si keling itu", true),
        ] {
            assert_eq!(masked(text).contains("slurx"), hurts, "{text}");
        }
    }

    #[test]
    fn a_bare_mention_says_nothing_and_a_slur_or_a_picture_does() {
        let silent = |text: &str| {
            let stream = Stream::of(text, &Plain::of(text));
            stream.has_group() && stream.says_nothing(&stream.words)
        };
        for text in ["Orang Batak", "LGBT?", "muslim, kristen dan hindu!", "\"warga Tionghoa\"", "Papua 👍"]
        {
            assert!(silent(text), "{text}");
        }
        for text in ["banci", "Orang Batak 🐷", "dasar orang Batak", "Cina babi", "hujan"] {
            assert!(!silent(text), "{text}");
        }
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "“Hai”, kata orang Bali itu";
        let plain = Plain::of(text);
        let stream = Stream::of(text, &plain);
        let group = stream.words.iter().find(|word| word.tag == Tag::Group).unwrap();
        let cut: String =
            text.chars().skip(group.start as usize).take((group.end - group.start) as usize).collect();
        assert_eq!((cut.as_str(), group.target), ("orang Bali", Some("ethnicity:bali")));
    }

    #[test]
    fn a_long_text_is_read_in_pieces_that_name_a_group() {
        let text = format!(
            "{}Orang Jawa ramah. {}",
            "Hujan turun lama sekali. ".repeat(30),
            "Sawah hijau. ".repeat(30)
        );
        let plain = Plain::of(&text);
        let stream = Stream::of(&text, &plain);
        let windows: Vec<&[Word]> = stream.windows().collect();
        assert_eq!(windows.len(), 1);
        assert!(windows[0].len() <= 2 * WINDOW && has_group(windows[0]));
    }

    #[test]
    fn quotes_and_negations_are_seen() {
        assert_eq!(masked("jangan bilang \"mereka jahat\""), "jangan bilang qq mereka jahat qq");
        assert_eq!(masked("gak jahaaaaat kok"), "neg jahat kok");
    }

    #[test]
    fn names_that_were_bent_are_read() {
        for bent in ["*rang jawa kotor", "orang-orang *slam kotor", "or-ang jawa kotor", "orangjawakotor"] {
            assert_eq!(masked(bent), "grpx kotor", "{bent}");
        }
        assert_eq!(masked("*tebal* dan kotor"), "tebal dan kotor");
    }
}
