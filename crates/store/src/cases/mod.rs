//! The queue of an office: what waits, in which order, and what people decide.
//!
//! Every statement names the office of the caller; a case of another office is as absent as one that never was.

mod decide;
mod queue;
mod view;

use crate::db::{Row, args};
use crate::encode::micros;
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::traits::{Cases, Jobs};
use crate::views::{CaseView, DecisionRow, QueueFilter, QueueRow, Today};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{CaseId, ClaimId, Decision, DecisionId, OfficeId, Outcome, PersonId, Queue, Reviewer};

#[async_trait]
impl Cases for Store {
    async fn queue(&self, office: &OfficeId, filter: &QueueFilter) -> StoreResult<(Vec<QueueRow>, u64)> {
        queue::page(&mut self.db.read().await?, office, filter).await
    }

    async fn case(&self, office: &OfficeId, case: &CaseId) -> StoreResult<CaseView> {
        view::case(&mut self.db.read().await?, office, case).await
    }

    async fn next_case(
        &self,
        office: &OfficeId,
        after: &CaseId,
        filter: &QueueFilter,
    ) -> StoreResult<Option<CaseId>> {
        queue::after(&mut self.db.read().await?, office, after, filter).await
    }

    async fn take(
        &self,
        reviewer: &Reviewer,
        filter: &QueueFilter,
        count: u32,
        now: Timestamp,
    ) -> StoreResult<Vec<CaseId>> {
        let mut tx = self.db.write().await?;
        let taken = queue::take(&mut tx, reviewer, filter, count, now).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn proposed_by(&self, case: &CaseId) -> StoreResult<Option<(PersonId, String)>> {
        let sql = "SELECT proposed_by, proposed_code FROM cases WHERE id = $1";
        let Some(row) = self.db.one(sql, args![case.as_str()]).await? else { return Ok(None) };
        Ok(row.opt_text(0)?.map(PersonId::from).zip(row.opt_text(1)?))
    }

    async fn decide(&self, decision: &Decision) -> StoreResult<DecisionId> {
        let mut tx = self.db.write().await?;
        let id = decide::decide(&mut tx, decision).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn undo(&self, decision: &DecisionId, reviewer: &Reviewer, now: Timestamp) -> StoreResult<CaseId> {
        let mut tx = self.db.write().await?;
        let case = decide::undo(&mut tx, decision, reviewer, now).await?;
        tx.commit().await?;
        Ok(case)
    }

    async fn claim_cases(
        &self,
        office: &OfficeId,
        claim: &ClaimId,
        limit: u32,
    ) -> StoreResult<(Vec<QueueRow>, u64)> {
        queue::of_claim(&mut self.db.read().await?, office, claim, limit).await
    }

    async fn last_decisions(&self, reviewer: &Reviewer, limit: u32) -> StoreResult<Vec<DecisionRow>> {
        decide::last(&self.db, reviewer, limit).await
    }

    async fn today(&self, office: &OfficeId, midnight: Timestamp, now: Timestamp) -> StoreResult<Today> {
        let db = &self.db;
        let since = micros(midnight);
        let mut today = Today { unjudged: clamp(self.waiting("analyse").await?), ..Today::default() };
        let sql = "SELECT queue, COUNT(*) FROM cases WHERE office = $1 AND waiting = 1 GROUP BY queue";
        let rows = db.all(sql, args![office.as_str()]).await?;
        for queue in Queue::WORKED {
            let row = rows.iter().find(|row| row.text(0).is_ok_and(|code| code == queue.code()));
            today.waiting.push((queue, row.map_or(Ok(0), |row| row.count(1))?));
        }
        let sql = "SELECT COUNT(*) FROM cases WHERE office = $1 AND waiting = 1 AND due_at < $2";
        today.overdue = count(db.number(sql, args![office.as_str(), micros(now)]).await?);
        let sql = "SELECT COUNT(*) FROM cases WHERE office = $1 AND settled_at >= $2 AND state = 'decided'";
        today.decided = count(db.number(sql, args![office.as_str(), since]).await?);
        let sql = "SELECT COUNT(*) FROM items WHERE seen_at >= $1";
        today.seen = count(db.number(sql, args![since]).await?);
        let sql = "SELECT last, failing_since, last_good_at FROM sources WHERE position IS NOT NULL \
                   AND paused_at IS NULL";
        for row in &db.all(sql, args![]).await? {
            match health(row)? {
                Some(Health::Healthy) => today.sources.0 += 1,
                Some(Health::Silent) => today.sources.1 += 1,
                Some(Health::Failed) => today.sources.2 += 1,
                None => {}
            }
        }
        Ok(today)
    }
}

enum Health {
    Healthy,
    Silent,
    Failed,
}

/// How a source does, `None` before it was first read. A source held back after a failure still fails.
fn health(row: &Row) -> StoreResult<Option<Health>> {
    if row.opt_int(1)?.is_some() {
        return Ok(Some(Health::Failed));
    }
    let last = row.opt_text(0)?;
    if last.is_some_and(|last| matches!(serde_json::from_str(&last), Ok(Outcome::Silent { .. }))) {
        return Ok(Some(Health::Silent));
    }
    Ok(row.opt_int(2)?.map(|_| Health::Healthy))
}

fn count(number: i64) -> u32 {
    clamp(number.unsigned_abs())
}

fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn no_case(case: &CaseId) -> StoreError {
    StoreError::NotFound { what: "case", id: case.to_string() }
}
