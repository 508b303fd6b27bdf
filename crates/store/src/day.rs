//! The figures of a day as they stood at its end: what came later, decisions taken back included, changes nothing.

use crate::db::{Row, Tx, args};
use crate::encode::{micros, named, opt_timestamp, parse, timestamp};
use crate::error::StoreResult;
use crate::open::Store;
use crate::rounds::tallies;
use crate::views::{ClaimFacts, DayFacts, RoundFacts, SourceTrouble, WatchFacts};
use jiff::Timestamp;
use jiff::civil::Date;
use saring_domain::{OfficeId, Queue, RoundKind};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Rows of the lists of places and claims.
const TOP: usize = 10;
/// How far back the last word on a source may lie, microseconds: seven days.
const RECENT: i64 = 7 * 24 * 3600 * 1_000_000;

/// A local day, microseconds.
struct Day<'a> {
    office: &'a str,
    from: i64,
    to: i64,
}

pub(crate) async fn facts(
    store: &Store,
    office: &OfficeId,
    date: Date,
    from: Timestamp,
    to: Timestamp,
) -> StoreResult<DayFacts> {
    let day = Day { office: office.as_str(), from: micros(from), to: micros(to) };
    let mut tx = store.db.read().await?;
    let mut facts = DayFacts { date, ..DayFacts::default() };
    facts.rounds = rounds(&mut tx, &day).await?;
    facts.troubled = troubled(&mut tx, &day).await?;
    facts.sources = sources(&mut tx, &day).await?;
    items(&mut tx, &day, &mut facts).await?;
    facts.by_place = places(&mut tx, &day).await?;
    facts.top_claims = claims(&mut tx, &day).await?;
    facts.decisions = decisions(&mut tx, &day).await?;
    (facts.open, facts.overdue) = open(&mut tx, &day).await?;
    facts.retention_overdue = retention_overdue(&mut tx, &day).await?;
    facts.watches = watches(&mut tx, &day).await?;
    Ok(facts)
}

/// Rounds that ended on the day, and those begun on it that had not ended by its end.
async fn rounds(tx: &mut Tx, day: &Day<'_>) -> StoreResult<Vec<RoundFacts>> {
    let sql = "SELECT id, started_at, ended_at, on_duty, kind FROM rounds WHERE office = $1 AND started_at < $3 AND \
               ((ended_at >= $2 AND ended_at < $3) OR (started_at >= $2 AND (ended_at IS NULL OR ended_at >= $3))) \
               ORDER BY started_at, id";
    let mut out = Vec::new();
    for row in tx.all(sql, args![day.office, day.from, day.to]).await? {
        let ended_at = row.opt_int(2)?.filter(|at| *at < day.to);
        let id = row.text(0)?;
        let until = args![&id, day.to];
        let tally = tallies(tx, "round = $1 AND at < $2", until).await?.remove(&id).unwrap_or_default();
        out.push(RoundFacts {
            started_at: timestamp(row.int(1)?)?,
            ended_at: opt_timestamp(ended_at)?,
            on_duty: row.opt_text(3)?,
            missed: row.text(4)? == RoundKind::Missed.code(),
            read: tally.read,
            nothing_new: tally.nothing_new,
            failed: tally.failed,
            silent: tally.silent,
            held: tally.held,
            new_items: tally.new_items,
        });
    }
    Ok(out)
}

/// Sources whose last word before the end of the day was a failure or silence.
async fn troubled(tx: &mut Tx, day: &Day<'_>) -> StoreResult<Vec<(String, SourceTrouble)>> {
    let sql = "SELECT name, code, more FROM outcomes WHERE seq IN (SELECT MAX(seq) FROM outcomes \
               WHERE at >= $1 AND at < $2 AND code <> 'held' GROUP BY source) AND code IN ('failed', 'silent')";
    let rows = tx.all(sql, args![day.to - RECENT, day.to]).await?;
    let row = |row: &Row| {
        let (name, more) = (row.text(0)?, row.text(2)?);
        let trouble = match row.text(1)?.as_str() {
            "failed" => SourceTrouble::Failed(parse(&more, "outcome", &name)?),
            _ => SourceTrouble::Silent(parse(&more, "outcome", &name)?),
        };
        Ok((name, trouble))
    };
    let mut out = rows.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    out.sort_by(|a, b| a.0.cmp(&b.0)); // here, because the engines sort texts differently
    Ok(out)
}

/// Sources configured when the last round before the end of the day began.
async fn sources(tx: &mut Tx, day: &Day<'_>) -> StoreResult<u32> {
    let sql = "SELECT sources FROM rounds WHERE office = $1 AND kind <> 'missed' AND started_at < $2 ORDER BY started_at DESC, id LIMIT 1";
    tx.one(sql, args![day.office, day.to]).await?.map_or(Ok(0), |row| row.count(0))
}

/// Items first seen on the day, each with what was thought of it at its end.
const THOUGHT: &str = "FROM items i LEFT JOIN judgements j ON j.item = i.seq AND j.at = \
                       (SELECT MAX(k.at) FROM judgements k WHERE k.item = i.seq AND k.at < $2) \
                       WHERE i.seen_at >= $1 AND i.seen_at < $2";

async fn items(tx: &mut Tx, day: &Day<'_>, facts: &mut DayFacts) -> StoreResult<()> {
    let sql = format!(
        "SELECT j.queue, j.language, j.duplicate_of IS NOT NULL, j.item IS NULL OR j.unscored IS NOT NULL, COUNT(*) \
         {THOUGHT} GROUP BY 1, 2, 3, 4"
    );
    let (mut queues, mut languages) = (BTreeMap::new(), BTreeMap::new());
    for row in tx.all(&sql, args![day.from, day.to]).await? {
        let count = row.count(4)?;
        facts.seen += count;
        facts.duplicates += if row.truth(2)? { count } else { 0 };
        if row.truth(3)? {
            facts.unscored += count;
            continue;
        }
        *queues.entry(row.opt_text(0)?.unwrap_or_default()).or_insert(0) += count;
        *languages.entry(row.opt_text(1)?.unwrap_or_default()).or_insert(0) += count;
    }
    let known = Queue::WORKED.into_iter().chain([Queue::None]);
    let count = |queue: Queue| queues.get(queue.code()).map(|count| (queue, *count));
    facts.by_queue = known.filter_map(count).collect();
    facts.by_language = most_first(languages);
    Ok(())
}

/// Most first, then by name.
fn most_first(counts: BTreeMap<String, u32>) -> Vec<(String, u32)> {
    let mut out: Vec<_> = counts.into_iter().collect();
    out.sort_by_key(|(_, count)| Reverse(*count)); // stable: names stay in order
    out
}

async fn places(tx: &mut Tx, day: &Day<'_>) -> StoreResult<Vec<(String, String, u32)>> {
    let sql = format!(
        "SELECT p.code, MIN(p.name), COUNT(*) FROM places p JOIN (SELECT j.item, j.at {THOUGHT} AND j.item IS NOT NULL) t \
         ON t.item = p.item AND t.at = p.at GROUP BY p.code"
    );
    let rows = tx.all(&sql, args![day.from, day.to]).await?;
    let row = |row: &Row| Ok((row.text(0)?, row.text(1)?, row.count(2)?));
    let mut out = rows.iter().map(row).collect::<StoreResult<Vec<_>>>()?;
    out.sort_by(|a, b| (Reverse(a.2), &a.0).cmp(&(Reverse(b.2), &b.0)));
    out.truncate(TOP);
    Ok(out)
}

async fn claims(tx: &mut Tx, day: &Day<'_>) -> StoreResult<Vec<ClaimFacts>> {
    let sql = format!(
        "SELECT j.claim, j.claim_title, j.claim_rating, COUNT(*) {THOUGHT} AND j.claim IS NOT NULL GROUP BY 1, 2, 3"
    );
    let mut found: BTreeMap<String, ClaimFacts> = BTreeMap::new();
    for row in tx.all(&sql, args![day.from, day.to]).await? {
        let claim = row.text(0)?;
        let title = row.opt_text(1)?.unwrap_or_default();
        let rating = row.opt_text(2)?.unwrap_or_default();
        let facts = found.entry(claim.clone()).or_insert_with(|| ClaimFacts {
            claim: claim.into(),
            title: title.clone(),
            rating: rating.clone(),
            items_day: 0,
            items: 0,
        });
        facts.items_day += row.count(3)?;
        // reworded during the day: one of the wordings, always the same
        if (&title, &rating) < (&facts.title, &facts.rating) {
            (facts.title, facts.rating) = (title, rating);
        }
    }
    let mut out: Vec<ClaimFacts> = found.into_values().collect();
    out.sort_by_key(|facts| Reverse(facts.items_day));
    out.truncate(TOP);
    let sql = "SELECT COUNT(*) FROM judgements j WHERE j.claim = $1 AND j.at < $2 AND NOT EXISTS \
               (SELECT 1 FROM judgements k WHERE k.item = j.item AND k.at > j.at AND k.at < $2)";
    for facts in &mut out {
        let items = tx.number(sql, args![facts.claim.as_str(), day.to]).await?;
        facts.items = u32::try_from(items).unwrap_or(u32::MAX);
    }
    Ok(out)
}

/// Decisions of the day that stood at its end; a proposal that awaits a second reviewer is none yet.
async fn decisions(tx: &mut Tx, day: &Day<'_>) -> StoreResult<Vec<(String, u32)>> {
    let sql = "SELECT d.code, COUNT(*) FROM decisions d JOIN cases c ON c.id = d.case_id WHERE d.at >= $2 AND d.at < $3 \
               AND c.office = $1 AND d.leads_to = 'decided' AND (d.undone_at IS NULL OR d.undone_at >= $3) GROUP BY d.code";
    let rows = tx.all(sql, args![day.office, day.from, day.to]).await?;
    let mut counts = BTreeMap::new();
    for row in rows {
        counts.insert(row.text(0)?, row.count(1)?);
    }
    Ok(most_first(counts))
}

/// Cases waiting at the end of the day by queue, and how many of them were past their due time.
async fn open(tx: &mut Tx, day: &Day<'_>) -> StoreResult<(Vec<(Queue, u32)>, u32)> {
    // a case that waited then waits still or was settled later: two short ranges of two indexes
    let then = "SELECT c.id, c.due_at, \
                (SELECT e.state FROM case_events e WHERE e.case_id = c.id AND e.at < $2 ORDER BY e.seq DESC LIMIT 1) AS state, \
                (SELECT e.note FROM case_events e WHERE e.case_id = c.id AND e.at < $2 AND e.what IN ('opened', 'moved') \
                ORDER BY e.seq DESC LIMIT 1) AS queue FROM cases c WHERE c.office = $1 AND c.opened_at < $2";
    let sql = format!(
        "SELECT queue, COUNT(*), COUNT(CASE WHEN due_at < $2 THEN 1 END) FROM ({then} AND c.waiting = 1 \
         UNION ALL {then} AND c.waiting = 0 AND c.settled_at >= $2) AS found \
         WHERE state NOT IN ('decided', 'closed') GROUP BY queue"
    );
    let (mut queues, mut overdue) = (BTreeMap::new(), 0);
    for row in tx.all(&sql, args![day.office, day.to]).await? {
        let queue: Queue = named(&row.text(0)?, "case", "queue")?;
        queues.insert(queue.code(), row.count(1)?);
        overdue += row.count(2)?;
    }
    let count = |queue: Queue| queues.get(queue.code()).map(|count| (queue, *count));
    Ok((Queue::WORKED.into_iter().filter_map(count).collect(), overdue))
}

/// Watches: a last day that is over ends one whether or not that was recorded yet.
async fn watches(tx: &mut Tx, day: &Day<'_>) -> StoreResult<WatchFacts> {
    let sql = "SELECT COUNT(CASE WHEN opened_at >= $2 AND opened_at < $3 THEN 1 END), \
               COUNT(CASE WHEN state = 'refused' AND settled_at >= $2 AND settled_at < $3 THEN 1 END), \
               COUNT(CASE WHEN state <> 'refused' AND COALESCE(ended_at, ends_at) >= $2 \
               AND COALESCE(ended_at, ends_at) < $3 THEN 1 END), \
               COUNT(CASE WHEN state <> 'refused' AND settled_at < $3 AND COALESCE(ended_at, ends_at) >= $3 THEN 1 END) \
               FROM watches WHERE office = $1";
    let row = tx.one(sql, args![day.office, day.from, day.to]).await?;
    row.map_or(Ok(WatchFacts::default()), |row| {
        Ok(WatchFacts {
            opened: row.count(0)?,
            refused: row.count(1)?,
            ended: row.count(2)?,
            running: row.count(3)?,
        })
    })
}

/// What the last purge before the end of the day left behind.
async fn retention_overdue(tx: &mut Tx, day: &Day<'_>) -> StoreResult<u32> {
    let sql = "SELECT overdue FROM purges WHERE at < $1 ORDER BY at DESC, seq DESC LIMIT 1";
    tx.one(sql, args![day.to]).await?.map_or(Ok(0), |row| row.count(0))
}
