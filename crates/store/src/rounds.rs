//! Rounds and how each source fared in them.

use crate::audit::{self, Change};
use crate::db::{Engine, Row, Tx, args};
use crate::duty;
use crate::encode::{fresh_id, json, micros, named, opt_timestamp, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::sources;
use crate::traits::Rounds;
use crate::views::{Brought, OutcomeRow, RoundRow, Tally};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{
    Duty, OfficeId, Outcome, Planned, Queue, Reviewer, Round, RoundId, RoundKind, RoundStart, SourceDef,
    SourceId, Trouble,
};
use std::collections::HashMap;

/// Columns of [`round_of`], in its order.
const ROUND: &str = "id, office, kind, shift, planned_at, due, on_duty, started_at, ended_at";

#[async_trait]
impl Rounds for Store {
    async fn begin_round(&self, start: &RoundStart, now: Timestamp) -> StoreResult<RoundId> {
        begin(self, start, now).await
    }

    async fn record_outcome(
        &self,
        round: &RoundId,
        source: &SourceId,
        outcome: &Outcome,
        bad: &[Trouble],
        next_at: Option<Timestamp>,
        now: Timestamp,
    ) -> StoreResult<()> {
        record(self, round, source, outcome, bad, next_at, now).await
    }

    async fn end_round(&self, round: &RoundId, now: Timestamp) -> StoreResult<()> {
        end(self, round, now).await
    }

    async fn miss_rounds(&self, office: &OfficeId, missed: &[Planned], now: Timestamp) -> StoreResult<()> {
        miss(self, office, missed, now).await
    }

    async fn planned_until(&self, office: &OfficeId, now: Timestamp) -> StoreResult<Option<Timestamp>> {
        let sql = "SELECT MAX(planned_at) FROM rounds WHERE office = $1 AND planned_at <= $2";
        let row = self.db.one(sql, args![office.as_str(), micros(now)]).await?;
        opt_timestamp(row.map(|row| row.opt_int(0)).transpose()?.flatten())
    }

    async fn rounds(&self, office: &OfficeId, from: Timestamp, to: Timestamp) -> StoreResult<Vec<RoundRow>> {
        let within = "office = $1 AND started_at >= $2 AND started_at < $3";
        let values = || args![office.as_str(), micros(from), micros(to)];
        rows(&mut self.db.read().await?, within, values).await
    }

    async fn round(&self, office: &OfficeId, round: &RoundId) -> StoreResult<(RoundRow, Vec<OutcomeRow>)> {
        let mut tx = self.db.read().await?;
        let values = || args![office.as_str(), round.as_str()];
        let found = rows(&mut tx, "office = $1 AND id = $2", values).await?.pop();
        let row = found.ok_or_else(|| StoreError::NotFound { what: "round", id: round.0.clone() })?;
        let sql = "SELECT source, name, at, code, new_items, repeated, bad, more FROM outcomes WHERE round = $1 \
                   ORDER BY seq";
        let outcomes = tx.all(sql, args![round.as_str()]).await?;
        Ok((row, outcomes.iter().map(outcome_of).collect::<StoreResult<_>>()?))
    }

    async fn on_duty(&self, office: &OfficeId, now: Timestamp) -> StoreResult<Vec<Duty>> {
        duty::now(&mut self.db.read().await?, office, now).await
    }

    async fn hand_overs(&self, office: &OfficeId, limit: u32) -> StoreResult<Vec<Duty>> {
        duty::hand_overs(&self.db, office, limit).await
    }

    async fn take_duty(&self, reviewer: &Reviewer, now: Timestamp) -> StoreResult<()> {
        duty::take(self, reviewer, now).await
    }

    async fn hand_over(&self, reviewer: &Reviewer, note: &str, now: Timestamp) -> StoreResult<()> {
        duty::hand_over(self, reviewer, note, now).await
    }
}

async fn begin(store: &Store, start: &RoundStart, now: Timestamp) -> StoreResult<RoundId> {
    let id = fresh_id('r')?;
    let mut tx = store.db.write().await?;
    let on_duty = match &start.on_duty {
        Some(who) => Some(who.clone()),
        None => duty::names(&duty::now(&mut tx, &start.office, now).await?),
    };
    let sql = "SELECT COUNT(*) FROM sources WHERE position IS NOT NULL AND paused_at IS NULL";
    let sources = tx.number(sql, args![]).await?;
    insert(&mut tx, &id, start, on_duty.as_deref(), sources, now).await?;
    audit::append(&mut tx, now, "round.begin", &id, &(start, &on_duty, sources)).await?;
    tx.commit().await?;
    Ok(id.into())
}

async fn insert(
    tx: &mut Tx,
    id: &str,
    start: &RoundStart,
    on_duty: Option<&str>,
    sources: i64,
    at: Timestamp,
) -> StoreResult<u64> {
    // a time of the timetable has one round, whoever else runs it or noticed that nobody did
    let sql = "INSERT INTO rounds (id, office, on_duty, sources, started_at, kind, shift, planned_at, due) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let values = args![
        id,
        start.office.as_str(),
        on_duty,
        sources,
        micros(at),
        start.kind.code(),
        start.shift.as_deref(),
        start.planned_at.map(micros),
        start.due
    ];
    tx.run(sql, values).await
}

async fn miss(store: &Store, office: &OfficeId, missed: &[Planned], now: Timestamp) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let mut changes = Vec::with_capacity(missed.len());
    for planned in missed {
        let start = RoundStart::planned(planned, RoundStart::by_hand(office.clone(), 0));
        let start = RoundStart { kind: RoundKind::Missed, ..start };
        let id = fresh_id('r')?;
        if insert(&mut tx, &id, &start, None, 0, planned.at).await? > 0 {
            changes.push(Change::new("round.miss", &id, &start)?);
        }
    }
    audit::append_all(&mut tx, now, changes).await?;
    tx.commit().await
}

/// Rounds under a condition with what they came to, newest first.
async fn rows(
    tx: &mut Tx,
    within: &str,
    values: impl Fn() -> Vec<crate::db::Val>,
) -> StoreResult<Vec<RoundRow>> {
    let sql = format!("SELECT {ROUND} FROM rounds WHERE {within} ORDER BY started_at DESC, id");
    let found = tx.all(&sql, values()).await?;
    let rounds = format!("(SELECT id FROM rounds WHERE {within})");
    let mut tallies = tallies(tx, &format!("round IN {rounds}"), values()).await?;
    let mut findings = findings(tx, &rounds, values()).await?;
    let row = |row: &Row| {
        let round = round_of(row)?;
        let tally = tallies.remove(round.id.as_str()).unwrap_or_default();
        let findings = findings.remove(round.id.as_str()).unwrap_or_default();
        Ok(RoundRow { round, tally, findings })
    };
    found.iter().map(row).collect()
}

fn round_of(row: &Row) -> StoreResult<Round> {
    let id = row.text(0)?;
    let start = RoundStart {
        office: row.text(1)?.into(),
        kind: named(&row.text(2)?, "round", &id)?,
        shift: row.opt_text(3)?,
        planned_at: opt_timestamp(row.opt_int(4)?)?,
        due: row.count(5)?,
        on_duty: row.opt_text(6)?,
    };
    let (started_at, ended_at) = (timestamp(row.int(7)?)?, opt_timestamp(row.opt_int(8)?)?);
    Ok(Round { id: id.into(), start, started_at, ended_at })
}

/// What the outcomes under a condition come to, by round.
pub(crate) async fn tallies(
    tx: &mut Tx,
    within: &str,
    values: Vec<crate::db::Val>,
) -> StoreResult<HashMap<String, Tally>> {
    // SUM of whole numbers is a decimal in PostgreSQL
    let sql = format!(
        "SELECT round, code, COUNT(*), CAST(SUM(new_items) AS BIGINT), CAST(SUM(repeated) AS BIGINT), \
         CAST(SUM(bad) AS BIGINT) FROM outcomes WHERE {within} GROUP BY round, code"
    );
    let mut out: HashMap<String, Tally> = HashMap::new();
    for row in tx.all(&sql, values).await? {
        let tally = out.entry(row.text(0)?).or_default();
        let count = row.count(2)?;
        match row.text(1)?.as_str() {
            "read" => tally.read = count,
            "nothing_new" => tally.nothing_new = count,
            "failed" => tally.failed = count,
            "silent" => tally.silent = count,
            _ => tally.held = count,
        }
        tally.new_items += row.count(3)?;
        tally.repeated += row.count(4)?;
        tally.bad += row.count(5)?;
    }
    Ok(out)
}

/// Items that a source brought between the start of a round and its outcome in it, by worked queue.
async fn findings(
    tx: &mut Tx,
    rounds: &str,
    values: Vec<crate::db::Val>,
) -> StoreResult<HashMap<String, Vec<(Queue, u32)>>> {
    let sql = format!(
        "SELECT o.round, j.queue, COUNT(*) FROM outcomes o JOIN rounds r ON r.id = o.round \
         JOIN items i ON i.source = o.source AND i.seen_at >= r.started_at AND i.seen_at <= o.at \
         JOIN judgements j ON j.item = i.seq AND j.latest = 1 \
         WHERE o.round IN {rounds} AND o.new_items > 0 AND j.queue <> 'none' GROUP BY o.round, j.queue"
    );
    let mut out: HashMap<String, Vec<(Queue, u32)>> = HashMap::new();
    for row in tx.all(&sql, values).await? {
        let queue = named(&row.text(1)?, "queue", "of a round")?;
        out.entry(row.text(0)?).or_default().push((queue, row.count(2)?));
    }
    out.values_mut()
        .for_each(|found| found.sort_by_key(|(queue, _)| Queue::WORKED.iter().position(|q| q == queue)));
    Ok(out)
}

fn outcome_of(row: &Row) -> StoreResult<OutcomeRow> {
    let (source, code) = (row.text(0)?, row.text(3)?);
    let trouble = match code.as_str() {
        "failed" | "held" => Some(parse(&row.text(7)?, "outcome", &source)?),
        _ => None,
    };
    Ok(OutcomeRow {
        source: source.into(),
        name: row.text(1)?,
        at: timestamp(row.int(2)?)?,
        code,
        new_items: row.count(4)?,
        repeated: row.count(5)?,
        bad: row.count(6)?,
        trouble,
    })
}

async fn end(store: &Store, round: &RoundId, now: Timestamp) -> StoreResult<()> {
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

async fn record(
    store: &Store,
    round: &RoundId,
    source: &SourceId,
    outcome: &Outcome,
    bad: &[Trouble],
    next_at: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    // nothing more may be counted between telling and forgetting
    let lock = if tx.engine() == Engine::Pg { " FOR UPDATE" } else { "" };
    let row = tx.one(&format!("SELECT def FROM sources WHERE id = $1{lock}"), args![source.as_str()]).await?;
    let row = row.ok_or_else(|| StoreError::NotFound { what: "source", id: source.0.clone() })?;
    let name = parse::<SourceDef>(&row.text(0)?, "source", source.as_str())?.name;
    let (outcome, told) = tell(outcome, bad, sources::untold(&mut tx, source).await?);
    let insert = "INSERT INTO outcomes (round, source, name, at, code, more, new_items, repeated, bad) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let at = micros(now);
    let values = args![
        round.as_str(),
        source.as_str(),
        name,
        at,
        outcome.code(),
        more(&outcome)?,
        told.new,
        told.repeated,
        told.bad
    ];
    tx.run(insert, values).await?;
    mark(&mut tx, source, &outcome, next_at, now).await?;
    let failure = if let Outcome::Failed { trouble, .. } = &outcome { Some(trouble) } else { None };
    sources::note_troubles(&mut tx, source, &bad.iter().chain(failure).collect::<Vec<_>>(), now).await?;
    tx.commit().await
}

/// The outcome with all that was brought since the last one, and what it tells of in all.
fn tell(outcome: &Outcome, more: &[Trouble], untold: Brought) -> (Outcome, Brought) {
    let least = match outcome {
        Outcome::Read { new, repeated, bad } => Brought { new: *new, repeated: *repeated, bad: *bad },
        Outcome::NothingNew { repeated, bad } => Brought { new: 0, repeated: *repeated, bad: *bad },
        _ => Brought::default(),
    };
    let told = Brought {
        new: least.new.max(untold.new),
        repeated: least.repeated.max(untold.repeated),
        bad: least.bad.max(untold.bad + u32::try_from(more.len()).unwrap_or(u32::MAX)),
    };
    let Brought { new, repeated, bad } = told;
    let outcome = match outcome {
        Outcome::Failed { .. } | Outcome::Held { .. } => outcome.clone(),
        Outcome::Silent { .. } if new == 0 => outcome.clone(),
        _ if new > 0 => Outcome::Read { new, repeated, bad },
        _ => Outcome::NothingNew { repeated, bad },
    };
    (outcome, told)
}

/// What a report says beside the code: the trouble, or when the newest item of a silent source came.
fn more(outcome: &Outcome) -> StoreResult<String> {
    match outcome {
        Outcome::Failed { trouble, .. } | Outcome::Held { trouble } => json(trouble),
        Outcome::Silent { newest, .. } => json(newest),
        Outcome::Read { .. } | Outcome::NothingNew { .. } => Ok(String::new()),
    }
}

/// All is told, and a source held back was not read: its last read and its failing stay as they were.
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
    const TOLD: &str = "untold_new = 0, untold_repeated = 0, untold_bad = 0";
    tx.run(&format!("UPDATE sources SET {TOLD}, {set} WHERE id = $1"), values).await?;
    Ok(())
}
