//! Cuts normalised characters into tokens; [`crate::word`] then says what each word stands for.

use crate::glyph::Glyph;
use crate::plain::{Token, TokenKind};
use crate::word::{self, Reading, Standing};
use crate::{emoji, hashtag, lexicon::lexicon, link};

/// Signs that stand for letters inside a word: `b@ngsat`, `anj!ng`.
const LETTER_SIGNS: [char; 4] = ['@', '$', '!', '|'];
/// Longest word in which signs are looked for.
const LONGEST_SIGNED: usize = 24;
/// Words behind a number that are cut from it: `38rb` is *38 ribu*.
const UNITS: &[&str] = &[
    "rb", "ribu", "jt", "juta", "m", "t", "k", "kg", "km", "cm", "gr", "liter", "thn", "tahun", "bln",
    "bulan", "hr", "hari", "jam", "menit", "mnt", "orang", "org", "x", "persen", "triliun", "miliar",
    "milyar", "an",
];

/// Cuts all of `glyphs` into tokens; with what any of their words says about the whole.
pub(crate) fn tokens(glyphs: &[Glyph]) -> (Vec<Token>, Standing) {
    let mut scan = Scan {
        glyphs,
        out: Vec::with_capacity(glyphs.len() / 5 + 1),
        hashtag: false,
        standing: Standing::default(),
    };
    let mut at = 0;
    while at < glyphs.len() {
        at = scan.token(at).max(at + 1);
    }
    (scan.out, scan.standing)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && (c.is_alphanumeric() || is_kept_mark(c)))
}

/// Marks that survive normalisation are vowels of other scripts.
fn is_kept_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

struct Scan<'a> {
    glyphs: &'a [Glyph],
    out: Vec<Token>,
    hashtag: bool,
    standing: Standing,
}

impl Scan<'_> {
    fn c(&self, at: usize) -> Option<char> {
        self.glyphs.get(at).map(|glyph| glyph.c)
    }

    fn is_word(&self, at: usize) -> bool {
        self.c(at).is_some_and(is_word)
    }

    /// Reads one token at `at` and returns where the next may begin.
    fn token(&mut self, at: usize) -> usize {
        let c = self.glyphs[at].c;
        if c.is_whitespace() || c.is_control() {
            return at + 1;
        }
        if is_word(c) {
            return self.wordlike(at);
        }
        let after_word = at > 0 && self.is_word(at - 1);
        match c {
            '@' if !after_word => self.masked(at, link::mention(&self.glyphs[at..])),
            '#' if self.is_word(at + 1) => self.tag(at + 1),
            _ => self.sign(at, c),
        }
    }

    fn masked(&mut self, at: usize, length: usize) -> usize {
        if length == 0 {
            return self.sign(at, '@');
        }
        self.add("@", TokenKind::Mention, at, at + length);
        at + length
    }

    /// A picture or a mark; a run of the same one is one token.
    fn sign(&mut self, at: usize, c: char) -> usize {
        let picture = emoji::length(&self.glyphs[at..]);
        let length = picture.max(1);
        let unit = &self.glyphs[at..at + length];
        let mut end = at + length;
        while self.glyphs.len() >= end + length
            && self.glyphs[end..end + length].iter().zip(unit).all(|(a, b)| a.c == b.c)
        {
            end += length;
        }
        if picture > 0 {
            let flag = length == 2 && matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
            let text: String = unit.iter().take(if flag { 2 } else { 1 }).map(|glyph| glyph.c).collect();
            self.add(&text, TokenKind::Emoji, at, end);
        } else {
            let mark = match c {
                '“' | '”' | '„' | '«' | '»' | '‟' => '"',
                '‘' | '’' | '‚' | '`' | '´' | '‛' => '\'',
                '‐'..='―' | '−' => '-',
                '¿' => '?',
                '¡' => '!',
                _ => c,
            };
            self.add(mark.encode_utf8(&mut [0; 4]), TokenKind::Mark, at, end);
        }
        end
    }

    fn wordlike(&mut self, at: usize) -> usize {
        let end = self.run(at);
        if matches!(self.c(end), Some('.' | ':' | '-')) {
            let length = link::length(&self.glyphs[at..]);
            if length > 0 {
                self.add("", TokenKind::Link, at, at + length);
                return at + length;
            }
        }
        if self.may_be_address(at, end) {
            let length = link::address(&self.glyphs[at..]);
            if length > 0 {
                self.add("@", TokenKind::Mention, at, at + length);
                return at + length;
            }
        }
        if self.c(end).is_some_and(|c| LETTER_SIGNS.contains(&c))
            && let Some(end) = self.signed(at)
        {
            return end;
        }
        if let Some(end) = self.placeholder(at, end) {
            return end;
        }
        if self.glyphs[at].c.is_ascii_digit() {
            return self.number(at, end);
        }
        let end = self.compound(end);
        self.word(at, end);
        end
    }

    /// End of the run of word characters at `at`.
    fn run(&self, at: usize) -> usize {
        let length = self.glyphs[at..].iter().take_while(|glyph| is_word(glyph.c)).count();
        at + length
    }

    /// Apostrophes inside a word and hyphens between its parts belong to it.
    fn compound(&self, mut end: usize) -> usize {
        while matches!(self.c(end), Some('-' | '\'' | '’' | '`' | '‘' | '‐' | '‑')) && self.is_word(end + 1)
        {
            end = self.run(end + 1);
        }
        end
    }

    /// Only a run that reaches an `@`, perhaps over dots, can be an address.
    fn may_be_address(&self, at: usize, end: usize) -> bool {
        matches!(self.c(end), Some('@' | '.' | '_' | '-' | '+'))
            && self.glyphs[end..]
                .iter()
                .take(64 - (end - at).min(64))
                .take_while(|glyph| !glyph.c.is_whitespace())
                .any(|glyph| glyph.c == '@')
    }

    /// A word with signs for letters, where that gives a known word.
    fn signed(&mut self, at: usize) -> Option<usize> {
        let part = |glyph: &&Glyph| glyph.c.is_ascii_alphanumeric() || LETTER_SIGNS.contains(&glyph.c);
        let mut end = at + self.glyphs[at..].iter().take(LONGEST_SIGNED + 1).take_while(part).count();
        while end > at && LETTER_SIGNS.contains(&self.glyphs[end - 1].c) {
            end -= 1;
        }
        if end - at > LONGEST_SIGNED || !self.glyphs[at].c.is_ascii_lowercase() {
            return None;
        }
        let text: String = self.glyphs[at..end].iter().map(|glyph| glyph.c).collect();
        match word::read(text).0 {
            Reading::One(word) if lexicon().knows(&word) => self.add(&word, TokenKind::Word, at, end),
            _ => return None,
        }
        Some(end)
    }

    /// `USER` and `URL`: how published collections of posts mask names and links.
    fn placeholder(&mut self, at: usize, end: usize) -> Option<usize> {
        let capitals = self.glyphs[at..end].iter().all(|glyph| glyph.upper);
        let is = |text: &str| end - at == text.len() && starts(&self.glyphs[at..], text);
        if !capitals || !(is("user") || is("url")) {
            return None;
        }
        if is("user") {
            self.add("@", TokenKind::Mention, at, end);
        } else {
            self.add("", TokenKind::Link, at, end);
        }
        Some(end)
    }

    /// `10.000`, `12/5`, `0812-3456`; with letters behind it a unit (`38rb`) or a word (`4nj1ng`).
    fn number(&mut self, at: usize, end: usize) -> usize {
        let digits = self.glyphs[at..end].iter().take_while(|glyph| glyph.c.is_ascii_digit()).count();
        let mut stop = at + digits;
        if stop == end {
            while matches!(self.c(stop), Some('.' | ',' | '/' | '-' | ':'))
                && self.c(stop + 1).is_some_and(|c| c.is_ascii_digit())
            {
                let more =
                    self.glyphs[stop + 1..].iter().take_while(|glyph| glyph.c.is_ascii_digit()).count();
                stop += 1 + more;
            }
            let end = self.run(stop);
            self.digits(at, stop);
            if end > stop {
                self.word(stop, end);
            }
            return end;
        }
        let unit: String = self.glyphs[stop..end].iter().map(|glyph| glyph.c).collect();
        if UNITS.contains(&unit.as_str()) {
            self.digits(at, stop);
            self.word(stop, end);
            return end;
        }
        let end = self.compound(end);
        self.word(at, end);
        end
    }

    fn digits(&mut self, at: usize, end: usize) {
        let text: String = self.glyphs[at..end].iter().map(|glyph| glyph.c).collect();
        self.add(&text, TokenKind::Number, at, end);
    }

    fn tag(&mut self, at: usize) -> usize {
        let body = self.glyphs[at..].iter().take_while(|glyph| is_word(glyph.c) || glyph.c == '_').count();
        self.hashtag = true;
        for piece in hashtag::split(&self.glyphs[at..at + body]) {
            let (start, end) = (at + piece.start, at + piece.end);
            if self.glyphs[start..end].iter().all(|glyph| glyph.c.is_ascii_digit()) {
                self.digits(start, end);
            } else {
                self.word(start, end);
            }
        }
        self.hashtag = false;
        at + body
    }

    fn word(&mut self, at: usize, end: usize) {
        let mut letters = String::with_capacity(end - at);
        letters.extend(self.glyphs[at..end].iter().map(|glyph| glyph.c).filter(|c| !is_apostrophe(*c)));
        match self.read(letters) {
            // only reading it showed the unit: 38rbbb
            Reading::One(text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                self.read_unit(&text, at, end)
            }
            Reading::One(text) => self.put(text, TokenKind::Word, at, end),
            Reading::Several(words) => {
                words.split(' ').for_each(|text| self.add(text, TokenKind::Word, at, end))
            }
        }
    }

    fn read(&mut self, text: String) -> Reading {
        let (reading, standing) = word::read(text);
        self.standing.regional |= standing.regional;
        self.standing.guarded |= standing.guarded;
        reading
    }

    fn read_unit(&mut self, text: &str, at: usize, end: usize) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        match self.read(unit.to_owned()) {
            Reading::One(word) if UNITS.contains(&unit) => {
                self.add(number, TokenKind::Number, at, end);
                self.add(&word, TokenKind::Word, at, end);
            }
            _ => self.add(text, TokenKind::Word, at, end),
        }
    }

    fn add(&mut self, text: &str, kind: TokenKind, at: usize, end: usize) {
        self.put(text.to_owned(), kind, at, end);
    }

    fn put(&mut self, text: String, kind: TokenKind, at: usize, end: usize) {
        let (first, last) = (&self.glyphs[at], &self.glyphs[end - 1]);
        self.out.push(Token {
            text,
            kind,
            start: first.start,
            end: last.end,
            hashtag: self.hashtag,
            capital: first.upper,
        });
    }
}

fn starts(glyphs: &[Glyph], text: &str) -> bool {
    text.chars().zip(glyphs).all(|(wanted, glyph)| wanted == glyph.c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '`' | '‘')
}
