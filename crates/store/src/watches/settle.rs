//! Opening a watch, a person's word on it, and its last day.

use super::{COLUMNS, digest, unknown, watch};
use crate::audit::{self, Change};
use crate::db::{Engine, args, storable};
use crate::encode::{fresh_id, json, micros};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use jiff::Timestamp;
use saring_domain::{ProposedWatch, Reviewer, WatchDraft, WatchId, WatchState, WatchWord};

pub(super) async fn open(store: &Store, proposed: &ProposedWatch, now: Timestamp) -> StoreResult<WatchId> {
    let (draft, owner, id) = (stored(proposed.draft()), proposed.owner(), fresh_id('w')?);
    let digest = digest(&draft)?;
    let mut tx = store.db.write().await?;
    let sql = "INSERT INTO watches (id, office, claim, terms, purpose, reason, last_day, ends_at, owner, owner_name, \
               opened_at, state, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = args![
        &id,
        owner.office().as_str(),
        draft.claim.as_ref().map(|claim| claim.as_str()),
        json(&draft.terms)?,
        &draft.purpose,
        &draft.reason,
        draft.until.to_string(),
        micros(proposed.ends_at()),
        owner.person().as_str(),
        owner.name(),
        micros(now),
        WatchState::Proposed.code(),
        &digest,
    ];
    tx.run(sql, values).await?;
    let leaf = (owner.office().as_str(), owner.person().as_str(), &digest);
    audit::append(&mut tx, now, "watch.open", &id, &leaf).await?;
    tx.commit().await?;
    Ok(id.into())
}

/// A draft as the columns keep it.
fn stored(draft: &WatchDraft) -> WatchDraft {
    WatchDraft {
        terms: draft.terms.iter().map(|term| storable(term)).collect(),
        purpose: storable(&draft.purpose),
        reason: storable(&draft.reason),
        ..draft.clone()
    }
}

pub(super) async fn settle(
    store: &Store,
    reviewer: &Reviewer,
    id: &WatchId,
    word: WatchWord,
    now: Timestamp,
) -> StoreResult<WatchState> {
    let mut tx = store.db.write().await?;
    let lock = if tx.engine() == Engine::Pg { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT {COLUMNS} FROM watches w WHERE w.id = $1 AND w.office = $2{lock}");
    let row =
        tx.one(&sql, args![id.as_str(), reviewer.office().as_str()]).await?.ok_or_else(|| unknown(id))?;
    let state =
        watch(&row)?.after(word, reviewer, now).map_err(|flaw| StoreError::Conflict(flaw.to_string()))?;
    let (event, set) = match word {
        WatchWord::Approve => ("watch.approve", "settled_by = $3, settled_name = $4, settled_at = $5"),
        WatchWord::Refuse => ("watch.refuse", "settled_by = $3, settled_name = $4, settled_at = $5"),
        WatchWord::End => ("watch.end", "ended_name = $3, ended_at = $4"),
    };
    let mut values = args![id.as_str(), state.code()];
    if word != WatchWord::End {
        values.push(reviewer.person().as_str().into());
    }
    values.extend(args![reviewer.name(), micros(now)]);
    tx.run(&format!("UPDATE watches SET state = $2, {set} WHERE id = $1"), values).await?;
    audit::append(&mut tx, now, event, id.as_str(), &reviewer.person().as_str()).await?;
    tx.commit().await?;
    Ok(state)
}

/// Each ends with its own entry of the log: their state changes.
pub(crate) async fn end_expired(store: &Store, now: Timestamp) -> StoreResult<u32> {
    let over = "SELECT w.id FROM watches w WHERE w.state IN ('proposed', 'running') AND w.ends_at <= $1";
    if store.db.one(over, args![micros(now)]).await?.is_none() {
        return Ok(0);
    }
    let mut tx = store.db.write().await?;
    let mut changes = Vec::new();
    for row in tx.all(over, args![micros(now)]).await? {
        let id = row.text(0)?;
        // over since its last day, not since somebody looked
        tx.run("UPDATE watches SET state = 'ended', ended_at = ends_at WHERE id = $1", args![&id]).await?;
        changes.push(Change::new("watch.end", &id, &"its last day is over")?);
    }
    let ended = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    if ended > 0 {
        audit::append_all(&mut tx, now, changes).await?;
    }
    tx.commit().await?;
    Ok(ended)
}
