//! The log of rounds, day by day: what was read, failed, was silent or missed, who was on duty, and the hand-over.

use super::report::bounds;
use super::{Page, show as render};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::{Draft, Problem};
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use jiff::ToSpan;
use jiff::civil::Date;
use saring_domain::{Duty, PersonId, RoundKind, Trouble};
use saring_store::StoreError;
use saring_store::views::{OutcomeRow, RoundRow};
use serde::Deserialize;

/// Longest hand-over note, in characters.
const LONGEST_NOTE: usize = 4000;
/// Hand-over notes shown.
const NOTES: u32 = 3;

/// A round as shown.
struct RoundView {
    href: String,
    /// `ended`, `running`, `interrupted` or `missed`.
    state: &'static str,
    /// The outcome of a source whose mark it bears.
    mark: &'static str,
    state_words: String,
    when: String,
    kind: String,
    on_duty: Option<String>,
    /// Minutes between plan and start, in words.
    late: Option<String>,
    /// Columns of numbers with their names.
    numbers: Vec<(String, String)>,
    findings: Option<String>,
}

/// A hand-over note as shown.
struct NoteView {
    who: String,
    when: (String, String),
    text: String,
}

#[derive(Template)]
#[template(path = "rounds.html")]
struct RoundsPage {
    f: Frame,
    date: Date,
    day: String,
    before: Date,
    after: Option<Date>,
    summary: String,
    next: Option<String>,
    on_duty: Vec<String>,
    own_duty: bool,
    decides: bool,
    notes: Vec<NoteView>,
    rounds: Vec<RoundView>,
}

#[derive(Template)]
#[template(path = "round.html")]
struct RoundPage {
    f: Frame,
    round: RoundView,
    back: Date,
    outcomes: Vec<OutcomeView>,
}

/// What a source gave, as shown.
struct OutcomeView {
    name: String,
    code: String,
    state: String,
    at: String,
    new_items: String,
    repeated: String,
    bad: String,
    trouble: Option<String>,
}

/// The day that is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    tanggal: Option<String>,
}

/// `GET /ronde`
pub(crate) async fn list(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Asked>) -> Page {
    let signed = visit.signed()?;
    let office = desk.office(signed.office());
    let reader = Reader::new(visit.words, visit.now, office);
    let (w, zone) = (reader.w, &reader.zone);
    let today = visit.now.to_zoned_datetime(zone.clone()).date();
    let date = asked.tanggal.and_then(|date| date.parse::<Date>().ok()).unwrap_or(today).min(today);
    let (from, to) = bounds(office, date).ok_or(Problem::NotFound)?;
    let store = desk.store();
    let rounds = store.rounds(&office.id, from, to).await?;
    let on_duty = store.on_duty(&office.id, visit.now).await?;
    let notes = store.hand_overs(&office.id, NOTES).await?;
    let next = desk.config().timetable.next(visit.now, zone).map(|planned| {
        let clock = time::clock(w, planned.at, zone);
        planned
            .shift
            .map_or_else(|| w.a("rounds-next", &clock), |shift| w.ab("rounds-next-shift", &clock, shift))
    });
    render(&RoundsPage {
        f: Frame::new(&desk, &visit, "rounds", &w.t("rounds-title")).await?,
        date,
        day: time::day_words(w, date),
        before: date.saturating_sub(1.day()),
        after: (date < today).then(|| date.saturating_add(1.day())),
        summary: summary(&reader, &rounds),
        next: next.filter(|_| date == today),
        own_duty: is_on_duty(&on_duty, &signed.person.id),
        on_duty: on_duty
            .iter()
            .map(|duty| w.ab("rounds-duty-since", &duty.name, time::clock(w, duty.from, zone)))
            .collect(),
        decides: signed.person.role.decides(),
        notes: notes.iter().map(|duty| note(&reader, duty)).collect(),
        rounds: rounds
            .iter()
            .enumerate()
            .map(|(at, row)| view(&reader, row, at == 0 && date == today))
            .collect(),
    })
}

/// `GET /ronde/{round}`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Path(round): Path<String>) -> Page {
    let office = desk.office(visit.signed()?.office());
    let (row, outcomes) = desk.store().round(&office.id, &round.into()).await?;
    let reader = Reader::new(visit.words, visit.now, office);
    let back = row.round.started_at.to_zoned_datetime(reader.zone.clone()).date();
    let title = reader.w.ab(
        "round-title",
        time::clock(reader.w, row.round.started_at, &reader.zone),
        time::date_words(reader.w, back),
    );
    let latest = visit.now.duration_since(row.round.started_at).as_hours() < 1;
    render(&RoundPage {
        f: Frame::new(&desk, &visit, "rounds", &title).await?,
        round: view(&reader, &row, latest),
        back,
        outcomes: outcomes.iter().map(|outcome| outcome_view(&reader, outcome)).collect(),
    })
}

/// `POST /ronde/tugas`
pub(crate) async fn take_duty(State(desk): State<DeskState>, visit: Visit) -> Page {
    desk.store().take_duty(&visit.signed()?.reviewer()?, visit.now).await?;
    Ok(Redirect::to("/ronde").into_response())
}

/// `POST /ronde/serah`
pub(crate) async fn hand_over(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let draft = || Some(Draft { action: visit.uri.clone(), fields: posted.kept() });
    let text = posted.get("catatan");
    if text.chars().count() > LONGEST_NOTE {
        return Err(Problem::Refused("refused-long".into(), draft()));
    }
    desk.store().hand_over(&reviewer, text, visit.now).await.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::Refused("refused-duty".into(), draft()),
        other => other.into(),
    })?;
    Ok(Redirect::to("/ronde").into_response())
}

fn is_on_duty(duties: &[Duty], person: &PersonId) -> bool {
    duties.iter().any(|duty| duty.person == *person)
}

fn note(reader: &Reader, duty: &Duty) -> NoteView {
    NoteView {
        who: duty.name.clone(),
        when: reader.when(duty.until.unwrap_or(duty.from)),
        text: duty.note.clone().unwrap_or_default(),
    }
}

/// How many rounds there were, how many were missed or cut short.
fn summary(reader: &Reader, rounds: &[RoundRow]) -> String {
    let w = reader.w;
    let missed = rounds.iter().filter(|row| row.round.start.kind == RoundKind::Missed).count();
    match (rounds.len() - missed, missed) {
        (0, 0) => w.t("rounds-none"),
        (ran, 0) => w.n("rounds-all-ran", ran),
        (ran, missed) => w.ab("rounds-some-missed", w.number(ran), w.number(missed)),
    }
}

/// `latest`: it may still be running.
fn view(reader: &Reader, row: &RoundRow, latest: bool) -> RoundView {
    let (w, round, tally) = (reader.w, &row.round, &row.tally);
    let state = match (round.start.kind, round.ended_at) {
        (RoundKind::Missed, _) => "missed",
        (_, Some(_)) => "ended",
        (_, None) if latest => "running",
        _ => "interrupted",
    };
    let clock = |at| time::clock(w, at, &reader.zone);
    let late = round.start.planned_at.map(|planned| round.started_at.duration_since(planned).as_mins());
    let kind = w.t(&format!("round-kind-{}", round.start.kind.code()));
    let numbers = [
        ("round-due", round.start.due),
        ("round-read", tally.read + tally.nothing_new + tally.silent),
        ("round-failed", tally.failed),
        ("round-silent", tally.silent),
        ("round-new", tally.new_items),
        ("round-repeated", tally.repeated),
        ("round-bad", tally.bad),
    ];
    let found: Vec<String> = row
        .findings
        .iter()
        .map(|(queue, count)| format!("{} {}", w.number(*count), w.t(&format!("queue-{}", queue.code()))))
        .collect();
    RoundView {
        href: format!("/ronde/{}", round.id),
        mark: match state {
            "missed" => "failed",
            "interrupted" => "silent",
            "running" => "held",
            _ => "read",
        },
        state,
        state_words: w.t(&format!("round-state-{state}")),
        when: round.ended_at.map_or_else(
            || clock(round.started_at),
            |end| w.ab("round-from-to", clock(round.started_at), clock(end)),
        ),
        kind: match &round.start.shift {
            Some(shift) => w.ab("round-kind-of-shift", kind, shift),
            None => kind,
        },
        on_duty: round.start.on_duty.clone(),
        late: late.filter(|minutes| *minutes > 5).map(|minutes| w.a("round-late", time::span(w, minutes))),
        numbers: numbers.map(|(key, count)| (w.t(key), w.number(count))).into(),
        findings: (!found.is_empty()).then(|| found.join(" · ")),
    }
}

fn outcome_view(reader: &Reader, row: &OutcomeRow) -> OutcomeView {
    let w = reader.w;
    OutcomeView {
        name: row.name.clone(),
        state: w.t(&format!("outcome-{}", row.code)),
        code: row.code.clone(),
        at: time::clock(w, row.at, &reader.zone),
        new_items: w.number(row.new_items),
        repeated: w.number(row.repeated),
        bad: w.number(row.bad),
        trouble: row.trouble.as_ref().map(|trouble: &Trouble| w.trouble(trouble)),
    }
}
