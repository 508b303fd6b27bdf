//! Features of the tweets' labels: words, pairs of words, and character n-grams inside words, of the raw text in
//! lower case. Slang maps hurt where character n-grams exist, so the plain text is not used here.

use crate::model::linear::{FeatureHash, word_hash};
use std::borrow::Cow;
use std::collections::HashSet;

/// Characters read of one text at most: many times a post, and a bound on hostile input.
const LONGEST: usize = 20_000;
/// Longest word whose character n-grams are taken.
const LONGEST_WORD: usize = 40;

/// Features of `text`, block 0 words and pairs of words, block 1 characters; a word or pair that comes again adds none.
pub fn features(text: &str) -> [Vec<u32>; 2] {
    let [mut own, mut chars] = [Vec::new(), Vec::new()];
    let (mut seen, mut before) = (HashSet::new(), None);
    each_word(&cleaned(text), |word| {
        let hash = word_hash(word);
        let new = seen.insert((word_feature(hash), CHARS));
        if new {
            char_grams(&mut chars, word);
        }
        if !counts(word) {
            return;
        }
        if new {
            own.push(word_feature(hash));
        }
        let pair = before.map(|before| pair_feature(before, hash));
        own.extend(pair.filter(|pair| seen.insert((*pair, WORDS))));
        before = Some(hash);
    });
    [own, chars]
}

/// Block of words and pairs.
pub const WORDS: usize = 0;
/// Block of characters.
pub const CHARS: usize = 1;

/// Hashes of the words of `text` that have two letters or more.
pub fn words(text: &str) -> Vec<u32> {
    let mut words = Vec::new();
    each_word(&cleaned(text), |word| words.extend(counts(word).then(|| word_hash(word))));
    words
}

/// Whether a word counts as one: it has two letters or more.
pub fn counts(word: &str) -> bool {
    word.chars().nth(1).is_some()
}

/// The feature of a word with this hash.
pub fn word_feature(hash: u32) -> u32 {
    FeatureHash::kind(0).number(hash).number(0).finish()
}

/// The feature of two neighbours.
pub fn pair_feature(first: u32, second: u32) -> u32 {
    FeatureHash::kind(0).number(first).number(second).number(1).finish()
}

/// Hands on the words of a [`cleaned`] text.
pub fn each_word(cleaned: &str, take: impl FnMut(&str)) {
    cleaned
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .for_each(take);
}

/// Character 2- to 5-grams of one word between two spaces.
pub fn char_grams(out: &mut Vec<u32>, word: &str) {
    let mut padded = [' ' as u32; LONGEST_WORD + 2];
    let mut length = 1;
    for c in word.chars().take(LONGEST_WORD) {
        padded[length] = c as u32;
        length += 1;
    }
    let padded = &padded[..=length];
    for from in 0..padded.len() {
        let mut hash = FeatureHash::kind(1);
        for (n, c) in padded[from..].iter().take(5).enumerate() {
            hash = hash.number(*c);
            if n >= 1 {
                out.push(hash.finish());
            }
        }
    }
}

/// Lower case, without the place-holders `USER`, `URL`, `RT`, links, mentions and written-out escapes.
pub fn cleaned(text: &str) -> String {
    let mut out = String::new();
    clean(text, &mut out);
    out
}

/// Makes `out` the [`cleaned`] text.
pub fn clean(text: &str, out: &mut String) {
    out.clear();
    // no more bytes than that are no more characters
    let end = if text.len() <= LONGEST { None } else { text.char_indices().nth(LONGEST) };
    let text = without_escapes(&text[..end.map_or(text.len(), |(at, _)| at)]);
    for piece in text.split_whitespace() {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric() && c != '@');
        let dropped =
            matches!(bare, "USER" | "URL" | "RT") || bare.starts_with('@') || bare.starts_with("http");
        if dropped {
            continue;
        }
        if piece.is_ascii() {
            out.extend(piece.bytes().map(|b| b.to_ascii_lowercase() as char));
        } else {
            out.push_str(&piece.to_lowercase());
        }
        out.push(' ');
    }
}

/// Replaces `\n` and `\xNN` that some exports write as letters.
fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let hex = escape.strip_prefix('x').and_then(|hex| hex.get(..2));
        let length = match hex {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => 4,
            _ if escape.starts_with(['n', 't', 'r']) => 2,
            _ => 1,
        };
        out.push(' ');
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_holders_and_escapes_are_dropped() {
        assert_eq!(cleaned(r"RT USER: Halo\nDunia\xf0\x9f URL @budi https://a.id"), "halo dunia ");
        assert_eq!(cleaned(r"a\"), "a ");
        assert_eq!(cleaned(r"a\xé"), "a xé ");
    }
}
