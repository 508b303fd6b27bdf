//! A person's word on a case, and taking it back.

use super::no_case;
use crate::audit;
use crate::claims::stored;
use crate::db::{Db, Row, Tx, args};
use crate::encode::{self, CASE, CASE_WIDTH, fresh_id, json, micros, named, parse, timestamp};
use crate::error::{StoreError, StoreResult};
use crate::views::DecisionRow;
use jiff::{SignedDuration, Timestamp};
use saring_domain::ids::hex;
use saring_domain::{Case, CaseId, CaseState, Decision, DecisionCode, DecisionId, PersonId, Reviewer};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How long a reviewer may take back an own decision.
const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// What the log says of a decision: ids, codes and the hash of the reason.
#[derive(Serialize)]
struct Leaf<'a> {
    decision: &'a str,
    code: &'a str,
    person: &'a str,
    leads_to: CaseState,
    note_sha256: String,
}

pub(super) async fn decide(tx: &mut Tx, decision: &Decision) -> StoreResult<DecisionId> {
    let (case, proposal) = load(tx, decision.case()).await?;
    if case.office != *decision.reviewer().office() {
        return Err(no_case(decision.case()));
    }
    refuse_unless_still_right(&case, proposal.as_ref(), decision)?;
    if let DecisionCode::KnownHoax { claim } = decision.code()
        && stored(tx, std::iter::once(claim.as_str())).await?.is_empty()
    {
        let why = "this claim was taken off the list meanwhile: look at the case again";
        return Err(StoreError::Conflict(why.into()));
    }
    let id = fresh_id('d')?;
    let (person, code) = (decision.reviewer().person().as_str(), decision.code().short());
    let settled = decision.leads_to() == CaseState::Decided;
    let leaf = Leaf {
        decision: &id,
        code: &code,
        person,
        leads_to: decision.leads_to(),
        note_sha256: hex(&Sha256::digest(decision.note())),
    };
    let event = if settled { "case.decide" } else { "case.propose" };
    let leaf = audit::append(tx, decision.at(), event, case.id.as_str(), &leaf).await?;
    let note = Some(decision.note()).filter(|note| !note.is_empty());
    let at = micros(decision.at());
    tx.run(
        "INSERT INTO decisions (id, case_id, code, body, note, person, who, at, state_before, leads_to, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            &id,
            case.id.as_str(),
            &code,
            json(decision.code())?,
            note,
            person,
            decision.reviewer().name(),
            at,
            case.state.code(),
            decision.leads_to().code(),
            leaf
        ],
    )
    .await?;
    let proposer = Some(person).filter(|_| !settled);
    tx.run(
        "UPDATE cases SET state = $2, waiting = $3, settled_at = $4, decided_as = $5, proposed_by = $6, \
         proposed_code = $7 WHERE id = $1",
        args![
            case.id.as_str(),
            decision.leads_to().code(),
            !settled,
            settled.then_some(at),
            settled.then_some(code.as_str()),
            proposer,
            proposer.map(|_| code.as_str())
        ],
    )
    .await?;
    let what = if settled { "decided" } else { "proposed" };
    let event = Event { what, code: &code, note, state: decision.leads_to() };
    event.record(tx, &case.id, decision.reviewer(), decision.at()).await?;
    Ok(id.into())
}

/// A line of history.
struct Event<'a> {
    what: &'a str,
    code: &'a str,
    note: Option<&'a str>,
    state: CaseState,
}

impl Event<'_> {
    async fn record(self, tx: &mut Tx, case: &CaseId, who: &Reviewer, at: Timestamp) -> StoreResult<()> {
        let sql = "INSERT INTO case_events (case_id, at, who, what, code, note, state) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let Event { what, code, note, state } = self;
        tx.run(sql, args![case.as_str(), micros(at), who.name(), what, code, note, state.code()]).await?;
        Ok(())
    }
}

/// The case as it stands, and who proposed what, where it awaits a second reviewer.
async fn load(tx: &mut Tx, id: &CaseId) -> StoreResult<(Case, Option<(PersonId, String)>)> {
    let sql = format!("SELECT {CASE}, c.proposed_by, c.proposed_code FROM cases c WHERE c.id = $1");
    let row = tx.one(&sql, args![id.as_str()]).await?.ok_or_else(|| no_case(id))?;
    let proposal = row.opt_text(CASE_WIDTH)?.map(PersonId::from).zip(row.opt_text(CASE_WIDTH + 1)?);
    Ok((encode::case(&row, 0)?, proposal))
}

/// The decision was made on what its maker saw. Made again on what is stored now, it must come out the same: so nobody
/// overwrites a colleague, and no page left open goes around a rule.
fn refuse_unless_still_right(
    case: &Case,
    proposal: Option<&(PersonId, String)>,
    decision: &Decision,
) -> StoreResult<()> {
    let code = decision.code();
    let first = proposal.filter(|(_, proposed)| *proposed == code.short()).map(|(person, _)| person);
    let again = Decision::new(case, code.clone(), decision.note(), decision.reviewer(), first, decision.at())
        .map_err(|e| StoreError::Conflict(e.to_string()))?;
    if again.leads_to() == decision.leads_to() {
        return Ok(());
    }
    Err(StoreError::Conflict("someone else worked on this case meanwhile: reload the page".into()))
}

/// A stored decision with what undoing needs to know of its case.
struct Standing {
    case: CaseId,
    code: String,
    at: Timestamp,
    state_before: CaseState,
    leads_to: CaseState,
    undone: bool,
    state_now: CaseState,
    purged: bool,
    last: bool,
}

impl Standing {
    async fn load(tx: &mut Tx, id: &DecisionId, reviewer: &Reviewer) -> StoreResult<Self> {
        let sql = "SELECT d.case_id, d.code, d.at, d.state_before, d.leads_to, d.undone_at, c.state, c.purged_at, \
                   (SELECT MAX(l.seq) FROM decisions l WHERE l.case_id = d.case_id AND l.undone_at IS NULL) - d.seq \
                   FROM decisions d JOIN cases c ON c.id = d.case_id \
                   WHERE d.id = $1 AND d.person = $2 AND c.office = $3";
        let args = args![id.as_str(), reviewer.person().as_str(), reviewer.office().as_str()];
        let missing = || StoreError::NotFound { what: "decision of yours", id: id.to_string() };
        let row = tx.one(sql, args).await?.ok_or_else(missing)?;
        let state = |column| named(&row.text(column)?, "decision", id.as_str());
        Ok(Self {
            case: row.text(0)?.into(),
            code: row.text(1)?,
            at: timestamp(row.int(2)?)?,
            state_before: state(3)?,
            leads_to: state(4)?,
            undone: row.opt_int(5)?.is_some(),
            state_now: state(6)?,
            purged: row.opt_int(7)?.is_some(),
            last: row.opt_int(8)? == Some(0),
        })
    }

    fn refuse_unless_undoable(&self, now: Timestamp) -> StoreResult<()> {
        let why = if self.undone {
            "this decision is already taken back"
        } else if now.duration_since(self.at) > UNDO_WITHIN {
            "a decision can be taken back within 24 hours: ask for a new case instead"
        } else if !self.last || self.state_now != self.leads_to {
            "someone decided after you: only the last decision on a case can be taken back"
        } else if self.purged {
            "the text of this case is already deleted: it cannot be decided anew"
        } else {
            return Ok(());
        };
        Err(StoreError::Conflict(why.into()))
    }
}

pub(super) async fn undo(
    tx: &mut Tx,
    id: &DecisionId,
    reviewer: &Reviewer,
    now: Timestamp,
) -> StoreResult<CaseId> {
    let standing = Standing::load(tx, id, reviewer).await?;
    standing.refuse_unless_undoable(now)?;
    let (case, before) = (&standing.case, standing.state_before);
    tx.run("UPDATE decisions SET undone_at = $2 WHERE id = $1", args![id.as_str(), micros(now)]).await?;
    let proposal = if before == CaseState::AwaitsSecond { proposal(tx, case).await? } else { None };
    let (proposer, proposed) = proposal.unzip();
    tx.run(
        "UPDATE cases SET state = $2, waiting = 1, settled_at = NULL, decided_as = NULL, proposed_by = $3, \
         proposed_code = $4 WHERE id = $1",
        args![case.as_str(), before.code(), proposer, proposed],
    )
    .await?;
    let event = Event { what: "undone", code: &standing.code, note: None, state: before };
    event.record(tx, case, reviewer, now).await?;
    audit::append(tx, now, "case.undo", case.as_str(), &(id.as_str(), reviewer.person().as_str())).await?;
    Ok(standing.case)
}

/// The proposal that stands on a case: its last decision that is not taken back.
async fn proposal(tx: &mut Tx, case: &CaseId) -> StoreResult<Option<(String, String)>> {
    let sql = "SELECT person, code FROM decisions WHERE case_id = $1 AND undone_at IS NULL AND leads_to = $2 \
               ORDER BY seq DESC LIMIT 1";
    let row = tx.one(sql, args![case.as_str(), CaseState::AwaitsSecond.code()]).await?;
    row.map(|row| Ok((row.text(0)?, row.text(1)?))).transpose()
}

/// Own decisions that stand as the last word on their case, newest first.
pub(super) async fn last(db: &Db, reviewer: &Reviewer, limit: u32) -> StoreResult<Vec<DecisionRow>> {
    let sql = "SELECT d.id, d.case_id, d.body, d.who, d.at, d.undone_at FROM decisions d JOIN cases c ON c.id = d.case_id \
               WHERE d.person = $1 AND c.office = $2 AND d.undone_at IS NULL AND c.state = d.leads_to \
               AND c.purged_at IS NULL AND d.seq = (SELECT MAX(l.seq) FROM decisions l WHERE l.case_id = d.case_id \
               AND l.undone_at IS NULL) ORDER BY d.seq DESC LIMIT $3";
    let args = args![reviewer.person().as_str(), reviewer.office().as_str(), limit];
    db.all(sql, args).await?.iter().map(decision_row).collect()
}

fn decision_row(row: &Row) -> StoreResult<DecisionRow> {
    let id = row.text(0)?;
    Ok(DecisionRow {
        case: row.text(1)?.into(),
        code: parse(&row.text(2)?, "decision", &id)?,
        who: row.text(3)?,
        at: timestamp(row.int(4)?)?,
        undone: row.opt_int(5)?.is_some(),
        id: id.into(),
    })
}
