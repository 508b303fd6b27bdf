//! Captures (evidence, never edited) and items (content).

use crate::ids::{AccountRef, CaptureId, ItemId, SourceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A half-open range of Unicode scalar values in an item's original text. Serialised as `[start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct Span {
    /// First character, inclusive.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl From<(u32, u32)> for Span {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start, end }
    }
}
impl From<Span> for (u32, u32) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

/// What came off the wire for one entry, kept as evidence and never edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// Derived from (source, native id, hash).
    pub id: CaptureId,
    /// Where it was read.
    pub source: SourceId,
    /// The id the source itself gives (guid, post id, row id).
    pub native_id: String,
    /// When we read it.
    pub seen_at: Timestamp,
    /// Media type of `raw`.
    pub media_type: String,
    /// The bytes of this entry (not of the whole feed).
    pub raw: Vec<u8>,
    /// SHA-256 of `raw`.
    pub sha256: [u8; 32],
}

impl Capture {
    /// What the media type of an article bears of which a further page could not be read.
    pub const INCOMPLETE: &str = "; incomplete=1";

    /// Whether it is such an article.
    pub fn incomplete(&self) -> bool {
        self.media_type.ends_with(Self::INCOMPLETE)
    }
}

/// What kind of content an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A short message on a public platform.
    #[default]
    Post,
    /// A page of a medium.
    Article,
    /// A reply below something else.
    Comment,
    /// A message someone sent in.
    Tip,
}

/// Content, stripped of who posted it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Derived from (source, native id).
    pub id: ItemId,
    /// The evidence it was read from.
    pub capture: CaptureId,
    /// Where it was read.
    pub source: SourceId,
    /// Post, article, comment or tip.
    pub kind: ItemKind,
    /// Pseudonym for counting distinct accounts, where the source names one.
    pub account: Option<AccountRef>,
    /// Headline, where there is one.
    pub title: Option<String>,
    /// The readable text. Spans of findings point into [`Item::full_text`].
    pub text: String,
    /// Address of the content, kept for evidence and shown only inside a case.
    pub url: Option<String>,
    /// The medium or platform that carried it, as the public knows it.
    pub outlet: Option<String>,
    /// When it was published, as far as the source says.
    pub posted_at: Option<Timestamp>,
    /// When we first saw it.
    pub seen_at: Timestamp,
}

impl Item {
    /// Headline and text as one string, the string that is judged and that spans point into.
    pub fn full_text(&self) -> String {
        match &self.title {
            Some(title) if !title.is_empty() && !self.text.starts_with(title.as_str()) => {
                format!("{title}\n\n{}", self.text)
            }
            _ => self.text.clone(),
        }
    }

    /// Publication time, or when we saw it where the source gives none.
    pub fn when(&self) -> Timestamp {
        self.posted_at.unwrap_or(self.seen_at)
    }
}
