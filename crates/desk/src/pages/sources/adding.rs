//! A public source is tried, shown, and then added. Only what was read well a moment ago is added.

use super::super::Page;
use super::conflict;
use crate::config::{Example, Sample, SourceTrier, Tried};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::{self, Problem};
use crate::reading::Reader;
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use saring_domain::address::{host, source_id, with_scheme};
use saring_domain::{DeskFlaw, SourceDef, SourceKind};
use std::future::Future;
use std::time::Duration;

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(50);
/// Minutes between two reads to choose from.
const EVERY: [u32; 6] = [15, 30, 60, 180, 360, 1440];
/// The zones of Indonesia.
const ZONES: [&str; 3] = ["WIB", "WITA", "WIT"];
/// Entries that could not be read, of each that are shown.
const TROUBLES: usize = 3;

/// Something found at the address.
struct Found {
    kind: String,
    key: &'static str,
    url: String,
    host: String,
    /// What reading it gave, in words.
    words: String,
    examples: Vec<ExampleView>,
    troubles: Vec<String>,
    /// It can be added here.
    fits: bool,
    /// Its entries may be shortened: the pages behind them can be read.
    pages: bool,
}

struct ExampleView {
    when: String,
    text: String,
    verdict: Option<String>,
}

/// Minutes, in words, and whether it is proposed.
struct Interval {
    minutes: u32,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "source_form.html")]
struct FormPage {
    f: Frame,
    address: String,
    /// The zone of dates that name none; empty for the office's.
    zone: String,
    zones: [&'static str; 3],
    /// The zone of the office.
    own_zone: String,
    /// Nothing can be tried from here.
    closed: bool,
    /// Whether an address was tried.
    tried: bool,
    found: Vec<Found>,
    every: Vec<Interval>,
    /// Why nothing was read, or why it was not added.
    trouble: Option<String>,
}

impl FormPage {
    async fn new(desk: &DeskState, visit: &Visit, posted: &Posted) -> Result<Self, Problem> {
        let w = visit.words;
        let reader = Reader::new(w, visit.now, desk.office(visit.signed()?.office()));
        let interval = |minutes: u32| Interval {
            minutes,
            words: time::span(w, i64::from(minutes)),
            chosen: minutes == 30,
        };
        Ok(Self {
            address: posted.get("alamat").to_owned(),
            zone: posted.get("zona").to_owned(),
            zones: ZONES,
            own_zone: time::zone(visit.now, &reader.zone),
            closed: desk.config().trier.is_none(),
            tried: false,
            found: Vec::new(),
            every: EVERY.into_iter().map(interval).collect(),
            trouble: None,
            f: Frame::new(desk, visit, "sources", &w.t("source-add")).await?,
        })
    }
}

/// `GET /sumber/baru`
pub(crate) async fn form(State(desk): State<DeskState>, visit: Visit) -> Page {
    let page = FormPage::new(&desk, &visit, &Posted::default()).await?;
    Ok(problem::page(StatusCode::OK, &page))
}

/// `POST /sumber/coba`: what the address would give. It is a form that is sent, since it asks other servers.
pub(crate) async fn look(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let mut page = FormPage::new(&desk, &visit, &posted).await?;
    let address = with_scheme(&page.address);
    let zone = Some(page.zone.as_str()).filter(|zone| ZONES.contains(zone));
    let def = SourceDef {
        zone: zone.map(str::to_owned),
        ..SourceDef::new("coba", "coba", SourceKind::Feed, &address)
    };
    if let Err(flaw) = def.check_at_desk() {
        page.trouble = Some(visit.words.t(refusal(flaw)));
        return Ok(problem::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let found = waited(&desk, |trier| async move { trier.look(&address, zone).await }).await?;
    page.tried = true;
    match found {
        Ok(tried) => {
            let reader = Reader::new(visit.words, visit.now, desk.office(visit.signed()?.office()));
            page.found = tried.iter().map(|tried| view(&reader, tried)).collect();
        }
        Err(trouble) => page.trouble = Some(visit.words.trouble(&trouble)),
    }
    Ok(problem::page(StatusCode::OK, &page))
}

/// `POST /sumber`: added, once it was read well.
pub(crate) async fn add(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let person = &visit.signed()?.person;
    let def = def(&posted).ok_or(Problem::Invalid("error-form"))?;
    def.check_at_desk().map_err(|flaw| Problem::Refused(refusal(flaw).into(), None))?;
    let read = waited(&desk, |trier| {
        let def = def.clone();
        async move { trier.read(&def).await }
    });
    if let Err(trouble) = read.await? {
        let mut page = FormPage::new(&desk, &visit, &posted).await?;
        page.trouble = Some(visit.words.trouble(&trouble));
        return Ok(problem::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    desk.store().add_source(person, &def, visit.now).await.map_err(conflict)?;
    Ok(Redirect::to("/sumber?baru=tambah").into_response())
}

/// One at a time, and not for ever.
async fn waited<'d, T, F>(
    desk: &'d DeskState,
    ask: impl FnOnce(&'d dyn SourceTrier) -> F,
) -> Result<T, Problem>
where
    F: Future<Output = T>,
{
    let trier = desk.config().trier.as_deref().ok_or_else(|| refused("refused-source-closed"))?;
    let _turn = desk.trying().try_acquire().map_err(|_| refused("refused-source-busy"))?;
    tokio::time::timeout(PATIENCE, ask(trier)).await.map_err(|_| refused("refused-source-slow"))
}

fn refused(key: &str) -> Problem {
    Problem::Refused(key.into(), None)
}

/// Key of the text that says why it cannot be added here.
fn refusal(flaw: DeskFlaw) -> &'static str {
    match flaw {
        DeskFlaw::Kind => "refused-source-kind",
        DeskFlaw::Address => "refused-source-address",
        DeskFlaw::Password => "refused-source-password",
        DeskFlaw::Field => "refused-source-field",
    }
}

/// The source that the form describes.
fn def(posted: &Posted) -> Option<SourceDef> {
    let kind = SourceKind::ALL.iter().copied().find(|kind| kind.key() == posted.get("jenis"))?;
    let url = posted.get("alamat");
    Some(SourceDef {
        every_minutes: posted.get("tiap").parse().ok()?,
        zone: Some(posted.get("zona").to_owned()).filter(|zone| !zone.is_empty()),
        article_pages: kind == SourceKind::Feed && posted.get("halaman") == "ya",
        ..SourceDef::new(source_id(url).as_str(), posted.get("nama"), kind, url)
    })
}

fn view(reader: &Reader, tried: &Tried) -> Found {
    let w = reader.w;
    let no_sample = Sample::default();
    let sample = tried.read.as_ref().unwrap_or(&no_sample);
    let words = match &tried.read {
        Ok(sample) if sample.more => w.n("source-gives-more", sample.entries),
        Ok(sample) => w.n("source-gives", sample.entries),
        Err(trouble) => w.trouble(trouble),
    };
    let def = SourceDef::new("coba", "coba", tried.kind, &tried.url);
    Found {
        kind: w.t(&format!("kind-{}", tried.kind.key())),
        key: tried.kind.key(),
        host: host(&tried.url),
        url: tried.url.clone(),
        words,
        examples: sample.examples.iter().map(|example| example_view(reader, example)).collect(),
        troubles: sample.bad.iter().take(TROUBLES).map(|trouble| w.trouble(trouble)).collect(),
        fits: tried.read.is_ok() && def.check_at_desk().is_ok(),
        pages: tried.kind == SourceKind::Feed,
    }
}

fn example_view(reader: &Reader, example: &Example) -> ExampleView {
    let w = reader.w;
    ExampleView {
        when: match example.at {
            Some(at) => time::full(w, at, &reader.zone),
            None => w.t("source-no-date"),
        },
        text: example.text.clone(),
        verdict: example.verdict.clone().filter(|verdict| !verdict.is_empty()),
    }
}
