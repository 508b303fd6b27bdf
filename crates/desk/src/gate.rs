//! Every request passes here: who asks, may they, is the form theirs. Handlers behind it need not ask again.

use crate::posted::Posted;
use crate::problem::{self, Draft, Problem};
use crate::routes::Route;
use crate::session::{LANGUAGE, Visit, asked_language};
use crate::state::DeskState;
use crate::{cookie, pages, token};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// The desk and the row of the table a request came by.
#[derive(Clone)]
pub(crate) struct Gate {
    pub desk: DeskState,
    pub route: &'static Route,
}

/// Lets a request through to its handler, or answers itself; renders what went wrong.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = match Visit::new(&gate.desk, &parts).await {
        Ok(visit) => visit,
        Err(error) => return bare(&error.to_string()),
    };
    let language = asked_language(&parts.uri).filter(|_| visit.signed.is_none());
    let request = Request::from_parts(parts, body);
    let mut response = match admit(&gate, &visit, request).await {
        Ok(request) => next.run(request).await,
        Err(Answer::Page(response)) => *response,
        Err(Answer::Problem(problem)) => problem.into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        response = problem::render(&gate.desk, &visit, &problem).await;
    }
    let stored = language.map(|locale| cookie::write(gate.desk.config().secure, LANGUAGE, locale));
    if let Some(value) = stored.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The store does not answer: there is neither language nor frame.
fn bare(why: &str) -> Response {
    tracing::error!(why, "the store does not answer");
    let text = "Saring tidak dapat membaca basis datanya; coba lagi sebentar lagi.\n\
                Saring cannot read its database; please try again in a moment.\n";
    (axum::http::StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// Why a request does not reach its handler.
enum Answer {
    Problem(Problem),
    Page(Box<Response>),
}
impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

async fn admit(gate: &Gate, visit: &Visit, mut request: Request) -> Result<Request, Answer> {
    if *request.method() == Method::POST {
        from_here(request.headers())?;
        let (mut parts, posted) = Posted::read(request).await?;
        may(gate, visit, Some(&posted))?;
        own_form(visit, &posted)?;
        parts.extensions.insert(posted);
        request = Request::from_parts(parts, Body::empty());
    } else {
        may(gate, visit, None)?;
    }
    request.extensions_mut().insert(visit.clone());
    Ok(request)
}

/// Whether this person may take this route.
fn may(gate: &Gate, visit: &Visit, posted: Option<&Posted>) -> Result<(), Answer> {
    let access = gate.route.access;
    match &visit.signed {
        _ if access.anyone() => Ok(()),
        Some(signed) if access.allows(signed.person.role) => Ok(()),
        Some(_) => Err(Problem::Forbidden.into()),
        None => Err(Answer::Page(Box::new(match posted {
            Some(posted) => {
                let draft = Draft { action: visit.uri.clone(), fields: posted.kept() };
                pages::sign_in::again(&gate.desk, visit, &draft)
            }
            None => Redirect::to(&pages::sign_in::path_back_to(&visit.uri)).into_response(),
        }))),
    }
}

/// A browser says where a form comes from; another site's form is refused whatever it holds.
fn from_here(headers: &axum::http::HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let host = text(HOST.as_str());
    // a page with `Referrer-Policy: no-referrer` sends `null`; then the token decides
    let origin = text(ORIGIN.as_str()).filter(|origin| *origin != "null");
    let same = origin.is_none_or(|origin| origin.split_once("://").map(|(_, rest)| rest) == host);
    if site && same { Ok(()) } else { Err(Problem::Stale(None)) }
}

/// The form brings along what only a page of this session (or, before sign-in, this browser) knows.
fn own_form(visit: &Visit, posted: &Posted) -> Result<(), Problem> {
    let expected = visit.signed.as_ref().map(|signed| signed.csrf.as_str()).or(visit.before.as_deref());
    if expected.is_some_and(|expected| token::same(expected, posted.get("csrf"))) {
        return Ok(());
    }
    let draft = visit.signed.is_some().then(|| Draft { action: visit.uri.clone(), fields: posted.kept() });
    Err(Problem::Stale(draft))
}
