//! Everything about one case.

use super::no_case;
use super::queue::{keep_listed, queue_row, rows_from};
use crate::claims;
use crate::db::{Row, Tx, args};
use crate::encode::{self, timestamp};
use crate::error::StoreResult;
use crate::views::{CaseView, Copied, HistoryRow};
use saring_domain::{Capture, CaseId, Claim, OfficeId};

/// Copies shown at most.
const MOST_COPIES: u32 = 200;

pub(super) async fn case(tx: &mut Tx, office: &OfficeId, id: &CaseId) -> StoreResult<CaseView> {
    let sql = format!("{} WHERE c.id = $1 AND c.office = $2", rows_from("cases c"));
    let row = tx.one(&sql, args![id.as_str(), office.as_str()]).await?.ok_or_else(|| no_case(id))?;
    let (mut row, item) = queue_row(&row)?;
    keep_listed(tx, row.judgement.iter_mut().collect()).await?;
    let mut found = Vec::new();
    for candidate in row.judgement.iter().flat_map(|judgement| &judgement.claims) {
        found.extend(claim(tx, candidate.id.as_str()).await?);
    }
    Ok(CaseView {
        capture: capture(tx, item, row.item.capture.as_str()).await?,
        claims: found,
        copies: copies(tx, id).await?,
        history: history(tx, id).await?,
        row,
    })
}

/// `None` for a claim that left the list after the judgement.
async fn claim(tx: &mut Tx, id: &str) -> StoreResult<Option<Claim>> {
    let sql = format!("SELECT {} FROM claims c WHERE c.id = $1", claims::COLUMNS);
    tx.one(&sql, args![id]).await?.as_ref().map(claims::claim).transpose()
}

async fn capture(tx: &mut Tx, item: i64, capture: &str) -> StoreResult<Option<Capture>> {
    let sql = "SELECT item, id, source, native_id, seen_at, media_type, sha256, raw FROM captures \
               WHERE item = $1 AND id = $2";
    tx.one(sql, args![item, capture]).await?.as_ref().map(encode::capture).transpose()
}

async fn copies(tx: &mut Tx, id: &CaseId) -> StoreResult<Vec<Copied>> {
    let sql = "SELECT i.id, i.source, i.outlet, COALESCE(i.posted_at, i.seen_at) AS shown, i.url FROM case_items ci \
               JOIN items i ON i.seq = ci.item WHERE ci.case_id = $1 ORDER BY shown, i.seq LIMIT $2";
    let copied = |row: &Row| {
        Ok(Copied {
            item: row.text(0)?.into(),
            source: row.text(1)?.into(),
            outlet: row.opt_text(2)?,
            when: timestamp(row.int(3)?)?,
            url: row.opt_text(4)?,
        })
    };
    tx.all(sql, args![id.as_str(), MOST_COPIES]).await?.iter().map(copied).collect()
}

async fn history(tx: &mut Tx, id: &CaseId) -> StoreResult<Vec<HistoryRow>> {
    let sql = "SELECT at, who, what, code, note FROM case_events WHERE case_id = $1 ORDER BY seq";
    let event = |row: &Row| {
        Ok(HistoryRow {
            at: timestamp(row.int(0)?)?,
            who: row.opt_text(1)?,
            what: row.text(2)?,
            code: row.opt_text(3)?,
            note: row.opt_text(4)?,
        })
    };
    tx.all(sql, args![id.as_str()]).await?.iter().map(event).collect()
}
