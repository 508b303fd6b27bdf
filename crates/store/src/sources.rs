//! Sources as the store knows them: definition, progress, rhythm, health, and the key of the epoch.

use crate::audit;
use crate::db::{Tx, args, random};
use crate::encode::{corrupt, json, micros, opt_timestamp, parse, timestamp};
use crate::error::StoreResult;
use crate::open::Store;
use crate::views::{Brought, SourceHealth};
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Cursor, Item, SourceDef, SourceId, SourceKind, Trouble};
use std::collections::HashMap;

/// The rhythm of a source is told from one publication time per hour, microseconds,
const HOUR: i64 = 3600 * 1_000_000;
/// over four weeks and a day before the newest,
const TIMES_BACK: i64 = 29 * 24 * HOUR;
/// and from so many in any case.
const TIMES: usize = 50;
/// Troubles kept per source.
const TROUBLES: usize = 20;
/// Length of an epoch of pseudonyms, microseconds: 30 days.
const EPOCH: i64 = 30 * 24 * 3600 * 1_000_000;

pub(crate) async fn set(store: &Store, sources: &[SourceDef]) -> StoreResult<()> {
    let defs =
        sources.iter().map(|def| Ok((def.id.0.clone(), json(def)?))).collect::<StoreResult<Vec<_>>>()?;
    let mut tx = store.db.write().await?;
    let sql = "SELECT id, def FROM sources WHERE position IS NOT NULL AND added_by IS NULL ORDER BY position";
    let rows = tx.all(sql, args![]).await?;
    let known = rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<StoreResult<Vec<_>>>()?;
    if known == defs {
        return Ok(());
    }
    tx.run("UPDATE sources SET position = NULL WHERE added_by IS NULL", args![]).await?;
    let values = defs.iter().enumerate().map(|(at, (id, def))| args![id, at as i64, def]).collect();
    // one that was added at the desk and came into the settings since is changed there from now on
    let update = "ON CONFLICT (id) DO UPDATE SET position = excluded.position, def = excluded.def, added_by = NULL, \
                  added_at = NULL";
    tx.insert("INSERT INTO sources (id, position, def)", values, update).await?;
    let ids: Vec<&String> = defs.iter().map(|(id, _)| id).collect();
    audit::append(&mut tx, Timestamp::now(), "sources", "sources", &ids).await?;
    tx.commit().await
}

pub(crate) async fn cursor(store: &Store, source: &SourceId) -> StoreResult<Option<Cursor>> {
    let row = store.db.one("SELECT progress FROM sources WHERE id = $1", args![source.as_str()]).await?;
    let text = row.map(|row| row.opt_text(0)).transpose()?.flatten();
    text.map(|text| parse(&text, "cursor", source.as_str())).transpose()
}

/// Moves a source on by its new items and cursor. A source that is not configured (an import) is noted too.
pub(crate) async fn advance(
    tx: &mut Tx,
    source: &SourceId,
    new: &[&Item],
    next: Option<&Cursor>,
) -> StoreResult<()> {
    let id = source.as_str();
    let sql = "SELECT posted_times FROM sources WHERE id = $1";
    let mut times: Vec<i64> = match tx.one(sql, args![id]).await? {
        Some(row) => parse(&row.text(0)?, "source", id)?,
        None => {
            let insert = "INSERT INTO sources (id, position, def) VALUES ($1, NULL, $2)";
            tx.run(insert, args![id, json(&imported(source))?]).await?;
            Vec::new()
        }
    };
    // a date in the future says nothing about the rhythm
    times.extend(new.iter().filter_map(|item| item.posted_at.map(|at| micros(at.min(item.seen_at)))));
    let times = thinned(times);
    let update = "UPDATE sources SET items = items + $2, posted_times = $3, newest_item_at = $4, \
                  progress = COALESCE($5, progress) WHERE id = $1";
    let newest = times.first().copied();
    let progress = next.map(json).transpose()?;
    tx.run(update, args![id, new.len() as i64, json(&times)?, newest, progress]).await?;
    Ok(())
}

/// Counts what reading a source has brought until an outcome tells it.
pub(crate) async fn count(tx: &mut Tx, source: &SourceId, brought: Brought) -> StoreResult<()> {
    if brought != Brought::default() {
        let sql = "UPDATE sources SET untold_new = untold_new + $2, untold_repeated = untold_repeated + $3, \
                   untold_bad = untold_bad + $4 WHERE id = $1";
        tx.run(sql, args![source.as_str(), brought.new, brought.repeated, brought.bad]).await?;
    }
    Ok(())
}

pub(crate) async fn untold(tx: &mut Tx, source: &SourceId) -> StoreResult<Brought> {
    let sql = "SELECT untold_new, untold_repeated, untold_bad FROM sources WHERE id = $1";
    let Some(row) = tx.one(sql, args![source.as_str()]).await? else { return Ok(Brought::default()) };
    Ok(Brought { new: row.count(0)?, repeated: row.count(1)?, bad: row.count(2)? })
}

/// Keeps the last messages of a source.
pub(crate) async fn note_troubles(
    tx: &mut Tx,
    source: &SourceId,
    found: &[&Trouble],
    now: Timestamp,
) -> StoreResult<()> {
    let found = &found[found.len().saturating_sub(TROUBLES)..];
    if found.is_empty() {
        return Ok(());
    }
    let row = |trouble: &&Trouble| Ok(args![source.as_str(), micros(now), json(*trouble)?]);
    let values = found.iter().map(row).collect::<StoreResult<_>>()?;
    tx.insert("INSERT INTO troubles (source, at, trouble)", values, "").await?;
    let older = format!(
        "DELETE FROM troubles WHERE source = $1 AND seq <= \
         (SELECT seq FROM troubles WHERE source = $1 ORDER BY seq DESC LIMIT 1 OFFSET {TROUBLES})"
    );
    tx.run(&older, args![source.as_str()]).await?;
    Ok(())
}

/// The latest of each hour, newest first, as far back as the rhythm is told from.
fn thinned(mut times: Vec<i64>) -> Vec<i64> {
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.dedup_by_key(|at| at.div_euclid(HOUR));
    let since = times.first().map_or(0, |newest| newest - TIMES_BACK);
    let kept = times.iter().take_while(|at| **at >= since).count();
    times.truncate(kept.max(TIMES));
    times
}

fn imported(source: &SourceId) -> SourceDef {
    SourceDef { every_minutes: 0, ..SourceDef::new(source.as_str(), source.as_str(), SourceKind::File, "") }
}

pub(crate) async fn rhythm(store: &Store, source: &SourceId) -> StoreResult<Vec<Timestamp>> {
    let sql = "SELECT posted_times FROM sources WHERE id = $1";
    let Some(row) = store.db.one(sql, args![source.as_str()]).await? else { return Ok(Vec::new()) };
    let times: Vec<i64> = parse(&row.text(0)?, "source", source.as_str())?;
    times.into_iter().map(timestamp).collect()
}

pub(crate) async fn health(store: &Store, now: Timestamp) -> StoreResult<Vec<SourceHealth>> {
    let since = micros(now - SignedDuration::from_hours(24));
    let mut tx = store.db.read().await?;
    let mut day = HashMap::new();
    let sql = "SELECT source, COUNT(*) FROM items WHERE seen_at > $1 GROUP BY source";
    for row in tx.all(sql, args![since]).await? {
        day.insert(row.text(0)?, row.count(1)?);
    }
    let mut troubles = troubles(&mut tx).await?;
    let sql = "SELECT id, def, last, last_at, last_good_at, failing_since, next_at, newest_item_at, items, added_by, \
               added_at, paused_by, paused_at FROM sources WHERE position IS NOT NULL \
               ORDER BY CASE WHEN added_by IS NULL THEN 0 ELSE 1 END, position";
    let mut out = Vec::new();
    for row in tx.all(sql, args![]).await? {
        let id = row.text(0)?;
        out.push(SourceHealth {
            def: parse(&row.text(1)?, "source", &id)?,
            last: row.opt_text(2)?.map(|text| parse(&text, "outcome", &id)).transpose()?,
            last_at: opt_timestamp(row.opt_int(3)?)?,
            last_good_at: opt_timestamp(row.opt_int(4)?)?,
            failing_since: opt_timestamp(row.opt_int(5)?)?,
            next_at: opt_timestamp(row.opt_int(6)?)?,
            newest_item_at: opt_timestamp(row.opt_int(7)?)?,
            items_day: day.get(&id).copied().unwrap_or(0),
            items: row.int(8)?.unsigned_abs(),
            troubles: troubles.remove(&id).unwrap_or_default(),
            added: row.opt_text(9)?.zip(opt_timestamp(row.opt_int(10)?)?),
            paused: row.opt_text(11)?.zip(opt_timestamp(row.opt_int(12)?)?),
        });
    }
    Ok(out)
}

/// Newest first by source; the store keeps at most 20 of each.
async fn troubles(tx: &mut Tx) -> StoreResult<HashMap<String, Vec<(Timestamp, Trouble)>>> {
    let mut out: HashMap<String, Vec<(Timestamp, Trouble)>> = HashMap::new();
    for row in tx.all("SELECT source, at, trouble FROM troubles ORDER BY source, seq DESC", args![]).await? {
        let source = row.text(0)?;
        let trouble = parse(&row.text(2)?, "trouble", &source)?;
        out.entry(source).or_default().push((timestamp(row.int(1)?)?, trouble));
    }
    Ok(out)
}

/// Key of the 30-day epoch of `now`; keys of earlier epochs are destroyed, so nobody can tell whose pseudonyms
/// those were.
pub(crate) async fn epoch_key(store: &Store, now: Timestamp) -> StoreResult<[u8; 32]> {
    let epoch = micros(now).div_euclid(EPOCH);
    let sql =
        "SELECT secret, (SELECT COUNT(*) FROM epoch_keys WHERE epoch < $1) FROM epoch_keys WHERE epoch = $1";
    let secret = match store.db.one(sql, args![epoch]).await? {
        Some(row) if row.int(1)? == 0 => row.blob(0)?,
        _ => new_epoch(store, epoch).await?,
    };
    secret.try_into().map_err(|_| corrupt("epoch key", &epoch.to_string(), "it has the wrong length"))
}

async fn new_epoch(store: &Store, epoch: i64) -> StoreResult<Vec<u8>> {
    let mut tx = store.db.write().await?;
    tx.run("DELETE FROM epoch_keys WHERE epoch < $1", args![epoch]).await?;
    let insert = "INSERT INTO epoch_keys (epoch, secret) VALUES ($1, $2) ON CONFLICT (epoch) DO NOTHING";
    tx.run(insert, args![epoch, &random::<32>()?[..]]).await?;
    let row = tx.one("SELECT secret FROM epoch_keys WHERE epoch = $1", args![epoch]).await?;
    let secret = row.ok_or_else(|| corrupt("epoch key", &epoch.to_string(), "it is missing"))?.blob(0)?;
    tx.commit().await?;
    Ok(secret)
}
