//! What needs two people: giving evidence out of the house, and holding the content of a case past its period.

use super::Page;
use super::keys::two_keys;
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::{self, Problem};
use crate::session::Visit;
use crate::state::DeskState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use saring_domain::{CaseId, Evidence, EvidenceId, Hold};

/// Longest recipient and reason, in characters: they stand in the chain of custody.
const LONGEST: usize = 400;

/// The form as shown.
#[derive(Template)]
#[template(path = "handing.html")]
struct HandingPage {
    f: Frame,
    /// Words of this form begin with it: `export` or `hold`.
    kind: &'static str,
    action: String,
    back: String,
    /// What it is about.
    about: String,
    to: String,
    reason: String,
    until: String,
    first: Date,
    last: Date,
    second: String,
    /// What keeps it from being done.
    flaw: Option<String>,
}

impl HandingPage {
    async fn new(
        desk: &DeskState,
        visit: &Visit,
        kind: &'static str,
        about: String,
        back: String,
    ) -> Result<Self, Problem> {
        let zone = desk.office(visit.signed()?.office()).time_zone();
        let today = visit.now.to_zoned_datetime(zone).date();
        Ok(Self {
            f: Frame::new(desk, visit, "evidence", &visit.words.t(&format!("{kind}-title"))).await?,
            kind,
            action: visit.uri.split('?').next().unwrap_or_default().to_owned(),
            back,
            about,
            to: String::new(),
            reason: String::new(),
            until: String::new(),
            first: today,
            last: today.saturating_add((Hold::MOST_DAYS - 1).days()),
            second: String::new(),
            flaw: None,
        })
    }

    /// The form once more with what was typed, but for passwords, and what is wrong.
    fn refused(self, posted: &Posted, flaw: &str) -> axum::response::Response {
        let kept = |name: &str| posted.get(name).to_owned();
        let flaw = Some(self.f.w.t(flaw));
        let (to, reason, until, second) = (kept("kepada"), kept("alasan"), kept("sampai"), kept("kedua"));
        problem::page(StatusCode::UNPROCESSABLE_ENTITY, &Self { to, reason, until, second, flaw, ..self })
    }
}

fn said(posted: &Posted, field: &str) -> Option<String> {
    let text = posted.get(field);
    (!text.is_empty() && text.chars().count() <= LONGEST).then(|| text.to_owned())
}

async fn export_page(desk: &DeskState, visit: &Visit, evidence: &Evidence) -> Result<HandingPage, Problem> {
    let about = evidence.url.clone().unwrap_or_else(|| evidence.id.to_string());
    HandingPage::new(desk, visit, "export", about, format!("/bukti/{}", evidence.id)).await
}

/// `GET /bukti/{evidence}/serah`
pub(crate) async fn export_form(State(desk): State<DeskState>, visit: Visit, Path(id): Path<String>) -> Page {
    let evidence = desk.store().evidence(visit.signed()?.office(), &EvidenceId::from(id)).await?;
    super::show(&export_page(&desk, &visit, &evidence).await?)
}

/// `POST /bukti/{evidence}/serah`: whole, by two keys, recorded, then given as a file.
pub(crate) async fn export(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Page {
    let office = visit.signed()?.office();
    let id = EvidenceId::from(id);
    let evidence = desk.store().evidence(office, &id).await?;
    let page = export_page(&desk, &visit, &evidence).await?;
    let Some(copies) = desk.config().copies.clone().filter(|_| !evidence.files.is_empty()) else {
        return Ok(page.refused(&posted, "export-nothing"));
    };
    let (Some(to), Some(reason)) = (said(&posted, "kepada"), said(&posted, "alasan")) else {
        return Ok(page.refused(&posted, "handing-said"));
    };
    if !copies.flaws(&evidence).await.map_err(Problem::Inside)?.is_empty() {
        return Ok(page.refused(&posted, "export-not-whole"));
    }
    let keys = match two_keys(&desk, &visit, &posted).await? {
        Ok(keys) => keys,
        Err(flaw) => return Ok(page.refused(&posted, flaw)),
    };
    desk.store().hand_out(&id, &keys, &to, &reason, super::evidence::TOOL, visit.now).await?;
    let zip =
        copies.bundle(&evidence, desk.office(office), visit.words.locale).await.map_err(Problem::Inside)?;
    let name = format!("attachment; filename=\"bukti-{id}.zip\"");
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, name)], zip).into_response())
}

async fn hold_page(desk: &DeskState, visit: &Visit, case: &CaseId) -> Result<HandingPage, Problem> {
    let view = desk.store().case(visit.signed()?.office(), case).await?;
    let about = crate::mask(&crate::reading::shortened(&view.row.item.full_text()));
    HandingPage::new(desk, visit, "hold", about, format!("/kasus/{case}")).await
}

/// `GET /kasus/{case}/tahan`
pub(crate) async fn hold_form(State(desk): State<DeskState>, visit: Visit, Path(case): Path<String>) -> Page {
    super::show(&hold_page(&desk, &visit, &CaseId::from(case)).await?)
}

/// `POST /kasus/{case}/tahan`
pub(crate) async fn hold(
    State(desk): State<DeskState>,
    visit: Visit,
    Path(case): Path<String>,
    posted: Posted,
) -> Page {
    let office = visit.signed()?.office();
    let case = CaseId::from(case);
    let page = hold_page(&desk, &visit, &case).await?;
    let Some(reason) = said(&posted, "alasan") else { return Ok(page.refused(&posted, "handing-said")) };
    let until =
        posted.get("sampai").parse::<Date>().ok().filter(|day| (page.first..=page.last).contains(day));
    let until = until.and_then(|day| end_of(day, &desk.office(office).time_zone()));
    let Some(until) = until else { return Ok(page.refused(&posted, "hold-until-wrong")) };
    let keys = match two_keys(&desk, &visit, &posted).await? {
        Ok(keys) => keys,
        Err(flaw) => return Ok(page.refused(&posted, flaw)),
    };
    desk.store().hold(office, &case, &keys, &reason, until, visit.now).await?;
    Ok(Redirect::to(&format!("/kasus/{case}?baru=tahan")).into_response())
}

/// The moment at which a local day is over.
fn end_of(day: Date, zone: &jiff::tz::TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()
}
