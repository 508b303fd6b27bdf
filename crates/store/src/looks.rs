//! Looks at items judged before a claim came to the list: bounded, in steps, each of which commits what it found with its
//! place.

use crate::analyses;
use crate::claims::{self, claim};
use crate::db::{Row, Tx, args};
use crate::encode::{self, ITEM, ITEM_WIDTH, micros, parse};
use crate::error::StoreResult;
use crate::open::Store;
use crate::traits::Looks;
use crate::views::{Judged, Look};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Claim, ClaimId, Item, Judgement};

/// How far back a look goes,
const DAYS: i64 = 14;
/// over so many of the newest items at most.
const MOST: i64 = 20_000;
/// Columns of [`look`], in its order.
const LOOK: &str = "l.seq, l.since, l.place, l.until, l.total, l.seen, l.found, l.done_at";

#[async_trait]
impl Looks for Store {
    async fn next_look(&self) -> StoreResult<Option<Look>> {
        let sql = format!("SELECT {LOOK} FROM claim_looks l WHERE l.done_at IS NULL ORDER BY l.seq LIMIT 1");
        self.db.one(&sql, args![]).await?.as_ref().map(look).transpose()
    }

    async fn look_claims(&self, look: &Look) -> StoreResult<Vec<Claim>> {
        let sql = format!("SELECT {} FROM claims c WHERE c.look = $1 ORDER BY c.seq", claims::COLUMNS);
        self.db.all(&sql, args![look.id]).await?.iter().map(claim).collect()
    }

    async fn look_items(&self, look: &Look, limit: u32) -> StoreResult<(Vec<(Item, Judgement)>, i64)> {
        let sql = format!(
            "SELECT {ITEM}, j.body, i.seq FROM items i JOIN judgements j ON j.item = i.seq AND j.latest = 1 \
             WHERE i.seq > $1 AND i.seq <= $2 AND i.seen_at >= $3 AND i.purged_at IS NULL AND j.body IS NOT NULL \
             ORDER BY i.seq LIMIT $4"
        );
        let rows = self.db.all(&sql, args![look.place, look.until, look.since, limit]).await?;
        let last = rows.last().map_or(Ok(look.until), |row| row.int(ITEM_WIDTH + 1))?;
        let row = |row: &Row| {
            let item = encode::item(row, 0)?;
            let body = row.opt_text(ITEM_WIDTH)?.unwrap_or_default();
            Ok((parse(&body, "judgement", item.id.as_str())?, item))
        };
        let found = rows.iter().map(|one| row(one).map(|(judgement, item)| (item, judgement)));
        Ok((found.collect::<StoreResult<_>>()?, last))
    }

    async fn save_looked(
        &self,
        look: &Look,
        judged: &[Judged],
        seen: u32,
        place: i64,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        // another process may have come further
        let sql = "UPDATE claim_looks SET place = $2, seen = seen + $3, found = found + $4, \
                   done_at = CASE WHEN until <= $2 THEN $5 END WHERE seq = $1 AND place = $6 AND done_at IS NULL";
        let values = args![look.id, place, seen, judged.len() as i64, micros(now), look.place];
        if tx.run(sql, values).await? == 0 {
            return Ok(());
        }
        analyses::keep(&mut tx, judged, now).await?;
        tx.commit().await?;
        self.work.notify_waiters();
        Ok(())
    }

    async fn claim_look(&self, claim: &ClaimId) -> StoreResult<Option<Look>> {
        let sql = format!("SELECT {LOOK} FROM claims c JOIN claim_looks l ON l.seq = c.look WHERE c.id = $1");
        self.db.one(&sql, args![claim.as_str()]).await?.as_ref().map(look).transpose()
    }
}

fn look(row: &Row) -> StoreResult<Look> {
    Ok(Look {
        id: row.int(0)?,
        since: row.int(1)?,
        place: row.int(2)?,
        until: row.int(3)?,
        total: row.count(4)?,
        seen: row.count(5)?,
        found: row.count(6)?,
        done: row.opt_int(7)?.is_some(),
    })
}

/// Asks for a look for claims that are on the list now, inside the transaction that put them there.
pub(crate) async fn ask(tx: &mut Tx, fresh: &[&Claim], now: Timestamp) -> StoreResult<()> {
    let mut since = micros(now.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN));
    let newest = "SELECT seen_at FROM items WHERE purged_at IS NULL AND seen_at >= $1 ORDER BY seen_at DESC \
                  LIMIT 1 OFFSET $2";
    if let Some(row) = tx.one(newest, args![since, MOST - 1]).await? {
        since = row.int(0)?;
    }
    let within = "SELECT COUNT(*), MIN(seq), MAX(seq) FROM items WHERE purged_at IS NULL AND seen_at >= $1";
    let Some(row) = tx.one(within, args![since]).await? else { return Ok(()) };
    let (Some(first), Some(last)) = (row.opt_int(1)?, row.opt_int(2)?) else { return Ok(()) };
    let head = "INSERT INTO claim_looks (at, since, place, until, total)";
    let values = args![micros(now), since, first - 1, last, row.int(0)?];
    for row in tx.insert(head, vec![values], "RETURNING seq").await? {
        let ids = fresh.iter().map(|claim| claim.id.as_str().into()).collect();
        tx.each_of(&format!("UPDATE claims SET look = {} WHERE id IN", row.int(0)?), ids).await?;
    }
    Ok(())
}
