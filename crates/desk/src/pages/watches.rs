//! Watches of the office: opened by one person, approved by another, with what they caught and what they missed.

mod opening;
mod view;

pub(crate) use opening::{form, open};

use super::{Page, Pager, show as render};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use askama::Template;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use saring_domain::{ItemId, Reviewer, WatchId, WatchState, WatchWord};
use saring_store::StoreError;
use saring_store::views::WatchPart;
use serde::Deserialize;
use view::{FollowingView, ItemView, WatchView, followings, suggestions};

/// Items caught on one page.
const CAUGHT: u32 = 20;
/// Items of the sample that are looked at in one go.
const SAMPLE: u32 = 10;
/// Misses from which terms are suggested.
const MISSED: u32 = 200;

#[derive(Template)]
#[template(path = "watches.html")]
struct WatchesPage {
    f: Frame,
    summary: String,
    watches: Vec<WatchView>,
    /// What sources follow by their configuration.
    followings: Vec<FollowingView>,
    decides: bool,
}

/// `GET /pantauan`
pub(crate) async fn list(State(desk): State<DeskState>, visit: Visit) -> Page {
    let signed = visit.signed()?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let w = reader.w;
    let mut rows = desk.store().watches(signed.office()).await?;
    // what waits for a person stands first, then what runs; newest first within
    rows.sort_by_key(|row| match row.watch.state_at(visit.now) {
        WatchState::Proposed => 0,
        WatchState::Running => 1,
        WatchState::Refused | WatchState::Ended => 2,
    });
    let count = |state| rows.iter().filter(|row| row.watch.state_at(visit.now) == state).count();
    let summary =
        w.ab("watches-lead", w.number(count(WatchState::Running)), w.number(count(WatchState::Proposed)));
    render(&WatchesPage {
        summary,
        watches: rows.iter().map(|row| WatchView::new(&reader, row, &signed.person.id)).collect(),
        followings: followings(&reader, &desk.store().sources(visit.now).await?),
        decides: signed.person.role.decides(),
        f: Frame::new(&desk, &visit, "watches", &w.t("watches-title")).await?,
    })
}

#[derive(Template)]
#[template(path = "watch.html")]
struct WatchPage {
    f: Frame,
    watch: WatchView,
    caught: Vec<ItemView>,
    sample: Vec<ItemView>,
    suggestions: Vec<String>,
    pager: Pager,
    page: u32,
    decides: bool,
    said: Option<String>,
    /// The item just marked: its id, where that can be taken back.
    marked: Option<String>,
}

/// What is asked of the page of one watch.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    hal: Option<u32>,
    #[serde(default)]
    baru: String,
    #[serde(default)]
    butir: String,
}

/// `GET /pantauan/{watch}`
pub(crate) async fn show(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(watch): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let signed = visit.signed()?;
    let (office, id, store) = (signed.office(), WatchId::from(watch), desk.store());
    let row = store.watch(office, &id).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(office));
    let page = asked.hal.unwrap_or(1).clamp(1, 10_000);
    let caught = store.watch_items(office, &id, WatchPart::Caught, (page - 1) * CAUGHT, CAUGHT).await?;
    let sample = store.watch_items(office, &id, WatchPart::Sample, 0, SAMPLE).await?;
    let missed = store.watch_items(office, &id, WatchPart::Missed, 0, MISSED).await?;
    let view = WatchView::new(&reader, &row, &signed.person.id);
    let total = row.days.iter().map(|day| u64::from(day.caught)).sum();
    let said =
        ["buka", "setuju", "tolak", "akhiri", "cek", "ya", "tidak", "batal"].contains(&asked.baru.as_str());
    let marked = matches!(asked.baru.as_str(), "ya" | "tidak")
        .then_some(asked.butir)
        .filter(|marked| caught.iter().any(|one| one.item.id.as_str() == marked && one.about.is_some()));
    render(&WatchPage {
        f: Frame::new(&desk, &visit, "watches", &view.title).await?,
        caught: caught.iter().map(|item| ItemView::new(&reader, item)).collect(),
        sample: sample.iter().map(|item| ItemView::new(&reader, item)).collect(),
        suggestions: suggestions(&row.watch.draft.terms, &missed),
        pager: Pager::new(page, total, CAUGHT, format!("/pantauan/{id}?")),
        page,
        decides: signed.person.role.decides(),
        marked,
        said: said.then(|| reader.w.t(&format!("watch-said-{}", asked.baru))),
        watch: view,
    })
}

/// A person's word on a watch or on what it caught.
pub(crate) struct Word {
    desk: DeskState,
    reviewer: Reviewer,
    watch: WatchId,
    posted: Posted,
    now: Timestamp,
}

impl FromRequestParts<DeskState> for Word {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, desk: &DeskState) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, desk).await?;
        let Path(watch) =
            Path::<String>::from_request_parts(parts, desk).await.map_err(|_| Problem::NoPage)?;
        Ok(Self {
            desk: desk.clone(),
            reviewer: visit.signed()?.reviewer()?,
            watch: WatchId::from(watch),
            posted: Posted::from_request_parts(parts, desk).await?,
            now: visit.now,
        })
    }
}

impl Word {
    /// Back to the page of the watch, which says what was done.
    fn back(&self, asked: &str) -> Response {
        let watch = super::in_url(self.watch.as_str());
        Redirect::to(&format!("/pantauan/{watch}?{asked}")).into_response()
    }
}

/// `POST /pantauan/{watch}/putusan`
pub(crate) async fn settle(said: Word) -> Page {
    let asked = said.posted.get("putusan");
    let word = match asked {
        "setuju" => WatchWord::Approve,
        "tolak" => WatchWord::Refuse,
        "akhiri" => WatchWord::End,
        _ => return Err(Problem::Invalid("error-form")),
    };
    let settled = said.desk.store().settle_watch(&said.reviewer, &said.watch, word, said.now).await;
    settled.map_err(|error| conflict(error, "refused-watch"))?;
    Ok(said.back(&format!("baru={asked}")))
}

/// `POST /pantauan/{watch}/cek`
pub(crate) async fn check(said: Word) -> Page {
    let about = |(name, value): &(String, String)| {
        let item = name.strip_prefix("butir-")?;
        let about = match value.as_str() {
            "ya" => true,
            "tidak" => false,
            _ => return None,
        };
        Some((ItemId::from(item), about))
    };
    let items: Vec<(ItemId, bool)> = said.posted.0.iter().filter_map(about).collect();
    if items.is_empty() {
        return Err(Problem::Refused("refused-watch-nothing".into(), None));
    }
    let checked = said.desk.store().check_watch(&said.reviewer, &said.watch, &items, said.now).await;
    checked.map_err(|error| conflict(error, "refused-watch-checked"))?;
    Ok(said.back("baru=cek"))
}

/// `POST /pantauan/{watch}/tanda`: whether an item that was caught is about it, or that nobody said so.
pub(crate) async fn mark(said: Word) -> Page {
    let (word, item) = (said.posted.get("nilai"), said.posted.get("butir"));
    let about = match word {
        "ya" => Some(true),
        "tidak" => Some(false),
        "batal" => None,
        _ => return Err(Problem::Invalid("error-form")),
    };
    let store = said.desk.store();
    let marked = store.mark_caught(&said.reviewer, &said.watch, &ItemId::from(item), about, said.now).await;
    marked.map_err(|error| conflict(error, "refused-watch-checked"))?;
    let page = said.posted.get("hal").parse::<u32>().unwrap_or(1);
    let item = super::in_url(item);
    Ok(said.back(&format!("hal={page}&baru={word}&butir={item}#butir-{item}")))
}

fn conflict(error: StoreError, key: &str) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::Refused(key.into(), None),
        other => other.into(),
    }
}
