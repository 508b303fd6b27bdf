//! Rounds and how each source fared in them.

use crate::audit;
use crate::db::{Tx, args};
use crate::encode::{fresh_id, json, micros, parse};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use jiff::Timestamp;
use saring_domain::{OfficeId, Outcome, RoundId, SourceDef, SourceId, Trouble};

/// Troubles kept per source.
const TROUBLES: usize = 20;

pub(crate) async fn begin(
    store: &Store,
    office: &OfficeId,
    on_duty: Option<&str>,
    now: Timestamp,
) -> StoreResult<RoundId> {
    let id = fresh_id('r')?;
    let mut tx = store.db.write().await?;
    let sources = tx.number("SELECT COUNT(*) FROM sources WHERE position IS NOT NULL", args![]).await?;
    let insert = "INSERT INTO rounds (id, office, on_duty, sources, started_at) VALUES ($1, $2, $3, $4, $5)";
    tx.run(insert, args![&id, office.as_str(), on_duty, sources, micros(now)]).await?;
    audit::append(&mut tx, now, "round.begin", &id, &(office.as_str(), on_duty, sources)).await?;
    tx.commit().await?;
    Ok(id.into())
}

pub(crate) async fn end(store: &Store, round: &RoundId, now: Timestamp) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let ended = "UPDATE rounds SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    if tx.run(ended, args![round.as_str(), micros(now)]).await? == 0 {
        let known = tx.number("SELECT COUNT(*) FROM rounds WHERE id = $1", args![round.as_str()]).await?;
        let missing = || StoreError::NotFound { what: "round", id: round.0.clone() };
        return if known == 0 { Err(missing()) } else { Ok(()) };
    }
    let sql = "SELECT source, code, new_items FROM outcomes WHERE round = $1 ORDER BY seq";
    let rows = tx.all(sql, args![round.as_str()]).await?;
    let outcomes = rows
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)))
        .collect::<StoreResult<Vec<_>>>()?;
    audit::append(&mut tx, now, "round.end", round.as_str(), &outcomes).await?;
    tx.commit().await
}

pub(crate) async fn record(
    store: &Store,
    round: &RoundId,
    source: &SourceId,
    outcome: &Outcome,
    bad: &[Trouble],
    next_at: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let row = tx.one("SELECT def FROM sources WHERE id = $1", args![source.as_str()]).await?;
    let row = row.ok_or_else(|| StoreError::NotFound { what: "source", id: source.0.clone() })?;
    let name = parse::<SourceDef>(&row.text(0)?, "source", source.as_str())?.name;
    let new = if let Outcome::Read { new, .. } = outcome { *new } else { 0 };
    let insert = "INSERT INTO outcomes (round, source, name, at, code, more, new_items) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values =
        args![round.as_str(), source.as_str(), name, micros(now), outcome.code(), more(outcome)?, new];
    tx.run(insert, values).await?;
    mark(&mut tx, source, outcome, next_at, now).await?;
    note_troubles(&mut tx, source, outcome, bad, now).await?;
    tx.commit().await
}

/// What a report says beside the code: the trouble, or when the newest item of a silent source came.
fn more(outcome: &Outcome) -> StoreResult<String> {
    match outcome {
        Outcome::Failed { trouble, .. } | Outcome::Held { trouble } => json(trouble),
        Outcome::Silent { newest, .. } => json(newest),
        Outcome::Read { .. } | Outcome::NothingNew { .. } => Ok(String::new()),
    }
}

/// A source held back was not read: its last read and its failing stay as they were.
async fn mark(
    tx: &mut Tx,
    source: &SourceId,
    outcome: &Outcome,
    next_at: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<()> {
    let set = match outcome {
        Outcome::Held { .. } => "last = $2, next_at = $3",
        Outcome::Failed { .. } => {
            "last = $2, next_at = $3, last_at = $4, failing_since = COALESCE(failing_since, $4)"
        }
        _ => "last = $2, next_at = $3, last_at = $4, last_good_at = $4, failing_since = NULL",
    };
    let mut values = args![source.as_str(), json(outcome)?, next_at.map(micros)];
    if !matches!(outcome, Outcome::Held { .. }) {
        values.push(micros(now).into());
    }
    tx.run(&format!("UPDATE sources SET {set} WHERE id = $1"), values).await?;
    Ok(())
}

async fn note_troubles(
    tx: &mut Tx,
    source: &SourceId,
    outcome: &Outcome,
    bad: &[Trouble],
    now: Timestamp,
) -> StoreResult<()> {
    let failure = if let Outcome::Failed { trouble, .. } = outcome { Some(trouble) } else { None };
    let mut found: Vec<&Trouble> = bad.iter().chain(failure).collect();
    let skip = found.len().saturating_sub(TROUBLES);
    found.drain(..skip);
    if found.is_empty() {
        return Ok(());
    }
    let row = |trouble: &Trouble| Ok(args![source.as_str(), micros(now), json(trouble)?]);
    let values = found.into_iter().map(row).collect::<StoreResult<_>>()?;
    tx.insert("INSERT INTO troubles (source, at, trouble)", values, "").await?;
    let older = format!(
        "DELETE FROM troubles WHERE source = $1 AND seq <= \
         (SELECT seq FROM troubles WHERE source = $1 ORDER BY seq DESC LIMIT 1 OFFSET {TROUBLES})"
    );
    tx.run(&older, args![source.as_str()]).await?;
    Ok(())
}
