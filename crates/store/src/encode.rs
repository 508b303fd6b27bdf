//! How times, ids and nouns become columns and come back.

use crate::db::Row;
use crate::error::{StoreError, StoreResult};
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{Capture, Case, CaseState, Item, ItemKind, Priority, Queue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Microseconds since 1970 UTC; finer parts of a second are dropped.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn timestamp(micros: i64) -> StoreResult<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|e| corrupt("time", &micros.to_string(), &e.to_string()))
}

pub(crate) fn opt_timestamp(micros: Option<i64>) -> StoreResult<Option<Timestamp>> {
    micros.map(timestamp).transpose()
}

pub(crate) fn corrupt(what: &'static str, id: &str, why: &str) -> StoreError {
    StoreError::Corrupt { what, id: id.to_owned(), why: why.to_owned() }
}

/// JSON of a value of ours. Such values always serialise; should one not, the caller learns which.
pub(crate) fn json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|e| corrupt("value", "to be stored", &e.to_string()))
}

pub(crate) fn parse<T: DeserializeOwned>(text: &str, what: &'static str, id: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|e| corrupt(what, id, &e.to_string()))
}

/// The variant of a plain enum by its code, as serde names it.
pub(crate) fn named<T: DeserializeOwned>(code: &str, what: &'static str, id: &str) -> StoreResult<T> {
    serde_json::from_value(serde_json::Value::String(code.to_owned()))
        .map_err(|e| corrupt(what, id, &e.to_string()))
}

pub(crate) fn kind_code(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Post => "post",
        ItemKind::Article => "article",
        ItemKind::Comment => "comment",
        ItemKind::Tip => "tip",
    }
}

/// Columns of [`item`], in its order.
pub(crate) const ITEM: &str = "i.id, i.capture, i.source, i.kind, i.account, i.title, i.text, i.url, i.outlet, \
                               i.posted_at, i.seen_at";
/// How many they are.
pub(crate) const ITEM_WIDTH: usize = 11;

/// An item from the columns of [`ITEM`], the first of them at `from`. A purged text reads as empty.
pub(crate) fn item(row: &Row, from: usize) -> StoreResult<Item> {
    let id = row.text(from)?;
    Ok(Item {
        kind: named(&row.text(from + 3)?, "item", &id)?,
        id: id.into(),
        capture: row.text(from + 1)?.into(),
        source: row.text(from + 2)?.into(),
        account: row
            .opt_text(from + 4)?
            .map(|text| serde_json::from_value(serde_json::Value::String(text)))
            .transpose()
            .map_err(|e| corrupt("item", "account", &e.to_string()))?,
        title: row.opt_text(from + 5)?,
        text: row.opt_text(from + 6)?.unwrap_or_default(),
        url: row.opt_text(from + 7)?,
        outlet: row.opt_text(from + 8)?,
        posted_at: opt_timestamp(row.opt_int(from + 9)?)?,
        seen_at: timestamp(row.int(from + 10)?)?,
    })
}

/// SHA-256 over everything an item says, field by field with its length, so that a flipped bit shows.
pub(crate) fn content_hash(item: &Item) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut field = |bytes: Option<&[u8]>| match bytes {
        Some(bytes) => {
            hash.update((bytes.len() as u64 + 1).to_be_bytes());
            hash.update(bytes);
        }
        None => hash.update(0_u64.to_be_bytes()),
    };
    let text = |text: &str| crate::db::storable(text).into_bytes();
    field(Some(item.id.as_str().as_bytes()));
    field(Some(item.capture.as_str().as_bytes()));
    field(Some(item.source.as_str().as_bytes()));
    field(Some(kind_code(item.kind).as_bytes()));
    field(item.account.as_ref().map(|account| account.as_str().as_bytes()));
    field(item.title.as_deref().map(text).as_deref());
    field(Some(&text(&item.text)));
    field(item.url.as_deref().map(text).as_deref());
    field(item.outlet.as_deref().map(text).as_deref());
    field(item.posted_at.map(|at| micros(at).to_be_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    field(Some(&micros(item.seen_at).to_be_bytes()));
    hash.finalize().into()
}

/// A capture from `item, id, source, native_id, seen_at, media_type, sha256, raw`. Purged bytes read as empty.
pub(crate) fn capture(row: &Row) -> StoreResult<Capture> {
    let id = row.text(1)?;
    let sha256 =
        row.blob(6)?.try_into().map_err(|_| corrupt("capture", &id, "its hash has the wrong length"))?;
    Ok(Capture {
        id: id.into(),
        source: row.text(2)?.into(),
        native_id: row.text(3)?,
        seen_at: timestamp(row.int(4)?)?,
        media_type: row.text(5)?,
        raw: row.opt_blob(7)?.unwrap_or_default(),
        sha256,
    })
}

/// Columns of [`case`], in its order.
pub(crate) const CASE: &str = "c.id, c.about, c.office, c.queue, c.score, c.reasons, c.state, c.opened_at, c.due_at, \
                               c.own_institution, c.protected";
/// How many they are.
pub(crate) const CASE_WIDTH: usize = 11;

/// A case from the columns of [`CASE`], the first of them at `from`.
pub(crate) fn case(row: &Row, from: usize) -> StoreResult<Case> {
    let id = row.text(from)?;
    let queue: Queue = named(&row.text(from + 3)?, "case", &id)?;
    let state: CaseState = named(&row.text(from + 6)?, "case", &id)?;
    let reasons = parse(&row.text(from + 5)?, "case", &id)?;
    Ok(Case {
        id: id.into(),
        about: row.text(from + 1)?.into(),
        office: row.text(from + 2)?.into(),
        queue,
        priority: Priority { score: row.real(from + 4)?.into(), reasons },
        state,
        opened_at: timestamp(row.int(from + 7)?)?,
        due_at: timestamp(row.int(from + 8)?)?,
        own_institution: row.flag(from + 9)?,
        protected: row.flag(from + 10)?,
    })
}

/// An id of its own: the prefix and 26 random hex digits.
pub(crate) fn fresh_id(prefix: char) -> StoreResult<String> {
    Ok(format!("{prefix}{}", hex(&crate::db::random::<13>()?)))
}
