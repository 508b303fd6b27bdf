//! The list of checked claims, searchable, and one of them.

use super::case::is_web;
use super::queue::Narrowed;
use super::{Page, Pager, show as render};
use crate::frame::Frame;
use crate::problem::Problem;
use crate::session::Visit;
use crate::state::DeskState;
use crate::words::Words;
use crate::{reading, time, wording};
use askama::Template;
use axum::extract::{Path, Query, State};
use saring_domain::{Claim, ClaimId};

/// A claim as shown.
pub(super) struct ClaimView {
    pub href: String,
    /// Where a watch for it is opened.
    pub watch: String,
    pub title: String,
    pub text: String,
    pub rating: String,
    pub rating_code: &'static str,
    pub verdict: Option<String>,
    pub publisher: Option<String>,
    pub date: Option<String>,
    pub url: Option<String>,
}

impl ClaimView {
    pub(super) fn new(w: Words, claim: &Claim, whole: bool) -> Self {
        let rating = claim.rating().code();
        Self {
            href: format!("/klaim/{}", super::in_url(claim.id.as_str())),
            watch: format!("/pantauan/baru?klaim={}", super::in_url(claim.id.as_str())),
            title: claim.title.clone(),
            text: if whole { claim.text.clone() } else { reading::shortened(&claim.text) },
            rating: wording::rating(w, rating),
            rating_code: rating,
            verdict: claim.verdict.clone(),
            publisher: claim.source.clone(),
            date: claim.date.map(|date| time::date_words(w, date)),
            url: claim.url.clone().filter(|url| is_web(url)),
        }
    }
}

#[derive(Template)]
#[template(path = "claims.html")]
struct ClaimsPage {
    f: Frame,
    claims: Vec<ClaimView>,
    total: u64,
    /// Claims of feeds that nobody has looked at.
    waiting: u64,
    search: String,
    pager: Pager,
    decides: bool,
}

/// `GET /klaim`
pub(crate) async fn list(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Narrowed>) -> Page {
    let filter = asked.filter(false, desk.config().page_size);
    let (found, total) = desk.store().find_claims(&asked.words(), filter.offset, filter.limit).await?;
    let frame = Frame::new(&desk, &visit, "claims", &visit.words.t("claims-title")).await?;
    let page = ClaimsPage {
        claims: found.iter().map(|claim| ClaimView::new(visit.words, claim, false)).collect(),
        total,
        waiting: desk.store().offers_waiting().await?,
        search: asked.words(),
        decides: visit.signed()?.person.role.decides(),
        pager: Pager::new(asked.page(), total, filter.limit, asked.open("/klaim")),
        f: frame,
    };
    render(&page)
}

#[derive(Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    f: Frame,
    claim: ClaimView,
    decides: bool,
}

/// `GET /klaim/{claim}`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Path(claim): Path<String>) -> Page {
    let found = desk.store().claim(&ClaimId::from(claim)).await?.ok_or(Problem::NotFound)?;
    let frame = Frame::new(&desk, &visit, "claims", &found.title).await?;
    let decides = visit.signed()?.person.role.decides();
    render(&ClaimPage { claim: ClaimView::new(visit.words, &found, true), decides, f: frame })
}
