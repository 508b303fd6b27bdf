//! Copies of the pages behind a case: where each stands, and asking for new ones.

use super::Page;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use saring_domain::{CaseId, Evidence};

/// With what it is asked for, in the chain of custody.
const TOOL: &str = concat!("Saring ", env!("CARGO_PKG_VERSION"));
/// Copies shown.
pub(crate) const SHOWN: u32 = 20;

/// A copy as shown.
pub(crate) struct CopyView {
    pub state: String,
    pub when: String,
    pub full: String,
    /// SHA-256 of the archive.
    pub sha256: Option<String>,
}

/// The copies of a case, newest first.
pub(crate) fn views(reader: &Reader, all: &[Evidence]) -> Vec<CopyView> {
    let view = |evidence: &Evidence| {
        let (when, full) = reader.when(evidence.settled_at.unwrap_or(evidence.asked_at));
        CopyView {
            state: reader.w.t(&format!("evidence-state-{}", evidence.state.code())),
            sha256: evidence.files.first().map(|file| file.sha256.clone()),
            when,
            full,
        }
    };
    all.iter().map(view).collect()
}

/// `POST /kasus/{case}/bukti`: a service takes the pages within the minute.
pub(crate) async fn take(State(desk): State<DeskState>, visit: Visit, Path(case): Path<String>) -> Page {
    let signed = visit.signed()?;
    let id = CaseId::from(case);
    desk.store().ask_for_case(signed.office(), &id, &signed.person.name, TOOL, visit.now).await?;
    Ok(Redirect::to(&format!("/kasus/{id}")).into_response())
}
