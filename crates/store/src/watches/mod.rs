//! Watches of offices: opened by one person, approved by another, over by themselves, and what came of them.

mod hits;
mod settle;

pub(crate) use hits::keep;
pub(crate) use settle::end_expired;

use crate::db::{Row, args};
use crate::encode::{corrupt, json, named, opt_timestamp, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::traits::Watches;
use crate::views::{WatchDay, WatchItem, WatchPart, WatchRow, Watched};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{
    ClaimId, Item, ItemId, OfficeId, OfficeWatch, ProposedWatch, Reviewer, WatchDraft, WatchId, WatchState,
    WatchWord,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Columns of [`watch`], in its order.
pub(crate) const COLUMNS: &str = "w.id, w.office, w.claim, w.terms, w.purpose, w.reason, w.last_day, w.ends_at, w.owner, \
                                  w.owner_name, w.opened_at, w.state, w.settled_name, w.settled_at, w.ended_name, w.ended_at";
/// How many they are.
pub(crate) const WIDTH: usize = 16;
/// Watches of one list.
const MOST: usize = 200;

#[async_trait]
impl Watches for Store {
    async fn open_watch(&self, proposed: &ProposedWatch, now: Timestamp) -> StoreResult<WatchId> {
        settle::open(self, proposed, now).await
    }

    async fn settle_watch(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        word: WatchWord,
        now: Timestamp,
    ) -> StoreResult<WatchState> {
        settle::settle(self, reviewer, watch, word, now).await
    }

    async fn end_expired_watches(&self, now: Timestamp) -> StoreResult<u32> {
        settle::end_expired(self, now).await
    }

    async fn running_watches(&self, now: Timestamp) -> StoreResult<Vec<OfficeWatch>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM watches w WHERE w.state IN ('proposed', 'running') AND w.ends_at > $1 ORDER BY w.seq"
        );
        let rows = self.db.all(&sql, args![crate::encode::micros(now)]).await?;
        let mut found = rows.iter().map(watch).collect::<StoreResult<Vec<_>>>()?;
        found.retain(|watch| watch.runs(now));
        Ok(found)
    }

    async fn watches(&self, office: &OfficeId) -> StoreResult<Vec<WatchRow>> {
        let more = format!("ORDER BY w.seq DESC LIMIT {MOST}");
        rows(self, office, "", &more).await
    }

    async fn watch(&self, office: &OfficeId, watch: &WatchId) -> StoreResult<WatchRow> {
        let found = rows(self, office, watch.as_str(), "AND w.id = $2").await?;
        found.into_iter().next().ok_or_else(|| unknown(watch))
    }

    async fn watch_items(
        &self,
        office: &OfficeId,
        watch: &WatchId,
        part: WatchPart,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<WatchItem>> {
        hits::items(self, office, watch, part, offset, limit).await
    }

    async fn check_watch(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        said: &[(ItemId, bool)],
        now: Timestamp,
    ) -> StoreResult<u32> {
        hits::check(self, reviewer, watch, said, now).await
    }

    async fn mark_caught(
        &self,
        reviewer: &Reviewer,
        watch: &WatchId,
        item: &ItemId,
        about: Option<bool>,
        now: Timestamp,
    ) -> StoreResult<()> {
        hits::mark(self, reviewer, watch, item, about, now).await
    }

    async fn kept_items(&self, after: i64, limit: u32) -> StoreResult<(Vec<(Item, Option<ClaimId>)>, i64)> {
        hits::kept(self, after, limit).await
    }

    async fn save_watched(&self, watched: &[(ItemId, Vec<Watched>)], now: Timestamp) -> StoreResult<()> {
        hits::save(self, watched, now).await
    }
}

/// Watches of an office with their days. `more` goes on after the condition on the office; `$2` is `id`.
async fn rows(store: &Store, office: &OfficeId, id: &str, more: &str) -> StoreResult<Vec<WatchRow>> {
    let mut tx = store.db.read().await?;
    let sql = format!(
        "SELECT {COLUMNS}, c.title FROM watches w LEFT JOIN claims c ON c.id = w.claim WHERE w.office = $1 {more}"
    );
    let mut values = args![office.as_str()];
    if !id.is_empty() {
        values.push(id.into());
    }
    let found = tx.all(&sql, values).await?;
    let mut out = Vec::with_capacity(found.len());
    for row in &found {
        out.push(WatchRow { watch: watch(row)?, claim_title: row.opt_text(WIDTH)?, days: Vec::new() });
    }
    let head =
        "SELECT watch, day, caught, near, checked, relevant, apt, stray FROM watch_days WHERE watch IN";
    let ids = out.iter().map(|row| row.watch.id.as_str().into()).collect();
    let mut days: HashMap<String, Vec<WatchDay>> = HashMap::new();
    for row in tx.all_of(head, ids).await? {
        days.entry(row.text(0)?).or_default().push(day(&row)?);
    }
    for row in &mut out {
        row.days = days.remove(row.watch.id.as_str()).unwrap_or_default();
        row.days.sort_by_key(|day| day.day);
    }
    Ok(out)
}

fn day(row: &Row) -> StoreResult<WatchDay> {
    let text = row.text(1)?;
    Ok(WatchDay {
        day: text.parse().map_err(|_| corrupt("day", &text, "it is no day"))?,
        caught: row.count(2)?,
        near: row.count(3)?,
        checked: row.count(4)?,
        relevant: row.count(5)?,
        apt: row.count(6)?,
        stray: row.count(7)?,
    })
}

/// A watch from the columns of [`COLUMNS`].
pub(crate) fn watch(row: &Row) -> StoreResult<OfficeWatch> {
    let (id, until) = (row.text(0)?, row.text(6)?);
    let settled_at = opt_timestamp(row.opt_int(13)?)?;
    let ended_at = opt_timestamp(row.opt_int(15)?)?;
    Ok(OfficeWatch {
        office: row.text(1)?.into(),
        draft: WatchDraft {
            claim: row.opt_text(2)?.map(Into::into),
            terms: parse(&row.text(3)?, "watch", &id)?,
            purpose: row.text(4)?,
            reason: row.text(5)?,
            until: until.parse().map_err(|_| corrupt("watch", &id, "its last day is no day"))?,
        },
        ends_at: timestamp(row.int(7)?)?,
        owner: row.text(8)?.into(),
        owner_name: row.text(9)?,
        opened_at: timestamp(row.int(10)?)?,
        state: named(&row.text(11)?, "watch", &id)?,
        settled: row.opt_text(12)?.zip(settled_at),
        ended: ended_at.zip(Some(row.opt_text(14)?)),
        id: id.into(),
    })
}

/// SHA-256 over what a watch says.
pub(crate) fn digest(draft: &WatchDraft) -> StoreResult<String> {
    let claim = draft.claim.as_ref().map(ClaimId::as_str);
    let said = (claim, &draft.terms, &draft.purpose, &draft.reason, draft.until);
    Ok(hex(&Sha256::digest(json(&said)?)))
}

fn unknown(watch: &WatchId) -> StoreError {
    StoreError::NotFound { what: "watch", id: watch.to_string() }
}
