//! Spellings of one word: what is folded on both sides, and what is tried in addition.

use saring_text::is_word;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Spelling of before 1972 and borrowed letters, read as today's. Only pairs by which no two words of today become one.
const FOLDS: [(&str, &str); 9] = [
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("sj", "sy"),
    ("ch", "kh"),
    ("ph", "f"),
    ("q", "k"),
    ("x", "ks"),
    ("v", "f"),
];

/// Letters that people write otherwise. Where the outcome is a word that our counts know (*raya*, *raja*), it is not
/// tried; `true` marks those of which the outcome is the same word even so (*izin*, *ijin*).
const SWAPS: [(&str, &str, bool); 11] = [
    ("z", "j", true),
    ("z", "s", true),
    ("sy", "s", false),
    ("kh", "k", false),
    ("kh", "h", false),
    ("v", "p", false),
    ("f", "p", false),
    ("ny", "nj", false),
    ("y", "j", false),
    ("ai$", "e", false),
    ("au$", "o", false),
];

/// `word` folded: letters and digits without marks, old digraphs as today's.
pub(super) fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// The same, written behind what `out` holds.
pub(super) fn fold_into(word: &str, out: &mut String) {
    if !word.is_ascii() {
        let bare: String = word.nfd().filter(|c| !is_combining_mark(*c) && c.is_alphanumeric()).collect();
        if bare.is_ascii() {
            return fold_into(&bare, out);
        }
        return out.push_str(&bare);
    }
    let mut rest = word;
    'letters: while let Some(first) = rest.chars().next() {
        if b"odtscpqxv".contains(&(first as u8)) {
            for (from, to) in FOLDS {
                if let Some(behind) = rest.strip_prefix(from) {
                    out.push_str(to);
                    rest = behind;
                    continue 'letters;
                }
            }
        }
        if first.is_ascii_alphanumeric() {
            out.push(first);
        }
        rest = &rest[1..];
    }
}

/// Other spellings of a word, without itself.
pub(super) fn variants(word: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (from, to, same) in SWAPS {
        let other = match from.strip_suffix('$') {
            Some(end) => word.strip_suffix(end).map(|start| format!("{start}{to}")),
            None => word.contains(from).then(|| word.replace(from, to)),
        };
        let other =
            other.filter(|other| other.len() > 2 && (same || !is_word(other)) && !out.contains(other));
        out.extend(other);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_digraphs_and_marks_are_folded() {
        for (word, wanted) in [
            ("soeharto", "suharto"),
            ("djakarta", "jakarta"),
            ("tjap", "cap"),
            ("tjoetjoe", "cucu"),
            ("qur'an", "kuran"),
            ("taxi", "taksi"),
            ("café", "cafe"),
            ("laki-laki", "lakilaki"),
            ("1.500", "1500"),
            ("россия", "россия"),
            ("", ""),
        ] {
            assert_eq!(folded(word), wanted, "{word}");
        }
    }

    #[test]
    fn a_variant_is_no_other_word() {
        assert!(variants("izin").contains(&"ijin".to_owned()));
        assert!(variants("masyarakat").contains(&"masarakat".to_owned()));
        for (word, other) in [("raya", "raja"), ("faham", "paham")] {
            assert!(!variants(word).contains(&other.to_owned()), "{word} is not {other}");
        }
    }
}
