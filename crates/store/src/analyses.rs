//! What the machine thought of items, kept with the fingerprints and the jobs that follow.

use crate::assemble;
use crate::audit;
use crate::db::{Row, Tx, Val, args};
use crate::encode::{self, ITEM, corrupt, json, micros};
use crate::error::StoreResult;
use crate::jobs;
use crate::open::Store;
use crate::traits::Analyses;
use crate::views::{Job, Judged, KnownPrint};
use crate::watches;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{CaseId, Item, ItemId, OfficeId, Queue};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

#[async_trait]
impl Analyses for Store {
    async fn items(&self, ids: &[ItemId]) -> StoreResult<Vec<Item>> {
        let mut tx = self.db.read().await?;
        let head = format!("SELECT {ITEM} FROM items i WHERE i.purged_at IS NULL AND i.id IN");
        let mut found = HashMap::with_capacity(ids.len());
        for row in tx.all_of(&head, ids.iter().map(|id| id.as_str().into()).collect()).await? {
            let item = encode::item(&row, 0)?;
            found.insert(item.id.clone(), item);
        }
        let mut seen = HashSet::new();
        let wanted = ids.iter().filter(|id| seen.insert(*id));
        Ok(wanted.filter_map(|id| found.remove(id)).collect())
    }

    async fn save_judgements(&self, judged: &[Judged], done: &[i64], now: Timestamp) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        jobs::finish(&mut tx, done).await?;
        keep(&mut tx, judged, now).await?;
        tx.commit().await?;
        self.work.notify_waiters();
        Ok(())
    }

    async fn prints(&self) -> StoreResult<Vec<KnownPrint>> {
        let sql = "SELECT i.id, p.exact, p.near FROM prints p JOIN items i ON i.seq = p.item ORDER BY p.item";
        self.db.all(sql, args![]).await?.iter().map(print).collect()
    }

    async fn assemble(&self, jobs: &[Job], office: &OfficeId, now: Timestamp) -> StoreResult<Vec<CaseId>> {
        assemble::run(self, jobs, office, now).await
    }
}

/// Keeps judgements with what follows from them: hits of watches, `assemble` jobs and a leaf.
pub(crate) async fn keep(tx: &mut Tx, judged: &[Judged], now: Timestamp) -> StoreResult<()> {
    let changed = changed(tx, judged).await?;
    supersede(tx, &changed, micros(now)).await?;
    insert(tx, &changed, micros(now)).await?;
    let watched: Vec<_> = changed.iter().map(|change| (change.row, &change.judged.watched[..])).collect();
    watches::keep(tx, &watched, now).await?;
    let mut wanted = attached(tx, &changed).await?;
    let worked = changed.iter().filter(|change| change.queue() != Queue::None);
    wanted.extend(worked.map(|change| change.judged.item.as_str().to_owned()));
    jobs::add(tx, "assemble", wanted.iter().map(String::as_str)).await?;
    if !changed.is_empty() {
        audit::append(tx, now, "judge", "items", &digest(&changed)).await?;
    }
    Ok(())
}

/// Items of waiting cases in which nothing is found any more: their cases are to say so.
async fn attached(tx: &mut Tx, changed: &[Changed<'_>]) -> StoreResult<Vec<String>> {
    let anew = changed.iter().filter(|change| change.replaces.is_some() && change.queue() == Queue::None);
    let head = "SELECT i.id FROM case_items ci JOIN cases c ON c.id = ci.case_id AND c.waiting = 1 \
                JOIN items i ON i.seq = ci.item WHERE ci.item IN";
    let rows = tx.all_of(head, anew.map(|change| change.row.into()).collect()).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

fn print(row: &Row) -> StoreResult<KnownPrint> {
    let item = row.text(0)?;
    let bytes = row.blob(2)?;
    let (bands, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(corrupt("fingerprint", &item, "its bands have the wrong length"));
    }
    let near = bands.iter().map(|band| u64::from_le_bytes(*band)).collect();
    Ok(KnownPrint { item: item.into(), exact: row.int(1)?.cast_unsigned(), near })
}

/// A judgement that says something else than what is stored.
struct Changed<'a> {
    judged: &'a Judged,
    /// Row of the item.
    row: i64,
    /// When the judgement that it replaces was made.
    replaces: Option<i64>,
    body: Option<String>,
}

impl Changed<'_> {
    fn queue(&self) -> Queue {
        self.judged.judgement.as_ref().map_or(Queue::None, |judgement| judgement.queue)
    }
}

/// Leaves out what is stored already (a job that ran twice) and items unknown or purged meanwhile.
async fn changed<'a>(tx: &mut Tx, judged: &'a [Judged]) -> StoreResult<Vec<Changed<'a>>> {
    let head = "SELECT i.id, i.seq, j.at, j.body, j.unscored FROM items i LEFT JOIN judgements j \
                ON j.item = i.seq AND j.latest = 1 WHERE i.purged_at IS NULL AND i.id IN";
    let ids = judged.iter().map(|judged| judged.item.as_str().into()).collect();
    let mut stored = HashMap::with_capacity(judged.len());
    for row in tx.all_of(head, ids).await? {
        let judgement = (row.opt_int(2)?, row.opt_text(3)?, row.opt_text(4)?);
        stored.insert(row.text(0)?, (row.int(1)?, judgement));
    }
    let mut out = Vec::with_capacity(judged.len());
    for judged in judged {
        let Some((row, (at, body, unscored))) = stored.remove(judged.item.as_str()) else { continue };
        let new = judged.judgement.as_ref().map(json).transpose()?;
        if at.is_none() || new != body || judged.unscored != unscored {
            out.push(Changed { judged, row, replaces: at, body: new });
        }
    }
    Ok(out)
}

/// What was thought before stays for the report of its day, without its details.
async fn supersede(tx: &mut Tx, changed: &[Changed<'_>], now: i64) -> StoreResult<()> {
    let replaced = changed.iter().filter(|change| change.replaces.is_some()).map(|change| change.row.into());
    let older = "UPDATE judgements SET latest = 0, body = NULL WHERE latest = 1 AND item IN";
    tx.each_of(older, replaced.collect()).await?;
    for change in changed.iter().filter(|change| change.replaces == Some(now)) {
        tx.run("DELETE FROM judgements WHERE item = $1 AND at = $2", args![change.row, now]).await?;
        tx.run("DELETE FROM places WHERE item = $1 AND at = $2", args![change.row, now]).await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, changed: &[Changed<'_>], now: i64) -> StoreResult<()> {
    const JUDGEMENT: &str = "INSERT INTO judgements (item, at, latest, queue, language, duplicate_of, claim, \
                             claim_title, claim_rating, unscored, body)";
    let rows = changed.iter().map(|change| judgement_values(change, now)).collect();
    tx.insert(JUDGEMENT, rows, "").await?;
    let rows = changed.iter().flat_map(|change| place_values(change, now)).collect();
    tx.insert("INSERT INTO places (item, at, code, name)", rows, "ON CONFLICT DO NOTHING").await?;
    let rows = changed.iter().map(|change| {
        let near: Vec<u8> = change.judged.near.iter().flat_map(|band| band.to_le_bytes()).collect();
        args![change.row, change.judged.exact.cast_signed(), near]
    });
    let update = "ON CONFLICT (item) DO UPDATE SET exact = excluded.exact, near = excluded.near";
    tx.insert("INSERT INTO prints (item, exact, near)", rows.collect(), update).await?;
    Ok(())
}

fn judgement_values(change: &Changed<'_>, now: i64) -> Vec<Val> {
    let judgement = change.judged.judgement.as_ref();
    let claim = judgement.and_then(|judgement| judgement.same_claim());
    args![
        change.row,
        now,
        true,
        change.queue().code(),
        judgement.map(|judgement| judgement.language.code.as_str()),
        judgement.and_then(|judgement| judgement.duplicate_of.as_deref()),
        claim.map(|claim| claim.id.as_str()),
        claim.map(|claim| claim.title.as_str()),
        claim.map(|claim| claim.rating.code()),
        change.judged.unscored.as_deref(),
        change.body.as_deref(),
    ]
}

fn place_values(change: &Changed<'_>, now: i64) -> Vec<Vec<Val>> {
    let places = change.judged.judgement.as_ref().map_or(&[][..], |judgement| &judgement.places);
    let mut seen = HashSet::new();
    let places = places.iter().filter(|place| seen.insert(place.code.as_str()));
    places.map(|place| args![change.row, now, place.code.as_str(), place.name.as_str()]).collect()
}

/// What the log says of a batch: how many, and SHA-256 over id, queue and judgement of each.
fn digest(changed: &[Changed<'_>]) -> (usize, String) {
    let mut hash = Sha256::new();
    for change in changed {
        hash.update(change.judged.item.as_str());
        hash.update(change.queue().code());
        hash.update(Sha256::digest(change.body.as_deref().unwrap_or_default()));
    }
    (changed.len(), hex(&hash.finalize()))
}
