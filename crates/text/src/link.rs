//! Where a link, an address or a mention ends.

use crate::glyph::Glyph;

/// Longest host name.
const LONGEST_HOST: usize = 253;
const LONGEST_NAME: usize = 64;
/// Longest of [`ENDINGS`] and [`SHORT_ENDINGS`].
const LONGEST_ENDING: usize = 6;
/// Endings that make a link of `name.ending` alone.
const ENDINGS: &[&str] =
    &["com", "net", "org", "info", "xyz", "online", "site", "news", "blog", "shop", "club"];
/// Endings that are words as well: links only with a path or behind one of [`UNDER`].
const SHORT_ENDINGS: &[&str] = &[
    "id", "me", "ly", "io", "tv", "co", "gl", "gg", "be", "cc", "to", "in", "us", "uk", "my", "sg", "top",
    "link",
];
const UNDER: &[&str] =
    &["co", "go", "ac", "or", "sch", "web", "my", "desa", "mil", "com", "net", "org", "gov"];

fn starts_with(glyphs: &[Glyph], text: &str) -> bool {
    glyphs.len() > text.len() && text.chars().zip(glyphs).all(|(wanted, glyph)| wanted == glyph.c)
}

/// Length of the link at the start of `glyphs`; 0 where there is none.
pub(crate) fn length(glyphs: &[Glyph]) -> usize {
    let scheme = ["http://", "https://", "www."].iter().any(|start| starts_with(glyphs, start));
    if scheme || host(glyphs) { to_the_end(glyphs) } else { 0 }
}

fn to_the_end(glyphs: &[Glyph]) -> usize {
    let ends = |glyph: &Glyph| glyph.c.is_whitespace() || matches!(glyph.c, '"' | '<' | '>' | '“' | '”');
    let mut length = glyphs.iter().position(ends).unwrap_or(glyphs.len());
    // punctuation behind a link belongs to the sentence
    while length > 0
        && matches!(glyphs[length - 1].c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '\'' | '*')
    {
        length -= 1;
    }
    length
}

/// `kabar.go.id`, `contoh.com/x`: a host without a scheme.
fn host(glyphs: &[Glyph]) -> bool {
    let part = |glyph: &&Glyph| glyph.c.is_ascii_alphanumeric() || glyph.c == '.' || glyph.c == '-';
    let length = glyphs.iter().take(LONGEST_HOST).take_while(part).count();
    let path = glyphs.get(length).is_some_and(|glyph| glyph.c == '/');
    // the stop of a sentence behind a host is not part of it
    let stops = glyphs[..length].iter().rev().take_while(|glyph| glyph.c == '.').count();
    let host = &glyphs[..length - stops];
    let behind = host.iter().rev().take(LONGEST_ENDING + 1).take_while(|glyph| glyph.c != '.').count();
    let ending: String = host[host.len() - behind..].iter().map(|glyph| glyph.c).collect();
    let (always, perhaps) = (ENDINGS.contains(&&*ending), SHORT_ENDINGS.contains(&&*ending));
    // told by a few letters, so that a long run with a stop behind every letter stays cheap
    if !always && !perhaps {
        return false;
    }
    let host: String = host.iter().map(|glyph| glyph.c).collect();
    let mut labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) {
        return false;
    }
    labels.pop();
    let under = labels.last().copied().unwrap_or_default();
    let known_under = labels.len() > 1 && UNDER.contains(&under);
    let letters = host.bytes().any(|byte| byte.is_ascii_lowercase());
    letters && (always || path || known_under)
}

/// Length of the `@name` at the start of `glyphs`; 0 where there is none.
pub(crate) fn mention(glyphs: &[Glyph]) -> usize {
    let name = |glyph: &&Glyph| glyph.c.is_ascii_alphanumeric() || matches!(glyph.c, '_' | '.' | '-');
    let mut length = glyphs.iter().skip(1).take(LONGEST_NAME).take_while(name).count();
    while length > 0 && matches!(glyphs[length].c, '.' | '-') {
        length -= 1;
    }
    if length == 0 { 0 } else { length + 1 }
}

/// Length of the mail address at the start of `glyphs`; 0 where there is none. Addresses name people: masked.
pub(crate) fn address(glyphs: &[Glyph]) -> usize {
    let name = |glyph: &&Glyph| glyph.c.is_ascii_alphanumeric() || matches!(glyph.c, '_' | '.' | '-' | '+');
    let local = glyphs.iter().take(LONGEST_NAME).take_while(name).count();
    if local == 0 || glyphs.get(local).is_none_or(|glyph| glyph.c != '@') {
        return 0;
    }
    let domain = mention(&glyphs[local..]);
    let text: String = glyphs[local..local + domain].iter().map(|glyph| glyph.c).collect();
    if text.contains('.') { local + domain } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glyph::glyphs;

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        for (text, wanted) in [
            ("https://kabar.id/a?b=1, lalu", 22),
            ("www.kabar.com.", 13),
            ("kabar.go.id lalu", 11),
            ("bit.ly/abc", 10),
            ("pergi.me lalu", 0),
            ("selesai.Lalu", 0),
            ("3.5", 0),
            ("contoh.com", 10),
        ] {
            assert_eq!(length(&glyphs(text)), wanted, "{text}");
        }
    }

    #[test]
    fn names_and_addresses_are_found_whole() {
        assert_eq!(mention(&glyphs("@warga_desa. Lalu")), 11);
        assert_eq!(mention(&glyphs("@ rumah")), 0);
        assert_eq!(address(&glyphs("siti.aminah@contoh.id ya")), 21);
        assert_eq!(address(&glyphs("b@ngsat")), 0);
    }
}
