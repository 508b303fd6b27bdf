//! The own account: language, password, code of an authenticator.

use super::{Page, show as render};
use crate::frame::Frame;
use crate::password::{PasswordError, hash_password, new_totp_secret, totp_secret, totp_step};
use crate::posted::{Posted, own_path};
use crate::problem::Problem;
use crate::session::{self, Visit};
use crate::state::DeskState;
use crate::{known_locale, pages::in_url};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use saring_store::views::Credentials;
use serde::Deserialize;

/// Failures within 15 minutes after which the own password is not asked again for a while.
const TRIES: u32 = 8;

/// What was just done or went wrong, as the end of the key of its text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    baru: String,
    salah: String,
}

/// Texts that the address may ask for; anything else is passed over.
const SAID: [&str; 10] =
    ["language", "password", "totp-on", "totp-off", "old", "short", "long", "differ", "code", "wait"];

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    f: Frame,
    name: String,
    login: String,
    role: String,
    locales: Vec<(&'static str, String, bool)>,
    has_totp: bool,
    /// A fresh secret in groups of four, and the address that authenticators read.
    secret: String,
    secret_grouped: String,
    otpauth: String,
    said: Option<String>,
    error: Option<String>,
}

/// `GET /akun`
pub(crate) async fn show(State(desk): State<DeskState>, visit: Visit, Query(said): Query<Said>) -> Page {
    let signed = visit.signed()?;
    let w = visit.words;
    let own = own(&desk, &visit).await?;
    let secret = new_totp_secret()?;
    let frame = Frame::new(&desk, &visit, "account", &w.t("account-title")).await?;
    let text = |end: &str| SAID.contains(&end).then(|| w.t(&format!("account-said-{end}")));
    let page = AccountPage {
        name: signed.person.name.clone(),
        login: signed.person.login.clone(),
        role: w.t(&format!("role-{}", signed.person.role.code())),
        locales: crate::LOCALES.map(|l| (l, w.t(&format!("locale-{l}")), l == w.locale)).into(),
        has_totp: own.totp.is_some(),
        secret_grouped: secret
            .as_bytes()
            .chunks(4)
            .map(|c| String::from_utf8_lossy(c))
            .collect::<Vec<_>>()
            .join(" "),
        otpauth: format!(
            "otpauth://totp/Saring:{}?secret={secret}&issuer=Saring",
            in_url(&signed.person.login)
        ),
        secret,
        said: text(&said.baru),
        error: text(&said.salah),
        f: frame,
    };
    render(&page)
}

async fn own(desk: &DeskState, visit: &Visit) -> Result<Credentials, Problem> {
    desk.store().credentials(&visit.signed()?.person.login).await?.ok_or(Problem::NotFound)
}

fn back(said: &str) -> Page {
    Ok(Redirect::to(&format!("/akun?{said}")).into_response())
}

/// `POST /akun/bahasa`, from the account or from the switch in the frame.
pub(crate) async fn language(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let locale = known_locale(posted.get("bahasa")).ok_or(Problem::Invalid("error-form"))?;
    desk.store().set_locale(&visit.signed()?.person.id, locale).await?;
    match own_path(posted.get("kembali")) {
        Some(path) => Ok(Redirect::to(path).into_response()),
        None => back("baru=language"),
    }
}

/// The own sign-in record, where the present password is right; otherwise what to say.
async fn proven(
    desk: &DeskState,
    visit: &Visit,
    posted: &Posted,
) -> Result<Result<Credentials, &'static str>, Problem> {
    let own = own(desk, visit).await?;
    let bucket = format!("akun:{}", own.person.id);
    if desk.store().failures(&bucket, visit.now).await? >= TRIES {
        return Ok(Err("salah=wait"));
    }
    let hash = Some(own.password.clone());
    if super::sign_in::matches(desk, posted.raw("sandi").to_owned(), hash).await? {
        return Ok(Ok(own));
    }
    desk.store().count_failure(&bucket, visit.now).await?;
    Ok(Err("salah=old"))
}

/// Stores the record; as that ends every session of the person, this browser gets a new one.
async fn keep(desk: &DeskState, visit: &Visit, credentials: &Credentials, said: &str) -> Page {
    desk.store().put_person(credentials, visit.now).await?;
    let (cookie, _) = session::open(desk, &credentials.person.id, visit.now).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to(&format!("/akun?{said}"))).into_response())
}

/// `POST /akun/sandi`
pub(crate) async fn password(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let own = match proven(&desk, &visit, &posted).await? {
        Ok(own) => own,
        Err(said) => return back(said),
    };
    let fresh = posted.raw("sandi_baru").to_owned();
    if fresh != posted.raw("sandi_ulang") {
        return back("salah=differ");
    }
    let hashed = tokio::task::spawn_blocking(move || hash_password(&fresh)).await;
    match hashed.map_err(|e| Problem::Inside(e.to_string()))? {
        Ok(password) => keep(&desk, &visit, &Credentials { password, ..own }, "baru=password").await,
        Err(PasswordError::TooShort) => back("salah=short"),
        Err(PasswordError::TooLong) => back("salah=long"),
        Err(error) => Err(Problem::Inside(error.to_string())),
    }
}

/// `POST /akun/kode`: sets the authenticator up with its first code, or takes it away.
pub(crate) async fn totp(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let own = match proven(&desk, &visit, &posted).await? {
        Ok(own) => own,
        Err(said) => return back(said),
    };
    if posted.get("lepas") == "ya" {
        let off = Credentials { totp: None, totp_step: None, ..own };
        return keep(&desk, &visit, &off, "baru=totp-off").await;
    }
    let unix = u64::try_from(visit.now.as_second()).unwrap_or_default();
    let secret = totp_secret(posted.get("rahasia"));
    let step = secret.as_deref().and_then(|secret| totp_step(secret, posted.get("kode_baru"), unix));
    match step {
        Some(step) => {
            let on = Credentials { totp: secret, totp_step: Some(step), ..own };
            keep(&desk, &visit, &on, "baru=totp-on").await
        }
        None => back("salah=code"),
    }
}
