//! Features of the tweets' labels: words, pairs of words, and character n-grams inside words, of the raw text in
//! lower case. Slang maps hurt where character n-grams exist, so the plain text is not used here.

use crate::detect::group_attack::features::grams;
use crate::model::linear::{Bag, FeatureHash, word_hash};

/// Characters read of one text at most: many times a post, and a bound on hostile input.
const LONGEST: usize = 20_000;
/// Longest word whose character n-grams are taken.
const LONGEST_WORD: usize = 40;

/// Features of `text`; block 0 words, block 1 characters.
pub fn features(text: &str) -> Bag {
    let mut words = Vec::new();
    let mut chars = Vec::new();
    for word in cleaned(text).split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()) {
        if word.chars().nth(1).is_some() {
            words.push(word_hash(word));
        }
        char_grams(&mut chars, word);
    }
    let mut block = Vec::new();
    grams(&mut block, 0, &words, 1..=2);
    Bag { blocks: vec![block, chars] }
}

/// Character 2- to 5-grams of one word between two spaces.
pub fn char_grams(out: &mut Vec<u32>, word: &str) {
    let padded: Vec<u32> =
        [' '].into_iter().chain(word.chars().take(LONGEST_WORD)).chain([' ']).map(|c| c as u32).collect();
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
    let text: String = text.chars().take(LONGEST).collect();
    let mut out = String::with_capacity(text.len());
    for piece in without_escapes(&text).split_whitespace() {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric() && c != '@');
        let dropped =
            matches!(bare, "USER" | "URL" | "RT") || bare.starts_with('@') || bare.starts_with("http");
        if !dropped {
            out.push_str(&piece.to_lowercase());
            out.push(' ');
        }
    }
    out
}

/// Replaces `\n` and `\xNN` that some exports write as letters.
fn without_escapes(text: &str) -> String {
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
    out
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
