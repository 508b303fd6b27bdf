//! How reading is going: *nothing found*, *nothing fetched* and *gone silent* look different. Heads and administrators say
//! here which public sources are read beside those of the settings.

mod adding;
mod view;

pub(crate) use adding::{add, form, look};

use super::{Page, show as render};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use saring_domain::SourceId;
use saring_store::StoreError;
use serde::Deserialize;
use view::SourceView;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    f: Frame,
    summary: String,
    sources: Vec<SourceView>,
    /// May this person say which sources are read.
    keeps: bool,
    said: Option<String>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    baru: String,
}

/// `GET /sumber`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Asked>) -> Page {
    let signed = visit.signed()?;
    let found = desk.store().sources(visit.now).await?;
    let frame = Frame::new(&desk, &visit, "sources", &visit.words.t("sources-title")).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let mut sources: Vec<SourceView> = found.iter().map(|source| SourceView::new(&reader, source)).collect();
    // what needs somebody stands first; the order of the configuration stays within
    sources.sort_by_key(|source| match source.code {
        "failed" => 0,
        "silent" => 1,
        "never" => 2,
        "paused" => 4,
        _ => 3,
    });
    let troubled = sources.iter().filter(|source| matches!(source.code, "failed" | "silent")).count();
    let read = sources.iter().filter(|source| source.code != "paused").count();
    let keeps = signed.person.role.keeps_sources();
    let w = visit.words;
    let summary = match (read, troubled) {
        (0, _) if keeps => w.t("sources-none-keeper"),
        (0, _) => w.t("sources-none"),
        (all, 0) => w.n("sources-all-well", all),
        (all, troubled) => w.ab("sources-some", w.number(troubled), w.number(all)),
    };
    let said = ["tambah", "jeda", "lanjut", "hapus"].contains(&asked.baru.as_str());
    let said = said.then(|| w.t(&format!("source-said-{}", asked.baru)));
    render(&SourcesPage { summary, sources, keeps, said, f: frame })
}

/// `POST /sumber/{source}`: it rests, is read again, or goes.
pub(crate) async fn change(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(source): Path<String>,
    posted: Posted,
) -> Page {
    let (person, id, store) = (&visit.signed()?.person, SourceId::from(source), desk.store());
    let word = posted.get("ubah");
    let done = match word {
        "jeda" => store.pause_source(person, &id, true, visit.now).await,
        "lanjut" => store.pause_source(person, &id, false, visit.now).await,
        "hapus" => store.remove_source(person, &id, visit.now).await,
        _ => return Err(Problem::Invalid("error-form")),
    };
    done.map_err(conflict)?;
    Ok(Redirect::to(&format!("/sumber?baru={word}")).into_response())
}

fn conflict(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::Refused("refused-source".into(), None),
        other => other.into(),
    }
}
