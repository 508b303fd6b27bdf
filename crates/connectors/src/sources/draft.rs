//! From what a source said to evidence and content.

use crate::html;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{AccountRef, Capture, CaptureId, Item, ItemId, ItemKind, SourceId};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The named fields of an object that an interface gave, as evidence: nothing else of it is kept.
pub(crate) fn kept(object: &Value, fields: &[&str]) -> Map<String, Value> {
    fields.iter().filter_map(|key| Some(((*key).to_owned(), object.get(*key)?.clone()))).collect()
}

/// One entry, read but not yet bound to a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// The source's own id; empty where it gives none.
    pub(crate) native_id: String,
    pub(crate) kind: ItemKind,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) url: Option<String>,
    pub(crate) outlet: Option<String>,
    pub(crate) posted_at: Option<Timestamp>,
    pub(crate) account: Option<AccountRef>,
    pub(crate) media_type: String,
    pub(crate) raw: Vec<u8>,
}

impl Draft {
    /// Whether there is nothing to read in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.title.as_deref().unwrap_or_default().is_empty()
    }

    /// The id that binds repeats together: the source's own, else the address, else the content and its time.
    pub(crate) fn identity(&self) -> String {
        if !self.native_id.is_empty() {
            return self.native_id.clone();
        }
        if let Some(url) = &self.url {
            return url.clone();
        }
        let mut hash = Sha256::new();
        for part in [self.title.as_deref().unwrap_or_default(), &self.text] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let time = self.posted_at.map(|at| at.to_string()).unwrap_or_default();
        hash.update(time.as_bytes());
        format!("sha256:{}", &saring_domain::ids::hex(&hash.finalize())[..32])
    }

    /// Evidence and content, read now from `source`.
    pub(crate) fn bind(self, source: &SourceId, now: Timestamp) -> (Capture, Item) {
        let native_id = self.identity();
        let sha256: [u8; 32] = Sha256::digest(&self.raw).into();
        let capture = Capture {
            id: CaptureId::derive(source, &native_id, &sha256),
            source: source.clone(),
            native_id: native_id.clone(),
            seen_at: now,
            media_type: self.media_type,
            raw: self.raw,
            sha256,
        };
        let item = Item {
            id: ItemId::derive(source, &native_id),
            capture: capture.id.clone(),
            source: source.clone(),
            kind: self.kind,
            account: self.account,
            title: self.title.filter(|title| !title.is_empty()),
            text: self.text,
            url: self.url,
            outlet: self.outlet,
            // a day ahead may be a time zone; more is a slip that would keep the item on top for good
            posted_at: self.posted_at.filter(|at| *at <= now + SignedDuration::from_hours(24)),
            seen_at: now,
        };
        (capture, item)
    }
}

/// A few words of an entry for a message.
pub(crate) fn shown(text: &str) -> String {
    let line = html::squeezed(text);
    let mut out: String = line.chars().take(80).collect();
    if out.len() < line.len() {
        out.push_str("...");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_falls_back_from_id_to_address_to_content() {
        let mut draft = Draft { text: "isi".into(), ..Draft::default() };
        let by_content = draft.identity();
        assert!(by_content.starts_with("sha256:"));
        draft.posted_at = "2026-11-24T01:00:00Z".parse().ok();
        assert_ne!(draft.identity(), by_content, "the same words at another time are another item");
        draft.url = Some("http://a.example/1".into());
        assert_eq!(draft.identity(), "http://a.example/1");
        draft.native_id = "7".into();
        assert_eq!(draft.identity(), "7");
    }

    #[test]
    fn a_date_far_ahead_is_no_date() {
        let now: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
        let at = |text: &str| {
            Draft { posted_at: text.parse().ok(), ..Draft::default() }.bind(&"x".into(), now).1.posted_at
        };
        assert!(at("2026-11-24T20:00:00Z").is_some());
        assert!(at("2036-11-24T20:00:00Z").is_none());
    }
}
