//! Sources, rounds, and saving what was read: progress, evidence, content, jobs and log in one transaction.

use crate::audit;
use crate::db::{Tx, Val, args};
use crate::encode::{content_hash, kind_code, micros};
use crate::error::StoreResult;
use crate::jobs;
use crate::open::Store;
use crate::sources;
use crate::traits::Captures;
use crate::views::{Brought, Saved, SourceHealth};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{Capture, Cursor, Item, SourceDef, SourceId, Trouble};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

#[async_trait]
impl Captures for Store {
    async fn set_sources(&self, sources: &[SourceDef]) -> StoreResult<()> {
        sources::set(self, sources).await
    }

    async fn sources(&self, now: Timestamp) -> StoreResult<Vec<SourceHealth>> {
        sources::health(self, now).await
    }

    async fn cursor(&self, source: &SourceId) -> StoreResult<Option<Cursor>> {
        sources::cursor(self, source).await
    }

    async fn save(
        &self,
        source: &SourceId,
        batch: &[(Capture, Item)],
        next: Option<&Cursor>,
        now: Timestamp,
    ) -> StoreResult<Saved> {
        save(self, source, batch, None, next, now).await
    }

    async fn save_read(
        &self,
        source: &SourceId,
        batch: &[(Capture, Item)],
        bad: &[Trouble],
        next: Option<&Cursor>,
        now: Timestamp,
    ) -> StoreResult<Saved> {
        save(self, source, batch, Some(bad), next, now).await
    }

    async fn untold(&self, source: &SourceId) -> StoreResult<Brought> {
        sources::untold(&mut self.db.read().await?, source).await
    }

    async fn rhythm(&self, source: &SourceId) -> StoreResult<Vec<Timestamp>> {
        sources::rhythm(self, source).await
    }

    async fn epoch_key(&self, now: Timestamp) -> StoreResult<[u8; 32]> {
        sources::epoch_key(self, now).await
    }
}

/// `bad`: entries that could not be read, where a round or a later one is to tell what came.
async fn save(
    store: &Store,
    source: &SourceId,
    batch: &[(Capture, Item)],
    bad: Option<&[Trouble]>,
    next: Option<&Cursor>,
    now: Timestamp,
) -> StoreResult<Saved> {
    let mut tx = store.db.write().await?;
    let items = insert_items(&mut tx, batch).await?;
    let kept = insert_captures(&mut tx, batch, &items).await?;
    jobs::add(&mut tx, "analyse", items.new.iter().map(|&at| batch[at].1.id.as_str())).await?;
    let new: Vec<&Item> = items.new.iter().map(|&at| &batch[at].1).collect();
    sources::advance(&mut tx, source, &new, next).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let saved = Saved { new: count(new.len()), repeated: count(batch.len() - new.len()) };
    if let Some(bad) = bad {
        let brought = Brought { new: saved.new, repeated: saved.repeated, bad: count(bad.len()) };
        sources::count(&mut tx, source, brought).await?;
        sources::note_troubles(&mut tx, source, &bad.iter().collect::<Vec<_>>(), now).await?;
    }
    if !kept.is_empty() || !new.is_empty() {
        let leaf = Leaf::of(source, batch, &items, &kept);
        audit::append(&mut tx, now, "capture", source.as_str(), &leaf).await?;
    }
    tx.commit().await?;
    if !new.is_empty() {
        store.work.notify_waiters();
    }
    Ok(saved)
}

/// What became of the items of a batch.
struct Inserted {
    /// Their places in the batch, where they were not stored before.
    new: Vec<usize>,
    /// Rows of all, by id; purged ones are left out: their content must not come back.
    rows: HashMap<String, i64>,
    /// Content hashes by place in the batch.
    contents: HashMap<usize, [u8; 32]>,
}

async fn insert_items(tx: &mut Tx, batch: &[(Capture, Item)]) -> StoreResult<Inserted> {
    const HEAD: &str = "INSERT INTO items (id, capture, source, kind, account, title, text, url, outlet, posted_at, \
                        seen_at, content)";
    let mut first = HashMap::new(); // the same entry twice in one batch is one item
    for (at, (_, item)) in batch.iter().enumerate() {
        first.entry(item.id.as_str()).or_insert(at);
    }
    let mut places: Vec<usize> = first.into_values().collect();
    places.sort_unstable();
    let contents: HashMap<usize, _> = places.iter().map(|&at| (at, content_hash(&batch[at].1))).collect();
    let values = places.iter().map(|&at| item_values(&batch[at].1, &contents[&at])).collect();
    let mut rows = HashMap::with_capacity(places.len());
    for row in tx.insert(HEAD, values, "ON CONFLICT (id) DO NOTHING RETURNING id, seq").await? {
        rows.insert(row.text(0)?, row.int(1)?);
    }
    let (new, known): (Vec<usize>, Vec<usize>) =
        places.into_iter().partition(|&at| rows.contains_key(batch[at].1.id.as_str()));
    let known = known.into_iter().map(|at| batch[at].1.id.as_str().into()).collect();
    for row in tx.all_of("SELECT id, seq FROM items WHERE purged_at IS NULL AND id IN", known).await? {
        rows.insert(row.text(0)?, row.int(1)?);
    }
    Ok(Inserted { new, rows, contents })
}

fn item_values(item: &Item, content: &[u8; 32]) -> Vec<Val> {
    args![
        item.id.as_str(),
        item.capture.as_str(),
        item.source.as_str(),
        kind_code(item.kind),
        item.account.as_ref().map(|account| account.as_str()),
        item.title.as_deref(),
        item.text.as_str(),
        item.url.as_deref(),
        item.outlet.as_deref(),
        item.posted_at.map(micros),
        micros(item.seen_at),
        &content[..],
    ]
}

/// Keeps evidence not kept before; gives the places of these captures in the batch, in the order of their rows.
async fn insert_captures(
    tx: &mut Tx,
    batch: &[(Capture, Item)],
    items: &Inserted,
) -> StoreResult<Vec<usize>> {
    const HEAD: &str =
        "INSERT INTO captures (item, id, batch, source, native_id, seen_at, media_type, sha256, raw)";
    let place = audit::next_place(tx).await?;
    let new: HashSet<&str> = items.new.iter().map(|&at| batch[at].1.id.as_str()).collect();
    let mut seen = HashSet::new();
    let (mut kept, mut tried) = (Vec::with_capacity(batch.len()), Vec::new());
    for (at, (capture, item)) in batch.iter().enumerate() {
        let Some(&row) = items.rows.get(item.id.as_str()) else { continue };
        if seen.insert((row, capture.id.as_str())) {
            if new.contains(item.id.as_str()) { kept.push(at) } else { tried.push(at) }
        }
    }
    let values = |at: &usize| capture_values(&batch[*at].0, items.rows[batch[*at].1.id.as_str()], place);
    // evidence of a new item cannot be there already: nothing needs to come back
    tx.insert(HEAD, kept.iter().map(values).collect(), "").await?;
    let mut changed = HashSet::new();
    let known = tried.iter().map(values).collect();
    for row in tx.insert(HEAD, known, "ON CONFLICT (item, id) DO NOTHING RETURNING id").await? {
        changed.insert(row.text(0)?);
    }
    kept.extend(tried.into_iter().filter(|&at| changed.contains(batch[at].0.id.as_str())));
    Ok(kept)
}

fn capture_values(capture: &Capture, item: i64, batch: i64) -> Vec<Val> {
    args![
        item,
        capture.id.as_str(),
        batch,
        capture.source.as_str(),
        capture.native_id.as_str(),
        micros(capture.seen_at),
        capture.media_type.as_str(),
        &capture.sha256[..],
        capture.raw.as_slice(),
    ]
}

/// What the log says of a saved batch.
#[derive(Serialize)]
struct Leaf<'a> {
    source: &'a str,
    items: usize,
    captures: usize,
    /// SHA-256 over id and hash of each capture kept, then over id and content hash of each new item, in the order
    /// of their rows.
    digest: String,
}

impl<'a> Leaf<'a> {
    fn of(source: &'a SourceId, batch: &[(Capture, Item)], items: &Inserted, kept: &[usize]) -> Self {
        let mut hash = Sha256::new();
        for (capture, _) in kept.iter().map(|&at| &batch[at]) {
            hash.update(capture.id.as_str());
            hash.update(capture.sha256);
        }
        for at in &items.new {
            hash.update(batch[*at].1.id.as_str());
            hash.update(items.contents[at]);
        }
        let digest = hex(&hash.finalize());
        Self { source: source.as_str(), items: items.new.len(), captures: kept.len(), digest }
    }
}
