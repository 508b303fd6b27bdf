//! Reading an address with everything on the way to it, as evidence wants it.

use super::{Client, Conditions, MOST_REDIRECTS, Reply, checked, next_hop, redirect};
use crate::error::FetchError;
use hyper::StatusCode;
use jiff::Timestamp;

/// Headers that no longer fit the body, since it was unpacked; kept under another name.
const UNFIT: [&str; 3] = ["content-encoding", "content-length", "transfer-encoding"];

/// One request and its answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Hop {
    /// When it was sent.
    pub at: Timestamp,
    /// The request as bytes.
    pub request: Vec<u8>,
    /// The answer. The body of a redirect is not read.
    pub reply: Reply,
}

impl Hop {
    /// The head of the answer as it stands before the unpacked body, its empty line included. What the server said of
    /// packing and length is kept as `x-orig-..`, the way archives of the web do it.
    pub fn head(&self) -> Vec<u8> {
        let Reply { status, headers, body, .. } = &self.reply;
        let words = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
        let mut out = format!("HTTP/1.1 {status} {}\r\n", words.unwrap_or("Unknown"));
        for (name, value) in headers {
            let prefix = if UNFIT.contains(&name.as_str()) { "x-orig-" } else { "" };
            out.push_str(&format!("{prefix}{name}: {}\r\n", value.replace(['\r', '\n'], " ")));
        }
        out.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        out.into_bytes()
    }
}

impl Client {
    /// Reads an address and gives every exchange on the way, each hop checked like the first; the last one is no
    /// redirect, and may be an answer of failure.
    ///
    /// # Errors
    /// As [`Client::get`], but for statuses.
    pub async fn hops(&self, url: &str) -> Result<Vec<Hop>, FetchError> {
        let mut at = checked(url)?;
        let mut hops = Vec::new();
        for _ in 0..=MOST_REDIRECTS {
            let (began, request) = (Timestamp::now(), self.request(&at));
            let reply = self.0.hop(&at, &Conditions::default()).await?;
            let next = redirect(&reply).map(|to| next_hop(&at, to)).transpose()?;
            hops.push(Hop { at: began, request, reply });
            match next {
                Some(next) => at = next,
                None => return Ok(hops),
            }
        }
        Err(FetchError::Redirects { url: url.to_owned(), hops: MOST_REDIRECTS })
    }

    fn request(&self, at: &url::Url) -> Vec<u8> {
        let path = &at[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &at[url::Position::BeforeHost..url::Position::AfterPort];
        let mut out = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n").into_bytes();
        for (name, value) in &self.0.headers(&Conditions::default()) {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out
    }
}
