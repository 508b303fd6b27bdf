//! What watches caught and what they may have missed: kept with the items, counted by day.

use super::{COLUMNS, unknown, watch};
use crate::audit;
use crate::db::{Engine, Row, Tx, Val, args};
use crate::encode::{self, ITEM, ITEM_WIDTH, json, micros, parse};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::views::{WatchItem, WatchPart, Watched};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{ClaimId, Item, ItemId, Office, OfficeId, Reviewer, WatchId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Keeps what running watches say of items, given by row, and counts it by the day of the office; what is kept already
/// is not counted again. Watches that are over meanwhile keep nothing. Gives how many are new.
pub(crate) async fn keep(tx: &mut Tx, watched: &[(i64, &[Watched])], now: Timestamp) -> StoreResult<usize> {
    if watched.iter().all(|(_, found)| found.is_empty()) {
        return Ok(0);
    }
    let days = days(tx, now).await?;
    let mut rows = Vec::new();
    for (item, found) in watched {
        for hit in *found {
            let Some(day) = days.get(hit.watch.as_str()) else { continue };
            rows.push(args![
                hit.watch.as_str(),
                *item,
                micros(now),
                day.as_str(),
                hit.caught,
                place(&hit.watch, *item),
                json(&hit.spans)?,
                json(&hit.words)?,
            ]);
        }
    }
    const HEAD: &str = "INSERT INTO watch_hits (watch, item, at, day, caught, place, spans, words)";
    let new =
        tx.insert(HEAD, rows, "ON CONFLICT (watch, item) DO NOTHING RETURNING watch, day, caught").await?;
    let mut counts: BTreeMap<(String, String), [u32; 2]> = BTreeMap::new();
    for row in &new {
        let count = counts.entry((row.text(0)?, row.text(1)?)).or_default();
        count[usize::from(!row.flag(2)?)] += 1;
    }
    let rows =
        counts.iter().map(|((watch, day), [caught, near])| args![watch, day, *caught, *near]).collect();
    let add = "ON CONFLICT (watch, day) DO UPDATE SET caught = watch_days.caught + excluded.caught, \
               near = watch_days.near + excluded.near";
    tx.insert("INSERT INTO watch_days (watch, day, caught, near)", rows, add).await?;
    Ok(new.len())
}

/// Running watches with the day it is at their office.
async fn days(tx: &mut Tx, now: Timestamp) -> StoreResult<HashMap<String, String>> {
    let sql = format!(
        "SELECT {COLUMNS}, o.def FROM watches w LEFT JOIN offices o ON o.id = w.office \
         WHERE w.state IN ('proposed', 'running') AND w.ends_at > $1"
    );
    let mut out = HashMap::new();
    for row in tx.all(&sql, args![micros(now)]).await? {
        let watch = watch(&row)?;
        let office = row.opt_text(super::WIDTH)?;
        let office = office.map(|def| parse::<Office>(&def, "office", watch.office.as_str())).transpose()?;
        let zone = office.map_or(TimeZone::UTC, |office| office.time_zone());
        if watch.runs(now) {
            out.insert(watch.id.0, now.to_zoned_datetime(zone).date().to_string());
        }
    }
    Ok(out)
}

/// Where an item stands in the sample of a watch: nobody chooses it, and it is the same whenever asked.
fn place(watch: &WatchId, item: i64) -> i64 {
    let hash = Sha256::new().chain_update(watch.as_str()).chain_update(item.to_be_bytes()).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}

pub(super) async fn items(
    store: &Store,
    office: &OfficeId,
    watch: &WatchId,
    part: WatchPart,
    offset: u32,
    limit: u32,
) -> StoreResult<Vec<WatchItem>> {
    let which = match part {
        WatchPart::Caught => "h.caught = 1 ORDER BY h.at DESC, h.item DESC",
        WatchPart::Sample => "h.caught = 0 AND h.relevant IS NULL ORDER BY h.place",
        WatchPart::Missed => "h.caught = 0 AND h.relevant = 1 ORDER BY h.place",
    };
    let sql = format!(
        "SELECT {ITEM}, h.spans, h.words, h.relevant FROM watch_hits h JOIN items i ON i.seq = h.item WHERE h.watch = $1 \
         AND EXISTS (SELECT 1 FROM watches w WHERE w.id = $1 AND w.office = $2) AND {which} LIMIT $3 OFFSET $4"
    );
    let rows = store.db.all(&sql, args![watch.as_str(), office.as_str(), limit, offset]).await?;
    let row = |row: &Row| {
        let item = encode::item(row, 0)?;
        Ok(WatchItem {
            spans: parse(&row.text(ITEM_WIDTH)?, "watch hit", item.id.as_str())?,
            words: parse(&row.text(ITEM_WIDTH + 1)?, "watch hit", item.id.as_str())?,
            about: row.opt_int(ITEM_WIDTH + 2)?.map(|about| about != 0),
            item,
        })
    };
    rows.iter().map(row).collect()
}

pub(super) async fn check(
    store: &Store,
    reviewer: &Reviewer,
    watch: &WatchId,
    said: &[(ItemId, bool)],
    now: Timestamp,
) -> StoreResult<u32> {
    let mut tx = store.db.write().await?;
    let sql = "SELECT 1 FROM watches WHERE id = $1 AND office = $2";
    tx.one(sql, args![watch.as_str(), reviewer.office().as_str()]).await?.ok_or_else(|| unknown(watch))?;
    let ids: Vec<Val> = said.iter().map(|(item, _)| item.as_str().into()).collect();
    let mut rows = HashMap::new();
    for row in tx.all_of("SELECT id, seq FROM items WHERE id IN", ids).await? {
        rows.insert(row.text(0)?, row.int(1)?);
    }
    let (mut checked, mut relevant) = (0, 0);
    for (item, about) in said {
        let Some(row) = rows.get(item.as_str()) else { continue };
        let sql =
            "SELECT day FROM watch_hits WHERE watch = $1 AND item = $2 AND caught = 0 AND relevant IS NULL";
        let Some(hit) = tx.one(sql, args![watch.as_str(), *row]).await? else { continue };
        let sql = "UPDATE watch_hits SET relevant = $3 WHERE watch = $1 AND item = $2";
        tx.run(sql, args![watch.as_str(), *row, *about]).await?;
        let sql = "UPDATE watch_days SET checked = checked + 1, relevant = relevant + $3 WHERE watch = $1 AND day = $2";
        tx.run(sql, args![watch.as_str(), hit.text(0)?, *about]).await?;
        checked += 1;
        relevant += u32::from(*about);
    }
    if checked == 0 {
        return Err(StoreError::Conflict(
            "someone looked at these items meanwhile, or they are deleted".into(),
        ));
    }
    let leaf = (reviewer.person().as_str(), checked, relevant);
    audit::append(&mut tx, now, "watch.check", watch.as_str(), &leaf).await?;
    tx.commit().await?;
    Ok(checked)
}

pub(super) async fn mark(
    store: &Store,
    reviewer: &Reviewer,
    watch: &WatchId,
    item: &ItemId,
    about: Option<bool>,
    now: Timestamp,
) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let sql = "SELECT 1 FROM watches WHERE id = $1 AND office = $2";
    tx.one(sql, args![watch.as_str(), reviewer.office().as_str()]).await?.ok_or_else(|| unknown(watch))?;
    let lock = if tx.engine() == Engine::Pg { " FOR UPDATE OF h" } else { "" };
    let sql = format!(
        "SELECT h.item, h.day, h.relevant FROM watch_hits h JOIN items i ON i.seq = h.item \
         WHERE h.watch = $1 AND i.id = $2 AND h.caught = 1{lock}"
    );
    let hit = tx.one(&sql, args![watch.as_str(), item.as_str()]).await?;
    let gone = || StoreError::Conflict("this item is deleted, or the watch did not catch it".into());
    let hit = hit.ok_or_else(gone)?;
    let before = hit.opt_int(2)?.map(|about| about != 0);
    if before == about {
        return Err(StoreError::Conflict("someone has said so of this item already".into()));
    }
    let sql = "UPDATE watch_hits SET relevant = $3 WHERE watch = $1 AND item = $2";
    tx.run(sql, args![watch.as_str(), hit.int(0)?, about.map(i64::from)]).await?;
    let more = |what: bool| i64::from(about == Some(what)) - i64::from(before == Some(what));
    let sql = "UPDATE watch_days SET apt = apt + $3, stray = stray + $4 WHERE watch = $1 AND day = $2";
    tx.run(sql, args![watch.as_str(), hit.text(1)?, more(true), more(false)]).await?;
    let leaf = (reviewer.person().as_str(), item.as_str(), about);
    audit::append(&mut tx, now, "watch.mark", watch.as_str(), &leaf).await?;
    tx.commit().await
}

pub(super) async fn kept(
    store: &Store,
    after: i64,
    limit: u32,
) -> StoreResult<(Vec<(Item, Option<ClaimId>)>, i64)> {
    let sql = format!(
        "SELECT {ITEM}, j.claim, i.seq FROM items i LEFT JOIN judgements j ON j.item = i.seq AND j.latest = 1 \
         WHERE i.purged_at IS NULL AND i.seq > $1 ORDER BY i.seq LIMIT $2"
    );
    let rows = store.db.all(&sql, args![after, limit]).await?;
    let last = rows.last().map_or(Ok(after), |row| row.int(ITEM_WIDTH + 1))?;
    let row = |row: &Row| Ok((encode::item(row, 0)?, row.opt_text(ITEM_WIDTH)?.map(Into::into)));
    Ok((rows.iter().map(row).collect::<StoreResult<_>>()?, last))
}

pub(super) async fn save(
    store: &Store,
    watched: &[(ItemId, Vec<Watched>)],
    now: Timestamp,
) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let head = "SELECT id, seq FROM items WHERE purged_at IS NULL AND id IN";
    let mut rows = HashMap::new();
    for row in tx.all_of(head, watched.iter().map(|(item, _)| item.as_str().into()).collect()).await? {
        rows.insert(row.text(0)?, row.int(1)?);
    }
    let found: Vec<(i64, &[Watched])> = watched
        .iter()
        .filter_map(|(item, found)| Some((*rows.get(item.as_str())?, found.as_slice())))
        .collect();
    let new = keep(&mut tx, &found, now).await?;
    if new > 0 {
        audit::append(&mut tx, now, "watch.look", "items", &new).await?;
    }
    tx.commit().await
}
