//! What must hold between rows: states, references, and a leaf of the log for each decision.

use super::{ASK, AUDIT, RESTORE, Trouble, name};
use crate::db::{Tx, args};
use crate::error::StoreResult;

/// Kind of fault, who acts, and a statement that gives one text per fault.
const RULES: [(&str, &str, &str); 9] = [
    (
        "a case stands where it cannot",
        ASK,
        "SELECT id || ' is ' || state FROM cases WHERE waiting <> CASE WHEN state IN ('decided', 'closed') THEN 0 ELSE 1 END",
    ),
    (
        "a case past review names no person",
        AUDIT,
        "SELECT c.id FROM cases c WHERE c.state = 'decided' AND NOT EXISTS (SELECT 1 FROM decisions d \
         WHERE d.case_id = c.id AND d.undone_at IS NULL AND d.leads_to = 'decided')",
    ),
    (
        "a case awaits a second reviewer without a first",
        ASK,
        "SELECT id FROM cases WHERE state = 'awaits_second' AND (proposed_by IS NULL OR proposed_code IS NULL)",
    ),
    (
        "a decision has no entry in the log",
        AUDIT,
        "SELECT d.id FROM decisions d LEFT JOIN audit a ON a.place = d.leaf WHERE a.place IS NULL \
         OR a.subject <> d.case_id OR a.event NOT IN ('case.decide', 'case.propose')",
    ),
    (
        "the log has a decision that is not there",
        AUDIT,
        "SELECT 'entry ' || a.place || ' about ' || a.subject FROM audit a \
         WHERE a.event IN ('case.decide', 'case.propose') AND NOT EXISTS (SELECT 1 FROM decisions d \
         WHERE d.case_id = a.subject AND d.leaf = a.place)",
    ),
    (
        "a claim was settled and the log does not say so",
        AUDIT,
        "SELECT o.id FROM claim_offers o LEFT JOIN audit a ON a.place = o.leaf WHERE o.state <> 'waiting' \
         AND (a.place IS NULL OR a.subject <> o.word OR a.event <> CASE WHEN o.state = 'listed' THEN 'claims.accept' \
         ELSE 'claims.refuse' END)",
    ),
    (
        "a case has no item",
        RESTORE,
        "SELECT c.id FROM cases c LEFT JOIN items i ON i.id = c.about WHERE i.seq IS NULL",
    ),
    (
        "a copy has no item",
        RESTORE,
        "SELECT ci.case_id || ' row ' || ci.item FROM case_items ci LEFT JOIN items i ON i.seq = ci.item WHERE i.seq IS NULL",
    ),
    (
        "an item has two judgements at once",
        ASK,
        "SELECT i.id FROM judgements j JOIN items i ON i.seq = j.item WHERE j.latest = 1 GROUP BY i.id HAVING COUNT(*) > 1",
    ),
];

pub(super) async fn check(tx: &mut Tx, found: &mut Vec<Trouble>) -> StoreResult<()> {
    for (kind, todo, sql) in RULES {
        let rows = tx.all(&format!("{sql} LIMIT 1000"), args![]).await?;
        let faults = rows.iter().map(|row| row.text(0)).collect::<StoreResult<Vec<_>>>()?;
        name(found, "cases", kind, &faults, todo);
    }
    Ok(())
}
