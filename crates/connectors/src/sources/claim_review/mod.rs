//! Checks that fact-checkers publish: ClaimReview on a page, on the pages of a feed or sitemap, or as a data feed, and
//! the titles of a fact-checker's WordPress. What comes back are claims for the list, never items: the words that a
//! check quotes are nobody's post.

mod review;
#[cfg(test)]
mod tests;
mod title;

use super::{Parts, Source, about, feed, sitemap, wordpress};
use crate::client::{Conditions, Reply};
use crate::decode;
use crate::error::{FetchError, Flaw};
use crate::html;
use async_trait::async_trait;
use jiff::Timestamp;
use review::{Found, Frame};
use saring_domain::ids::hex;
use saring_domain::{Capture, Claim, ClaimId, Cursor, Fetched, Item, SourceDef};
use scraper::Html;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

/// What an address was found to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// One document with the checks in it: a page or a data feed.
    Document,
    Feed,
    Sitemap,
    WordPress,
}

/// Where reading stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    form: Option<Form>,
    /// Of the feed, sitemap or WordPress.
    inner: Cursor,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Hash of the document as it was read last.
    version: Option<String>,
}

struct ClaimReview {
    parts: Parts,
    url: Url,
}

/// A source of checked claims; the address may be of a page, a data feed, a feed, a sitemap or a `wp-json` folder.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let url = super::person::refused(&parts.def.url)?;
    Ok(Box::new(ClaimReview { parts, url }))
}

#[async_trait]
impl Source for ClaimReview {
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let place: Place = cursor.place();
        let known = place.form.or_else(|| self.url.path().contains("/wp-json").then_some(Form::WordPress));
        match known {
            Some(Form::Document) | None => self.document(place, now).await,
            Some(form) => match self.entries(form, place, now).await {
                // the address may hold something else by now
                Err(FetchError::Unreadable { .. } | FetchError::NotAFeed { .. }) if cursor.0.is_object() => {
                    self.document(Place::default(), now).await
                }
                other => other,
            },
        }
    }
}

impl ClaimReview {
    /// Reads the document; where that is a feed or a sitemap, what it leads to.
    async fn document(&self, place: Place, now: Timestamp) -> Result<Fetched, FetchError> {
        let have = Conditions { etag: place.etag.clone(), last_modified: place.last_modified.clone() };
        let reply = self.parts.client.get(self.url.as_str(), &have).await?;
        if reply.unchanged() {
            return Ok(Fetched { next: Cursor::of(&place), unchanged: true, ..Fetched::default() });
        }
        let form = form(&reply);
        if form != Form::Document {
            return self.entries(form, Place::default(), now).await;
        }
        let version = hex(&Sha256::digest(&reply.body))[..32].to_owned();
        let unchanged = place.version.as_ref() == Some(&version);
        let next = Place {
            form: Some(form),
            etag: reply.header("etag").map(str::to_owned),
            last_modified: reply.header("last-modified").map(str::to_owned),
            version: Some(version),
            ..Place::default()
        };
        let mut fetched =
            Fetched { bytes: reply.wire, next: Cursor::of(&next), unchanged, ..Fetched::default() };
        if !unchanged {
            let (medium, at) = (self.parts.def.medium(), reply.url.clone());
            let found = tokio::task::spawn_blocking(move || document(&reply, &medium, now)).await;
            let broken = |e: tokio::task::JoinError| FetchError::Broken { url: at, why: e.to_string() };
            let found = found.map_err(broken)??;
            (fetched.claims, fetched.bad) = (found.claims, found.bad);
            feed::fold_messages(&mut fetched.bad);
        }
        Ok(fetched)
    }

    /// Lets another source read the entries and takes the checks out of them.
    async fn entries(&self, form: Form, place: Place, now: Timestamp) -> Result<Fetched, FetchError> {
        let def = SourceDef { article_pages: true, ..self.parts.def.clone() };
        let parts = Parts { def, client: self.parts.client.clone(), epoch_key: self.parts.epoch_key };
        let inner = match form {
            Form::Feed | Form::Document => feed::build(parts)?,
            Form::Sitemap => sitemap::build(parts)?,
            Form::WordPress => wordpress::build(parts)?,
        };
        let mut fetched = inner.fetch(&place.inner, now).await?;
        let captures = std::mem::take(&mut fetched.captures);
        let medium = self.parts.def.medium();
        let found = tokio::task::spawn_blocking(move || {
            let mut all = Found::default();
            for (capture, item) in &captures {
                entry(capture, item, &medium, now, &mut all);
            }
            all
        });
        let broken =
            |e: tokio::task::JoinError| FetchError::Broken { url: self.url.to_string(), why: e.to_string() };
        let found = found.await.map_err(broken)?;
        fetched.claims = found.claims;
        fetched.bad.extend(found.bad);
        feed::fold_messages(&mut fetched.bad);
        fetched.next = Cursor::of(&Place { form: Some(form), inner: fetched.next, ..Place::default() });
        Ok(fetched)
    }
}

/// What a document is, by what it holds.
fn form(reply: &Reply) -> Form {
    if reply.body.starts_with(&[0x1f, 0x8b]) {
        return Form::Sitemap;
    }
    let text = decode::text(&reply.body, reply.charset());
    let start: String = text.trim_start().chars().take(2_000).collect::<String>().to_lowercase();
    let has = |tags: &[&str]| start.starts_with('<') && tags.iter().any(|tag| start.contains(tag));
    match () {
        () if has(&["<urlset", "<sitemapindex"]) => Form::Sitemap,
        () if has(&["<html", "<!doctype html"]) => Form::Document,
        () if has(&["<rss", "<feed", "<rdf:rdf"]) => Form::Feed,
        () if start.starts_with('{') && start.contains("jsonfeed.org/version") => Form::Feed,
        () => Form::Document,
    }
}

/// Whether a document has a check in it that can be read.
pub(super) fn has_checks(reply: &Reply, now: Timestamp) -> bool {
    document(reply, "", now).is_ok_and(|found| !found.claims.is_empty())
}

/// The checks of a page or a data feed.
fn document(reply: &Reply, medium: &str, now: Timestamp) -> Result<Found, FetchError> {
    let unreadable = |why: &str| FetchError::Unreadable { url: reply.url.clone(), why: why.to_owned() };
    let text = decode::text(&reply.body, reply.charset());
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let frame = Frame { url: &reply.url, medium, now };
    let mut found = Found::default();
    if text.starts_with(['{', '[']) {
        let data: Value = serde_json::from_str(text)
            .map_err(|e| FetchError::Broken { url: reply.url.clone(), why: format!("broken JSON: {e}") })?;
        review::collect(&data, &frame, &mut found);
    } else if promised_json(reply) {
        return Err(unreadable(
            "it says that it is JSON and is something else; its operator should repair it",
        ));
    } else {
        page(text, &frame, &mut found);
    }
    if found.claims.is_empty() && found.bad.is_empty() {
        return Err(unreadable("no ClaimReview was found in it: no check of a claim to read"));
    }
    Ok(found)
}

fn promised_json(reply: &Reply) -> bool {
    reply.header("content-type").unwrap_or_default().to_ascii_lowercase().contains("json")
}

/// The checks that a page describes for machines.
fn page(text: &str, frame: &Frame<'_>, found: &mut Found) {
    if html::too_deep(text) {
        found.bad.push(Flaw::from("the page is nested too deep").trouble(frame.url.to_owned()));
        return;
    }
    let mut blocks = Vec::new();
    for (at, block) in about::blocks(&Html::parse_document(text)).into_iter().enumerate() {
        match block {
            Ok(block) => blocks.push(block),
            // what others than fact-checkers break is none of our trouble
            Err((why, raw)) if raw.contains("ClaimReview") => {
                let flaw = Flaw::from(format!("its JSON-LD is broken: {why}"));
                found.bad.push(flaw.trouble(format!("{} (block {})", frame.url, at + 1)));
            }
            Err(_) => {}
        }
    }
    review::collect(&Value::Array(blocks), frame, found);
}

/// The checks of an entry: those on its page, else the one that its title tells.
fn entry(capture: &Capture, item: &Item, medium: &str, now: Timestamp, found: &mut Found) {
    let url = item.url.clone().unwrap_or_else(|| capture.native_id.clone());
    let own = found.claims.len();
    if let Some((charset, body)) = page_of(capture) {
        let text = decode::text(body, charset.as_deref());
        page(&text, &Frame { url: &url, medium: item.outlet.as_deref().unwrap_or(medium), now }, found);
    }
    if found.claims.len() > own {
        return;
    }
    let Some(told) = title::read(item.title.as_deref().unwrap_or_default()) else { return };
    let frame = Frame { url: &url, medium, now };
    let date = item.posted_at.and_then(|at| frame.day(at));
    if date.is_none() {
        found.bad.push(Flaw::from("it has no date that can be").trouble(url.clone()));
    }
    found.claims.push(Claim {
        id: ClaimId::derive(&url, ""),
        title: told.claim,
        text: title::conclusion(&item.text),
        date,
        verdict: told.verdict,
        source: Some(item.outlet.clone().unwrap_or_else(|| medium.to_owned())),
        url: Some(url),
    });
}

/// Character set and body of a page that was kept as it came.
fn page_of(capture: &Capture) -> Option<(Option<String>, &[u8])> {
    if !capture.media_type.starts_with("application/http") {
        return None;
    }
    let end = capture.raw.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&capture.raw[..end]).to_ascii_lowercase();
    let charset = head.split_once("charset=").map(|(_, rest)| rest);
    let charset = charset.and_then(|rest| rest.split(['\r', ';', ' ']).next());
    Some((charset.map(|name| name.trim_matches('"').to_owned()), &capture.raw[end + 4..]))
}

/// Whether entries of another kind of source look like the checks of a fact-checker.
pub fn checks(fetched: &Fetched) -> bool {
    let titles = fetched.captures.iter().filter_map(|(_, item)| item.title.as_deref());
    let told = titles.filter(|text| title::read(text).is_some()).count();
    told > 0 && told * 3 >= fetched.captures.len()
}
