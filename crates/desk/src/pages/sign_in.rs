//! Sign-in with password and optional code, by one-time link, and leaving.

use super::{Page, in_url};
use crate::frame::Frame;
use crate::posted::{Posted, own_path};
use crate::problem::{self, Draft, Problem};
use crate::session::{self, BEFORE, SESSION, Visit};
use crate::state::DeskState;
use crate::token::{random_token, sha256_of};
use crate::{cookie, password};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use saring_domain::ids::hex;
use saring_domain::{Person, PersonId};
use saring_store::views::Credentials;

/// Failures within 15 minutes after which a login is closed for a while.
const LOGIN_TRIES: u32 = 8;
/// The same for a network: a whole office may share one address.
const NETWORK_TRIES: u32 = 40;
/// Longest login looked up.
const LONGEST_LOGIN: usize = 64;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    f: Frame,
    error: Option<String>,
    login: &'a str,
    back: &'a str,
    draft: Option<&'a Draft>,
    /// A one-time link: only a button.
    link: Option<&'a str>,
}

/// `/masuk?ke=...`
pub(crate) fn path_back_to(uri: &str) -> String {
    if uri == "/" { "/masuk".to_owned() } else { format!("/masuk?ke={}", in_url(uri)) }
}

/// `GET /masuk`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, uri: axum::http::Uri) -> Page {
    let asked: axum::extract::Query<Vec<(String, String)>> =
        axum::extract::Query::try_from_uri(&uri).map_err(|_| Problem::NoPage)?;
    let back = asked.0.iter().find(|(key, _)| key == "ke").map_or("/", |(_, value)| value.as_str());
    if visit.signed.is_some() {
        return Ok(Redirect::to(own_path(back).unwrap_or("/")).into_response());
    }
    Ok(form(&desk, &visit, Form { back, ..Form::default() }))
}

/// `GET /masuk/TOKEN`: a button, because programs that preview links would use a link up.
pub(crate) async fn show_link(
    State(desk): State<DeskState>,
    Path(token): Path<String>,
    visit: Visit,
) -> Page {
    Ok(form(&desk, &visit, Form { link: Some(&token), back: "/", ..Form::default() }))
}

/// The sign-in form in place of a page that was asked to write, with what was typed.
pub(crate) fn again(desk: &DeskState, visit: &Visit, draft: &Draft) -> Response {
    let error = visit.words.t("sign-in-expired");
    let form_page = Form {
        status: StatusCode::UNAUTHORIZED,
        error: Some(error),
        draft: Some(draft),
        back: "/",
        ..Form::default()
    };
    form(desk, visit, form_page)
}

/// What the form shows.
#[derive(Default)]
struct Form<'a> {
    status: StatusCode,
    error: Option<String>,
    login: &'a str,
    back: &'a str,
    draft: Option<&'a Draft>,
    link: Option<&'a str>,
}

fn form(desk: &DeskState, visit: &Visit, form: Form<'_>) -> Response {
    let mut frame = Frame::bare(desk, visit, &visit.words.t("sign-in-title"));
    let mut set = None;
    if visit.signed.is_none() && visit.before.is_none() {
        match random_token() {
            Ok(token) => {
                set = HeaderValue::from_str(&cookie::write(desk.config().secure, BEFORE, &token)).ok();
                frame.csrf = token;
            }
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    let Form { status, error, login, back, draft, link } = form;
    let mut response = problem::page(status, &SignInPage { f: frame, error, login, back, draft, link });
    if let Some(value) = set {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// `POST /masuk`
pub(crate) async fn enter(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let login = posted.get("login").to_lowercase();
    let draft = draft_of(&posted);
    let proven = prove(&desk, &visit, &login, posted.raw("sandi"), posted.get("kode_masuk")).await?;
    match proven {
        Ok(person) => welcome(&desk, &visit, &person.id, posted.get("ke"), draft.as_ref()).await,
        Err(key) => {
            let status =
                if key == "sign-in-wait" { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNAUTHORIZED };
            let error = Some(visit.words.t(key));
            let shown = Form {
                status,
                error,
                login: &login,
                back: posted.get("ke"),
                draft: draft.as_ref(),
                link: None,
            };
            Ok(form(&desk, &visit, shown))
        }
    }
}

/// The form that waits for sign-in, from its hidden fields.
fn draft_of(posted: &Posted) -> Option<Draft> {
    let action = own_path(posted.get("untuk"))?.to_owned();
    Some(Draft { action, fields: posted.kept() })
}

/// Who it is, or the key of what to say. Says the same for a wrong login, password or code.
pub(crate) async fn prove(
    desk: &DeskState,
    visit: &Visit,
    login: &str,
    password: &str,
    code: &str,
) -> Result<Result<Person, &'static str>, Problem> {
    let store = desk.store();
    let bucket = format!("login:{}", &hex(&sha256_of(login))[..16]);
    let tried = store.failures(&bucket, visit.now).await? >= LOGIN_TRIES
        || store.failures(&visit.network, visit.now).await? >= NETWORK_TRIES;
    if tried {
        return Ok(Err("sign-in-wait"));
    }
    let known = if login.len() <= LONGEST_LOGIN { store.credentials(login).await? } else { None };
    let known = known.filter(|credentials| !credentials.disabled);
    let hash = known.as_ref().map(|credentials| credentials.password.clone());
    let right = matches(desk, password.to_owned(), hash).await?;
    let known = known.filter(|_| right);
    let proven = match known {
        Some(credentials) if code_fits(desk, visit, &credentials, code).await? => Some(credentials.person),
        _ => None,
    };
    let Some(person) = proven else {
        store.count_failure(&bucket, visit.now).await?;
        store.count_failure(&visit.network, visit.now).await?;
        return Ok(Err("sign-in-wrong"));
    };
    store.clear_failures(&bucket).await?;
    Ok(Ok(person))
}

/// Checks a password off the async threads, a few at a time.
pub(crate) async fn matches(desk: &DeskState, given: String, hash: Option<String>) -> Result<bool, Problem> {
    let inside = |e: &dyn std::fmt::Display| Problem::Inside(e.to_string());
    let _turn = desk.hashing().acquire().await.map_err(|e| inside(&e))?;
    let check = move || match hash {
        Some(hash) => password::password_matches(&given, &hash),
        None => password::match_nobody(&given),
    };
    tokio::task::spawn_blocking(check).await.map_err(|e| inside(&e))
}

async fn code_fits(
    desk: &DeskState,
    visit: &Visit,
    credentials: &Credentials,
    code: &str,
) -> Result<bool, Problem> {
    let Some(secret) = &credentials.totp else { return Ok(true) };
    let unix = u64::try_from(visit.now.as_second()).unwrap_or_default();
    match password::totp_step(secret, code, unix) {
        Some(step) => Ok(desk.store().use_totp_step(&credentials.person.id, step).await?),
        None => Ok(false),
    }
}

/// Opens the session and leads on: to the page asked for, or to the form that was waiting.
async fn welcome(
    desk: &DeskState,
    visit: &Visit,
    person: &PersonId,
    back: &str,
    draft: Option<&Draft>,
) -> Page {
    if let Some(old) = &visit.signed {
        desk.store().close_session(&old.token).await?;
    }
    let (cookie, signed) = session::open(desk, person, visit.now).await?;
    let mut response = match draft {
        Some(draft) => {
            let words = crate::words::Words::of(&signed.person.locale);
            problem::resend(desk, &Visit { words, signed: Some(signed), ..visit.clone() }, draft)
        }
        None => Redirect::to(own_path(back).unwrap_or("/")).into_response(),
    };
    for value in [cookie, cookie::write(desk.config().secure, BEFORE, "")] {
        let value = HeaderValue::from_str(&value).map_err(|e| Problem::Inside(e.to_string()))?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

/// `POST /masuk/TOKEN`
pub(crate) async fn redeem(State(desk): State<DeskState>, Path(token): Path<String>, visit: Visit) -> Page {
    let store = desk.store();
    if store.failures(&visit.network, visit.now).await? >= NETWORK_TRIES {
        let error = Some(visit.words.t("sign-in-wait"));
        return Ok(form(
            &desk,
            &visit,
            Form { status: StatusCode::TOO_MANY_REQUESTS, error, back: "/", ..Form::default() },
        ));
    }
    match store.redeem_one_time(&sha256_of(&token), visit.now).await? {
        Some(person) => welcome(&desk, &visit, &person.id, "/", None).await,
        None => {
            store.count_failure(&visit.network, visit.now).await?;
            let error = Some(visit.words.t("sign-in-link-used"));
            Ok(form(
                &desk,
                &visit,
                Form { status: StatusCode::UNAUTHORIZED, error, back: "/", ..Form::default() },
            ))
        }
    }
}

/// `POST /keluar`
pub(crate) async fn leave(State(desk): State<DeskState>, visit: Visit) -> Page {
    desk.store().close_session(&visit.signed()?.token).await?;
    let ended = cookie::write(desk.config().secure, SESSION, "");
    Ok(([(SET_COOKIE, ended)], Redirect::to("/masuk")).into_response())
}
