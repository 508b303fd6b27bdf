//! JSON as other programs write it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Reads a value. Halves of a surrogate pair, which are left where a program has cut an emoji in two, become U+FFFD each: the
/// grammar of JSON allows them (RFC 8259, section 8.2), and no text is lost for one sign.
///
/// # Errors
/// The bytes are no JSON, or not of this form.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes).or_else(|error| match without_halves(bytes) {
        Some(mended) => serde_json::from_slice(&mended),
        None => Err(error),
    })
}

/// An id: a string that is not empty, or a number as it is written, however long.
pub fn id(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.bytes().next()? {
        b'"' => String::deserialize(raw).ok().filter(|id| !id.is_empty()),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

/// The same bytes with U+FFFD for every half of a surrogate pair; nothing where there is none.
fn without_halves(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let (mut out, mut at, mut found) = (Vec::with_capacity(bytes.len()), 0, false);
    while at < bytes.len() {
        let (length, half) = match (bytes[at], unit(at)) {
            (b'\\', Some(0xd800..0xdc00)) if matches!(unit(at + 6), Some(0xdc00..0xe000)) => (12, false),
            (b'\\', Some(0xd800..0xe000)) => (6, true),
            (b'\\', _) => (2, false),
            _ => (1, false),
        };
        let end = (at + length).min(bytes.len());
        out.extend_from_slice(if half { b"\\ufffd" } else { &bytes[at..end] });
        (at, found) = (end, found || half);
    }
    found.then_some(out)
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

    #[test]
    fn an_id_is_what_is_written() {
        let of = |json: &str| id(&RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(of("12345678901234567890123").as_deref(), Some("12345678901234567890123"));
        assert_eq!(of(r#""a\u0062""#).as_deref(), Some("ab"));
        assert_eq!([of("null"), of("[1]"), of("true"), of(r#""""#)], [None, None, None, None]);
    }
}
