//! Words of a text with what their case and the gaps between them tell about names.

use crate::gazetteer::{fold, words};
use saring_text::Token;
use std::borrow::Cow;

/// How a word hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Blanks or a hyphen.
    Space,
    /// A comma or a bracket.
    Comma,
    /// The end of a sentence or line, or something that is no text.
    Break,
}

/// A word as it stands in the text.
#[derive(Clone, Debug)]
pub struct Word<'a> {
    /// Letters and digits in lower case.
    pub key: Cow<'a, str>,
    /// First Unicode scalar value, inclusive.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// How it hangs on the word before.
    pub joint: Joint,
    /// It begins with a capital.
    pub capital: bool,
    /// Its case tells something: a capital in running text, or lower case by a writer who uses capitals.
    pub telling: bool,
}

/// The words of `text`, one per token of its plain form. Linear in the length of the text.
///
/// `known` says whether a word is part of a name; an original spelling that is not is read in its plain form, so that
/// elongated or disguised names are still found.
pub fn read<'a>(
    text: &'a str,
    tokens: impl Iterator<Item = &'a Token>,
    known: impl Fn(&str) -> bool,
) -> Vec<Word<'a>> {
    let mut out: Vec<Word<'a>> = Vec::new();
    let mut chars = text.char_indices().map(|(at, _)| at).chain([text.len()]).enumerate().peekable();
    let mut byte_of = |position: u32| {
        while chars.next_if(|&(at, _)| at < position as usize).is_some() {}
        chars.peek().map_or(text.len(), |&(_, byte)| byte)
    };
    let mut behind = 0;
    for token in tokens {
        let from = byte_of(token.start).max(behind);
        let to = byte_of(token.end).max(from);
        let slice = text.get(from..to).unwrap_or_default();
        let gap = text.get(behind..from).unwrap_or_default();
        let joint = out.last().map_or(Joint::Break, |last| joint(gap, &last.key));
        let capital = slice.chars().next().is_some_and(char::is_uppercase);
        out.push(Word {
            key: key_of(slice, &token.text, &known),
            start: token.start,
            end: token.end,
            joint,
            capital: capital || token.capital,
            telling: !token.hashtag,
        });
        behind = to;
    }
    weigh_case(&mut out);
    out
}

fn key_of<'a>(slice: &str, plain: &'a str, known: &impl Fn(&str) -> bool) -> Cow<'a, str> {
    if slice == plain {
        return Cow::Borrowed(plain);
    }
    let own = fold(slice);
    if own == plain || !(known(&own) || words::cue(&own).is_some()) {
        Cow::Borrowed(plain)
    } else {
        Cow::Owned(own)
    }
}

fn joint(gap: &str, before: &str) -> Joint {
    let mut joint = Joint::Space;
    for c in gap.chars() {
        match c {
            '\n' => return Joint::Break,
            '.' if words::cue(before).is_some() && gap.starts_with('.') => {}
            ',' | '(' | ')' | '/' | '"' | '“' | '”' | '\'' | '’' | '‘' | '–' | '—' | '*' | '_' => {
                joint = Joint::Comma
            }
            '-' | '#' => {}
            c if c.is_whitespace() => {}
            _ => return Joint::Break,
        }
    }
    joint
}

/// Decides where case tells something: not at the start of a sentence, not in a headline of capitals, and lower case
/// only where the writer uses capitals elsewhere.
fn weigh_case(words: &mut [Word<'_>]) {
    let mut uses_capitals = false;
    for segment in segments(words) {
        let (mut capitals, mut small) = (0_u32, 0_u32);
        for word in segment.iter().skip(1).filter(|word| word.key.len() > 3) {
            *(if word.capital { &mut capitals } else { &mut small }) += 1;
        }
        let headline = capitals > small * 2 && capitals + small > 1;
        for (at, word) in segment.iter_mut().enumerate() {
            word.telling &= !headline && (at > 0 || !word.capital);
        }
        uses_capitals |= capitals > 0 && !headline;
    }
    for word in words.iter_mut().filter(|word| !word.capital) {
        word.telling &= uses_capitals;
    }
}

fn segments<'w, 'a>(words: &'w mut [Word<'a>]) -> impl Iterator<Item = &'w mut [Word<'a>]> {
    words.chunk_by_mut(|_, next| next.joint != Joint::Break)
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_text::Plain;

    fn read_all(text: &str, see: impl Fn(&Word<'_>) -> bool) -> Vec<String> {
        let plain = Plain::of(text);
        let words = read(text, plain.words(), |_| true);
        words.iter().filter(|word| see(word)).map(|word| word.key.to_string()).collect()
    }

    #[test]
    fn capitals_tell_in_running_text_only() {
        let told = |text| read_all(text, |word| word.capital && word.telling);
        assert_eq!(told("Warga kemarin ke Batu naik bus"), ["batu"]);
        assert!(told("Warga Batu Naik Bus Kota").is_empty());
        assert!(told("warga kemarin ke batu").is_empty());
    }

    #[test]
    fn gaps_tell_what_belongs_together() {
        let breaks = |text| read_all(text, |word| word.joint == Joint::Break);
        assert_eq!(breaks("di Kec. Panggul, Kab. Trenggalek. Hujan"), ["di", "hujan"]);
        assert_eq!(breaks("satu\ndua"), ["satu", "dua"]);
    }
}
