//! What has been decided at this office, the last first, with the own decisions that can be taken back.

use super::queue::{Narrowed, Tab, tabs};
use super::{Page, Pager, show as render};
use crate::frame::Frame;
use crate::reading::{Reader, RowView};
use crate::session::Visit;
use crate::state::DeskState;
use crate::wording;
use askama::Template;
use axum::extract::{Query, State};
use saring_domain::Queue;
use saring_store::views::DecisionRow;

/// Own decisions shown on top.
const OWN: u32 = 8;

/// An own decision that stands.
struct Own {
    id: String,
    href: String,
    words: String,
    age: String,
    full: String,
}

#[derive(Template)]
#[template(path = "decided.html")]
struct DecidedPage {
    f: Frame,
    tabs: Vec<Tab>,
    own: Vec<Own>,
    rows: Vec<RowView>,
    total: u64,
    search: String,
    queue: &'static str,
    pager: Pager,
}

/// `GET /putusan`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Narrowed>) -> Page {
    let signed = visit.signed()?;
    let size = desk.config().page_size;
    let (rows, total) = desk.store().queue(signed.office(), &asked.filter(true, size)).await?;
    let own = match signed.reviewer() {
        Ok(reviewer) => desk.store().last_decisions(&reviewer, OWN).await?,
        Err(_) => Vec::new(),
    };
    let frame = Frame::new(&desk, &visit, "decided", &visit.words.t("decided-title")).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let page = DecidedPage {
        tabs: tabs(&frame, &asked, "/putusan", false),
        own: own.iter().filter(|row| undo_is_open(&reader, row)).map(|row| one(&reader, row)).collect(),
        rows: rows.iter().map(|row| RowView::new(&reader, row, "")).collect(),
        total,
        search: asked.words(),
        queue: asked.queue().map_or("", Queue::code),
        pager: Pager::new(asked.page(), total, size, asked.open("/putusan")),
        f: frame,
    };
    render(&page)
}

/// Younger than a day; the store refuses older ones whatever the page shows.
fn undo_is_open(reader: &Reader, row: &DecisionRow) -> bool {
    !row.undone && reader.now.duration_since(row.at).as_hours() < 24
}

fn one(reader: &Reader, row: &DecisionRow) -> Own {
    let (age, full) = reader.when(row.at);
    let words = wording::decision(reader.w, &row.code.short());
    Own { id: row.id.to_string(), href: format!("/kasus/{}", row.case), words, age, full }
}
