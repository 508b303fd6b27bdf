//! A page and its requisites in one WARC file, read through the guarded client and bounded in bytes, count and time.

use super::requisites::{requisites, styles};
use super::warc::{Kind, Record, Warc};
use crate::client::{Client, Hop};
use crate::decode;
use crate::error::FetchError;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How far taking one page goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Requisites read.
    pub parts: usize,
    /// Bytes of all bodies together; the page itself may use them all.
    pub bytes: u64,
    /// From the first packet to the last; the page itself has the client's own limit.
    pub time: Duration,
}

impl Default for Caps {
    /// 80 requisites, 32 MiB, three minutes.
    fn default() -> Self {
        Self { parts: 80, bytes: 32 << 20, time: Duration::from_secs(180) }
    }
}

/// Bytes that came to us before, kept in the same file: the capture that the item was made of.
#[derive(Clone, Debug)]
pub struct Own<'o> {
    /// An address or URN for it.
    pub uri: &'o str,
    /// Media type.
    pub media_type: &'o str,
    /// When it came.
    pub at: Timestamp,
    /// The bytes.
    pub bytes: &'o [u8],
}

/// What became of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What was read.
    pub url: String,
    /// What the server answered, where it did.
    pub status: Option<u16>,
    /// Bytes of the body.
    pub bytes: u64,
    /// Why it is not in the file.
    pub trouble: Option<String>,
}

/// A page as it was taken.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Where the page was in the end, after redirects.
    pub url: String,
    /// When reading began.
    pub at: Timestamp,
    /// The page, then its requisites, in the order read.
    pub parts: Vec<Part>,
    /// Requisites that the page names and the caps left out.
    pub left_out: usize,
    /// The file.
    pub warc: Vec<u8>,
    /// What the file holds of servers, as it was read.
    pub hops: Vec<Hop>,
}

/// Reads a page and what it needs. Trouble with a requisite is written down and the rest goes on.
///
/// `name` is the name of the file in its own head, `fields` say who takes it with what (`software`, `operator`, ..).
///
/// # Errors
/// When the page itself cannot be read: see [`FetchError::page_is_gone`] and [`FetchError::permanent`].
pub async fn archive(
    client: &Client,
    name: &str,
    url: &str,
    own: Option<Own<'_>>,
    fields: &[(&str, &str)],
    caps: &Caps,
) -> Result<Archive, FetchError> {
    let at = Timestamp::now();
    let broken = |error: std::io::Error| FetchError::Broken { url: url.to_owned(), why: error.to_string() };
    let mut taking = Taking {
        client,
        warc: Warc::begin(name, at, fields).map_err(broken)?,
        parts: Vec::new(),
        hops: Vec::new(),
        left: caps.bytes,
        until: Instant::now() + caps.time,
    };
    if let Some(own) = own {
        taking.keep_own(&own).map_err(broken)?;
    }
    let page = taking.page(url).await?;
    let mut needed = Needed::default();
    needed.add(named(&page).await);
    let mut taken = 0;
    // what style sheets name comes behind what the page names, and theirs behind it, within the same caps
    while let Some(part) = needed.parts.get(taken).filter(|_| taken < caps.parts).cloned() {
        taken += 1;
        let known = taking.hops.len();
        taking.part(&part).await?;
        for hop in known..taking.hops.len() {
            needed.add(named_by_style(&taking.hops[hop]).await);
        }
    }
    let left_out = needed.parts.len() - taken;
    taking.tell(&page.reply.url, left_out).map_err(broken)?;
    let Taking { parts, warc, hops, .. } = taking;
    Ok(Archive { url: page.reply.url, at, parts, left_out, warc: warc.finish(), hops })
}

/// What the page and its style sheets name, each once, in the order named.
#[derive(Default)]
struct Needed {
    parts: Vec<Url>,
    known: HashSet<Url>,
}

impl Needed {
    fn add(&mut self, more: Vec<Url>) {
        self.parts.extend(more.into_iter().filter(|url| self.known.insert(url.clone())));
    }
}

/// Requisites of a page that is HTML.
async fn named(page: &Hop) -> Vec<Url> {
    let reply = &page.reply;
    let html = reply.header("content-type").is_none_or(|media| media.contains("html"));
    let Some(at) = Url::parse(&reply.url).ok().filter(|_| html) else { return Vec::new() };
    let text = decode::text(&reply.body, reply.charset());
    tokio::task::spawn_blocking(move || requisites(&text, &at)).await.unwrap_or_default()
}

/// What a style sheet needs: others, pictures, fonts.
async fn named_by_style(hop: &Hop) -> Vec<Url> {
    let reply = &hop.reply;
    let css =
        reply.status == 200 && reply.header("content-type").is_some_and(|media| media.contains("text/css"));
    let Some(at) = Url::parse(&reply.url).ok().filter(|_| css) else { return Vec::new() };
    let text = decode::text(&reply.body, reply.charset());
    tokio::task::spawn_blocking(move || styles(&text, &at)).await.unwrap_or_default()
}

struct Taking<'t> {
    client: &'t Client,
    warc: Warc,
    parts: Vec<Part>,
    hops: Vec<Hop>,
    left: u64,
    until: Instant,
}

impl Taking<'_> {
    fn keep_own(&mut self, own: &Own<'_>) -> std::io::Result<()> {
        let record = Record {
            kind: Kind::Resource,
            target: own.uri,
            at: own.at,
            media_type: own.media_type,
            block: own.bytes,
            payload_at: None,
            concurrent_to: None,
        };
        self.warc.put(&record).map(drop)
    }

    /// The page itself: its redirects are kept, an answer of failure is an error.
    async fn page(&mut self, url: &str) -> Result<Hop, FetchError> {
        let hops = self.client.hops(url).await?;
        for hop in &hops {
            self.keep(hop)?;
        }
        let page = hops.last().cloned();
        self.hops.extend(hops);
        let page = page.ok_or_else(|| FetchError::Broken { url: url.to_owned(), why: "no answer".into() })?;
        match page.reply.status {
            200..=299 => Ok(page),
            code => Err(FetchError::Status { url: page.reply.url, code, again_in: None }),
        }
    }

    async fn part(&mut self, url: &Url) -> Result<(), FetchError> {
        match self.read(url).await {
            Ok(hops) => {
                hops.iter().try_for_each(|hop| self.keep(hop))?;
                self.hops.extend(hops);
                Ok(())
            }
            Err(trouble) => {
                let (url, trouble) = (url.to_string(), Some(trouble));
                self.parts.push(Part { url, status: None, bytes: 0, trouble });
                Ok(())
            }
        }
    }

    /// A requisite, or why it is left out.
    async fn read(&self, url: &Url) -> Result<Vec<Hop>, String> {
        if self.left == 0 {
            return Err("the cap in bytes was reached".into());
        }
        let hops = tokio::time::timeout_at(self.until, self.client.hops(url.as_str())).await;
        let hops = hops.map_err(|_| "the cap in time was reached")?.map_err(|error| error.to_string())?;
        let size: u64 = hops.iter().map(|hop| hop.reply.body.len() as u64).sum();
        if size > self.left {
            Err(format!("its {size} bytes are more than the cap leaves"))
        } else {
            Ok(hops)
        }
    }

    /// One exchange as two records.
    fn keep(&mut self, hop: &Hop) -> Result<(), FetchError> {
        let url = hop.reply.url.as_str();
        let broken =
            |error: std::io::Error| FetchError::Broken { url: url.to_owned(), why: error.to_string() };
        let head = hop.head();
        let payload_at = Some(head.len());
        let block = [head.as_slice(), &hop.reply.body].concat();
        let answer = Record {
            kind: Kind::Response,
            target: url,
            at: hop.at,
            media_type: "application/http; msgtype=response",
            block: &block,
            payload_at,
            concurrent_to: None,
        };
        let id = self.warc.put(&answer).map_err(broken)?;
        let request = Record {
            kind: Kind::Request,
            media_type: "application/http; msgtype=request",
            block: &hop.request,
            payload_at: None,
            concurrent_to: Some(&id),
            ..answer
        };
        self.warc.put(&request).map_err(broken)?;
        let bytes = hop.reply.body.len() as u64;
        self.left = self.left.saturating_sub(bytes);
        self.parts.push(Part { url: url.to_owned(), status: Some(hop.reply.status), bytes, trouble: None });
        Ok(())
    }

    /// What became of every address, beside the page.
    fn tell(&mut self, url: &str, left_out: usize) -> std::io::Result<()> {
        let told = serde_json::json!({ "parts": self.parts, "left_out": left_out }).to_string();
        let record = Record {
            kind: Kind::Metadata,
            target: url,
            at: Timestamp::now(),
            media_type: "application/json",
            block: told.as_bytes(),
            payload_at: None,
            concurrent_to: None,
        };
        self.warc.put(&record).map(drop)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
