//! Ids in JSON as other programs write them.

use serde::Deserialize;
use serde_json::value::RawValue;

/// An id: a string that is not empty, or a number as it is written, however long.
pub fn id(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.bytes().next()? {
        b'"' => String::deserialize(raw).ok().filter(|id| !id.is_empty()),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_is_written() {
        let of = |json: &str| id(&RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(of("12345678901234567890123").as_deref(), Some("12345678901234567890123"));
        assert_eq!(of(r#""a\u0062""#).as_deref(), Some("ab"));
        assert_eq!([of("null"), of("[1]"), of("true"), of(r#""""#)], [None, None, None, None]);
    }
}
