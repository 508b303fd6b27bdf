//! Claims that feeds offer: they wait here, apart from the list, so that nothing is matched with them before a person
//! has taken them in.

mod intake;
mod settle;

use crate::claims::{self, claim_at};
use crate::db::{Row, args};
use crate::encode::{json, micros, named, timestamp};
use crate::error::StoreResult;
use crate::open::Store;
use crate::sources;
use crate::traits::Offers;
use crate::views::{Brought, Offered};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{Claim, DecisionId, Offer, OfferId, OfferState, Reviewer, SettledOffers, SourceId};
use sha2::{Digest, Sha256};

/// Columns of [`offer`], behind them those of the claim as it is listed.
pub(crate) const COLUMNS: &str =
    "o.claim, o.title, o.text, o.url, o.date, o.verdict, o.publisher, o.id, o.source, o.at";
/// How many they are.
pub(crate) const WIDTH: usize = 10;

#[async_trait]
impl Offers for Store {
    async fn offer_claims(
        &self,
        source: &SourceId,
        claims: &[Claim],
        now: Timestamp,
    ) -> StoreResult<Offered> {
        let mut tx = self.db.write().await?;
        let saved = intake::offer(&mut tx, source, claims, now).await?;
        let brought = Brought { new: saved.new, repeated: saved.repeated, bad: 0 };
        sources::count(&mut tx, source, brought).await?;
        tx.commit().await?;
        Ok(saved)
    }

    async fn offers(&self, offset: u32, limit: u32) -> StoreResult<(Vec<Offer>, u64)> {
        let sql = format!(
            "SELECT {COLUMNS}, {} FROM claim_offers o LEFT JOIN claims c ON c.id = o.claim WHERE o.state = 'waiting' \
             ORDER BY o.seq DESC LIMIT $1 OFFSET $2",
            claims::COLUMNS
        );
        let rows = self.db.all(&sql, args![limit, offset]).await?;
        Ok((rows.iter().map(offer).collect::<StoreResult<_>>()?, self.offers_waiting().await?))
    }

    async fn offers_waiting(&self) -> StoreResult<u64> {
        let sql = "SELECT COUNT(*) FROM claim_offers WHERE state = 'waiting'";
        Ok(self.db.number(sql, args![]).await?.unsigned_abs())
    }

    async fn settle_offers(
        &self,
        reviewer: &Reviewer,
        offers: &[OfferId],
        state: OfferState,
        now: Timestamp,
    ) -> StoreResult<SettledOffers> {
        let mut tx = self.db.write().await?;
        let settled = settle::settle(&mut tx, reviewer, offers, state, now).await?;
        tx.commit().await?;
        Ok(settled)
    }

    async fn undo_offers(&self, word: &DecisionId, reviewer: &Reviewer, now: Timestamp) -> StoreResult<u32> {
        let mut tx = self.db.write().await?;
        let undone = settle::undo(&mut tx, word, reviewer, now).await?;
        tx.commit().await?;
        Ok(undone)
    }

    async fn settled_offers(&self, reviewer: &Reviewer, now: Timestamp) -> StoreResult<Vec<SettledOffers>> {
        let since = now.checked_sub(settle::UNDO_WITHIN).map_or(i64::MIN, micros);
        let sql = "SELECT g.word, o.state, g.many, o.title, o.settled_at FROM (SELECT word, COUNT(*) AS many, \
                   MIN(seq) AS first FROM claim_offers WHERE person = $1 AND settled_at >= $2 GROUP BY word) g \
                   JOIN claim_offers o ON o.seq = g.first ORDER BY o.settled_at DESC, g.word LIMIT 20";
        let rows = self.db.all(sql, args![reviewer.person().as_str(), since]).await?;
        rows.iter().map(settled).collect()
    }
}

/// An offer from the columns of [`COLUMNS`] and of the list behind them.
fn offer(row: &Row) -> StoreResult<Offer> {
    let listed = row.opt_text(WIDTH)?.is_some();
    Ok(Offer {
        claim: claim_at(row, 0)?,
        id: row.text(7)?.into(),
        source: row.text(8)?.into(),
        at: timestamp(row.int(9)?)?,
        before: listed.then(|| claim_at(row, WIDTH)).transpose()?,
    })
}

fn settled(row: &Row) -> StoreResult<SettledOffers> {
    let id = row.text(0)?;
    Ok(SettledOffers {
        state: named::<OfferState>(&row.text(1)?, "offer", &id)?,
        offers: row.count(2)?,
        title: row.text(3)?,
        at: timestamp(row.int(4)?)?,
        id: id.into(),
    })
}

/// SHA-256 over what a claim says, as it is stored.
pub(crate) fn digest(claim: &Claim) -> StoreResult<String> {
    Ok(hex(&Sha256::digest(json(claim)?)))
}
