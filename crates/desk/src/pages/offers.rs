//! Claims that fact-checkers' feeds offer: a person takes them into the list or keeps them out.

use super::claims::ClaimView;
use super::queue::Narrowed;
use super::{Page, Pager, show as render};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reading::{Reader, shortened};
use crate::session::Visit;
use crate::state::DeskState;
use crate::time;
use crate::words::Words;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use saring_domain::address::host;
use saring_domain::{Claim, DecisionId, Offer, OfferId, OfferState, SettledOffers};
use saring_store::StoreError;
use std::collections::HashMap;

/// A field of a listed claim that would change: its name, and its words before and after.
struct Change {
    field: String,
    before: String,
    after: String,
}

/// An offer as shown.
struct OfferView {
    id: String,
    claim: ClaimView,
    /// The host that the check is on.
    host: Option<String>,
    source: String,
    age: String,
    age_full: String,
    /// What would change, where the claim is listed already.
    changes: Option<Vec<Change>>,
}

impl OfferView {
    fn new(reader: &Reader, offer: &Offer, names: &HashMap<String, String>) -> Self {
        let claim = ClaimView::new(reader.w, &offer.claim, false);
        let (age, age_full) = reader.when(offer.at);
        let source = offer.source.as_str();
        Self {
            id: offer.id.to_string(),
            host: claim.url.as_deref().map(host),
            claim,
            source: names.get(source).cloned().unwrap_or_else(|| source.to_owned()),
            age,
            age_full,
            changes: offer.before.as_ref().map(|before| changes(reader.w, before, &offer.claim)),
        }
    }
}

/// The fields in which two claims differ.
fn changes(w: Words, before: &Claim, after: &Claim) -> Vec<Change> {
    let fields = |claim: &Claim| {
        let date = claim.date.map(|date| time::date_words(w, date));
        [
            ("title", Some(claim.title.clone())),
            ("verdict", claim.verdict.clone()),
            ("text", Some(shortened(&claim.text))),
            ("publisher", claim.source.clone()),
            ("date", date),
            ("url", claim.url.clone()),
        ]
    };
    let shown =
        |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| w.t("offer-nothing"));
    let pairs = fields(before).into_iter().zip(fields(after));
    let differ = pairs.filter(|((_, before), (_, after))| before != after);
    differ
        .map(|((field, before), (_, after))| Change {
            field: w.t(&format!("offer-field-{field}")),
            before: shown(before),
            after: shown(after),
        })
        .collect()
}

/// The own word that was just given and can be taken back.
struct Undoable {
    id: String,
    words: String,
}

#[derive(Template)]
#[template(path = "offers.html")]
struct OffersPage {
    f: Frame,
    offers: Vec<OfferView>,
    total: u64,
    pager: Pager,
    decides: bool,
    undo: Option<Undoable>,
    said: Option<String>,
}

/// `GET /klaim-baru`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Narrowed>) -> Page {
    let signed = visit.signed()?;
    let (w, size) = (visit.words, desk.config().page_size);
    let (found, total) = desk.store().offers((asked.page() - 1).saturating_mul(size), size).await?;
    let sources = desk.store().sources(visit.now).await?;
    let names = sources.into_iter().map(|source| (source.def.id.to_string(), source.def.name)).collect();
    let reader = Reader::new(w, visit.now, desk.office(signed.office()));
    let settled = match signed.reviewer() {
        Ok(reviewer) => desk.store().settled_offers(&reviewer, visit.now).await?,
        Err(_) => Vec::new(),
    };
    let undo = settled.into_iter().find(|settled| settled.id.as_str() == asked.putusan);
    let page = OffersPage {
        offers: found.iter().map(|offer| OfferView::new(&reader, offer, &names)).collect(),
        total,
        pager: Pager::new(asked.page(), total, size, "/klaim-baru?".into()),
        decides: signed.person.role.decides(),
        undo: undo.map(|settled| undoable(w, &settled)),
        said: (asked.baru == "batal").then(|| w.t("offers-undone")),
        f: Frame::new(&desk, &visit, "claims", &w.t("offers-title")).await?,
    };
    render(&page)
}

fn undoable(w: Words, settled: &SettledOffers) -> Undoable {
    let words = match (settled.state, settled.offers) {
        (OfferState::Listed, 1) => w.a("offers-listed-one", &settled.title),
        (OfferState::Listed, many) => w.n("offers-listed", many),
        (_, 1) => w.a("offers-refused-one", &settled.title),
        (_, many) => w.n("offers-refused", many),
    };
    Undoable { id: settled.id.to_string(), words }
}

/// `POST /klaim-baru`
pub(crate) async fn settle(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let state = match posted.get("putusan") {
        "terima" => OfferState::Listed,
        "tolak" => OfferState::Refused,
        _ => return Err(Problem::Invalid("error-form")),
    };
    let picked = posted.0.iter().filter(|(name, _)| name == "tawaran");
    let offers: Vec<OfferId> = picked.map(|(_, id)| OfferId::from(id.as_str())).collect();
    if offers.is_empty() {
        return Err(Problem::Refused("refused-no-offer".into(), None));
    }
    let settled = desk.store().settle_offers(&reviewer, &offers, state, visit.now).await;
    let settled = settled.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::Refused("refused-offer".into(), None),
        other => other.into(),
    })?;
    Ok(Redirect::to(&format!("/klaim-baru?putusan={}", settled.id)).into_response())
}

/// `POST /klaim-baru/{decision}/batal`
pub(crate) async fn undo(State(desk): State<DeskState>, visit: Visit, Path(decision): Path<String>) -> Page {
    let reviewer = visit.signed()?.reviewer()?;
    let undone = desk.store().undo_offers(&DecisionId::from(decision), &reviewer, visit.now).await;
    undone.map_err(|error| match error {
        StoreError::Conflict(_) => Problem::Refused("refused-offer-undo".into(), None),
        other => other.into(),
    })?;
    Ok(Redirect::to("/klaim-baru?baru=batal").into_response())
}
