//! How reading is going: *nothing found*, *nothing fetched* and *gone silent* look different.

use super::case::host;
use super::{Page, show as render};
use crate::frame::Frame;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use askama::Template;
use axum::extract::State;
use saring_domain::{Outcome, SourceKind, Trouble};
use saring_store::views::SourceHealth;

/// A source as shown.
struct SourceView {
    name: String,
    kind: String,
    host: String,
    /// `read`, `nothing_new`, `failed`, `silent`, `held` or `never`.
    code: &'static str,
    state: String,
    /// What happened, in words.
    words: String,
    last: Option<(String, String)>,
    newest: Option<(String, String)>,
    next: Option<String>,
    day: String,
    all: String,
    troubles: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    f: Frame,
    summary: String,
    sources: Vec<SourceView>,
}

/// `GET /sumber`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit) -> Page {
    let found = desk.store().sources(visit.now).await?;
    let frame = Frame::new(&desk, &visit, "sources", &visit.words.t("sources-title")).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(visit.signed()?.office()));
    let mut sources: Vec<SourceView> = found.iter().map(|source| view(&reader, source)).collect();
    // what needs somebody stands first; the order of the configuration stays within
    sources.sort_by_key(|source| match source.code {
        "failed" => 0,
        "silent" => 1,
        "never" => 2,
        _ => 3,
    });
    let troubled = sources.iter().filter(|source| matches!(source.code, "failed" | "silent")).count();
    let w = visit.words;
    let summary = match (sources.len(), troubled) {
        (0, _) => w.t("sources-none"),
        (all, 0) => w.n("sources-all-well", all),
        (all, troubled) => w.ab("sources-some", w.number(troubled), w.number(all)),
    };
    render(&SourcesPage { summary, sources, f: frame })
}

fn view(reader: &Reader, source: &SourceHealth) -> SourceView {
    let w = reader.w;
    let code = source.last.as_ref().map_or("never", Outcome::code);
    let trouble =
        |(at, trouble): &(jiff::Timestamp, Trouble)| (time::full(w, *at, &reader.zone), w.trouble(trouble));
    SourceView {
        name: source.def.name.clone(),
        kind: w.t(&format!("kind-{}", source.def.kind.key())),
        host: place(source),
        code,
        state: w.t(&format!("outcome-{code}")),
        words: words(reader, source),
        last: source.last_at.map(|at| reader.when(at)),
        newest: source.newest_item_at.map(|at| reader.when(at)),
        next: source
            .next_at
            .filter(|at| *at > reader.now)
            .map(|at| time::span(w, at.duration_since(reader.now).as_mins().max(1))),
        day: w.number(source.items_day),
        all: w.number(source.items),
        troubles: source.troubles.iter().take(5).map(trouble).collect(),
    }
}

/// The host of a feed, the name of a file.
fn place(source: &SourceHealth) -> String {
    match source.def.kind {
        SourceKind::File => source.def.url.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => host(&source.def.url),
    }
}

fn words(reader: &Reader, source: &SourceHealth) -> String {
    let w = reader.w;
    match &source.last {
        None => w.t("outcome-never-more"),
        Some(Outcome::Read { new, .. }) => w.n("outcome-read-more", *new),
        Some(Outcome::NothingNew { .. }) => w.t("outcome-nothing_new-more"),
        Some(Outcome::Failed { trouble, .. }) => {
            let since = source.failing_since.unwrap_or(reader.now);
            w.ab("outcome-failed-more", w.trouble(trouble), time::ago(w, since, reader.now))
        }
        Some(Outcome::Silent { newest, usual_minutes }) => {
            let newest = newest.map_or_else(|| w.t("time-never"), |at| time::ago(w, at, reader.now));
            w.ab("outcome-silent-more", newest, time::span(w, i64::from(*usual_minutes)))
        }
        Some(Outcome::Held { trouble }) => w.trouble(trouble),
    }
}
