//! Copies of the pages behind cases: where each stands, what was sealed, who handled it, and asking for new ones.

use super::deletions::{self, HoldView};
use super::{Page, show as render};
use crate::frame::Frame;
use crate::problem::Problem;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use crate::words::Words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect};
use saring_domain::{CaseId, Custody, CustodyStep, Evidence, EvidenceId, EvidenceState, SealedFile, Trouble};

/// With what it is asked for, in the chain of custody.
pub(crate) const TOOL: &str = concat!("Saring ", env!("CARGO_PKG_VERSION"));
/// Copies shown on the page of a case.
pub(crate) const SHOWN: u32 = 20;
/// Copies shown in the list.
const LISTED: u32 = 100;

/// A copy as shown.
pub(crate) struct CopyView {
    pub id: String,
    pub case: String,
    pub state: String,
    pub host: String,
    pub when: String,
    pub full: String,
    /// SHA-256 of the archive.
    pub sha256: Option<String>,
    /// Whether there is a picture.
    pub pictured: bool,
}

/// The copies of a case, newest first.
pub(crate) fn views(reader: &Reader, all: &[Evidence]) -> Vec<CopyView> {
    all.iter().map(|evidence| view(reader, evidence)).collect()
}

fn view(reader: &Reader, evidence: &Evidence) -> CopyView {
    let (when, full) = reader.when(evidence.settled_at.unwrap_or(evidence.asked_at));
    CopyView {
        id: evidence.id.to_string(),
        case: evidence.case.to_string(),
        state: reader.w.t(&format!("evidence-state-{}", evidence.state.code())),
        host: evidence.url.as_deref().map(saring_domain::address::host).unwrap_or_default(),
        sha256: evidence.file(SealedFile::PAGE).map(|file| file.sha256.clone()),
        pictured: evidence.file(SealedFile::PICTURE).is_some(),
        when,
        full,
    }
}

/// What a link of the chain says beside its step, in the reader's words where it is a code.
pub(crate) fn note(w: Words, link: &Custody) -> String {
    let note = link.note.as_deref().unwrap_or_default();
    match link.step {
        CustodyStep::Unpictured => w.or(&format!("picture-none-{note}"), note),
        CustodyStep::Deleted => deletions::rule(w, note),
        CustodyStep::Sealed if !note.is_empty() => w.a("custody-no-stamp", why(w, note)),
        _ => why(w, note),
    }
}

/// `POST /kasus/{case}/bukti`: a service takes the pages within the minute.
pub(crate) async fn take(State(desk): State<DeskState>, visit: Visit, Path(case): Path<String>) -> Page {
    let signed = visit.signed()?;
    let id = CaseId::from(case);
    desk.store().ask_for_case(signed.office(), &id, &signed.person.name, TOOL, visit.now).await?;
    Ok(Redirect::to(&format!("/kasus/{id}")).into_response())
}

#[derive(Template)]
#[template(path = "evidence_list.html")]
struct ListPage {
    f: Frame,
    copies: Vec<CopyView>,
    holds: Vec<HoldView>,
}

/// `GET /bukti`
pub(crate) async fn list(State(desk): State<DeskState>, visit: Visit) -> Page {
    let office = visit.signed()?.office();
    let reader = Reader::new(visit.words, visit.now, desk.office(office));
    let all = desk.store().evidence_of(office, None, LISTED).await?;
    let holds = desk.store().holds(office, None, visit.now).await?;
    render(&ListPage {
        copies: views(&reader, &all),
        holds: holds.iter().map(|hold| deletions::hold_view(&reader, hold)).collect(),
        f: Frame::new(&desk, &visit, "evidence", &visit.words.t("evidence-list-title")).await?,
    })
}

/// Why something could not be taken, in the reader's words where it tells what they are made of.
pub(crate) fn why(w: Words, note: &str) -> String {
    let Some(trouble) = Trouble::of_note(note) else { return note.to_owned() };
    w.or_ab(&format!("taking-{}", trouble.code.key()), &trouble.about, &trouble.detail)
        .unwrap_or_else(|| w.ab("taking-other", &trouble.about, &trouble.detail))
}

/// A link of the chain of custody as shown.
struct LinkView {
    at: String,
    step: String,
    who: String,
    tool: String,
    note: String,
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    f: Frame,
    copy: CopyView,
    facts: Vec<(String, String)>,
    /// Name, size in words, SHA-256.
    files: Vec<(String, String, String)>,
    chain: Vec<LinkView>,
    holds: Vec<HoldView>,
    /// Why there is no picture.
    no_picture: Option<String>,
    /// `Some` where the files were compared with the log: what is wrong with them.
    flaws: Option<Vec<String>>,
    /// May it be given out, may its case be held.
    decides: bool,
}

/// `GET /bukti/{evidence}`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Path(id): Path<String>) -> Page {
    let signed = visit.signed()?;
    let (w, store) = (visit.words, desk.store());
    let evidence = store.evidence(signed.office(), &EvidenceId::from(id)).await?;
    let reader = Reader::new(w, visit.now, desk.office(signed.office()));
    let custody = store.custody(&evidence.id).await?;
    let sealed = evidence.state == EvidenceState::Sealed;
    let flaws = match desk.config().copies.as_ref().filter(|_| sealed) {
        Some(copies) => Some(copies.flaws(&evidence).await.map_err(Problem::Inside)?),
        None => None,
    };
    let none = custody.iter().find(|link| link.step == CustodyStep::Unpictured);
    let holds = store.holds(signed.office(), Some(&evidence.case), visit.now).await?;
    render(&EvidencePage {
        copy: view(&reader, &evidence),
        facts: facts(&reader, &evidence),
        files: evidence
            .files
            .iter()
            .map(|file| (file.name.clone(), w.number(file.bytes), file.sha256.clone()))
            .collect(),
        chain: custody.iter().map(|link| chain(&reader, link)).collect(),
        holds: holds.iter().map(|hold| deletions::hold_view(&reader, hold)).collect(),
        no_picture: none.map(|link| note(w, link)),
        flaws,
        decides: signed.person.role.decides(),
        f: Frame::new(&desk, &visit, "evidence", &w.t("evidence-page-title")).await?,
    })
}

fn facts(reader: &Reader, evidence: &Evidence) -> Vec<(String, String)> {
    let (w, zone) = (reader.w, &reader.zone);
    let mut out = vec![
        (w.t("evidence-doc-id"), evidence.id.to_string()),
        (w.t("evidence-doc-case"), evidence.case.to_string()),
        (w.t("evidence-page-asked"), time::full(w, evidence.asked_at, zone)),
    ];
    out.extend(evidence.url.clone().map(|url| (w.t("evidence-page-url"), url)));
    out.extend(evidence.settled_at.map(|at| (w.t("evidence-page-settled"), time::full(w, at, zone))));
    out.extend(evidence.why.as_deref().map(|said| (w.t("evidence-page-why"), why(w, said))));
    if evidence.state == EvidenceState::Sealed {
        let stamped = evidence.file(SealedFile::STAMP).is_some();
        let words = if stamped { "evidence-page-stamped" } else { "evidence-page-unstamped" };
        out.push((w.t("evidence-page-stamp"), w.t(words)));
    }
    out
}

fn chain(reader: &Reader, link: &Custody) -> LinkView {
    let w = reader.w;
    LinkView {
        at: time::full(w, link.at, &reader.zone),
        step: w.t(&format!("custody-{}", link.step.code())),
        who: link.who.clone().unwrap_or_else(|| w.t("custody-program")),
        tool: link.tool.clone(),
        note: note(w, link),
    }
}

/// `GET /bukti/{evidence}/gambar`
pub(crate) async fn picture(State(desk): State<DeskState>, visit: Visit, Path(id): Path<String>) -> Page {
    let evidence = desk.store().evidence(visit.signed()?.office(), &EvidenceId::from(id)).await?;
    let copies = desk.config().copies.as_ref().filter(|_| evidence.file(SealedFile::PICTURE).is_some());
    let copies = copies.ok_or(Problem::NotFound)?;
    let png = copies.file(&evidence, SealedFile::PICTURE).await.map_err(Problem::Inside)?;
    Ok(([(CONTENT_TYPE, "image/png")], png).into_response())
}
