//! Where we read. Adding a kind of source: one file here and one line in `SOURCES`.

mod about;
mod bluesky;
mod builder;
mod claim_review;
mod discover;
mod draft;
mod feed;
mod file;
mod furniture;
#[cfg(test)]
mod layouts;
mod mailbox;
mod mastodon;
mod page;
mod parts;
mod person;
mod printed;
mod reddit;
mod sitemap;
mod telegram;
mod wordpress;

pub use claim_review::checks;
pub use discover::{Lead, discover};

use crate::client::Client;
use crate::error::FetchError;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{Cursor, Fetched, SourceDef, SourceKind, zone_named};
use std::time::Duration;
use url::Url;

/// A place that can be read again and again.
#[async_trait]
pub trait Source: Send + Sync {
    /// Reads what came after `cursor`. The same cursor may be given twice (when saving failed): the answer is then
    /// the same but for what changed outside.
    ///
    /// # Errors
    /// When nothing could be read at all. Single bad entries stand in [`Fetched::bad`] and the rest goes on.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError>;

    /// Opens it after `cursor` to be listened to without end, where it is a stream.
    ///
    /// # Errors
    /// When it cannot be opened, or is no stream.
    async fn open(&self, _cursor: &Cursor, _now: Timestamp) -> Result<Box<dyn Stream + '_>, FetchError> {
        Err(FetchError::Unreadable { url: String::new(), why: "it is no stream".into() })
    }
}

/// How long more is waited for after the first message of a stream that is listened to,
const MOMENT: Duration = Duration::from_millis(250);
/// and how many of them are given at once.
const AT_ONCE: usize = 1_000;

/// A stream that is open.
#[async_trait]
pub trait Stream: Send {
    /// Waits for something to come and gives what came within a moment; `now` tells the time.
    ///
    /// # Errors
    /// When it broke off.
    async fn next(&mut self, now: &(dyn Fn() -> Timestamp + Sync)) -> Result<Fetched, FetchError>;
}

/// What a source is built from.
pub(crate) struct Parts {
    pub(crate) def: SourceDef,
    pub(crate) client: Client,
    /// Key of the current epoch, under which handles become pseudonyms.
    pub(crate) epoch_key: [u8; 32],
}

type Build = fn(Parts) -> Result<Box<dyn Source>, FetchError>;

/// Every kind of source and how it is made.
const SOURCES: &[(SourceKind, Build)] = &[
    (SourceKind::Feed, feed::build),
    (SourceKind::WordPress, wordpress::build),
    (SourceKind::File, file::build),
    (SourceKind::Sitemap, sitemap::build),
    (SourceKind::Mastodon, mastodon::build),
    (SourceKind::Telegram, telegram::build),
    (SourceKind::Reddit, reddit::build),
    (SourceKind::Bluesky, bluesky::build),
    (SourceKind::ClaimReview, claim_review::build),
    (SourceKind::Mailbox, mailbox::build),
];

/// The `http` form of the address of a websocket, by which it is dialled.
fn web(address: &str) -> String {
    match address.trim().strip_prefix("ws") {
        Some(rest) if rest.starts_with("://") || rest.starts_with("s://") => format!("http{rest}"),
        _ => address.trim().to_owned(),
    }
}

/// The parts of a path that are not empty.
fn parts_of(url: &Url) -> Vec<String> {
    url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Whether a source may follow `terms` today.
fn watched(def: &SourceDef, terms: &[&str], now: Timestamp) -> Result<(), FetchError> {
    let refused = |flaw| FetchError::Watch { url: def.url.clone(), flaw };
    let watch = def.watch.as_ref().ok_or_else(|| refused(None))?;
    watch.check(terms, TimeZone::UTC.to_datetime(now).date()).map_err(|flaw| refused(Some(flaw)))
}

/// The article on a page as sources keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    /// Its headline.
    pub title: String,
    /// When it was published, as the page says.
    pub posted_at: Option<Timestamp>,
    /// Its words, without what came before and after them.
    pub text: String,
}

/// The article on a page that is read at `now`; `None` where the page has none. Nothing is fetched.
pub fn article(html: &str, url: &str, now: Timestamp) -> Option<Readable> {
    let clock = about::Clock { zone: crate::when::capital(), now };
    let found = page::extract(html, url, None, &clock)?;
    let text = crate::boilerplate::article(&found.text);
    Some(Readable { title: found.title, posted_at: found.posted_at, text })
}

/// The source that a definition describes. `epoch_key` is the key of the current epoch for pseudonyms.
///
/// # Errors
/// When its address cannot be used or its zone is unknown.
pub fn build(def: &SourceDef, client: &Client, epoch_key: [u8; 32]) -> Result<Box<dyn Source>, FetchError> {
    let found = SOURCES.iter().find(|(kind, _)| *kind == def.kind);
    let (_, build) = found.ok_or_else(|| FetchError::Address {
        url: def.url.clone(),
        why: format!("no source of the kind {:?} is known", def.kind),
    })?;
    let zone = match def.zone.as_deref() {
        None => client.zone().clone(),
        Some(name) => zone_named(name).ok_or_else(|| FetchError::Address {
            url: def.url.clone(),
            why: format!("its zone '{name}' is unknown"),
        })?,
    };
    build(Parts { def: def.clone(), client: client.in_zone(zone), epoch_key })
}
