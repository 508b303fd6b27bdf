//! One entry of a feed, XML or JSON, to a draft.

use super::dialect;
use super::split::Split;
use crate::error::Flaw;
use crate::html;
use crate::sources::draft::Draft;
use crate::when;
use feed_rs::model;
use feed_rs::parser::{Builder, Parser};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use regex::{Captures, Regex};
use saring_domain::ItemKind;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Entries larger than this are no entries.
const MOST_BYTES: usize = 8 << 20;

/// Elements that say who wrote: left out of the evidence.
static AUTHORS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names =
        ["author", "dc:creator", "creator", "contributor", "dc:contributor", "itunes:author", "media:credit"];
    let pairs = names.map(|name| format!(r"<{name}(\s[^>]*)?>.*?</{name}\s*>")).join("|");
    Regex::new(&format!("(?s){pairs}")).ok()
});
/// CDATA (left alone) or an ampersand that begins no entity of XML.
static AMPERSAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)<!\[CDATA\[.*?\]\]>|&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);|&").ok()
});
/// The date of an entry as it is written.
static DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<(?:pubDate|dc:date|published|updated)[^>]*>\s*([^<]+?)\s*</").ok());

/// The parser for entries; ids it would invent are left empty, we derive our own.
pub(super) fn parser(url: &str) -> Parser {
    Builder::new().base_uri(Some(url)).sanitize_content(false).id_generator(|_, _, _| String::new()).build()
}

/// XML that the parser accepts: lone ampersands and HTML entities escaped (read as HTML later), no character that
/// XML forbids.
pub(super) fn repaired(xml: &str) -> String {
    let clean: String = xml.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')).collect();
    let Some(pattern) = AMPERSAND.as_ref() else { return clean };
    let fixed = pattern.replace_all(&clean, |found: &Captures<'_>| match &found[0] {
        "&" => "&amp;".to_owned(),
        other => other.to_owned(),
    });
    fixed.into_owned()
}

/// An XML entry, read within the frame of its feed. A date that names no zone is of `zone`.
pub(super) fn xml(
    parser: &Parser,
    frame: &Split<'_>,
    entry: &str,
    media_type: &str,
    zone: &TimeZone,
) -> Result<Draft, Flaw> {
    if entry.len() > MOST_BYTES {
        return Err(Flaw::TooBig(entry.len()));
    }
    let entry = &dialect::without_poster(entry);
    let document = format!("{}{}{}", frame.open, repaired(entry), frame.close);
    let feed = parser.parse(document.as_bytes()).map_err(|e| e.to_string())?;
    let entry_model = feed.entries.into_iter().next().ok_or("it has no link or no content")?;
    let mut draft = drafted(entry_model)?;
    if draft.posted_at.is_none() {
        let written = DATE.as_ref().and_then(|date| date.captures(entry)).and_then(|found| found.get(1));
        draft.posted_at = written.and_then(|written| when::parse(written.as_str(), zone));
    }
    dialect::unwrap(&mut draft, entry);
    draft.media_type = media_type.to_owned();
    draft.raw = without_authors(entry).into_bytes();
    Ok(draft)
}

/// An entry of a JSON Feed.
pub(super) fn json(parser: &Parser, mut entry: Value) -> Result<Draft, Flaw> {
    let fields = entry.as_object_mut().ok_or("it is no object")?;
    fields.remove("author");
    fields.remove("authors");
    let raw = Value::Object(fields.clone());
    if let Some(number) = fields.get("id").filter(|id| id.is_number()).map(Value::to_string) {
        fields.insert("id".into(), number.into());
    }
    let id = fields.entry("id").or_insert_with(|| "".into()).as_str().unwrap_or_default().to_owned();
    fields.insert("id".into(), "x".into()); // the parser insists on one
    let url = fields.get("url").and_then(Value::as_str).map(str::to_owned);
    let document = json!({"version": "https://jsonfeed.org/version/1.1", "title": "", "items": [entry]});
    let feed = parser.parse(document.to_string().as_bytes()).map_err(|e| e.to_string())?;
    let mut draft = drafted(feed.entries.into_iter().next().ok_or("it has no content")?)?;
    draft.native_id = id;
    draft.url = draft.url.or(url);
    draft.media_type = "application/feed+json".into();
    draft.raw = raw.to_string().into_bytes();
    Ok(draft)
}

fn drafted(entry: model::Entry) -> Result<Draft, Flaw> {
    let body =
        entry.content.and_then(|content| content.body).map(|body| html::text(&body)).unwrap_or_default();
    let summary = entry.summary.map(|summary| html::text(&summary.content)).unwrap_or_default();
    let below = entry.media.iter().find_map(|media| media.description.as_ref());
    let summary = if summary.is_empty() {
        below.map(|text| html::plain(&text.content)).unwrap_or_default()
    } else {
        summary
    };
    let draft = Draft {
        native_id: entry.id.trim().to_owned(),
        kind: ItemKind::Article,
        title: entry.title.map(|title| html::line(&title.content)),
        text: if body.len() >= summary.len() { body } else { summary },
        url: link(&entry.links),
        posted_at: entry
            .published
            .or(entry.updated)
            .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        ..Draft::default()
    };
    if draft.is_empty() { Err(Flaw::Empty) } else { Ok(draft) }
}

fn link(links: &[model::Link]) -> Option<String> {
    let page = links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    page.or(links.first()).map(|link| link.href.trim().to_owned()).filter(|href| href.starts_with("http"))
}

fn without_authors(entry: &str) -> String {
    AUTHORS.as_ref().map_or_else(|| entry.to_owned(), |authors| authors.replace_all(entry, "").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&AUTHORS, &AMPERSAND, &DATE] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn evidence_names_no_author() {
        let entry = "<item><dc:creator><![CDATA[Bu Ani]]></dc:creator><title>T</title><author a='b'>\nx@y</author></item>";
        assert_eq!(without_authors(entry), "<item><title>T</title></item>");
    }

    #[test]
    fn lone_ampersands_are_escaped_outside_cdata_only() {
        let xml = "<a>x & y &nbsp; &amp; &#38; <![CDATA[p & q]]></a>\u{1}";
        assert_eq!(repaired(xml), "<a>x &amp; y &amp;nbsp; &amp; &#38; <![CDATA[p & q]]></a>");
    }
}
