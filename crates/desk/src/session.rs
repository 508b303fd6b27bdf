//! Who is asking. The only place where a [`Reviewer`] is minted.

use crate::password::password_matches;
use crate::problem::Problem;
use crate::state::DeskState;
use crate::token::{random_token, sha256_of};
use crate::words::Words;
use crate::{cookie, token};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{OfficeId, Person, PersonId, Reviewer};
use saring_store::StoreResult;
use saring_store::traits::People;
use std::net::{IpAddr, SocketAddr};

/// Cookie of the session.
pub(crate) const SESSION: &str = "saring";
/// Cookie that binds the sign-in form to this browser.
pub(crate) const BEFORE: &str = "saring-awal";
/// Cookie of the language before sign-in.
pub(crate) const LANGUAGE: &str = "saring-bahasa";

/// A person with a living session.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// Who.
    pub person: Person,
    /// What every form of this session must bring along.
    pub csrf: String,
    /// Hash of the session's token, to end it.
    pub token: [u8; 32],
}

impl Signed {
    /// The capability to decide, where the role has it.
    pub fn reviewer(&self) -> Result<Reviewer, Problem> {
        Reviewer::at_sign_in(&self.person).ok_or(Problem::Forbidden)
    }

    /// Where the person works; every call of the store is bound to it.
    pub fn office(&self) -> &OfficeId {
        &self.person.office
    }
}

/// The capability of a person who proves who they are by password alone; `None` where the password is wrong, a code is
/// asked of this person too, or the role does not decide.
///
/// # Errors
/// Those of the store.
pub async fn proven(store: &dyn People, login: &str, password: &str) -> StoreResult<Option<Reviewer>> {
    let known = store.credentials(login).await?.filter(|known| !known.disabled && known.totp.is_none());
    let known = known.filter(|known| password_matches(password, &known.password));
    Ok(known.and_then(|known| Reviewer::at_sign_in(&known.person)))
}

/// One request: who asks, in which language, when.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The language of the answer.
    pub words: Words,
    /// The time of the answer.
    pub now: Timestamp,
    /// Who, where somebody is signed in.
    pub signed: Option<Signed>,
    /// The caller's network as a bucket for counting failures; no address is kept.
    pub network: String,
    /// What the sign-in form must bring along, from the cookie.
    pub before: Option<String>,
    /// Path and query as asked.
    pub uri: String,
}

impl Visit {
    /// Finds out who asks.
    pub async fn new(desk: &DeskState, parts: &Parts) -> StoreResult<Self> {
        let (config, headers, now) = (desk.config(), &parts.headers, desk.now());
        let signed = signed(desk, headers, now).await?;
        let words = match &signed {
            Some(signed) => Words::of(&signed.person.locale),
            None => words_before_sign_in(desk, headers, &parts.uri),
        };
        Ok(Self {
            words,
            now,
            signed,
            network: network(parts, config.behind_proxy),
            before: cookie::read(headers, &cookie::name(config.secure, BEFORE)),
            uri: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }

    /// The person, where the route asked for one.
    pub fn signed(&self) -> Result<&Signed, Problem> {
        self.signed.as_ref().ok_or(Problem::Forbidden)
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::NoPage)
    }
}

async fn signed(desk: &DeskState, headers: &HeaderMap, now: Timestamp) -> StoreResult<Option<Signed>> {
    let config = desk.config();
    let Some(cookie) = cookie::read(headers, &cookie::name(config.secure, SESSION)) else { return Ok(None) };
    let token = sha256_of(&cookie);
    let found = desk.store().session(&token, config.session_idle, config.session_absolute, now).await?;
    Ok(found.map(|session| Signed { person: session.person, csrf: session.csrf, token }))
}

fn words_before_sign_in(desk: &DeskState, headers: &HeaderMap, uri: &Uri) -> Words {
    let chosen = asked_language(uri).or_else(|| {
        let stored = cookie::read(headers, &cookie::name(desk.config().secure, LANGUAGE))?;
        crate::known_locale(&stored)
    });
    let accepted = || Words::accepted(headers.get("accept-language")?.to_str().ok()?);
    chosen.map(Words::of).or_else(accepted).unwrap_or_else(|| Words::of(&desk.config().locale))
}

/// `?bahasa=en` on the pages before sign-in.
pub(crate) fn asked_language(uri: &Uri) -> Option<&'static str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == "bahasa").and_then(|(_, value)| crate::known_locale(value))
}

/// The caller's network (IPv4 /24, IPv6 /64), hashed.
fn network(parts: &Parts, behind_proxy: bool) -> String {
    let forwarded = || {
        let value = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = if behind_proxy { forwarded().or_else(peer) } else { peer() };
    let bits = match address.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(v4)) => hex(&v4.octets()[..3]),
        Some(IpAddr::V6(v6)) => hex(&v6.octets()[..8]),
        None => "unknown".into(),
    };
    format!("net:{}", &hex(&sha256_of(&bits))[..16])
}

/// Opens a session and gives the `Set-Cookie` value that carries it, and the person signed in.
pub(crate) async fn open(
    desk: &DeskState,
    person: &PersonId,
    now: Timestamp,
) -> Result<(String, Signed), Problem> {
    let (secret, csrf) = (random_token()?, random_token()?);
    let config = desk.config();
    let token = token::sha256_of(&secret);
    desk.store().open_session(&token, person, &csrf, now).await?;
    let opened = desk.store().session(&token, config.session_idle, config.session_absolute, now).await?;
    let person = opened.ok_or(Problem::Forbidden)?.person;
    Ok((cookie::write(config.secure, SESSION, &secret), Signed { person, csrf, token }))
}
