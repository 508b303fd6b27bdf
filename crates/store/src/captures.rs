//! Sources, rounds, and saving what was read: progress, evidence, content, jobs and log in one transaction.

use crate::audit;
use crate::db::{Tx, Val, args};
use crate::encode::{content_hash, kind_code, micros};
use crate::error::StoreResult;
use crate::jobs;
use crate::open::Store;
use crate::rounds;
use crate::sources;
use crate::traits::Captures;
use crate::views::{Saved, SourceHealth};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{Capture, Cursor, Item, OfficeId, Outcome, RoundId, SourceDef, SourceId};
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

    async fn begin_round(
        &self,
        office: &OfficeId,
        on_duty: Option<&str>,
        now: Timestamp,
    ) -> StoreResult<RoundId> {
        rounds::begin(self, office, on_duty, now).await
    }

    async fn end_round(&self, round: &RoundId, now: Timestamp) -> StoreResult<()> {
        rounds::end(self, round, now).await
    }

    async fn save(
        &self,
        source: &SourceId,
        batch: &[(Capture, Item)],
        next: Option<&Cursor>,
        now: Timestamp,
    ) -> StoreResult<Saved> {
        let mut tx = self.db.write().await?;
        let items = insert_items(&mut tx, batch).await?;
        let kept = insert_captures(&mut tx, batch, &items).await?;
        jobs::add(&mut tx, "analyse", items.new.iter().map(|&at| batch[at].1.id.as_str())).await?;
        let new: Vec<&Item> = items.new.iter().map(|&at| &batch[at].1).collect();
        sources::advance(&mut tx, source, &new, next).await?;
        if !kept.is_empty() || !new.is_empty() {
            let leaf = Leaf::of(source, batch, &items.new, &kept);
            audit::append(&mut tx, now, "capture", source.as_str(), &leaf).await?;
        }
        tx.commit().await?;
        if !new.is_empty() {
            self.work.notify_waiters();
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Saved { new: count(new.len()), repeated: count(batch.len() - new.len()) })
    }

    async fn record_outcome(
        &self,
        round: &RoundId,
        source: &SourceId,
        outcome: &Outcome,
        bad: &[String],
        next_at: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<()> {
        rounds::record(self, round, source, outcome, bad, next_at, now).await
    }

    async fn rhythm(&self, source: &SourceId) -> StoreResult<(Vec<u32>, Option<Timestamp>)> {
        sources::rhythm(self, source).await
    }

    async fn epoch_key(&self, now: Timestamp) -> StoreResult<[u8; 32]> {
        sources::epoch_key(self, now).await
    }
}

/// What became of the items of a batch.
struct Inserted {
    /// Their places in the batch, where they were not stored before.
    new: Vec<usize>,
    /// Rows of all, by id; purged ones are left out: their content must not come back.
    rows: HashMap<String, i64>,
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
    let values = places.iter().map(|&at| item_values(&batch[at].1)).collect();
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
    Ok(Inserted { new, rows })
}

fn item_values(item: &Item) -> Vec<Val> {
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
        &content_hash(item)[..],
    ]
}

/// Keeps evidence not kept before; gives the places of these captures in the batch.
async fn insert_captures(
    tx: &mut Tx,
    batch: &[(Capture, Item)],
    items: &Inserted,
) -> StoreResult<Vec<usize>> {
    const HEAD: &str =
        "INSERT INTO captures (item, id, batch, source, native_id, seen_at, media_type, sha256, raw)";
    let place = audit::next_place(tx).await?;
    let mut seen = HashSet::new();
    let mut tried = Vec::with_capacity(batch.len());
    let mut values = Vec::with_capacity(batch.len());
    for (at, (capture, item)) in batch.iter().enumerate() {
        let Some(&row) = items.rows.get(item.id.as_str()) else { continue };
        if seen.insert((row, capture.id.as_str())) {
            tried.push((at, row));
            values.push(args![
                row,
                capture.id.as_str(),
                place,
                capture.source.as_str(),
                capture.native_id.as_str(),
                micros(capture.seen_at),
                capture.media_type.as_str(),
                &capture.sha256[..],
                capture.raw.as_slice(),
            ]);
        }
    }
    let mut kept = HashSet::with_capacity(values.len());
    for row in tx.insert(HEAD, values, "ON CONFLICT (item, id) DO NOTHING RETURNING item, id").await? {
        kept.insert((row.int(0)?, row.text(1)?));
    }
    tried.retain(|(at, row)| kept.contains(&(*row, batch[*at].0.id.0.clone())));
    Ok(tried.into_iter().map(|(at, _)| at).collect())
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
    fn of(source: &'a SourceId, batch: &[(Capture, Item)], new: &[usize], kept: &[usize]) -> Self {
        let mut hash = Sha256::new();
        for (capture, _) in kept.iter().map(|&at| &batch[at]) {
            hash.update(capture.id.as_str());
            hash.update(capture.sha256);
        }
        for (_, item) in new.iter().map(|&at| &batch[at]) {
            hash.update(item.id.as_str());
            hash.update(content_hash(item));
        }
        let digest = hex(&hash.finalize());
        Self { source: source.as_str(), items: new.len(), captures: kept.len(), digest }
    }
}
