//! Bytes to text, whatever the declaration says.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a document its own declaration is looked for.
const HEAD: usize = 1024;

/// The text of a document. A byte order mark decides; then bytes that are valid UTF-8 are UTF-8 whatever was
/// declared (nothing else looks like it by chance); then the declared character set, of the transport before that of
/// the document; then windows-1252, the usual cause of undeclared bytes.
pub(crate) fn text(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(encoding) = wide(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let label = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    match label.or_else(|| own_word(bytes)) {
        Some(encoding) if encoding != UTF_8 => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        _ => mostly_utf8(bytes),
    }
}

/// UTF-16 without a mark: text of our scripts has a zero in every other byte.
pub(crate) fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD) & !1];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let most = head.len() / 2 * 7 / 10;
    match (zeros(0), zeros(1)) {
        _ if head.len() < 8 => None,
        (0, little) if little > most => Some(UTF_16LE),
        (big, 0) if big > most => Some(UTF_16BE),
        _ => None,
    }
}

/// What the document says of itself, in an XML declaration or a `meta` element.
fn own_word(bytes: &[u8]) -> Option<&'static Encoding> {
    let head: String = bytes.iter().take(HEAD).map(|byte| char::from(*byte).to_ascii_lowercase()).collect();
    ["encoding=", "charset="].iter().find_map(|key| {
        let value = head.split_once(key)?.1.trim_start_matches(['"', '\'']);
        let end =
            value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(value.len());
        Encoding::for_label(&value.as_bytes()[..end])
    })
}

/// Bytes that are not valid UTF-8: damaged UTF-8 where more sequences are whole than broken, else windows-1252.
pub(crate) fn mostly_utf8(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let whole = text.chars().filter(|c| !c.is_ascii() && *c != char::REPLACEMENT_CHARACTER).count();
    if broken == 0 || whole > broken {
        return text.into_owned();
    }
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_read() {
        let word = "Café “Sukamaju” — ya";
        let latin = WINDOWS_1252.encode(word).0.into_owned();
        let le: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        assert_eq!(text(word.as_bytes(), None), word);
        assert_eq!(text(word.as_bytes(), Some("iso-8859-1")), word, "the declaration lies");
        assert_eq!(text(&marked(b"\xef\xbb\xbf", word.as_bytes()), None), word);
        assert_eq!(text(&latin, Some("iso-8859-1")), word);
        assert_eq!(text(&latin, Some("utf-8")), word, "declared UTF-8, sent as latin");
        assert_eq!(text(&latin, None), word);
        assert_eq!(text(&le, None), word);
        assert_eq!(text(&be, None), word);
        assert_eq!(text(&marked(b"\xff\xfe", &le), Some("utf-8")), word);
        assert_eq!(text(&marked(b"\xfe\xff", &be), None), word);
        assert_eq!(text(b"<?xml version='1.0' encoding='koi8-r'?>\xd7", None).chars().last(), Some('в'));
        assert_eq!(text(b"<meta charset=\"windows-1251\">\xe2", None).chars().last(), Some('в'));
        assert_eq!(
            text("é é é \u{20ac}".as_bytes()[..10].into(), None),
            "é é é \u{fffd}",
            "cut within a character"
        );
        assert_eq!(text(b"", None), "");
    }
}
