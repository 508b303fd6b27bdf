//! The list of checked claims, searchable, and one of them.

use super::case::is_web;
use super::queue::Narrowed;
use super::{Page, Pager, show as render};
use crate::frame::Frame;
use crate::problem::Problem;
use crate::reading::{Reader, RowView};
use crate::session::Visit;
use crate::state::DeskState;
use crate::words::Words;
use crate::{reading, time, wording};
use askama::Template;
use axum::extract::{Path, Query, State};
use saring_domain::{Claim, ClaimId, Role};
use saring_store::views::Look;

/// Cases shown on the page of a claim.
const CASES: u32 = 50;

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
    /// The recurring scam it is one of.
    pub scam: Option<String>,
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
            // the rating says it already where the checker used the same word
            verdict: claim
                .verdict
                .clone()
                .filter(|verdict| verdict.to_lowercase() != wording::rating(w, rating).to_lowercase()),
            scam: claim.scam().map(|scam| wording::scam(w, scam)),
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
    /// Cases of the office that repeat it.
    rows: Vec<RowView>,
    summary: String,
    look: Option<LookView>,
    /// Earlier items are still looked at: the page asks again.
    looking: bool,
    queue: &'static str,
    search: String,
}

/// How far looking at earlier items has come.
struct LookView {
    words: String,
    seen: u32,
    total: u32,
    done: bool,
}

impl LookView {
    fn new(w: Words, look: &Look) -> Self {
        let Look { seen, total, done, .. } = *look;
        let words =
            if done { w.n("look-done", seen) } else { w.ab("look-goes-on", w.number(seen), w.number(total)) };
        Self { words, seen, total, done }
    }
}

/// `GET /klaim/{claim}`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Path(claim): Path<String>) -> Page {
    let (id, store, signed) = (ClaimId::from(claim), desk.store(), visit.signed()?);
    let found = store.claim(&id).await?.ok_or(Problem::NotFound)?;
    let frame = Frame::new(&desk, &visit, "claims", &found.title).await?;
    let reader = Reader::new(visit.words, visit.now, desk.office(signed.office()));
    let (rows, total) = match signed.person.role {
        Role::Admin => (Vec::new(), 0), // runs the installation and sees no cases
        _ => store.claim_cases(signed.office(), &id, CASES).await?,
    };
    let mut rows: Vec<RowView> = rows.iter().map(|row| RowView::new(&reader, row, "")).collect();
    // the claim stands above; a case is decided on its own page or in the queue
    rows.iter_mut().for_each(|row| (row.claim, row.acts) = (None, Vec::new()));
    let look = store.claim_look(&id).await?.map(|look| LookView::new(visit.words, &look));
    render(&ClaimPage {
        looking: look.as_ref().is_some_and(|look| !look.done),
        claim: ClaimView::new(visit.words, &found, true),
        decides: signed.person.role.decides(),
        summary: visit.words.n("claim-cases", total),
        look,
        rows,
        queue: "",
        search: String::new(),
        f: frame,
    })
}
