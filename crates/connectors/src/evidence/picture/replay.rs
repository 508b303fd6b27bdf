//! Answers of the capture to the requests of the browser.

use crate::client::Hop;
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Headers that do not fit the body, since it was unpacked, or that lead elsewhere than the capture does.
const DROPPED: [&str; 7] = [
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "strict-transport-security",
    "set-cookie",
    "link",
    "refresh",
];

/// What was captured, by address.
pub(super) struct Capture<'h> {
    url: String,
    by_address: HashMap<&'h str, &'h Hop>,
}

impl<'h> Capture<'h> {
    pub(super) fn of(url: &str, hops: &'h [Hop]) -> Self {
        let by_address = hops.iter().map(|hop| (hop.reply.url.as_str(), hop)).collect();
        Self { url: url.to_owned(), by_address }
    }

    /// The address of the page itself.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Media type of the page; HTML where its server does not say.
    pub(super) fn media_type(&self) -> String {
        let said = self.by_address.get(self.url.as_str()).and_then(|hop| hop.reply.header("content-type"));
        said.unwrap_or("text/html").to_ascii_lowercase()
    }

    /// The answer to a request for an address as the browser wants it told; `None` where the capture does not hold it.
    /// A browser asks with TLS where the page says "http".
    pub(super) fn answer(&self, url: &str) -> Option<Value> {
        let url = url.split('#').next().unwrap_or_default();
        let plain = || url.strip_prefix("https://").map(|rest| format!("http://{rest}"));
        let hop = self.by_address.get(url).or_else(|| self.by_address.get(plain()?.as_str()))?;
        let headers = hop.reply.headers.iter().filter(|(name, _)| !DROPPED.contains(&name.as_str()));
        let headers: Vec<Value> =
            headers.map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let body = BASE64.encode(&hop.reply.body);
        Some(json!({ "responseCode": hop.reply.status, "responseHeaders": headers, "body": body }))
    }
}
