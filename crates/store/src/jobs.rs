//! The outbox: jobs are rows, written with the change that caused them and leased for a time.

use crate::db::{Engine, Tx, args};
use crate::encode::micros;
use crate::error::StoreResult;
use crate::open::Store;
use crate::traits::Jobs;
use crate::views::Job;
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// Tries after which a job is set aside.
const TRIES: i64 = 5;
/// How long a caller sleeps at most: other processes on the same database cannot wake it.
const POLL: Duration = Duration::from_millis(500);

#[async_trait]
impl Jobs for Store {
    async fn lease(&self, kind: &str, count: u32, seconds: u32, now: Timestamp) -> StoreResult<Vec<Job>> {
        let now = micros(now);
        self.set_worn_aside(kind, now).await?;
        // looking first keeps an idle service from taking turns at the one writer
        let ready = "FROM jobs WHERE kind = $1 AND failed_at IS NULL AND leased_until <= $2";
        if self.db.one(&format!("SELECT id {ready} LIMIT 1"), args![kind, now]).await?.is_none() {
            return Ok(Vec::new());
        }
        let skip = if self.engine() == Engine::Pg { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE jobs SET tries = tries + 1, leased_until = $3 WHERE id IN \
             (SELECT id {ready} ORDER BY id LIMIT $4{skip}) RETURNING id, subject, tries"
        );
        let until = now + i64::from(seconds) * 1_000_000;
        let rows = self.db.run_returning(&sql, args![kind, now, until, count]).await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            let tries = row.count(2)?.saturating_sub(1);
            jobs.push(Job { id: row.int(0)?, kind: kind.to_owned(), subject: row.text(1)?, tries });
        }
        jobs.sort_by_key(|job| job.id);
        Ok(jobs)
    }

    /// The job waits 2, 4, 8, 16 seconds before its next tries; one that asks others' servers waits that many
    /// times two and a half minutes: 5, 10, 20, 40.
    async fn fail(&self, job: i64, why: &str, now: Timestamp) -> StoreResult<()> {
        let sql = format!(
            "UPDATE jobs SET why = $2, leased_until = $3 + 1000000 * CASE kind WHEN 'evidence' THEN 150 ELSE 1 END * CASE tries WHEN 1 THEN 2 WHEN 2 THEN 4 \
             WHEN 3 THEN 8 ELSE 16 END, failed_at = CASE WHEN tries >= {TRIES} THEN $3 END \
             WHERE id = $1 AND failed_at IS NULL"
        );
        self.db.run(&sql, args![job, why, micros(now)]).await?;
        Ok(())
    }

    async fn waiting(&self, kind: &str) -> StoreResult<u64> {
        let sql = "SELECT COUNT(*) FROM jobs WHERE kind = $1 AND failed_at IS NULL";
        Ok(self.db.number(sql, args![kind]).await?.unsigned_abs())
    }

    async fn judge_unscored_again(&self) -> StoreResult<u64> {
        let sql = "INSERT INTO jobs (kind, subject) SELECT 'analyse', i.id FROM judgements j JOIN items i \
                   ON i.seq = j.item WHERE j.unscored IS NOT NULL AND j.latest = 1 AND i.purged_at IS NULL";
        self.db.run(sql, args![]).await
    }

    async fn wait(&self, at_most: Duration) {
        let _woken = tokio::time::timeout(at_most.min(POLL), self.work.notified()).await;
    }
}

impl Store {
    /// Jobs that were set aside after five tries: kind, subject and the last reason, oldest first (at most 100).
    ///
    /// # Errors
    /// `Database` where it cannot be read.
    pub async fn set_aside(&self) -> StoreResult<Vec<(String, String, String)>> {
        let sql = "SELECT kind, subject, COALESCE(why, '') FROM jobs WHERE failed_at IS NOT NULL ORDER BY id LIMIT 100";
        let rows = self.db.all(sql, args![]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?))).collect()
    }

    /// Gives the leased jobs of a kind back at once, for a process that starts on work that a killed one left behind. Where
    /// the other still lives its jobs run twice, which does no harm.
    ///
    /// # Errors
    /// `Database` where it cannot be written.
    pub async fn reclaim(&self, kind: &str) -> StoreResult<()> {
        let sql = "UPDATE jobs SET leased_until = 0 WHERE kind = $1 AND failed_at IS NULL AND leased_until > 0 AND tries > 0";
        self.db.run(sql, args![kind]).await?;
        Ok(())
    }

    /// Sets aside jobs whose last lease ran out: whatever ran them did not live to say why.
    async fn set_worn_aside(&self, kind: &str, now: i64) -> StoreResult<()> {
        let worn = format!("kind = $1 AND failed_at IS NULL AND tries >= {TRIES} AND leased_until <= $2");
        let found = format!("SELECT id FROM jobs WHERE {worn} LIMIT 1");
        if self.db.one(&found, args![kind, now]).await?.is_some() {
            let why = "COALESCE(why, 'given up five times without a word: its lease ran out')";
            let sql = format!("UPDATE jobs SET failed_at = $2, why = {why} WHERE {worn}");
            self.db.run(&sql, args![kind, now]).await?;
        }
        Ok(())
    }
}

/// Adds a job per subject inside the transaction that causes it.
pub(crate) async fn add(
    tx: &mut Tx,
    kind: &str,
    subjects: impl IntoIterator<Item = &str>,
) -> StoreResult<()> {
    let rows = subjects.into_iter().map(|subject| args![kind, subject]).collect();
    tx.insert("INSERT INTO jobs (kind, subject)", rows, "").await?;
    Ok(())
}

/// Takes finished jobs away inside the transaction that keeps their result.
pub(crate) async fn finish(tx: &mut Tx, jobs: &[i64]) -> StoreResult<()> {
    tx.each_of("DELETE FROM jobs WHERE id IN", jobs.iter().map(|&job| job.into()).collect()).await
}
