//! Reports and upkeep: the figures of a day, and retention that deletes.

use crate::day;
use crate::error::StoreResult;
use crate::open::Store;
use crate::overdue;
use crate::purge;
use crate::traits::Reports;
use crate::views::{DayFacts, Purged};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use saring_domain::{OfficeId, Retention};

#[async_trait]
impl Reports for Store {
    async fn day(
        &self,
        office: &OfficeId,
        date: Date,
        from: Timestamp,
        to: Timestamp,
    ) -> StoreResult<DayFacts> {
        day::facts(self, office, date, from, to).await
    }

    async fn purge(&self, retention: &Retention, now: Timestamp) -> StoreResult<Purged> {
        purge::run(self, retention, now).await
    }

    async fn retention_overdue(&self, retention: &Retention, now: Timestamp) -> StoreResult<u64> {
        let mut tx = self.db.read().await?;
        overdue::count(&mut tx, retention, now).await
    }
}
