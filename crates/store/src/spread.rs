//! How far a case has spread: copies, distinct accounts as a bucket, first and last publication, and the priority
//! that follows.

use crate::db::{Row, Tx, args};
use crate::encode::{json, parse};
use crate::error::StoreResult;
use saring_domain::{Priority, Reason, Score};
use std::collections::HashMap;

const HOUR: i64 = 3_600_000_000; // microseconds

/// Counts the copies of these cases anew and updates their priorities.
pub(crate) async fn update<'a>(tx: &mut Tx, cases: impl Iterator<Item = &'a String>) -> StoreResult<()> {
    let ids: Vec<_> = cases.map(Into::into).collect();
    let head = "SELECT ci.case_id, COUNT(*), COUNT(DISTINCT i.account), MIN(COALESCE(i.posted_at, i.seen_at)), \
                MAX(COALESCE(i.posted_at, i.seen_at)) FROM case_items ci JOIN items i ON i.seq = ci.item \
                WHERE ci.case_id IN";
    let mut counts = HashMap::new();
    for row in tx.all_of_then(head, ids.clone(), "GROUP BY ci.case_id").await? {
        counts.insert(row.text(0)?, Spread::of(&row)?);
    }
    for row in tx.all_of("SELECT id, base_score, reasons FROM cases WHERE id IN", ids).await? {
        let id = row.text(0)?;
        let Some(spread) = counts.get(&id) else { continue };
        let reasons: Vec<Reason> = parse(&row.text(2)?, "case", &id)?;
        let base = Priority { score: Score::new(row.real(1)?), reasons };
        let priority = base.spread(spread.copies, spread.hours());
        let sql = "UPDATE cases SET score = $2, reasons = $3, copies = $4, accounts = $5, first_at = $6, \
                   last_at = $7 WHERE id = $1";
        let (score, reasons) = (priority.score.get(), json(&priority.reasons)?);
        let accounts = bucket(spread.accounts);
        tx.run(sql, args![id, score, reasons, spread.copies, accounts, spread.first, spread.last]).await?;
    }
    Ok(())
}

struct Spread {
    copies: u32,
    accounts: u32,
    first: i64,
    last: i64,
}

impl Spread {
    fn of(row: &Row) -> StoreResult<Self> {
        Ok(Self { copies: row.count(1)?, accounts: row.count(2)?, first: row.int(3)?, last: row.int(4)? })
    }

    /// Hours between the first and the last copy, begun ones counted whole.
    fn hours(&self) -> u32 {
        u32::try_from(((self.last - self.first).max(0) + HOUR - 1) / HOUR).unwrap_or(u32::MAX).max(1)
    }
}

/// The only form in which the number of distinct accounts leaves the store.
pub(crate) fn bucket(accounts: u32) -> Option<&'static str> {
    match accounts {
        0 => None,
        1 => Some("1"),
        2..=9 => Some("2-9"),
        10..=99 => Some("10-99"),
        _ => Some("100+"),
    }
}
