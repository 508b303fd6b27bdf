//! Features of the tweets' labels: words, pairs of words, and character n-grams inside words, of the raw text in
//! lower case. Slang maps hurt where character n-grams exist, so the plain text is not used here.

use crate::detect::group_attack::features::grams;
use crate::model::linear::{Bag, FeatureHash, word_hash};
use std::borrow::Cow;

/// Characters read of one text at most: many times a post, and a bound on hostile input.
const LONGEST: usize = 20_000;
/// Longest word whose character n-grams are taken.
const LONGEST_WORD: usize = 40;

/// Features of `text`; block 0 words, block 1 characters.
pub fn features(text: &str) -> Bag {
    let mut bag = Bag::default();
    fill(text, &mut bag, &mut Vec::new());
    bag
}

/// Hashes of the words of `text` that have two letters or more.
pub fn words(text: &str) -> Vec<u32> {
    let mut words = Vec::new();
    fill(text, &mut Bag::default(), &mut words);
    words
}

/// Makes `bag` the features of `text` and `hashes` its [`words`]; their memory is used again.
pub fn fill(text: &str, bag: &mut Bag, hashes: &mut Vec<u32>) {
    fill_with(text, bag, hashes, char_grams);
}

/// The block of what [`fill_with`] is told to push for each word.
pub const CHARS: usize = 1;

/// The same with what `push` makes of each word in place of its character n-grams.
pub fn fill_with(
    text: &str,
    bag: &mut Bag,
    hashes: &mut Vec<u32>,
    mut push: impl FnMut(&mut Vec<u32>, &str),
) {
    bag.clear(2);
    hashes.clear();
    let [words, chars] = bag.blocks.as_mut_slice() else { return };
    each_word(text, |word| {
        if word.chars().nth(1).is_some() {
            let hash = word_hash(word);
            if let Some(before) = hashes.last() {
                grams(words, 0, &[*before, hash], 2..=2);
            }
            grams(words, 0, &[hash], 1..=1);
            hashes.push(hash);
        }
        push(chars, word);
    });
}

/// Hands on the words of `text` in lower case.
pub fn each_word(text: &str, take: impl FnMut(&str)) {
    let cleaned = cleaned(text);
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
fn cleaned(text: &str) -> String {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let text = without_escapes(&text[..end]);
    let mut out = String::with_capacity(text.len());
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
    out
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
