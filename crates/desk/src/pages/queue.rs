//! The queue in priority order, and taking a batch from its top.

use super::{Page, Pager, in_url, show as render};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reading::{Reader, RowView};
use crate::session::Visit;
use crate::state::DeskState;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use saring_domain::Queue;
use saring_store::views::QueueFilter;
use serde::Deserialize;

/// Cases taken by one press.
const BATCH: u32 = 25;
/// Longest search.
const LONGEST_SEARCH: usize = 100;

/// What the address narrows a list of cases to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    /// Code of a queue.
    pub antrean: String,
    /// Words in the text.
    pub cari: String,
    /// Page from 1, as it stands in the address.
    pub hal: String,
    /// Id of the decision just made, to offer undo.
    pub putusan: String,
    /// What was just done: `batal`, `ambil`.
    pub baru: String,
}

impl Narrowed {
    /// From a posted form.
    pub fn posted(posted: &Posted) -> Self {
        Self { antrean: posted.get("antrean").into(), cari: posted.get("cari").into(), ..Self::default() }
    }

    /// The queue, where one is named.
    pub fn queue(&self) -> Option<Queue> {
        Queue::WORKED.into_iter().find(|queue| queue.code() == self.antrean)
    }

    /// The words, cut to a sensible length.
    pub fn words(&self) -> String {
        self.cari.trim().chars().take(LONGEST_SEARCH).collect()
    }

    /// The page asked for; the first where the address holds no number.
    pub fn page(&self) -> u32 {
        self.hal.parse().unwrap_or(1).max(1)
    }

    /// As a filter of the store.
    pub fn filter(&self, decided: bool, size: u32) -> QueueFilter {
        let words = Some(self.words()).filter(|words| !words.is_empty());
        let offset = (self.page() - 1).saturating_mul(size);
        QueueFilter { queue: self.queue(), decided, words, offset, limit: size }
    }

    /// `?antrean=hoax&cari=air`, or nothing.
    pub fn suffix(&self) -> String {
        let mut parts = Vec::new();
        if let Some(queue) = self.queue() {
            parts.push(format!("antrean={}", queue.code()));
        }
        if !self.words().is_empty() {
            parts.push(format!("cari={}", in_url(&self.words())));
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// An address with these parameters and room for one more: ends in `?` or `&`.
    pub fn open(&self, path: &str) -> String {
        let suffix = self.suffix();
        format!("{path}{suffix}{}", if suffix.is_empty() { "?" } else { "&" })
    }
}

/// A tab of the filter bar.
pub(crate) struct Tab {
    pub href: String,
    pub id: &'static str,
    pub label: String,
    pub count: Option<u32>,
    pub here: bool,
}

/// Tabs for all queues and for each.
pub(crate) fn tabs(frame: &Frame, narrowed: &Narrowed, path: &str, counted: bool) -> Vec<Tab> {
    let count = |queue: Option<Queue>| {
        let waiting = &frame.today.as_ref().filter(|_| counted)?.waiting;
        Some(
            waiting
                .iter()
                .filter(|(of, _)| queue.is_none_or(|queue| queue == *of))
                .map(|(_, count)| count)
                .sum(),
        )
    };
    let tab = |queue: Option<Queue>| {
        let id = queue.map_or("all", Queue::code);
        let one = Narrowed { antrean: id.into(), cari: narrowed.words(), ..Narrowed::default() };
        let label = frame.w.t(&format!("queue-{id}"));
        Tab {
            href: format!("{path}{}", one.suffix()),
            id,
            label,
            count: count(queue),
            here: narrowed.queue() == queue,
        }
    };
    std::iter::once(None).chain(Queue::WORKED.map(Some)).map(tab).collect()
}

/// A decision just made that can be taken back.
pub(crate) struct Undoable {
    pub id: String,
    pub words: String,
}

/// The reader's own decision of this id, while it can be undone.
pub(crate) async fn undoable(desk: &DeskState, visit: &Visit, id: &str) -> Result<Option<Undoable>, Problem> {
    let (false, Ok(reviewer)) = (id.is_empty(), visit.signed()?.reviewer()) else { return Ok(None) };
    let rows = desk.store().last_decisions(&reviewer, 20).await?;
    let row = rows.into_iter().find(|row| row.id.as_str() == id && !row.undone);
    Ok(row.map(|row| Undoable {
        words: crate::wording::decision(visit.words, &row.code.short()),
        id: row.id.to_string(),
    }))
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    f: Frame,
    tabs: Vec<Tab>,
    rows: Vec<RowView>,
    total: u64,
    search: String,
    queue: &'static str,
    pager: Pager,
    decides: bool,
    undo: Option<Undoable>,
    said: Option<String>,
}

/// `GET /antrean`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Narrowed>) -> Page {
    let signed = visit.signed()?;
    let size = desk.config().page_size;
    let (rows, total) = desk.store().queue(signed.office(), &asked.filter(false, size)).await?;
    let frame = Frame::new(&desk, &visit, "queue", &visit.words.t("queue-title")).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let suffix = asked.suffix();
    let said = matches!(asked.baru.as_str(), "ambil" | "batal")
        .then(|| visit.words.t(&format!("said-{}", asked.baru)));
    let page = QueuePage {
        tabs: tabs(&frame, &asked, "/antrean", true),
        rows: rows.iter().map(|row| RowView::new(&reader, row, &suffix)).collect(),
        total,
        search: asked.words(),
        queue: asked.queue().map_or("", Queue::code),
        pager: Pager::new(asked.page(), total, size, asked.open("/antrean")),
        decides: signed.person.role.decides(),
        undo: undoable(&desk, &visit, &asked.putusan).await?,
        said,
        f: frame,
    };
    render(&page)
}

/// `POST /antrean/ambil`
pub(crate) async fn take(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let narrowed = Narrowed::posted(&posted);
    let taken = desk.store().take(&reviewer, &narrowed.filter(false, BATCH), BATCH, visit.now).await?;
    desk.live().forget(reviewer.office());
    let said = if taken.is_empty() { "" } else { "baru=ambil" };
    Ok(Redirect::to(&format!("{}{said}", narrowed.open("/antrean"))).into_response())
}
