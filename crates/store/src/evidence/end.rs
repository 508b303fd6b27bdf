//! The end of evidence: deleted with the content of its case unless two people hold that, and what is told of it.

use super::{Link, evidence_files, note};
use crate::audit::{self, Change};
use crate::db::{Db, Tx, Val, args};
use crate::encode::{micros, named, opt_timestamp, timestamp};
use crate::error::StoreResult;
use jiff::Timestamp;
use saring_domain::{CaseId, CustodyStep, Deletion, EvidenceState, Hold, OfficeId};
use std::collections::BTreeSet;

/// By what evidence is deleted.
const TOOL: &str = concat!("Saring ", env!("CARGO_PKG_VERSION"), ", retention");

/// Deletes what is known of the evidence of items, inside the purge, and tells what it was. Who handled it when stays;
/// its files go after the transaction, see [`crate::traits::Evidences::unwiped`]; a job that still waits finds nothing
/// to do.
pub(crate) async fn delete(
    tx: &mut Tx,
    items: Vec<Val>,
    (rule, hours): (&str, u32),
    now: Timestamp,
) -> StoreResult<()> {
    let sql = "SELECT e.id, COALESCE(c.office, ''), COALESCE(c.id, ''), e.state, e.files FROM evidence e \
               LEFT JOIN case_items ci ON ci.item = e.item LEFT JOIN cases c ON c.id = ci.case_id \
               WHERE e.state <> 'deleted' AND e.item IN";
    let (mut ids, mut rows, mut changes) = (BTreeSet::new(), Vec::new(), Vec::new());
    for row in tx.all_of(sql, items).await? {
        let (id, state, files) = (row.text(0)?, row.text(3)?, row.opt_text(4)?);
        if !ids.insert(id.clone()) {
            continue;
        }
        changes.push(Change::new("evidence.delete", &id, &(rule, hours, &state, &files))?);
        let (office, case) = (row.text(1)?, row.text(2)?);
        rows.push(args![&id, office, case, micros(now), rule, hours, TOOL, state, files]);
    }
    let values = || ids.iter().map(Val::from).collect::<Vec<_>>();
    let sql = "UPDATE evidence SET url = NULL, why = NULL, files = NULL, state = 'deleted' WHERE id IN";
    tx.each_of(sql, values()).await?;
    tx.each_of("UPDATE custody SET note = NULL WHERE evidence IN", values()).await?;
    tx.each_of("UPDATE audit SET salt = NULL, detail = NULL WHERE subject IN", values()).await?;
    let known: Vec<&str> = ids.iter().map(String::as_str).collect();
    note(tx, &known, &Link { who: None, step: CustodyStep::Deleted, tool: TOOL, note: Some(rule) }, now)
        .await?;
    let head =
        "INSERT INTO evidence_deletions (evidence, office, case_id, at, rule, hours, tool, state, files)";
    tx.insert(head, rows, "").await?;
    audit::append_all(tx, now, changes).await?;
    Ok(())
}

/// See [`crate::traits::Evidences::deletions`].
pub(super) async fn deletions(
    db: &Db,
    office: &OfficeId,
    from: Timestamp,
    to: Timestamp,
    limit: u32,
) -> StoreResult<Vec<Deletion>> {
    let sql = "SELECT d.evidence, d.case_id, d.at, d.rule, d.hours, d.tool, d.state, d.files, e.wiped_at, \
               (SELECT MAX(h.until_at) FROM holds h WHERE h.case_id = d.case_id) \
               FROM evidence_deletions d JOIN evidence e ON e.id = d.evidence \
               WHERE d.office = $1 AND d.at >= $2 AND d.at < $3 ORDER BY d.at DESC, d.seq DESC LIMIT $4";
    let rows = db.all(sql, args![office.as_str(), micros(from), micros(to), limit]).await?;
    let deletion = |row: &crate::db::Row| {
        let id = row.text(0)?;
        let state: EvidenceState = named(&row.text(6)?, "deletion", &id)?;
        Ok(Deletion {
            case: row.text(1)?.into(),
            at: timestamp(row.int(2)?)?,
            rule: row.text(3)?,
            hours: row.count(4)?,
            tool: row.text(5)?,
            state,
            files: evidence_files(row, 7, &id)?,
            wiped_at: opt_timestamp(row.opt_int(8)?)?,
            held_until: opt_timestamp(row.opt_int(9)?)?,
            evidence: id.into(),
        })
    };
    rows.iter().map(deletion).collect()
}

/// See [`crate::traits::Evidences::holds`].
pub(super) async fn holds(
    db: &Db,
    office: &OfficeId,
    case: Option<&CaseId>,
    now: Timestamp,
) -> StoreResult<Vec<Hold>> {
    let (of, case) = case.map_or(("", ""), |case| (" AND h.case_id = $3", case.as_str()));
    let sql = format!(
        "SELECT h.case_id, h.who, h.reason, h.from_at, h.until_at FROM holds h JOIN cases c ON c.id = h.case_id \
         WHERE c.office = $1 AND h.until_at > $2{of} ORDER BY h.until_at, h.seq"
    );
    let mut values = args![office.as_str(), micros(now)];
    values.extend((!of.is_empty()).then(|| Val::from(case)));
    let hold = |row: &crate::db::Row| {
        Ok(Hold {
            case: row.text(0)?.into(),
            who: row.text(1)?,
            reason: row.text(2)?,
            from: timestamp(row.int(3)?)?,
            until: timestamp(row.int(4)?)?,
        })
    };
    db.all(&sql, values).await?.iter().map(hold).collect()
}
