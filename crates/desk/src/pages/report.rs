//! The report of a day: preview, print, PDF.

use super::{Page, show as render};
use crate::frame::Frame;
use crate::headers::policy_of_print;
use crate::problem::Problem;
use crate::report::{self, ReportTexts};
use crate::session::Visit;
use crate::state::DeskState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Redirect};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use saring_domain::Office;
use saring_store::views::DayFacts;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    f: Frame,
    texts: ReportTexts,
    date: Date,
    before: Date,
    after: Option<Date>,
    has_pdf: bool,
    /// The day is not over.
    running: bool,
}

/// `GET /laporan`: today's, or the day that a form asks for.
pub(crate) async fn latest(State(desk): State<DeskState>, visit: Visit, uri: axum::http::Uri) -> Page {
    let office = desk.office(visit.signed()?.office());
    let asked = uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("tanggal=")));
    let today = visit.now.to_zoned_datetime(office.time_zone()).date();
    let date = asked.and_then(|date| date.parse::<Date>().ok()).unwrap_or(today);
    Ok(Redirect::to(&format!("/laporan/{date}")).into_response())
}

/// The figures of a day at the reader's office; a day that has not come has none.
async fn facts<'a>(
    desk: &'a DeskState,
    visit: &Visit,
    date: &str,
) -> Result<(DayFacts, &'a Office, Date), Problem> {
    let office = desk.office(visit.signed()?.office());
    let date: Date = date.parse().map_err(|_| Problem::NotFound)?;
    let today = visit.now.to_zoned_datetime(office.time_zone()).date();
    if date > today {
        return Err(Problem::NotFound);
    }
    let (from, to) = bounds(office, date).ok_or(Problem::NotFound)?;
    Ok((desk.store().day(&office.id, date, from, to).await?, office, today))
}

/// Start of a local day and of the next.
pub(super) fn bounds(office: &Office, date: Date) -> Option<(Timestamp, Timestamp)> {
    let zone = office.time_zone();
    let start =
        |date: Date| Some(date.to_zoned_datetime(zone.clone()).ok()?.start_of_day().ok()?.timestamp());
    Some((start(date)?, start(date.checked_add(1.day()).ok()?)?))
}

/// `GET /laporan/{date}`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Path(date): Path<String>) -> Page {
    let (facts, office, today) = facts(&desk, &visit, &date).await?;
    let date = facts.date;
    let neighbour = |days: i64| date.checked_add(days.days()).map_err(|_| Problem::NotFound);
    let frame = Frame::new(&desk, &visit, "report", &visit.words.t("report-title")).await?;
    let page = ReportPage {
        texts: report::report_texts(&facts, office, visit.words.locale),
        date,
        before: neighbour(-1)?,
        after: Some(neighbour(1)?).filter(|after| *after <= today),
        has_pdf: desk.config().pdf.is_some(),
        running: date == today,
        f: frame,
    };
    render(&page)
}

/// `GET /laporan/{date}/cetak`
pub(crate) async fn print(State(desk): State<DeskState>, visit: Visit, Path(date): Path<String>) -> Page {
    let (facts, office, _) = facts(&desk, &visit, &date).await?;
    let html = report::report_html(&facts, office, visit.words.locale);
    Ok(([(CONTENT_SECURITY_POLICY, policy_of_print(report::STYLE))], Html(html)).into_response())
}

/// `GET /laporan/{date}/pdf`
pub(crate) async fn pdf(State(desk): State<DeskState>, visit: Visit, Path(date): Path<String>) -> Page {
    let writer = desk.config().pdf.clone().ok_or(Problem::NoPage)?;
    let (facts, office, _) = facts(&desk, &visit, &date).await?;
    let texts = report::report_texts(&facts, office, visit.words.locale);
    let written = tokio::task::spawn_blocking(move || writer(&texts)).await;
    let bytes = written.map_err(|e| Problem::Inside(e.to_string()))?.map_err(Problem::Inside)?;
    let name = format!("attachment; filename=\"laporan-{}.pdf\"", facts.date);
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}
