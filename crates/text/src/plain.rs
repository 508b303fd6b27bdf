//! Normalisation with offsets: characters, tokens, words.
//!
//! The chain is fixed: characters are normalised one by one and keep their place; they are cut into tokens; each word
//! is read (stretched letters, digits for letters, chat spellings); what depends on the whole text comes last.

use crate::lexicon::lexicon;
use crate::{glyph, scan};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, perhaps with digits.
    Word,
    /// Digits with separators.
    Number,
    /// `?`, `!`, `.`, `,`, quotes: single characters that carry structure.
    Mark,
    /// An emoji or a run of the same emoji.
    Emoji,
    /// A link; its text is empty in matching.
    Link,
    /// `@name` of the text, masked.
    Mention,
}

/// A token of plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Normalised form: NFKC, lower case, homoglyphs folded, elongation squeezed, leetspeak read where it gives a
    /// known word, slang expanded where the dictionary is sure.
    pub text: String,
    /// What it is.
    pub kind: TokenKind,
    /// First Unicode scalar value in the original, inclusive.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The token came from a `#hashtag`.
    pub hashtag: bool,
    /// The original had a capital first letter (names).
    pub capital: bool,
}

/// Text normalised for machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// Tokens in order.
    pub tokens: Vec<Token>,
}

impl Plain {
    /// Normalises `original`. Never fails, whatever the text; linear in its length.
    ///
    /// Ranges are Unicode scalar values of `original` and never decrease; the words of an expansion (`makasih`, *terima
    /// kasih*) share one range. Normalising the joined words again gives the same words.
    pub fn of(original: &str) -> Self {
        let (mut tokens, standing) = scan::tokens(&glyph::glyphs(original));
        spelled_out(&mut tokens);
        if standing.guarded && !standing.regional {
            guarded(&mut tokens);
        }
        Self { tokens }
    }

    /// Words and numbers only.
    pub fn words(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| is_word(token))
    }
}

fn is_word(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Number)
}

/// Shortest and longest word that is looked for in letters written one by one.
const SPELLED_OUT: std::ops::RangeInclusive<usize> = 4..=20;

/// `a n j i n g`, `b.a.n.g.s.a.t`: a run of single letters that is a known word becomes that word.
fn spelled_out(tokens: &mut Vec<Token>) {
    let single = |token: &Token| token.kind == TokenKind::Word && token.text.len() == 1;
    if tokens.iter().filter(|token| single(token)).count() < *SPELLED_OUT.start() {
        return;
    }
    let mut at = 0;
    while at < tokens.len() {
        // a run goes over marks and pictures and ends at the next longer word
        let run = tokens[at..].iter().take_while(|token| single(token) || !is_word(token)).count();
        let letters: Vec<usize> = (at..at + run).filter(|index| single(&tokens[*index])).collect();
        let after = at + run + 1;
        at = after;
        if let (true, [first, .., last]) = (SPELLED_OUT.contains(&letters.len()), letters.as_slice()) {
            let word: String = letters.iter().map(|index| tokens[*index].text.as_str()).collect();
            if lexicon().knows(&word) {
                let (first, last) = (*first, *last);
                tokens[first].text = word;
                tokens[first].end = tokens[last].end;
                tokens.drain(first + 1..=last);
                at = after - (last - first);
            }
        }
    }
}

/// Spellings that mean something else in Javanese and Sundanese are expanded only where no word is regional.
fn guarded(tokens: &mut [Token]) {
    for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Word) {
        let entry = lexicon().get(&token.text).filter(|entry| entry.guarded);
        if let Some(means) = entry.and_then(|entry| entry.means) {
            means.clone_into(&mut token.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of `text`, each with the part of the original it came from.
    fn found(text: &str) -> Vec<(String, String)> {
        let part =
            |token: &Token| text.chars().skip(token.start as usize).take((token.end - token.start) as usize);
        Plain::of(text).words().map(|token| (token.text.clone(), part(token).collect())).collect()
    }

    #[test]
    fn words_point_into_the_original() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            (
                "Anak2 yg 4nj1ng BANGEEET!!",
                &[("anak-anak", "Anak2"), ("yang", "yg"), ("anjing", "4nj1ng"), ("banget", "BANGEEET")],
            ),
            (r"lalu\nDia \xf0\x9f\x98\x82 &amp; kami", &[("lalu", "lalu"), ("dia", "Dia"), ("kami", "kami")]),
            (
                "#2019GantiPresiden ya",
                &[("2019", "2019"), ("ganti", "Ganti"), ("presiden", "Presiden"), ("ya", "ya")],
            ),
            (
                "harga 38rb, lalu 1.500.000",
                &[
                    ("harga", "harga"),
                    ("38", "38"),
                    ("ribu", "rb"),
                    ("lalu", "lalu"),
                    ("1.500.000", "1.500.000"),
                ],
            ),
            ("a.n.j.i.n.g lu", &[("anjing", "a.n.j.i.n.g"), ("kamu", "lu")]),
            ("b@ngsat b4ngs4t", &[("bangsat", "b@ngsat"), ("bangsat", "b4ngs4t")]),
            ("makasih ya", &[("terima", "makasih"), ("kasih", "makasih"), ("ya", "ya")]),
            ("а\u{200b}njіng", &[("anjing", "а\u{200b}njіng")]),
            ("Jum'at laki-laki", &[("jumat", "Jum'at"), ("laki-laki", "laki-laki")]),
            ("@warga cek https://x.id/a?b yg ini", &[("cek", "cek"), ("yang", "yg"), ("ini", "ini")]),
            ("ora iso, aja lali", &[("ora", "ora"), ("iso", "iso"), ("aja", "aja"), ("lali", "lali")]),
            ("gitu aja", &[("begitu", "gitu"), ("saja", "aja")]),
        ];
        for (text, wanted) in cases {
            let wanted: Vec<_> = wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn marks_pictures_links_and_mentions_are_tokens() {
        let plain = Plain::of("Hah?! @warga 😂😂 “ya” www.x.com #Damai");
        let found: Vec<_> = plain.tokens.iter().map(|token| (token.text.as_str(), token.kind)).collect();
        use TokenKind::{Emoji, Link, Mark, Mention, Word};
        let wanted = [
            ("hah", Word),
            ("?", Mark),
            ("!", Mark),
            ("@", Mention),
            ("😂", Emoji),
            ("\"", Mark),
            ("ya", Word),
            ("\"", Mark),
            ("", Link),
            ("damai", Word),
        ];
        assert_eq!(found, wanted);
        assert!(plain.tokens[0].capital && plain.tokens[9].hashtag && !plain.tokens[6].hashtag);
    }
}
