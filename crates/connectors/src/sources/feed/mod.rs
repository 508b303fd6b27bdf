//! RSS 0.9 to 2.0, Atom and JSON Feed, with the page behind each entry where the office asks for it.

mod dialect;
mod entry;
mod split;
#[cfg(test)]
mod tests;

use super::draft::{Draft, shown};
use super::{Parts, Source, page, watched};
use crate::boilerplate;
use crate::client::{Client, Conditions, Reply};
use crate::decode;
use crate::error::FetchError;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::ids::hex;
use saring_domain::{Cursor, Fetched, SourceDef, Trouble, TroubleCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// Pages read in one go; the rest waits for the next call so that progress is saved in between.
const PAGES_AT_ONCE: usize = 20;
/// Entries remembered as read with their page.
const MOST_REMEMBERED: usize = 2_000;
/// Single messages per read; more are counted in one.
const MOST_MESSAGES: usize = 50;

/// How addresses name what is searched for.
const SEARCHES: &[&str] = &["q", "query", "s", "search", "keyword", "keywords", "kata", "cari"];

/// A feed source.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    super::person::refused(&parts.def.url)?;
    Ok(Box::new(Feed { def: parts.def, client: parts.client }))
}

struct Feed {
    def: SourceDef,
    client: Client,
}

/// Where reading stopped: what the server said of its version, and which entries were read with their page.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    etag: Option<String>,
    last_modified: Option<String>,
    /// Hash of the entry's identity to hash of its bytes, behind `half ` where a further page is to be tried again.
    pages: BTreeMap<String, String>,
}

/// A feed taken apart.
#[derive(Default)]
struct Parsed {
    drafts: Vec<Draft>,
    bad: Vec<Trouble>,
    ttl: Option<Duration>,
}

#[async_trait]
impl Source for Feed {
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let terms = searched(&self.def.url);
        if !terms.is_empty() {
            watched(&self.def, &terms.iter().map(String::as_str).collect::<Vec<_>>(), now)?;
        }
        let progress: Progress = cursor.place();
        let have = Conditions { etag: progress.etag.clone(), last_modified: progress.last_modified.clone() };
        let reply = self.client.get(&self.def.url, &have).await?;
        if reply.unchanged() {
            return Ok(Fetched { next: cursor.clone(), unchanged: true, ..Fetched::default() });
        }
        let bytes = reply.wire;
        let mut next = Progress {
            etag: reply.header("etag").map(str::to_owned),
            last_modified: reply.header("last-modified").map(str::to_owned),
            ..Progress::default()
        };
        let zone = self.client.zone().clone();
        let parsed = tokio::task::spawn_blocking(move || parse(&reply, &zone)).await;
        let parsed = parsed.map_err(|e| self.broken(format!("it could not be taken apart ({e})")))??;
        let mut fetched = Fetched { bytes, bad: parsed.bad, again_in: parsed.ttl, ..Fetched::default() };
        let mut drafts = parsed.drafts;
        if self.def.article_pages {
            drafts = self.with_pages(drafts, progress, &mut next, &mut fetched, now).await;
        }
        let mut captures: Vec<_> =
            drafts.into_iter().map(|draft| self.finish(draft).bind(&self.def.id, now)).collect();
        captures.sort_by_key(|(_, item)| item.when());
        fetched.captures = captures;
        fetched.next = Cursor::of(&next);
        fold_messages(&mut fetched.bad);
        Ok(fetched)
    }
}

/// What the address searches for: the feed of a search follows a term.
fn searched(url: &str) -> Vec<String> {
    let Ok(url) = url::Url::parse(url) else { return Vec::new() };
    let pairs =
        url.query_pairs().filter(|(key, value)| SEARCHES.contains(&key.as_ref()) && !value.is_empty());
    pairs.map(|(_, value)| value.into_owned()).collect()
}

impl Feed {
    fn broken(&self, why: String) -> FetchError {
        FetchError::Broken { url: self.def.url.clone(), why }
    }

    fn finish(&self, mut draft: Draft) -> Draft {
        draft.text = boilerplate::article(&draft.text);
        let own = self.def.outlet.clone();
        draft.outlet = own.or(draft.outlet).or_else(|| Some(self.def.name.clone()));
        draft
    }

    /// Reads the pages of entries that are new or changed; those read before are left out, their page is known. An article
    /// of which a further page is only disturbed waits for the next round, once.
    async fn with_pages(
        &self,
        drafts: Vec<Draft>,
        before: Progress,
        next: &mut Progress,
        fetched: &mut Fetched,
        now: Timestamp,
    ) -> Vec<Draft> {
        let mut out = Vec::new();
        let (mut failed, mut cut): (Vec<FetchError>, Vec<FetchError>) = (Vec::new(), Vec::new());
        let (mut read, mut again) = (0, false);
        for draft in drafts {
            let (id, version) = (short(draft.identity().as_bytes()), short(&draft.raw));
            let (known, half) = (before.pages.get(&id) == Some(&version), format!("half {version}"));
            let second = before.pages.get(&id) == Some(&half);
            if !known && read == PAGES_AT_ONCE {
                fetched.more = true;
                continue;
            }
            let room = next.pages.len() < MOST_REMEMBERED;
            if known {
                next.pages.extend(room.then_some((id, version)));
                continue;
            }
            read += 1;
            let (draft, lost) = self.with_page(draft, &mut failed, &mut fetched.bytes, now).await;
            let wait = room && !second && lost.as_ref().is_some_and(|lost| !lost.permanent());
            cut.extend(lost);
            next.pages.extend(room.then_some((id, if wait { half } else { version })));
            again |= wait;
            out.extend((!wait).then_some(draft));
        }
        if fetched.more || again {
            // the same version must be sent again for the rest
            (next.etag, next.last_modified) = (None, None);
        }
        if let Some(first) = failed.first() {
            let count = failed.len();
            let message = format!(
                "the pages behind {count} entries could not be read, the words of the feed were kept; the first: {first}"
            );
            let detail = first.trouble().about;
            fetched.bad.push(Trouble { code: TroubleCode::Pages, about: count.to_string(), detail, message });
        }
        fetched.bad.extend(page::cut_short(&cut));
        out
    }

    async fn with_page(
        &self,
        draft: Draft,
        failed: &mut Vec<FetchError>,
        bytes: &mut u64,
        now: Timestamp,
    ) -> (Draft, Option<FetchError>) {
        let Some(url) = draft.url.clone() else { return (draft, None) };
        match page::read(&self.client, &url, now).await {
            Ok((wire, mut article)) => {
                *bytes += wire;
                let lost = article.lost.take();
                (page::merge(draft, article), lost)
            }
            Err(error) => {
                failed.push(error);
                (draft, None)
            }
        }
    }
}

/// Counts the messages of a read that are too many to be told one by one.
pub(super) fn fold_messages(bad: &mut Vec<Trouble>) {
    let more = bad.len().saturating_sub(MOST_MESSAGES);
    if more > 0 {
        bad.truncate(MOST_MESSAGES);
        let message = format!("and {more} more entries like these");
        bad.push(Trouble {
            code: TroubleCode::More,
            about: more.to_string(),
            detail: String::new(),
            message,
        });
    }
}

fn short(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..16].to_owned()
}

/// Takes a feed apart, whatever its kind.
fn parse(reply: &Reply, zone: &TimeZone) -> Result<Parsed, FetchError> {
    let text = decode::text(&reply.body, reply.charset());
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let broken = |why: String| FetchError::Broken { url: reply.url.clone(), why };
    if text.starts_with('{') {
        return json(text, &reply.url).map_err(broken);
    }
    let lower: String = text.chars().take(300).collect::<String>().to_lowercase();
    if lower.contains("<html") || lower.contains("<!doctype html") {
        return Err(FetchError::NotAFeed { url: reply.url.clone() });
    }
    if text.is_empty() {
        return Err(broken("it is empty".into()));
    }
    xml(text, &reply.url, zone).map_err(broken)
}

fn xml(text: &str, url: &str, zone: &TimeZone) -> Result<Parsed, String> {
    let frame = split::split(text).ok_or("it is neither XML nor JSON")?;
    let parser = entry::parser(url);
    let media_type = media_type(&frame.open);
    let mut out = Parsed { bad: frame.broken.clone(), ..Parsed::default() };
    if frame.entries.is_empty() && frame.broken.is_empty() {
        parser
            .parse(entry::repaired(strip_declaration(text)).as_bytes())
            .map_err(|e| format!("broken XML: {e}"))?;
        return Ok(out);
    }
    let head = format!("{}{}{}", frame.open, entry::repaired(frame.head), frame.close);
    let head = parser.parse(head.as_bytes()).ok();
    out.ttl =
        head.and_then(|feed| feed.ttl).map(|minutes| Duration::from_secs(u64::from(minutes.min(1440)) * 60));
    for (at, text) in frame.entries.iter().enumerate() {
        match entry::xml(&parser, &frame, text, media_type, zone) {
            Ok(draft) => out.drafts.push(draft),
            Err(flaw) => out.bad.push(flaw.trouble(about(at, text))),
        }
    }
    if out.drafts.is_empty() {
        let first = out.bad.first().map(Trouble::to_string).unwrap_or_default();
        return Err(format!("broken XML, not one entry could be read: {first}"));
    }
    Ok(out)
}

/// The declaration names a character set, but the text is decoded already.
fn strip_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, rest)| rest),
        None => text,
    }
}

fn media_type(open: &str) -> &'static str {
    match open {
        _ if open.starts_with("<rss") => "application/rss+xml",
        _ if open.contains("RDF") => "application/rdf+xml",
        _ => "application/atom+xml",
    }
}

fn json(text: &str, url: &str) -> Result<Parsed, String> {
    let mut feed: Value = serde_json::from_str(text).map_err(|e| format!("broken JSON: {e}"))?;
    let Some(Value::Array(items)) = feed.get_mut("items").map(Value::take) else {
        return Err("a JSON Feed has a list named 'items', this has none".into());
    };
    let parser = entry::parser(url);
    let mut out = Parsed::default();
    for (at, item) in items.into_iter().enumerate() {
        let shown = item.to_string();
        match entry::json(&parser, item) {
            Ok(draft) => out.drafts.push(draft),
            Err(flaw) => out.bad.push(flaw.trouble(about(at, &shown))),
        }
    }
    Ok(out)
}

/// Which entry: its place in the feed and how it begins.
fn about(at: usize, entry: &str) -> String {
    format!("#{} ({})", at + 1, shown(&crate::html::line(entry)))
}
