//! The morning picture: four sentences before any number, then what to do first.

use super::{Page, show as render};
use crate::frame::Frame;
use crate::reading::{Reader, RowView};
use crate::session::Visit;
use crate::state::DeskState;
use crate::words::Words;
use askama::Template;
use axum::extract::State;
use saring_domain::{Queue, Role};
use saring_store::views::{QueueFilter, Today};

/// Cases shown under *first*.
const FIRST: u32 = 5;

/// A queue with its count and its share of a bar.
struct Lane {
    id: &'static str,
    label: String,
    count: String,
    /// Of 100 units.
    width: u32,
    href: String,
}

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    f: Frame,
    greeting: String,
    sentences: Vec<String>,
    lanes: Vec<Lane>,
    rows: Vec<RowView>,
    sees_cases: bool,
    decides: bool,
    decided: String,
    seen: String,
    unjudged: String,
    overdue: String,
    healthy: String,
    silent: String,
    failed: String,
    sources_in_trouble: bool,
}

/// `GET /`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit) -> Page {
    let signed = visit.signed()?;
    let (w, office) = (visit.words, desk.office(signed.office()));
    let frame = Frame::new(&desk, &visit, "today", &w.t("today-title")).await?;
    let reader = Reader::new(w, visit.now, office);
    let sees_cases = signed.person.role != Role::Admin;
    let filter = QueueFilter { limit: FIRST, ..QueueFilter::default() };
    let rows = if sees_cases { desk.store().queue(signed.office(), &filter).await?.0 } else { Vec::new() };
    let today = frame.today.as_deref().cloned().unwrap_or_default();
    let hour = visit.now.to_zoned_datetime(reader.zone.clone()).hour();
    let page = TodayPage {
        greeting: w.a(greeting(hour), &signed.person.name),
        sentences: sentences(w, &today),
        lanes: lanes(w, &today),
        rows: rows.iter().map(|row| RowView::new(&reader, row, "")).collect(),
        sees_cases,
        decides: signed.person.role.decides(),
        decided: w.number(today.decided),
        seen: w.number(today.seen),
        unjudged: w.number(today.unjudged),
        overdue: w.number(today.overdue),
        healthy: w.number(today.sources.0),
        silent: w.number(today.sources.1),
        failed: w.number(today.sources.2),
        sources_in_trouble: today.sources.1 + today.sources.2 > 0,
        f: frame,
    };
    render(&page)
}

fn greeting(hour: i8) -> &'static str {
    match hour {
        4..=10 => "greeting-morning",
        11..=14 => "greeting-noon",
        15..=17 => "greeting-afternoon",
        _ => "greeting-night",
    }
}

/// What waits, what is overdue, what was done, what is silent.
fn sentences(w: Words, today: &Today) -> Vec<String> {
    let waiting: u32 = today.waiting.iter().map(|(_, count)| count).sum();
    let mut out = vec![if waiting == 0 { w.t("sentence-nothing") } else { w.n("sentence-waiting", waiting) }];
    out.push(if today.overdue == 0 {
        w.t("sentence-in-time")
    } else {
        w.n("sentence-overdue", today.overdue)
    });
    out.push(w.ab("sentence-done", w.number(today.seen), w.number(today.decided)));
    let (_, silent, failed) = today.sources;
    out.push(match (silent, failed) {
        (0, 0) => w.t("sentence-sources-well"),
        _ => w.ab("sentence-sources", w.number(silent), w.number(failed)),
    });
    out
}

fn lanes(w: Words, today: &Today) -> Vec<Lane> {
    let count =
        |queue: Queue| today.waiting.iter().find(|(of, _)| *of == queue).map_or(0, |(_, count)| *count);
    let most = Queue::WORKED.into_iter().map(count).max().unwrap_or(0).max(1);
    let lane = |queue: Queue| Lane {
        id: queue.code(),
        label: w.t(&format!("queue-{}", queue.code())),
        count: w.number(count(queue)),
        width: count(queue) * 100 / most,
        href: format!("/antrean?antrean={}", queue.code()),
    };
    Queue::WORKED.map(lane).into()
}
