//! The masked stream: normalised words with group mentions folded into one token, each word with its class.
//!
//! Masking makes all groups equal by design: what is said counts, not of whom.

use super::lexicon::{Form, LEXICON, Lexicon, Mode, Tag};
use saring_text::{Plain, TokenKind};
use std::borrow::Cow;

/// The token that stands for any group.
pub const GROUP: &str = "grpx";
/// The token that stands for a quotation mark.
pub const QUOTE: &str = "qq";
/// Words read of one text at most; what follows is not judged by this head.
const LONGEST: usize = 4000;

/// Words of a piece that is judged by itself, about.
const WINDOW: usize = 40;

/// A word of the stream with its place in the original.
#[derive(Clone, Debug, PartialEq)]
pub struct Word<'a> {
    /// The word as read: spelling unified, groups masked.
    pub text: Cow<'a, str>,
    /// Its class.
    pub tag: Tag,
    /// First character in the original, inclusive (Unicode scalar values).
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// `trait:group` of a group mention.
    pub target: Option<&'static str>,
}

/// The masked stream of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream<'a> {
    /// Words and marks in order.
    pub words: Vec<Word<'a>>,
}

impl<'a> Stream<'a> {
    /// Reads `plain`; `original` is the text it was made from, asked for the marks between the words.
    pub fn of(original: &str, plain: &'a Plain) -> Self {
        let raw = fold_repeats(read(original, plain));
        let lexicon = &*LEXICON;
        let mut words: Vec<Word<'a>> = Vec::with_capacity(raw.len());
        let mut at = 0;
        while at < raw.len() {
            if let Some((len, target)) = mention(&raw, at, lexicon) {
                let (start, end) = (raw[at].start, raw[at + len - 1].end);
                push_group(
                    &mut words,
                    Word { text: GROUP.into(), tag: Tag::Group, start, end, target: Some(target) },
                );
                at += len;
            } else {
                push_word(&mut words, &raw[at], lexicon);
                at += 1;
            }
        }
        settle_like(&mut words);
        Self { words }
    }

    /// The stream in pieces of whole sentences of about `WINDOW` words, those that name a group; a short text is one
    /// piece. Of a long article each piece is judged by itself, as what is said of whom rarely reaches further.
    pub fn windows(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut from = 0;
        for (at, word) in self.words.iter().enumerate() {
            let here = at + 1 - from;
            let ends = matches!(&*word.text, "." | "?" | "!");
            let rest = self.words.len() - at - 1;
            if (ends && here >= WINDOW / 2 && rest > WINDOW / 4) || here >= WINDOW * 2 {
                out.push(Self { words: self.words[from..=at].to_vec() });
                from = at + 1;
            }
        }
        out.push(Self { words: self.words[from..].to_vec() });
        out.retain(Self::has_group);
        out
    }

    /// A group is named.
    pub fn has_group(&self) -> bool {
        self.words.iter().any(|word| word.tag == Tag::Group)
    }
}

/// A word or mark before masking.
#[derive(Clone, Debug)]
struct Raw<'a> {
    text: Cow<'a, str>,
    start: u32,
    end: u32,
    /// Joined to the next by a hyphen.
    hyphen: bool,
}

fn read<'a>(original: &str, plain: &'a Plain) -> Vec<Raw<'a>> {
    let mut out = Vec::new();
    let mut chars = original.chars();
    let mut passed = 0_u32;
    for token in &plain.tokens {
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Number);
        if !is_word && token.kind == TokenKind::Mark {
            continue; // marks are read from the gaps, with what surrounds them
        }
        if token.start >= passed {
            let gap: String = chars.by_ref().take((token.start - passed) as usize).collect();
            push_marks(&mut out, &gap, passed, false);
            chars.by_ref().take((token.end - token.start) as usize).for_each(drop);
            passed = token.end;
        }
        if is_word {
            push_parts(&mut out, &token.text, token.start, token.end);
        }
        if out.len() > LONGEST {
            return out;
        }
    }
    let rest: String = chars.take(LONGEST).collect();
    push_marks(&mut out, &rest, passed, true);
    out
}

/// One token may hold several words: joined by hyphens, or an abbreviation that was spelled out.
fn push_parts<'a>(out: &mut Vec<Raw<'a>>, text: &'a str, start: u32, end: u32) {
    let mut parts = text.split([' ', '-']).filter(|part| !part.is_empty()).peekable();
    while let Some(part) = parts.next() {
        let hyphen = parts.peek().is_some() && text.contains('-');
        out.push(Raw { text: squeeze(part), start, end, hyphen });
    }
}

fn push_marks(out: &mut Vec<Raw<'_>>, gap: &str, start: u32, last: bool) {
    if gap == "-" {
        if let Some(raw) = out.last_mut() {
            raw.hyphen = true;
        }
        return;
    }
    let count = gap.chars().count();
    let mut chars = gap.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let spaced = chars.peek().map_or(last, |(_, next)| next.is_whitespace());
        let text = match c {
            '?' => "?",
            '!' => "!",
            ',' => ",",
            '.' if spaced => ".",
            '"' | '“' | '”' | '„' | '«' | '»' => QUOTE,
            // an apostrophe between letters is none
            '\u{2018}' | '\u{2019}' if count > 1 || last => QUOTE,
            _ => continue,
        };
        let start = start + at as u32;
        if out.last().is_none_or(|raw| raw.text != text || text == QUOTE) {
            out.push(Raw { text: text.into(), start, end: start + 1, hyphen: false });
        }
    }
}

/// Letters repeated three times or more become one; a trailing `2` that doubles the word goes.
fn squeeze(word: &str) -> Cow<'_, str> {
    let mut run = 0;
    let mut last = '\0';
    let stretched = word.chars().any(|c| {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        run >= 3
    });
    if stretched {
        let mut out = String::with_capacity(word.len());
        let chars: Vec<char> = word.chars().collect();
        for run in chars.chunk_by(|a, b| a == b) {
            out.extend(&run[..if run.len() >= 3 { 1 } else { run.len() }]);
        }
        return Cow::Owned(out);
    }
    match word.strip_suffix("2nya").or_else(|| word.strip_suffix('2')) {
        Some(stem) if stem.len() >= 3 && stem.chars().all(char::is_alphabetic) => Cow::Borrowed(stem),
        _ => Cow::Borrowed(word),
    }
}

/// `orang-orang`, `anak-anaknya`: one word.
fn fold_repeats(raw: Vec<Raw<'_>>) -> Vec<Raw<'_>> {
    let mut out: Vec<Raw<'_>> = Vec::with_capacity(raw.len());
    for word in raw {
        if let Some(last) = out.last_mut() {
            let tail = word.text.strip_prefix(&*last.text);
            let doubled = last.hyphen && matches!(tail, Some("" | "nya" | "an"));
            if doubled || (word.text == "orang" && last.text == "orang") {
                last.end = word.end;
                last.hyphen = word.hyphen;
                continue;
            }
        }
        out.push(word);
    }
    out
}

/// A group mention at `at`: its length in words and its target.
fn mention(raw: &[Raw<'_>], at: usize, lexicon: &Lexicon) -> Option<(usize, &'static str)> {
    let heads = raw[at..].iter().take_while(|word| lexicon.heads.contains(&*word.text)).take(4).count();
    for head in (1..=heads).rev() {
        let links = raw[at + head..].iter().take_while(|word| lexicon.links.contains(&*word.text)).take(2);
        for skip in (0..=links.count()).rev() {
            if let Some(form) = form_at(raw, at + head + skip, lexicon, |_| true) {
                return Some((head + skip + form.words.len(), form.target));
            }
        }
    }
    let behind_place = (at > 0 && lexicon.not_after.contains(&*raw[at - 1].text))
        || raw.get(at + 1).is_some_and(|next| lexicon.not_before.contains(&*next.text));
    let fits = |mode| mode == Mode::Bare || (mode == Mode::Name && !behind_place);
    form_at(raw, at, lexicon, fits).map(|form| (form.words.len(), form.target))
}

fn form_at<'l>(
    raw: &[Raw<'_>],
    at: usize,
    lexicon: &'l Lexicon,
    fits: impl Fn(Mode) -> bool,
) -> Option<&'l Form> {
    let first = &*raw.get(at)?.text;
    let forms = lexicon.forms.get(first).or_else(|| lexicon.forms.get(first.strip_suffix("nya")?))?;
    let rest = |form: &&Form| {
        form.words[1..]
            .iter()
            .enumerate()
            .all(|(i, word)| raw.get(at + 1 + i).is_some_and(|r| r.text == *word))
    };
    forms.iter().filter(|form| fits(form.mode)).find(rest)
}

/// Groups in a row, perhaps with commas between, are one mention.
fn push_group<'a>(words: &mut Vec<Word<'a>>, group: Word<'a>) {
    let comma = matches!(&words[..], [.., a, b] if a.tag == Tag::Group && b.text == ",");
    if comma {
        words.pop();
    }
    match words.last_mut() {
        Some(last) if last.tag == Tag::Group => last.end = group.end,
        _ => words.push(group),
    }
}

fn push_word<'a>(words: &mut Vec<Word<'a>>, raw: &Raw<'a>, lexicon: &Lexicon) {
    let text = known_spelling(raw.text.clone(), lexicon);
    match lexicon.aliases.get(&*text) {
        Some(readings) => readings.iter().for_each(|reading| {
            words.push(tagged(Cow::Borrowed(*reading), raw, lexicon));
        }),
        None => words.push(tagged(text, raw, lexicon)),
    }
}

/// Takes off a particle or reads digits as letters where that gives a word of the lexicon.
fn known_spelling<'a>(text: Cow<'a, str>, lexicon: &Lexicon) -> Cow<'a, str> {
    let known = |word: &str| lexicon.tags.contains_key(word) || lexicon.aliases.contains_key(word);
    if known(&text) {
        return text;
    }
    for particle in ["nya", "lah", "kah", "pun"] {
        if let Some(stem) = text.strip_suffix(particle).filter(|stem| known(stem)) {
            return Cow::Owned(stem.to_owned());
        }
    }
    if text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic()) {
        let letters: String = text.chars().map(letter_of).collect();
        if known(&letters) {
            return Cow::Owned(letters);
        }
    }
    text
}

fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

fn tagged<'a>(text: Cow<'a, str>, raw: &Raw<'_>, lexicon: &Lexicon) -> Word<'a> {
    let tag = match &*text {
        "?" => Tag::Question,
        QUOTE => Tag::Quote,
        "." | "," => Tag::Stop,
        "neg" => Tag::Negation,
        word => lexicon.tags.get(word).copied().unwrap_or(Tag::Other),
    };
    Word { text, tag, start: raw.start, end: raw.end, target: None }
}

/// `suka` is liking before a group or behind a negation, a habit elsewhere.
fn settle_like(words: &mut [Word<'_>]) {
    for at in 0..words.len() {
        if words[at].text != "suka" {
            continue;
        }
        let next = words.get(at + 1).map(|word| &*word.text);
        let object = matches!(next, Some("sama" | "sangat" | GROUP | "gila" | "semua" | "dengan" | "kalau"));
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
        let words: Vec<String> =
            Stream::of(text, &plain).words.iter().map(|word| word.text.to_string()).collect();
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
        ] {
            assert_eq!(masked(text), wanted, "{text}");
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
        let windows = Stream::of(&text, &plain).windows();
        assert_eq!(windows.len(), 1);
        assert!(windows[0].words.len() <= 2 * WINDOW && windows[0].has_group());
    }

    #[test]
    fn quotes_and_negations_are_seen() {
        assert_eq!(masked("jangan bilang \"mereka jahat\""), "jangan bilang qq mereka jahat qq");
        assert_eq!(masked("gak jahaaaaat kok"), "neg jahat kok");
    }
}
