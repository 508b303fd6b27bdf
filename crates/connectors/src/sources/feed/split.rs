//! Cutting an XML feed into its entries before any parser sees it: one broken entry then spoils nothing but itself,
//! and each entry's own bytes are its evidence.

use crate::error::Flaw;
use saring_domain::{Trouble, TroubleCode};

/// A tag is not longer than this, bytes.
const LONGEST_TAG: usize = 65_536;
/// Entries that are read; a feed is news and not an archive.
const MOST_ENTRIES: usize = 5_000;
/// Entries without an end that are named.
const MOST_NAMED: usize = 50;

/// A feed in pieces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split<'a> {
    /// Opening tags around the entries, `<rss ...><channel>`.
    pub(super) open: String,
    /// The closing tags that belong to them.
    pub(super) close: String,
    /// What stands before the first entry inside these tags: title, ttl.
    pub(super) head: &'a str,
    /// Entries in document order.
    pub(super) entries: Vec<&'a str>,
    /// Entries that do not end.
    pub(super) broken: Vec<Trouble>,
}

/// A tag: where it stands and what it does.
struct Tag<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Empty,
}

/// Cuts a feed; `None` where the text has no element at all.
pub(super) fn split(text: &str) -> Option<Split<'_>> {
    let mut out = Split::default();
    let mut around: Vec<&str> = Vec::new();
    let mut entry: Option<(usize, &str)> = None;
    let (mut head, mut at) = (0, 0);
    while let Some(tag) = next_tag(text, at) {
        at = tag.end;
        if out.entries.len() == MOST_ENTRIES {
            let (code, about) = (TroubleCode::TooMany, MOST_ENTRIES.to_string());
            let message = format!("the feed has more than {about} entries; what follows was not read");
            out.broken.push(Trouble { code, about, detail: String::new(), message });
            entry = None;
            break;
        }
        let named = is_entry(tag.name);
        match (&entry, &tag.kind) {
            (None, Kind::Open) if named => {
                if out.entries.is_empty() && out.broken.is_empty() {
                    out.head = &text[head..tag.start];
                }
                entry = Some((tag.start, tag.name));
            }
            (None, Kind::Open) if out.entries.is_empty() => {
                around.push(&text[tag.start..tag.end]);
                head = if around.len() <= 2 { tag.end } else { head };
            }
            (None, Kind::Close) if out.entries.is_empty() => {
                around.pop();
            }
            (Some((start, name)), Kind::Close) if tag.name == *name => {
                out.entries.push(&text[*start..tag.end]);
                entry = None;
            }
            (Some((start, name)), Kind::Open) if tag.name == *name => {
                if out.broken.len() < MOST_NAMED {
                    out.broken.push(unended(text, *start, out.entries.len()));
                }
                entry = Some((tag.start, tag.name));
            }
            _ => {}
        }
    }
    if let Some((start, _)) = entry {
        out.broken.push(unended(text, start, out.entries.len()));
    }
    close_around(&mut out, text, &around)
}

fn close_around<'a>(out: &mut Split<'a>, text: &'a str, around: &[&str]) -> Option<Split<'a>> {
    // a feed without entries has closed everything again: its first tags are its frame
    let mut frame: Vec<String> = around.iter().map(|tag| (*tag).to_owned()).collect();
    if out.entries.is_empty() && out.broken.is_empty() {
        frame = vec![next_tag(text, 0).map(|tag| text[tag.start..tag.end].to_owned())?];
        out.head = "";
    }
    for tag in &frame {
        let name = tag_name(tag.trim_start_matches('<'));
        out.close.insert_str(0, &format!("</{name}>"));
        out.open.push_str(&tuned(tag, name));
    }
    Some(std::mem::take(out))
}

fn unended(text: &str, start: usize, before: usize) -> Trouble {
    let line = text[..start].matches('\n').count() + 1;
    Flaw::from("it does not end").trouble(format!("#{} (line {line})", before + 1))
}

fn is_entry(name: &str) -> bool {
    matches!(name.rsplit(':').next(), Some("item" | "entry"))
}

/// The root in the spelling the parser knows: every RSS is read as 2.0, of which the older ones are parts.
fn tuned(tag: &str, name: &str) -> String {
    let tag = ["my", "channel"].iter().fold(tag.to_owned(), |tag, host| {
        let old = format!("http://{host}.netscape.com/rdf/simple/0.9/");
        tag.replace(&old, "http://purl.org/rss/1.0/")
    });
    if name != "rss" {
        return tag;
    }
    let attributes = tag.trim_start_matches("<rss").trim_end_matches('>').trim_end_matches('/');
    let without = match attributes.find("version=") {
        Some(at) => {
            let quote = attributes[at + 8..].chars().next().unwrap_or('"');
            let end = attributes[at + 9..].find(quote).map_or(attributes.len(), |end| at + 10 + end);
            format!("{}{}", &attributes[..at], attributes.get(end..).unwrap_or_default())
        }
        None => attributes.to_owned(),
    };
    format!("<rss version=\"2.0\"{without}>")
}

/// The next tag from `at` on, past comments, CDATA, declarations and processing instructions.
fn next_tag(text: &str, mut at: usize) -> Option<Tag<'_>> {
    loop {
        let start = at + text[at..].find('<')?;
        let rest = &text[start..];
        let skip = |end: &str| rest.find(end).map(|found| start + found + end.len());
        at = if rest.starts_with("<!--") {
            skip("-->")?
        } else if rest.starts_with("<![CDATA[") {
            skip("]]>")?
        } else if rest.starts_with("<?") {
            skip("?>")?
        } else if rest.starts_with("<!") {
            let inner = rest.find('[').zip(rest.find('>')).is_some_and(|(open, end)| open < end);
            skip(if inner { "]>" } else { ">" })?
        } else {
            match tag_at(text, start) {
                Ok(tag) => return Some(tag),
                Err(after) => after, // a stray '<' is text
            }
        };
    }
}

/// The tag that begins at `start`, or where to look on for the next.
fn tag_at(text: &str, start: usize) -> Result<Tag<'_>, usize> {
    let rest = text[start + 1..].strip_prefix('/').unwrap_or(&text[start + 1..]);
    let closing = rest.len() + 1 < text.len() - start;
    let name = tag_name(rest);
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return Err(start + 1);
    }
    let mut quote = None;
    for (at, c) in rest.char_indices().skip(name.chars().count()) {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '>') => {
                let end = text.len() - rest.len() + at + 1;
                let empty = rest[..at].ends_with('/');
                let kind = if closing {
                    Kind::Close
                } else if empty {
                    Kind::Empty
                } else {
                    Kind::Open
                };
                return Ok(Tag { start, end, name, kind });
            }
            (None, '<') => return Err(start + 1),
            _ => {}
        }
        if at > LONGEST_TAG {
            return Err(text.len() - rest.len() + at); // a quote that never closes
        }
    }
    Err(text.len())
}

fn tag_name(rest: &str) -> &str {
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, open: &str, close: &str, entries: &[&str], broken: usize) {
        let split = split(text).unwrap();
        assert_eq!((split.open.as_str(), split.close.as_str()), (open, close), "{text}");
        assert_eq!(split.entries, entries, "{text}");
        assert_eq!(split.broken.len(), broken, "{text}: {:?}", split.broken);
    }

    #[test]
    fn feeds_fall_into_frame_and_entries() {
        check(
            "<?xml version='1.0'?><!-- <item> --><rss version=\"0.93\" a='b'><channel><title>T</title><item>1</item> <item>2</item></channel></rss>",
            "<rss version=\"2.0\"  a='b'><channel>",
            "</channel></rss>",
            &["<item>1</item>", "<item>2</item>"],
            0,
        );
        check(
            "<feed xmlns='x'><title>T</title><entry a='>'>1</entry></feed>",
            "<feed xmlns='x'>",
            "</feed>",
            &["<entry a='>'>1</entry>"],
            0,
        );
        check(
            "<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><items/></channel><item>1</item></rdf:RDF>",
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/'>",
            "</rdf:RDF>",
            &["<item>1</item>"],
            0,
        );
        check("<rss><channel></channel></rss>", "<rss version=\"2.0\">", "</rss>", &[], 0);
        check(
            "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item><![CDATA[</item>]]></item></channel></rss>",
            "<rss version=\"2.0\"><channel>",
            "</channel></rss>",
            &["<item><![CDATA[</item>]]></item>"],
            0,
        );
    }

    #[test]
    fn a_break_costs_one_entry() {
        check(
            "<rss><channel><item>1</item><item>2 < 3 <b <item>3</item><item>4",
            "<rss version=\"2.0\"><channel>",
            "</channel></rss>",
            &["<item>1</item>", "<item>3</item>"],
            2,
        );
        assert_eq!(split("no element"), None);
        assert_eq!(split("<"), None);
    }
}
