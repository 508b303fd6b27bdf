//! What keeps the house in order: retention with the files of evidence, checkpoints of the log, yesterday's report.

use super::evidence;
use crate::report;
use crate::wiring::House;
use jiff::SignedDuration;
use saring_store::traits::{Audit, Reports};
use std::time::Duration;

/// Between two rounds of upkeep.
pub const EVERY: Duration = Duration::from_secs(15 * 60);

/// One round: deletes what is past its retention, signs a checkpoint, writes yesterday's report where it is missing.
pub async fn round(house: &House) -> anyhow::Result<()> {
    let now = house.now();
    let purged = house.store.purge(&house.config.retention, now).await?;
    tracing::info!(
        texts = purged.texts,
        captures = purged.captures,
        closed = purged.cases_closed,
        "retention"
    );
    evidence::wipe(house).await?;
    house.store.checkpoint(now).await?;
    let office = house.config.own_office();
    let yesterday = report::local_day(office, now - SignedDuration::from_hours(24))?;
    let folder = house.config.data().join("reports");
    if !report::path(&folder, office, yesterday, "pdf").exists() {
        report::write(house, office, yesterday, "id", &folder).await?;
    }
    Ok(())
}
