//! Words and marks of a text before groups are masked, with the parts of cut, spread and repeated words put together.

use super::lexicon::vocabulary::{Entry, Vocabulary};
use super::mend;
use super::stream::QUOTE;
use crate::model::linear::word_hash;
use saring_text::{Memo, Plain, TokenKind};
use std::borrow::Cow;
use std::cell::RefCell;

/// Words read of one text at most; what follows is not judged by this head.
const LONGEST: usize = 4000;
/// Letters one by one that may be a word spread out, at least.
const SPREAD: usize = 3;

/// What `orang-orang tua` is read as.
const OLD: &str = "lansia";

/// A word or mark before masking.
#[derive(Clone, Debug)]
pub struct Raw<'a> {
    /// The word, spelling mended.
    pub text: Cow<'a, str>,
    /// Its hash.
    pub hash: u32,
    /// What is known of it.
    pub entry: Option<&'static Entry>,
    /// First character in the original, inclusive.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Stands twice, which makes it many.
    twice: bool,
    /// Joined to the next by a hyphen.
    hyphen: bool,
    /// Joined to the next by a star in place of a letter.
    star: bool,
    /// How it was written, where it was read as another word: half a word may look like slang (`su-nda`).
    written: Option<&'a str>,
}

impl<'a> Raw<'a> {
    fn of(text: Cow<'a, str>, start: u32, end: u32, hyphen: bool, vocabulary: &'static Vocabulary) -> Self {
        let hash = word_hash(&text);
        match vocabulary.find(hash, &text).or_else(|| mend::mended(&text, vocabulary)) {
            Some(entry) => Self::known(entry, start, end, hyphen),
            None => Self { hyphen, ..Self::unknown(text, hash, start, end) },
        }
    }

    fn unknown(text: Cow<'a, str>, hash: u32, start: u32, end: u32) -> Self {
        Self { entry: None, text, hash, start, end, twice: false, hyphen: false, star: false, written: None }
    }

    fn known(entry: &'static Entry, start: u32, end: u32, hyphen: bool) -> Self {
        let text = Cow::Borrowed(entry.text);
        Self {
            entry: Some(entry),
            text,
            hash: entry.hash,
            start,
            end,
            twice: false,
            hyphen,
            star: false,
            written: None,
        }
    }

    /// Its letters as they were written.
    fn letters(&self) -> Cow<'_, str> {
        self.written.map_or(Cow::Borrowed(&*self.text), |written| Cow::Owned(written.to_lowercase()))
    }

    /// One letter, as of a word that was spread out.
    fn is_letter(&self) -> bool {
        self.text.len() == 1 && self.text.bytes().all(|b| b.is_ascii_lowercase())
    }
}

/// The words and marks of a text, in order.
pub fn read<'a>(original: &'a str, plain: &'a Plain, vocabulary: &'static Vocabulary) -> Vec<Raw<'a>> {
    let mut out = Vec::with_capacity(plain.tokens.len() * 2);
    let mut rest = original;
    let mut passed = 0_u32;
    for token in &plain.tokens {
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Number);
        if !is_word && token.kind == TokenKind::Mark {
            continue; // marks are read from the gaps, with what surrounds them
        }
        let (mut written, mut front) = (None, None);
        if token.start >= passed {
            let gap = cut(&mut rest, token.start - passed);
            if gap.ends_with('*') && (gap.len() > 1 || out.is_empty()) {
                front = mend::unstarred("", &token.text, vocabulary);
            }
            push_marks(&mut out, gap, passed, false, vocabulary);
            written = Some(cut(&mut rest, token.end - token.start)).filter(|written| *written != token.text);
            passed = token.end;
        }
        match front {
            Some(entry) => {
                push_or_fold(&mut out, Raw::known(entry, token.start, token.end, false), vocabulary)
            }
            None if is_word => push_parts(&mut out, &token.text, written, token.start, token.end, vocabulary),
            None => {}
        }
        if out.len() > LONGEST {
            return out;
        }
    }
    gather(&mut out, vocabulary);
    let end = cut(&mut rest, LONGEST as u32);
    push_marks(&mut out, end, passed, true, vocabulary);
    unquote(&mut out);
    out
}

/// Takes `count` characters off the front.
fn cut<'t>(rest: &mut &'t str, count: u32) -> &'t str {
    let end = rest.char_indices().nth(count as usize).map_or(rest.len(), |(at, _)| at);
    let (front, back) = rest.split_at(end);
    *rest = back;
    front
}

/// One token may hold several words: joined by hyphens, or an abbreviation that was spelled out.
fn push_parts<'a>(
    out: &mut Vec<Raw<'a>>,
    text: &'a str,
    written: Option<&'a str>,
    start: u32,
    end: u32,
    vocabulary: &'static Vocabulary,
) {
    let written = written.filter(|_| !text.contains([' ', '-']));
    let mut parts = text.split([' ', '-']).filter(|part| !part.is_empty()).peekable();
    while let Some(part) = parts.next() {
        let hyphen = parts.peek().is_some() && text.contains('-');
        push_run_together(out, part, written, start, end, vocabulary);
        if let Some(last) = out.last_mut() {
            last.hyphen = hyphen;
        }
    }
}

/// What a written word is read as, kept from text to text; `whole` where it is one word and written as it is read.
#[derive(Clone, Copy, Default)]
struct Found {
    whole: bool,
    hash: u32,
    entry: Option<&'static Entry>,
}

/// What words read as in one vocabulary.
struct Kept {
    vocabulary: Option<&'static Vocabulary>,
    found: Memo<Found>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::new(Kept { vocabulary: None, found: Memo::new(14) });
}

/// What a written word is read as, looked up once.
fn found(text: &str, vocabulary: &'static Vocabulary) -> Found {
    KEPT.with_borrow_mut(|kept| {
        if !kept.vocabulary.is_some_and(|own| std::ptr::eq(own, vocabulary)) {
            kept.found.clear();
            kept.vocabulary = Some(vocabulary);
        }
        kept.found.get_or(text, |text| Found::of(text, vocabulary))
    })
}

impl Found {
    fn of(text: &str, vocabulary: &'static Vocabulary) -> Self {
        let word = Raw::of(squeeze(text), 0, 0, false, vocabulary);
        let whole = match word.entry {
            Some(_) => true,
            None => word.text == text && mend::seams(text, vocabulary).is_empty(),
        };
        Self { whole, hash: word.hash, entry: word.entry }
    }
}

/// Pushes a word, or the words that were written as one.
fn push_run_together<'a>(
    out: &mut Vec<Raw<'a>>,
    text: &'a str,
    written: Option<&'a str>,
    start: u32,
    end: u32,
    vocabulary: &'static Vocabulary,
) {
    let found = found(text, vocabulary);
    if found.whole {
        let unknown = || Raw::unknown(text.into(), found.hash, start, end);
        let word = found.entry.map_or_else(unknown, |entry| Raw::known(entry, start, end, false));
        return push_or_fold(out, Raw { written, ..word }, vocabulary);
    }
    let word = Raw { written, ..Raw::of(squeeze(text), start, end, false, vocabulary) };
    let seams = if word.entry.is_none() { mend::seams(text, vocabulary) } else { Vec::new() };
    if seams.is_empty() {
        return push_or_fold(out, word, vocabulary);
    }
    let ends = seams.iter().copied().chain([text.len()]);
    let mut from = 0;
    for to in ends {
        push_or_fold(out, Raw::of(text[from..to].into(), start, end, false, vocabulary), vocabulary);
        from = to;
    }
}

fn push_marks(out: &mut Vec<Raw<'_>>, gap: &str, start: u32, last: bool, vocabulary: &'static Vocabulary) {
    if let ("-" | "*", Some(raw)) = (gap, out.last_mut()) {
        (raw.hyphen, raw.star) = (gap == "-", gap == "*");
        return;
    }
    let mut chars = gap.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        if c == ' ' {
            continue;
        }
        let spaced = chars.peek().map_or(last, |(_, next)| next.is_whitespace());
        let text = match c {
            '?' => "?",
            '!' => "!",
            ',' => ",",
            '.' if spaced => ".",
            '"' | '“' | '”' | '„' | '«' | '»' => QUOTE,
            // an apostrophe between letters is none
            '\u{2018}' | '\u{2019}' if last || gap.chars().nth(1).is_some() => QUOTE,
            _ => continue,
        };
        let start = start + at as u32;
        gather(out, vocabulary);
        if out.last().is_none_or(|raw| raw.text != text || text == QUOTE) {
            out.push(Raw::of(text.into(), start, start + 1, false, vocabulary));
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

/// Adds a word; `orang-orang`, `anak-anaknya` are one, as are the parts of a word that was cut or spread out.
fn push_or_fold<'a>(out: &mut Vec<Raw<'a>>, word: Raw<'a>, vocabulary: &'static Vocabulary) {
    let Some(last) = out.last_mut() else { return out.push(word) };
    let tail = if last.hyphen { word.text.strip_prefix(&*last.text) } else { None };
    if matches!(tail, Some("" | "nya" | "an")) || (word.text == "orang" && last.text == "orang") {
        (last.end, last.twice, last.hyphen) = (word.end, true, word.hyphen);
        // some pairs are words of their own: `hati-hati`
        if let Some(pair) = vocabulary.get(&format!("{0}-{0}", last.text)).filter(|entry| entry.known) {
            *last = Raw { twice: true, ..Raw::known(pair, last.start, last.end, last.hyphen) };
        }
        return;
    }
    // one `orang tua` is a parent; several (`orang-orang tua`, `orang2 tua`) are the old
    let several = last.text == "orang" && (last.twice || last.end - last.start == last.text.len() as u32 + 1);
    if let (true, "tua", Some(old)) = (several, &*word.text, vocabulary.get(OLD)) {
        *last = Raw::known(old, last.start, word.end, word.hyphen);
        return;
    }
    // the old once more: `orang orangtua`
    if let ("orang", "orangtua", Some(old)) = (&*last.text, &*word.text, vocabulary.get(OLD)) {
        *last = Raw::known(old, last.start, word.end, word.hyphen);
        return;
    }
    let unsure = last.entry.is_none() || word.entry.is_none();
    let whole = match (last.hyphen, last.star) {
        (true, _) => mend::joined(&last.letters(), &word.letters(), vocabulary)
            .filter(|entry| unsure || !entry.forms.is_empty()),
        (_, true) => mend::unstarred(&last.letters(), &word.letters(), vocabulary),
        _ => None,
    };
    if let Some(entry) = whole {
        *last = Raw::known(entry, last.start, word.end, word.hyphen);
        return;
    }
    if !word.is_letter() {
        gather(out, vocabulary);
    }
    out.push(word);
}

/// Letters at the end that stand one by one become words, where those are known.
fn gather(out: &mut Vec<Raw<'_>>, vocabulary: &'static Vocabulary) {
    let letters = out.iter().rev().take_while(|raw| raw.is_letter()).count();
    if letters < SPREAD {
        return;
    }
    let from = out.len() - letters;
    let text: String = out[from..].iter().map(|raw| &*raw.text).collect();
    let words = mend::gathered(&text, vocabulary);
    if words.is_empty() {
        return;
    }
    let single = out.split_off(from);
    let mut at = 0;
    for word in words {
        let (start, end) = (single[at].start, single[at + word.len() - 1].end);
        let whole = Raw::of(Cow::Owned(word.to_owned()), start, end, false, vocabulary);
        at += word.len();
        push_or_fold(out, whole, vocabulary);
    }
}

/// The whole text stands in quotation marks: then they quote nobody.
fn unquote(raw: &mut Vec<Raw<'_>>) {
    let marks = raw.iter().filter(|word| word.text == QUOTE).count();
    let first = raw.first().is_some_and(|word| word.text == QUOTE);
    let last = raw.iter().rposition(|word| !matches!(&*word.text, "." | "," | "!" | "?"));
    if let (2, true, Some(last)) = (marks, first, last)
        && raw[last].text == QUOTE
    {
        raw.remove(last);
        raw.remove(0);
    }
}
