//! A person's word on a case, and taking it back.

use super::Page;
use super::queue::Narrowed;
use crate::posted::Posted;
use crate::problem::{Draft, Problem, refusal};
use crate::session::Visit;
use crate::state::DeskState;
use crate::wording::decision_of;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use saring_domain::{CaseId, Decision, DecisionId};
use saring_store::StoreError;

/// Longest note, in characters.
const LONGEST_NOTE: usize = 4000;

/// `POST /kasus/{case}/putusan`
pub(crate) async fn decide(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(case): Path<String>,
    posted: Posted,
) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let draft = || Some(Draft { action: visit.uri.clone(), fields: posted.kept() });
    let kind = decision_of(posted.get("kode"), posted.get("alasan"), posted.get("klaim"));
    let code = kind.ok_or_else(|| Problem::Refused("refused-code".into(), draft()))?;
    let note = posted.get("catatan");
    if note.chars().count() > LONGEST_NOTE {
        return Err(Problem::Refused("refused-long".into(), draft()));
    }
    let id = CaseId::from(case);
    let store = desk.store();
    let view = store.case(reviewer.office(), &id).await?;
    let proposed = store.proposed_by(&id).await?.filter(|(_, short)| *short == code.short());
    let first = proposed.as_ref().map(|(person, _)| person);
    let decision = Decision::new(&view.row.case, code, note, &reviewer, first, visit.now)
        .map_err(|error| Problem::Refused(refusal(&error).into(), draft()))?;
    let narrowed = Narrowed::posted(&posted);
    let next = next_path(&desk, &visit, &id, &narrowed, posted.get("lanjut")).await?;
    let made = store.decide(&decision).await.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::Refused("refused-conflict".into(), draft()),
        other => other.into(),
    })?;
    desk.live().forget(reviewer.office());
    Ok(Redirect::to(&format!("{next}putusan={made}")).into_response())
}

/// From the page of a case on to the next one; from the queue back to it. Ends in `?` or `&`.
async fn next_path(
    desk: &DeskState,
    visit: &Visit,
    case: &CaseId,
    narrowed: &Narrowed,
    onward: &str,
) -> Result<String, Problem> {
    if onward == "kasus" {
        let filter = narrowed.filter(false, 1);
        if let Some(next) = desk.store().next_case(visit.signed()?.office(), case, &filter).await? {
            return Ok(narrowed.open(&format!("/kasus/{next}")));
        }
    }
    Ok(narrowed.open("/antrean"))
}

/// `POST /putusan/{decision}/batal`
pub(crate) async fn undo(State(desk): State<DeskState>, visit: Visit, Path(decision): Path<String>) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let undone = desk.store().undo(&DecisionId::from(decision), &reviewer, visit.now).await;
    let case = undone.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::Refused("refused-undo".into(), None),
        other => other.into(),
    })?;
    desk.live().forget(reviewer.office());
    Ok(Redirect::to(&format!("/kasus/{case}?baru=batal")).into_response())
}
