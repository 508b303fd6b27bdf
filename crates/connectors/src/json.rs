//! JSON as other programs write it.

use serde::de::DeserializeOwned;

/// Reads a value. Half a surrogate pair, which is left where a program has cut an emoji in two, becomes U+FFFD: the grammar of
/// JSON allows it (RFC 8259, section 8.2), and no text is lost for one sign.
///
/// # Errors
/// The bytes are no JSON, or not of this form.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes).or_else(|error| {
        match std::str::from_utf8(bytes).ok().and_then(whole_pairs) {
            Some(mended) => serde_json::from_str(&mended),
            None => Err(error),
        }
    })
}

/// The text with every `\\uD8xx` that lacks its other half replaced, where there is one.
fn whole_pairs(text: &str) -> Option<String> {
    let half = |at: usize| {
        let digits = text.get(at..at + 6).filter(|escape| escape.starts_with("\\u"))?.get(2..)?;
        u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
    };
    let (mut out, mut from, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match (half(at), half(at + 6)) {
            (Some(high), Some(low)) if high < 0xdc00 && low >= 0xdc00 => at += 12,
            (Some(_), _) => {
                out.push_str(&text[from..at]);
                out.push_str("\\ufffd");
                at += 6;
                from = at;
            }
            (None, _) => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    out.push_str(&text[from..]);
    (from > 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_signs_cost_no_text() {
        for (json, text) in [
            (r#""halo \ud83d""#, "halo \u{fffd}"),
            (r#""\ude00 dan \ud83d\ude00""#, "\u{fffd} dan 😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d\ud83d""#, "\\ud83d\u{fffd}"),
        ] {
            assert_eq!(read::<String>(json.as_bytes()).unwrap(), text, "{json}");
        }
        assert!(read::<String>(br#""\ud83d"#).is_err() && read::<String>(br#""\u12"#).is_err());
    }
}
