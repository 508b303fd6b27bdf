//! Characters that arrive spelled out: `\n`, `\xf0\x9f\x98\x82`, `\u00e9`, `&amp;`, `&#8220;`.
//!
//! Research corpora, logs and badly exported tables carry them; a reader sees the character, so the machine does too.

/// A character read from an escape, with the range of source characters (relative to the escape) that spelled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spelled {
    c: char,
    start: usize,
    end: usize,
}

/// Longest entity name and number that is looked at.
const LONGEST_ENTITY: usize = 10;
/// Bytes of one run of `\x..` decoded at once.
const LONGEST_RUN: usize = 64;

const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("hellip", '…'),
    ("ldquo", '"'),
    ("rdquo", '"'),
    ("lsquo", '\''),
    ("rsquo", '\''),
    ("ndash", '-'),
    ("mdash", '-'),
    ("bull", '•'),
    ("copy", '©'),
    ("reg", '®'),
];

/// Reads the escape at the start of `text` (which starts with a backslash); its characters and its length in source
/// characters, or nothing where the backslash is only a backslash.
fn backslash(text: &[char]) -> Option<(Vec<Spelled>, usize)> {
    // twice-escaped text has several backslashes before its letter
    let slashes = text.iter().take(4).take_while(|c| **c == '\\').count();
    let one = |c| Some((vec![Spelled { c, start: 0, end: slashes + 1 }], slashes + 1));
    match text.get(slashes)? {
        'n' | 'r' | 't' => one('\n'),
        quote @ ('"' | '\'' | '/') => one(*quote),
        'x' => bytes(text),
        'u' => unicode(text, slashes),
        _ => None,
    }
}

/// `original` with its escapes read, and for every character of it the range of Unicode scalar values of `original`
/// that spelled it. Nothing where `original` has no escape.
pub fn read(original: &str) -> Option<(String, Vec<(u32, u32)>)> {
    if !original.contains(['\\', '&']) {
        return None;
    }
    let chars: Vec<char> = original.chars().collect();
    let (mut text, mut places) = (String::with_capacity(original.len()), Vec::with_capacity(chars.len()));
    let found = each(&chars, |c, start, end| {
        text.push(c);
        places.push((start, end));
    });
    found.then_some((text, places))
}

/// Calls `put` with every character that `chars` stand for and the range of `chars` that spelled it; whether any was spelled
/// by an escape.
pub(crate) fn each(chars: &[char], mut put: impl FnMut(char, u32, u32)) -> bool {
    let (mut at, mut found) = (0, false);
    while let Some(&c) = chars.get(at) {
        let rest = &chars[at..];
        let escape = (c == '\\').then(|| backslash(rest)).flatten();
        let length = if let Some((spelled, length)) = escape {
            spelled.iter().for_each(|one| put(one.c, (at + one.start) as u32, (at + one.end) as u32));
            length
        } else {
            let (c, length) = (c == '&').then(|| entity(rest)).flatten().unwrap_or((c, 1));
            put(c, at as u32, (at + length) as u32);
            length
        };
        found |= length > 1;
        at += length;
    }
    found
}

fn hex(digits: &[char]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, c| Some(sum * 16 + c.to_digit(16)?))
}

fn bytes(text: &[char]) -> Option<(Vec<Spelled>, usize)> {
    let mut run: Vec<(u8, usize, usize)> = Vec::new();
    let mut at = 0;
    while run.len() < LONGEST_RUN {
        let slashes = text[at..].iter().take(4).take_while(|c| **c == '\\').count();
        let Some(digits) = text.get(at + slashes + 1..at + slashes + 3) else { break };
        if slashes == 0 || text[at + slashes] != 'x' {
            break;
        }
        let Some(byte) = hex(digits) else { break };
        // a run that is cut by its limit must not cut a character
        if run.len() + 4 > LONGEST_RUN && byte & 0xc0 != 0x80 {
            break;
        }
        run.push((byte as u8, at, at + slashes + 3));
        at += slashes + 3;
    }
    let raw: Vec<u8> = run.iter().map(|(byte, ..)| *byte).collect();
    let (last, mut out, mut done) = (run.last()?.2, Vec::new(), 0);
    // bytes that are no UTF-8 (a text cut in the middle of a character) leave nothing but their place
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            let after = done + c.len_utf8();
            out.push(Spelled { c, start: run[done].1, end: run[after - 1].2 });
            done = after;
        }
        done += chunk.invalid().len();
    }
    Some((out, last))
}

fn unicode(text: &[char], slashes: usize) -> Option<(Vec<Spelled>, usize)> {
    let first = hex(text.get(slashes + 1..slashes + 5)?)?;
    let end = slashes + 5;
    let pair = || {
        let rest = text.get(end..)?;
        let more = rest.iter().take(4).take_while(|c| **c == '\\').count();
        let low = hex(rest.get(more + 1..more + 5).filter(|_| more > 0 && rest[more] == 'u')?)?;
        let value =
            0x1_0000 + ((first - 0xd800) << 10) + low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        Some((char::from_u32(value)?, end + more + 5))
    };
    let (c, end) = match first {
        0xd800..=0xdbff => pair().unwrap_or((' ', end)),
        _ => (char::from_u32(first).unwrap_or(' '), end),
    };
    Some((vec![Spelled { c, start: 0, end }], end))
}

/// Reads the HTML entity at the start of `text` (which starts with `&`): the character and the entity's length.
fn entity(text: &[char]) -> Option<(char, usize)> {
    let semicolon = text.iter().take(LONGEST_ENTITY + 2).position(|c| *c == ';')?;
    let name: String = text[1..semicolon].iter().collect();
    let value = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?,
            None => number.parse().ok().and_then(char::from_u32)?,
        },
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((value, semicolon + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<(String, usize)> {
        let chars: Vec<char> = text.chars().collect();
        backslash(&chars).map(|(out, end)| (out.iter().map(|one| one.c).collect(), end))
    }

    #[test]
    fn escapes_are_read() {
        for (text, wanted, end) in [
            (r"\nlalu", "\n", 2),
            (r"\\n", "\n", 3),
            (r"\xf0\x9f\x98\x82 x", "😂", 16),
            (r"\xe2\x80\xa6'", "…", 12),
            (r"\xf0\x9f", "", 8),
            (r"\u00e9", "é", 6),
            (r"\ud83d\ude02", "😂", 12),
            (r"\ud83d", " ", 6),
        ] {
            assert_eq!(one(text), Some((wanted.to_owned(), end)), "{text}");
        }
        assert_eq!(one(r"\"), None);
        assert_eq!(one(r"\xzz"), None);
        assert_eq!(one(r"\u12"), None);
    }

    #[test]
    fn each_spelled_character_knows_its_bytes() {
        let chars: Vec<char> = r"\x41\xc3\xa9".chars().collect();
        let (out, end) = backslash(&chars).unwrap();
        let ranges: Vec<_> = out.iter().map(|one| (one.c, one.start, one.end)).collect();
        assert_eq!(ranges, [('A', 0, 4), ('é', 4, 12)]);
        assert_eq!(end, 12);
    }

    #[test]
    fn a_long_run_is_cut_between_characters() {
        let text = r"\xf0\x9f\x98\x82".repeat(40);
        let mut chars: &[char] = &text.chars().collect::<Vec<_>>();
        let mut seen = 0;
        while !chars.is_empty() {
            let (out, end) = backslash(chars).unwrap();
            assert!(out.iter().all(|one| one.c == '😂'));
            seen += out.len();
            chars = &chars[end..];
        }
        assert_eq!(seen, 40);
    }

    #[test]
    fn a_text_with_escapes_is_read_with_its_places() {
        let (text, places) = super::read(r"a\nb&amp;c \ d").unwrap();
        assert_eq!(text, "a\nb&c \\ d");
        assert_eq!(places[..5], [(0, 1), (1, 3), (3, 4), (4, 9), (9, 10)]);
        assert_eq!(places.len(), text.chars().count());
        assert_eq!(super::read(r"tanpa & \ apa pun"), None);
    }

    #[test]
    fn entities_are_read() {
        let read = |text: &str| entity(&text.chars().collect::<Vec<_>>());
        assert_eq!(read("&amp; x"), Some(('&', 5)));
        assert_eq!(read("&#39;"), Some(('\'', 5)));
        assert_eq!(read("&#x201C;"), Some(('“', 8)));
        assert_eq!(read("& dia; lalu"), None);
        assert_eq!(read("&#99999999;"), None);
    }
}
