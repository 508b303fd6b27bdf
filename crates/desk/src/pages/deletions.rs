//! What of evidence was deleted, and what is held: for the head and for auditors, without any content.

use super::{Page, show as render};
use crate::frame::Frame;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use askama::Template;
use axum::extract::{Query, State};
use jiff::ToSpan;
use jiff::civil::Date;
use saring_domain::{Deletion, Hold};
use serde::Deserialize;

/// Rows shown; the command line tells all.
const SHOWN: u32 = 500;
/// Days shown where nobody says how many.
const DAYS: i64 = 30;

struct DeletionView {
    at: String,
    evidence: String,
    case: String,
    rule: String,
    was: String,
    tool: String,
    /// Name and SHA-256 of each file.
    files: Vec<(String, String)>,
    gone: Option<String>,
    held: Option<String>,
}

/// A hold as shown.
pub(crate) struct HoldView {
    pub case: String,
    pub words: String,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "deletions.html")]
struct DeletionsPage {
    f: Frame,
    summary: String,
    from: Date,
    to: Date,
    rows: Vec<DeletionView>,
    holds: Vec<HoldView>,
    /// How many have files that are still to go.
    left: usize,
}

/// The days that are asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    dari: String,
    #[serde(default)]
    sampai: String,
}

/// `GET /bukti/terhapus`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Asked>) -> Page {
    let office = visit.signed()?.office();
    let reader = Reader::new(visit.words, visit.now, desk.office(office));
    let w = reader.w;
    let today = visit.now.to_zoned_datetime(reader.zone.clone()).date();
    let from = asked.dari.parse().unwrap_or(today.saturating_sub(DAYS.days()));
    let to = asked.sampai.parse().unwrap_or(today).max(from);
    let start = |day: Date| reader.zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(visit.now);
    let end = start(to.tomorrow().unwrap_or(to));
    let all = desk.store().deletions(office, start(from), end, SHOWN).await?;
    let holds = desk.store().holds(office, None, visit.now).await?;
    let dates = w.ab("deleted-between", time::date_words(w, from), time::date_words(w, to));
    render(&DeletionsPage {
        summary: format!("{} {dates}", w.n("deleted-count", all.len())),
        rows: all.iter().map(|deletion| view(&reader, deletion)).collect(),
        holds: holds.iter().map(|hold| hold_view(&reader, hold)).collect(),
        left: all.iter().filter(|deletion| deletion.files_left()).count(),
        from,
        to,
        f: Frame::new(&desk, &visit, "evidence", &w.t("deleted-title")).await?,
    })
}

fn view(reader: &Reader, deletion: &Deletion) -> DeletionView {
    let (w, zone) = (reader.w, &reader.zone);
    DeletionView {
        at: time::full(w, deletion.at, zone),
        evidence: deletion.evidence.to_string(),
        case: deletion.case.to_string(),
        rule: w.ab("deleted-rule", rule(w, &deletion.rule), w.number(deletion.hours)),
        was: w.t(&format!("evidence-state-{}", deletion.state.code())),
        tool: deletion.tool.clone(),
        files: deletion.files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect(),
        gone: deletion.wiped_at.map(|at| time::full(w, at, zone)),
        held: deletion.held_until.map(|at| time::full(w, at, zone)),
    }
}

/// The words of a period of the settings.
pub(crate) fn rule(w: crate::words::Words, code: &str) -> String {
    w.or(&format!("retention-{}", code.replace('_', "-")), code)
}

pub(crate) fn hold_view(reader: &Reader, hold: &Hold) -> HoldView {
    let w = reader.w;
    // the last moment is the end of a day: the day itself is what people agreed on
    let last = hold.until.to_zoned_datetime(reader.zone.clone()).date().yesterday().unwrap_or(Date::MAX);
    HoldView {
        case: hold.case.to_string(),
        words: w.ab("hold-in-force", time::date_words(w, last), &hold.who),
        reason: hold.reason.clone(),
    }
}
