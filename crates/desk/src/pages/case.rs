//! One case: the text as it was, why it is here, what it repeats, what may be done.

use super::deletions::{HoldView, hold_view};
use super::evidence::{self, CopyView, SHOWN};
use super::queue::{Narrowed, Undoable, undoable};
use super::{Page, show as render};
use crate::frame::Frame;
use crate::highlight::{self, Piece};
use crate::reading::{self, Act, Reader, RowView};
use crate::session::{Signed, Visit};
use crate::state::DeskState;
use crate::words::Words;
use crate::{mask, time, wording};
use askama::Template;
use axum::extract::{Path, Query, State};
use saring_domain::address::host;
use saring_domain::area::within;
use saring_domain::ids::hex;
use saring_domain::{
    CaseId, CaseState, Claim, ClaimMatch, Judgement, LeaveAlone, PlaceClue, PlaceMatch, Relation,
};
use saring_store::views::{CaseView, Copied, HistoryRow};
use std::collections::BTreeMap;

/// What a marked range of the text means.
struct Mark {
    number: usize,
    class: &'static str,
    words: String,
}

/// Other records of a claim's story that are linked.
const ALSO: usize = 5;

/// A claim beside the text.
struct Match {
    id: String,
    title: String,
    conclusion: String,
    rating: String,
    rating_code: &'static str,
    verdict: Option<String>,
    publisher: Option<String>,
    date: Option<String>,
    url: Option<String>,
    score: String,
    same: bool,
    agrees: Vec<String>,
    differs: Vec<String>,
    /// Other records of its story.
    also: Vec<String>,
    /// Which scam recurs in it and in how many others, in words.
    scam: Option<String>,
}

/// A copy attached to the case.
struct Copy {
    outlet: String,
    age: String,
    full: String,
    url: Option<String>,
    host: String,
}

/// A bar of the copies over time.
struct Bar {
    label: String,
    count: usize,
    x: usize,
    y: usize,
    height: usize,
}

/// A line of history.
struct Event {
    when: String,
    full: String,
    words: String,
    note: Option<String>,
}

/// A *leave alone* code to choose from.
struct Leave {
    code: String,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    f: Frame,
    row: RowView,
    pieces: Vec<Piece>,
    marks: Vec<Mark>,
    matches: Vec<Match>,
    copies: Vec<Copy>,
    bars: Vec<Bar>,
    history: Vec<Event>,
    evidence: Vec<(String, String)>,
    sealed: Vec<CopyView>,
    holds: Vec<HoldView>,
    /// May this person hold its content, with a second one.
    decides: bool,
    /// May this person ask for a copy of a page.
    takes: bool,
    url: Option<String>,
    host: String,
    leaves: Vec<Leave>,
    acts: Vec<Act>,
    /// May this person decide, and is there something to decide.
    open: bool,
    state: String,
    override_note: bool,
    own_institution: bool,
    proposed: Option<String>,
    back: String,
    narrowed_queue: String,
    narrowed_words: String,
    undo: Option<Undoable>,
    said: Option<String>,
}

/// `GET /kasus/{case}`
pub(crate) async fn show(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(case): Path<String>,
    Query(asked): Query<Narrowed>,
) -> Page {
    let signed = visit.signed()?;
    let view = desk.store().case(signed.office(), &CaseId::from(case)).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let title = reading::badge(visit.words, &view.row);
    let frame = Frame::new(&desk, &visit, "queue", &title).await?;
    let undo = undoable(&desk, &visit, &asked.putusan).await?;
    let proposed = match view.row.case.state {
        CaseState::AwaitsSecond => desk.store().proposed_by(&view.row.case.id).await?,
        _ => None,
    };
    let proposed = proposed.map(|(person, code)| proposal(visit.words, signed, &person, &code));
    let sealed = desk.store().evidence_of(signed.office(), Some(&view.row.case.id), SHOWN).await?;
    let mut page = build(frame, &reader, signed, &view, &asked, undo, proposed);
    page.sealed = evidence::views(&reader, &sealed);
    let holds = desk.store().holds(signed.office(), Some(&view.row.case.id), visit.now).await?;
    page.holds = holds.iter().map(|hold| hold_view(&reader, hold)).collect();
    render(&page)
}

fn proposal(w: Words, signed: &Signed, person: &saring_domain::PersonId, code: &str) -> String {
    let key = if *person == signed.person.id { "second-own" } else { "second-other" };
    w.a(key, wording::decision(w, code))
}

fn build(
    frame: Frame,
    reader: &Reader,
    signed: &Signed,
    view: &CaseView,
    asked: &Narrowed,
    undo: Option<Undoable>,
    proposed: Option<String>,
) -> CasePage {
    let (w, row) = (reader.w, &view.row);
    let text = mask(&row.item.full_text());
    let no_spans = Vec::new();
    let spans = row.judgement.as_ref().map_or(&no_spans, |judgement| &judgement.spans);
    let matches = matches(w, row.judgement.as_ref(), &view.claims);
    let waiting = !matches!(row.case.state, CaseState::Decided | CaseState::Closed);
    CasePage {
        row: RowView::new(reader, row, ""),
        pieces: highlight::pieces(&text, spans),
        marks: marks(w, row.judgement.as_ref(), spans),
        copies: view.copies.iter().map(|copied| copy(reader, copied)).collect(),
        bars: bars(reader, &view.copies),
        history: view.history.iter().map(|event| history(reader, event)).collect(),
        evidence: facts(reader, view),
        sealed: Vec::new(),
        holds: Vec::new(),
        decides: signed.person.role.decides(),
        takes: signed.person.role.decides() && row.item.url.as_deref().is_some_and(is_web),
        host: row.item.url.as_deref().map(host).unwrap_or_default(),
        url: row.item.url.clone().filter(|url| is_web(url)),
        leaves: leaves(w, row.judgement.as_ref()),
        acts: all_acts(w, &matches, row.case.own_institution),
        open: waiting && signed.person.role.decides(),
        state: w.t(&format!("state-{}", row.case.state.code())),
        override_note: row.case.protected,
        own_institution: row.case.own_institution,
        proposed,
        back: format!("/antrean{}", asked.suffix()),
        narrowed_queue: asked.queue().map_or_else(String::new, |queue| queue.code().to_owned()),
        narrowed_words: asked.words(),
        undo,
        said: ["batal", "tahan"].contains(&asked.baru.as_str()).then(|| w.t(&format!("said-{}", asked.baru))),
        matches,
        f: frame,
    }
}

/// Every decision, whatever the queue: a person may see what the machine did not.
fn all_acts(w: Words, matches: &[Match], own_institution: bool) -> Vec<Act> {
    let keys = [
        ('H', "known_hoax"),
        ('B', "needs_check"),
        ('T', "hate_review"),
        ('S', "service"),
        ('C', "clipping"),
    ];
    let possible = keys.into_iter().filter(|(_, code)| match *code {
        "known_hoax" => !matches.is_empty(),
        "hate_review" => !own_institution,
        _ => true,
    });
    let act = |(key, code): (char, &'static str)| Act {
        code,
        key,
        label: w.t(&format!("act-{code}")),
        why: String::new(),
        claim: String::new(),
    };
    possible.map(act).collect()
}

fn leaves(w: Words, judgement: Option<&Judgement>) -> Vec<Leave> {
    let suggested = wording::suggested(judgement);
    let leave = |code: LeaveAlone| {
        let short = format!("{code:?}");
        Leave { words: wording::decision(w, &short), chosen: code == suggested, code: short }
    };
    LeaveAlone::ALL.into_iter().map(leave).collect()
}

/// What each numbered range means.
fn marks(w: Words, judgement: Option<&Judgement>, spans: &[saring_domain::Because]) -> Vec<Mark> {
    let Some(judgement) = judgement else { return Vec::new() };
    let mark = |(at, because): (usize, String)| Mark {
        number: at + 1,
        class: highlight::class_of(&because),
        words: because_words(w, judgement, &because),
    };
    highlight::findings(spans).into_iter().enumerate().map(mark).collect()
}

fn because_words(w: Words, judgement: &Judgement, because: &str) -> String {
    let (kind, rest) = because.split_once(':').unwrap_or((because, ""));
    match kind {
        "claim" => {
            let title = judgement
                .claims
                .iter()
                .find(|claim| claim.id.as_str() == rest)
                .map(|claim| claim.title.as_str());
            w.a("because-claim", title.unwrap_or(rest))
        }
        "place" => match judgement.places.iter().find(|place| place.code == rest) {
            Some(place) => place_words(w, judgement, place),
            None => w.a("because-place", rest),
        },
        "group_attack" => {
            let attack = &judgement.group_attack;
            let act = attack.act.map_or_else(|| w.t("act-unclear"), |act| wording::act(w, act));
            let group =
                attack.target.as_deref().map_or_else(|| w.t("target-unclear"), |t| wording::target(w, t));
            w.ab("because-attack", group, act)
        }
        "hate" => w.t("because-hate"),
        "own_institution" => w.t("because-own"),
        other => other.to_owned(),
    }
}

/// A place with what beside its name says that it is meant.
fn place_words(w: Words, judgement: &Judgement, place: &PlaceMatch) -> String {
    let holds = |other: &&PlaceMatch| other.code != place.code && within(&place.code, &other.code);
    let parents: Vec<&str> =
        judgement.places.iter().filter(holds).map(|parent| parent.name.as_str()).collect();
    let clue = |clue: &PlaceClue| match clue {
        PlaceClue::HeadWord => w.t("clue-head-word"),
        PlaceClue::ParentNamed if !parents.is_empty() => w.a("clue-parent", parents.join(", ")),
        PlaceClue::ParentNamed => w.t("clue-parent-named"),
        PlaceClue::NeighbourNamed => w.t("clue-neighbour-named"),
        PlaceClue::SourceArea => w.t("clue-source-area"),
        PlaceClue::OfficeArea => w.t("clue-office-area"),
        PlaceClue::OnlyOne => w.t("clue-only-one"),
    };
    let clues: Vec<String> = place.clues.iter().map(clue).collect();
    match clues.is_empty() {
        true => w.a("because-place", &place.name),
        false => w.ab("because-place-why", &place.name, clues.join(", ")),
    }
}

fn matches(w: Words, judgement: Option<&Judgement>, claims: &[Claim]) -> Vec<Match> {
    let found = judgement.map_or(&[][..], |judgement| &judgement.claims);
    let shown = found.iter().filter(|claim| claim.relation != Relation::None).take(3);
    shown.map(|found| one_match(w, found, claims.iter().find(|claim| claim.id == found.id))).collect()
}

fn one_match(w: Words, found: &ClaimMatch, claim: Option<&Claim>) -> Match {
    let remarks = |remarks: &[String]| remarks.iter().map(|remark| wording::remark(w, remark)).collect();
    Match {
        id: found.id.to_string(),
        title: found.title.clone(),
        conclusion: claim.map(|claim| reading::shortened(&claim.text)).unwrap_or_default(),
        rating: wording::rating(w, found.rating.code()),
        rating_code: found.rating.code(),
        verdict: claim.and_then(|claim| claim.verdict.clone()),
        publisher: claim.and_then(|claim| claim.source.clone()),
        date: claim.and_then(|claim| claim.date).map(|date| time::date_words(w, date)),
        url: claim.and_then(|claim| claim.url.clone()).filter(|url| is_web(url)),
        score: w.score(found.score.get()),
        same: found.relation == Relation::Same,
        agrees: remarks(&found.agrees),
        differs: remarks(&found.differs),
        also: found.also.iter().take(ALSO).map(ToString::to_string).collect(),
        scam: found.scam.map(|scam| wording::scam_of(w, scam)),
    }
}

/// Only addresses of the web become links: a text may hold others.
pub(crate) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn copy(reader: &Reader, copied: &Copied) -> Copy {
    let (age, full) = reader.when(copied.when);
    Copy {
        outlet: copied.outlet.clone().unwrap_or_else(|| copied.source.to_string()),
        age,
        full,
        host: copied.url.as_deref().map(host).unwrap_or_default(),
        url: copied.url.clone().filter(|url| is_web(url)),
    }
}

/// Copies per day as bars of 40 units height, at most 14 days; nothing for a single one.
fn bars(reader: &Reader, copies: &[Copied]) -> Vec<Bar> {
    let mut days: BTreeMap<jiff::civil::Date, usize> = BTreeMap::new();
    for copied in copies {
        *days.entry(copied.when.to_zoned_datetime(reader.zone.clone()).date()).or_default() += 1;
    }
    let most = days.values().copied().max().unwrap_or(1);
    if copies.len() < 2 {
        return Vec::new();
    }
    let skip = days.len().saturating_sub(14);
    let bar = |(at, (day, count)): (usize, (jiff::civil::Date, usize))| {
        let height = (count * 36 / most).max(2);
        Bar { label: time::date_words(reader.w, day), count, x: at * 16, y: 40 - height, height }
    };
    days.into_iter().skip(skip).enumerate().map(bar).collect()
}

fn history(reader: &Reader, event: &HistoryRow) -> Event {
    let w = reader.w;
    let who = event.who.clone().unwrap_or_else(|| w.t("history-machine"));
    let code = event.code.as_deref().map(|code| wording::decision(w, code));
    let note = event.note.as_deref().unwrap_or_default();
    let (words, note) = match event.what.as_str() {
        "opened" | "moved" => {
            (w.ab(&format!("history-{}", event.what), &who, w.or(&format!("queue-{note}"), note)), None)
        }
        "copy" => (w.n("history-copy", note.parse::<u32>().unwrap_or(1)), None),
        what => {
            let words = w.ab(&format!("history-{what}"), &who, code.unwrap_or_default());
            (words, event.note.as_deref().map(mask))
        }
    };
    let (when, full) = reader.when(event.at);
    Event { when, full, words, note }
}

fn facts(reader: &Reader, view: &CaseView) -> Vec<(String, String)> {
    let (w, item) = (reader.w, &view.row.item);
    let mut out = Vec::new();
    if let Some(at) = item.posted_at {
        out.push((w.t("evidence-posted"), time::full(w, at, &reader.zone)));
    }
    out.push((w.t("evidence-seen"), time::full(w, item.seen_at, &reader.zone)));
    out.push((w.t("evidence-source"), item.source.to_string()));
    if let Some(accounts) = view.row.accounts {
        out.push((w.t("evidence-accounts"), accounts.replace('-', "–")));
    }
    if let Some(capture) = &view.capture {
        out.push((w.t("evidence-hash"), hex(&capture.sha256)));
        out.extend(capture.incomplete().then(|| (w.t("evidence-extent"), w.t("evidence-incomplete"))));
    }
    if let Some(judgement) = &view.row.judgement {
        out.push((w.t("evidence-detectors"), judgement.detectors.join(", ")));
    }
    out.retain(|(_, value)| !value.is_empty());
    out
}
