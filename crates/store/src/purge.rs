//! Retention that deletes: content goes, codes and counts stay. In steps, each with its log entry, so that the
//! desk can write between them.

use crate::audit::{self, Change};
use crate::db::{Db, Engine, Tx, Val, args};
use crate::encode::{json, micros};
use crate::error::StoreResult;
use crate::evidence;
use crate::open::Store;
use crate::overdue::{self, Past};
use crate::views::Purged;
use crate::watches;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{CaseState, Retention};

/// Rows of one step.
const STEP: u32 = 1000;
/// Days after which an unused session is forgotten.
const SESSION_DAYS: i64 = 30;

pub(crate) async fn run(store: &Store, retention: &Retention, now: Timestamp) -> StoreResult<Purged> {
    let mut sum = Purged::default();
    watches::end_expired(store, now).await?;
    // first close, so that what is closed long enough ago can go in the same run
    while step(store, Kind::Close, &overdue::unreviewed(retention, now), now, &mut sum).await? {}
    for past in overdue::settled(retention, now) {
        while step(store, Kind::Cases, &past, now, &mut sum).await? {}
    }
    while step(store, Kind::Texts, &overdue::texts(retention, now), now, &mut sum).await? {}
    while step(store, Kind::Prints, &overdue::prints(retention, now), now, &mut sum).await? {}
    while step(store, Kind::Refused, &overdue::refused(retention, now), now, &mut sum).await? {}
    finish(store, retention, now, &mut sum).await?;
    forget_pages(&store.db).await?;
    Ok(sum)
}

#[derive(Clone, Copy)]
enum Kind {
    Close,
    Cases,
    Texts,
    Prints,
    Refused,
}

/// One transaction over at most [`STEP`] rows; `false` when nothing is left to do.
async fn step(store: &Store, kind: Kind, past: &Past, now: Timestamp, sum: &mut Purged) -> StoreResult<bool> {
    let sql = format!("{} LIMIT {STEP}", past.sql);
    if store.db.one(&sql, past.args()).await?.is_none() {
        return Ok(false);
    }
    let mut tx = store.db.write().await?;
    let rows = tx.all(&sql, past.args()).await?;
    let rows = rows.iter().map(|row| Ok(row.int(0)?.into())).collect::<StoreResult<Vec<Val>>>()?;
    let mut done = Purged::default();
    match kind {
        Kind::Close => close(&mut tx, &rows, now, &mut done).await?,
        Kind::Cases => cases(&mut tx, rows, past.rule, now, &mut done).await?,
        Kind::Texts => contents(&mut tx, rows, past.rule, now, &mut done).await?,
        Kind::Refused => done.texts = refused(&mut tx, rows).await?,
        Kind::Prints => done.fingerprints = delete(&mut tx, "prints", rows).await?,
    }
    if done.cases_closed == 0 {
        audit::append(&mut tx, now, "purge", "retention", &done).await?;
    }
    tx.commit().await?;
    sum.add(&done);
    Ok(true)
}

impl Purged {
    fn add(&mut self, other: &Self) {
        self.texts += other.texts;
        self.captures += other.captures;
        self.fingerprints += other.fingerprints;
        self.cases_closed += other.cases_closed;
        self.sessions += other.sessions;
    }
}

/// Closes unreviewed cases as *no action*, each with its own log entry: their state changes.
async fn close(tx: &mut Tx, rows: &[Val], now: Timestamp, done: &mut Purged) -> StoreResult<()> {
    let closed = CaseState::Closed.code();
    let mut changes = Vec::with_capacity(rows.len());
    for row in tx.all_of("SELECT id FROM cases WHERE seq IN", rows.to_vec()).await? {
        let id = row.text(0)?;
        let sql =
            "UPDATE cases SET state = $2, waiting = 0, settled_at = $3, decided_as = NULL WHERE id = $1";
        tx.run(sql, args![&id, closed, micros(now)]).await?;
        let sql = "INSERT INTO case_events (case_id, at, what, state) VALUES ($1, $2, 'closed', $3)";
        tx.run(sql, args![&id, micros(now), closed]).await?;
        changes.push(Change::new("case.close", &id, &"no action: not reviewed within its period")?);
        done.cases_closed += 1;
    }
    audit::append_all(tx, now, changes).await?;
    Ok(())
}

/// Content of settled cases: texts and evidence of all copies, words to search, notes, and what the log could say
/// about them. Queue, code, times and counts stay.
async fn cases(
    tx: &mut Tx,
    rows: Vec<Val>,
    rule: (&str, u32),
    now: Timestamp,
    done: &mut Purged,
) -> StoreResult<()> {
    let ids = tx.all_of("SELECT id FROM cases WHERE seq IN", rows.clone()).await?;
    let ids = ids.iter().map(|row| Ok(row.text(0)?.into())).collect::<StoreResult<Vec<Val>>>()?;
    let items = tx.all_of("SELECT item FROM case_items WHERE case_id IN", ids.clone()).await?;
    let items = items.iter().map(|row| Ok(row.int(0)?.into())).collect::<StoreResult<Vec<Val>>>()?;
    done.fingerprints += delete(tx, "prints", items.clone()).await?;
    contents(tx, items, rule, now, done).await?;
    let words = match tx.engine() {
        Engine::Lite => "DELETE FROM case_words WHERE rowid IN",
        Engine::Pg => "DELETE FROM case_words WHERE seq IN",
    };
    tx.each_of(words, rows.clone()).await?;
    tx.each_of("UPDATE decisions SET note = NULL WHERE case_id IN", ids.clone()).await?;
    let notes =
        "UPDATE case_events SET note = NULL WHERE what NOT IN ('opened', 'moved', 'copy') AND case_id IN";
    tx.each_of(notes, ids.clone()).await?;
    tx.each_of("UPDATE audit SET salt = NULL, detail = NULL WHERE subject IN", ids).await?;
    let purged = format!("UPDATE cases SET purged_at = {}, accounts = NULL WHERE seq IN", micros(now));
    tx.each_of(&purged, rows).await
}

/// Empties items and takes away their captures, their evidence and the details of judgements.
async fn contents(
    tx: &mut Tx,
    items: Vec<Val>,
    rule: (&str, u32),
    now: Timestamp,
    done: &mut Purged,
) -> StoreResult<()> {
    let empty = if tx.engine() == Engine::Lite { "x''" } else { "''::bytea" };
    let sql = format!(
        "UPDATE items SET account = NULL, title = NULL, text = NULL, url = NULL, outlet = NULL, content = {empty}, \
         purged_at = {} WHERE purged_at IS NULL AND seq IN",
        micros(now)
    );
    done.texts += tx.touch_of(&sql, items.clone()).await?;
    done.captures += delete(tx, "captures", items.clone()).await?;
    evidence::end::delete(tx, items.clone(), rule, now).await?;
    delete(tx, "watch_hits", items.clone()).await?;
    tx.each_of("UPDATE judgements SET body = NULL WHERE body IS NOT NULL AND item IN", items).await
}

/// Empties claims that were kept out of the list.
async fn refused(tx: &mut Tx, rows: Vec<Val>) -> StoreResult<u64> {
    let sql = "UPDATE claim_offers SET title = '', text = '', url = NULL, date = NULL, verdict = NULL, \
               publisher = NULL WHERE seq IN";
    tx.touch_of(sql, rows).await
}

async fn delete(tx: &mut Tx, table: &str, items: Vec<Val>) -> StoreResult<u64> {
    tx.touch_of(&format!("DELETE FROM {table} WHERE item IN"), items).await
}

/// Sessions, links and failures of sign-in that are past any use, and the report of this purge.
async fn finish(store: &Store, retention: &Retention, now: Timestamp, sum: &mut Purged) -> StoreResult<()> {
    let mut tx = store.db.write().await?;
    let days = |days: i64| now.checked_sub(SignedDuration::from_hours(24 * days)).map_or(i64::MIN, micros);
    sum.sessions = tx.run("DELETE FROM sessions WHERE used_at < $1", args![days(SESSION_DAYS)]).await?;
    tx.run("DELETE FROM one_time_links WHERE expires_at < $1", args![micros(now)]).await?;
    tx.run("DELETE FROM sign_in_failures WHERE at < $1", args![days(1)]).await?;
    let left = overdue::count(&mut tx, retention, now).await?;
    let sql = "INSERT INTO purges (at, report, overdue) VALUES ($1, $2, $3)";
    tx.run(sql, args![micros(now), json(sum)?, i64::try_from(left).unwrap_or(i64::MAX)]).await?;
    audit::append(&mut tx, now, "purge.end", "retention", &(&*sum, left)).await?;
    tx.commit().await
}

/// SQLite keeps old pages in its log until it is emptied.
async fn forget_pages(db: &Db) -> StoreResult<()> {
    if db.engine() == Engine::Lite {
        db.run_returning("PRAGMA wal_checkpoint(TRUNCATE)", args![]).await?;
    }
    Ok(())
}
