//! The guarded HTTP client: the only way out of this program.
//!
//! It reads public addresses only, checked at the address that is dialled and again at every redirect; it is bounded
//! in size, time and unpacked size; and it is a polite guest: it says who it is, keeps to robots.txt, asks one thing
//! at a time and waits as long as it is asked to.

mod address;
mod body;
mod dial;
mod exchange;
mod hop;
mod hosts;
mod post;
mod robots;
mod socket;
#[cfg(test)]
mod tests;

pub use address::{Allow, BadAllow, is_public};
pub use dial::{Resolve, SystemResolver};
pub(crate) use dial::{Stream as Wire, shown};
pub use exchange::{Limits, Reply};
pub use hop::Hop;
pub(crate) use socket::{Heard, STILL, Socket};

use crate::error::FetchError;
use bytes::Bytes;
use dial::{Dialer, checked};
use hosts::{Host, Hosts, KnownRobots};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use robots::Robots;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 3;
/// A longer pause than this is not kept, so that a slip of a server does not silence it for good.
const MOST_PAUSE: Duration = Duration::from_secs(24 * 3600);
/// The pause after "too many requests" without a Retry-After.
const USUAL_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How the client behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whom to ask about our requests: a mail address or a page, sent with every request.
    pub contact: String,
    /// Addresses open beside the public internet (intranets, tests).
    pub allow: Allow,
    /// Pause between two requests to the same host.
    pub pause: Duration,
    /// Caps on each request.
    pub limits: Limits,
    /// The zone of dates on pages that name none: that of the office.
    pub zone: TimeZone,
}

impl Settings {
    /// The usual behaviour, with two seconds between requests to a host.
    pub fn new(contact: impl Into<String>) -> Self {
        let (allow, limits) = (Allow::default(), Limits::default());
        Self {
            contact: contact.into(),
            allow,
            pause: Duration::from_secs(2),
            limits,
            zone: crate::when::capital(),
        }
    }
}

/// The network as the client sees it.
#[derive(Clone)]
pub struct Network {
    /// Turns names into addresses.
    pub resolver: Arc<dyn Resolve>,
    /// Certificates (PEM) of authorities trusted beside the usual ones; empty for none.
    pub authorities: Vec<u8>,
}

impl Default for Network {
    /// The resolver of the machine, the usual authorities.
    fn default() -> Self {
        Self { resolver: Arc::new(SystemResolver), authorities: Vec::new() }
    }
}

/// What we have already, so that the server may answer 304.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// ETag of the last reply.
    pub etag: Option<String>,
    /// Last-Modified of the last reply.
    pub last_modified: Option<String>,
}

/// The guarded client. A clone is the same client: use one for all sources, since politeness is kept per client.
#[derive(Clone)]
pub struct Client(Arc<Inner>, TimeZone);

struct Inner {
    dialer: Dialer,
    limits: Limits,
    pause: Duration,
    agent: HeaderValue,
    hosts: Hosts,
}

impl Client {
    /// A client on the network of this machine.
    ///
    /// # Errors
    /// When the contact cannot stand in a header.
    pub fn new(settings: Settings) -> Result<Self, FetchError> {
        Self::on(settings, Network::default())
    }

    /// A client on another network.
    ///
    /// # Errors
    /// When the contact cannot stand in a header or a certificate cannot be read.
    pub fn on(settings: Settings, network: Network) -> Result<Self, FetchError> {
        let agent = format!("Saring/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact.trim());
        let agent = HeaderValue::from_str(&agent).map_err(|_| FetchError::Address {
            url: settings.contact.clone(),
            why: "a contact is a mail address or a page, in one line".into(),
        })?;
        let dialer = Dialer::new(network.resolver, settings.allow, &network.authorities)?;
        let (limits, pause, zone) = (settings.limits, settings.pause, settings.zone);
        Ok(Self(Arc::new(Inner { dialer, limits, pause, agent, hosts: Hosts::default() }), zone))
    }

    /// The zone of dates on pages that name none.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.1
    }

    /// The same client for a source whose dates are of another zone.
    pub(crate) fn in_zone(&self, zone: TimeZone) -> Self {
        Self(Arc::clone(&self.0), zone)
    }

    /// Reads an address. Redirects are followed by hand, each hop checked like the first; the answer has a status
    /// of 2xx, or 304 where `have` was not empty.
    ///
    /// # Errors
    /// Anything else, each with who should do what.
    pub async fn get(&self, url: &str, have: &Conditions) -> Result<Reply, FetchError> {
        let mut at = checked(url)?;
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.0.hop(&at, have).await?;
            let Some(location) = redirect(&reply) else { return judged(reply) };
            at = next_hop(&at, location)?;
        }
        Err(FetchError::Redirects { url: url.to_owned(), hops: MOST_REDIRECTS })
    }

    /// A connection to a host that speaks something else than HTTP at one of `ports`: TLS at an `https` address, plain at
    /// an `http` one. Turns are kept to as with any other question; the caps are for the caller to keep.
    pub(crate) async fn wire(&self, at: &Url, ports: &[u16]) -> Result<(Box<dyn Wire>, Limits), FetchError> {
        let at = checked(at.as_str())?;
        let (host, limits) = (self.0.hosts.of(&at), self.0.limits);
        let mut turn = host.turn(at.host_str().unwrap_or_default()).await?;
        let dialled = tokio::time::timeout(limits.idle, self.0.dialer.dial_at(&at, ports)).await;
        turn.done(self.0.pause, None);
        let why = format!("no connection within {} s", limits.idle.as_secs_f32());
        let slow = |_| FetchError::Slow { url: at.host_str().unwrap_or_default().to_owned(), why };
        Ok((dialled.map_err(slow)??, limits))
    }

    /// Goes on over TLS on an open connection to the host of `at`, which must show that it is this host.
    pub(crate) async fn encrypt(&self, at: &Url, wire: Box<dyn Wire>) -> Result<Box<dyn Wire>, FetchError> {
        self.0.dialer.encrypt(at, wire).await
    }

    /// The sitemaps that the robots.txt of a site names.
    ///
    /// # Errors
    /// When the site cannot be reached or its robots.txt is in trouble.
    pub async fn sitemaps(&self, url: &str) -> Result<Vec<String>, FetchError> {
        let at = checked(url)?;
        Ok(self.0.robots(&self.0.hosts.of(&at), &at).await?.sitemaps.clone())
    }
}

impl Inner {
    async fn hop(&self, at: &Url, have: &Conditions) -> Result<Reply, FetchError> {
        let host = self.hosts.of(at);
        let robots = self.robots(&host, at).await?;
        if !robots.allows(&at[url::Position::BeforePath..url::Position::AfterQuery]) {
            return Err(FetchError::Robots { url: at.to_string() });
        }
        let mut turn = host.turn(at.host_str().unwrap_or_default()).await?;
        let reply =
            exchange::exchange(&self.dialer, &self.limits, at, &self.headers(have), Bytes::new()).await;
        let asked = reply.as_ref().ok().and_then(asked_pause);
        turn.done(self.pause.max(robots.delay.unwrap_or_default()), asked);
        reply
    }

    fn headers(&self, have: &Conditions) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, self.agent.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        let mut put = |name: HeaderName, value: &Option<String>| {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        };
        put(header::IF_NONE_MATCH, &have.etag);
        put(header::IF_MODIFIED_SINCE, &have.last_modified);
        headers
    }

    /// What robots.txt of the host says, read at most once a day.
    async fn robots(&self, host: &Host, at: &Url) -> Result<Arc<Robots>, FetchError> {
        let mut known = host.robots.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.fresh()) {
            return Ok(known.rules.clone());
        }
        let read = self.read_robots(host, at).await?;
        Ok(known.insert(read).rules.clone())
    }

    /// RFC 9309, 2.3.1: without a file everything is open, with a server in trouble everything is closed.
    async fn read_robots(&self, host: &Host, at: &Url) -> Result<KnownRobots, FetchError> {
        let Ok(mut at) = at.join("/robots.txt") else { return Ok(KnownRobots::new(Robots::open(), false)) };
        let mut turn = host.turn(at.host_str().unwrap_or_default()).await?;
        for _ in 0..=MOST_REDIRECTS {
            let headers = self.headers(&Conditions::default());
            let reply =
                match exchange::exchange(&self.dialer, &self.limits, &at, &headers, Bytes::new()).await {
                    Err(FetchError::TooBig { .. } | FetchError::Unreadable { .. }) => break,
                    other => other?,
                };
            match (redirect(&reply).and_then(|to| next_hop(&at, to).ok()), reply.status) {
                (Some(next), _) => at = next,
                (None, 200..=299) => return Ok(KnownRobots::new(Robots::parse(&reply.body), false)),
                (None, 429 | 500..=599) => {
                    turn.done(self.pause, asked_pause(&reply));
                    return Ok(KnownRobots::new(Robots::closed(), true));
                }
                (None, _) => break,
            }
        }
        Ok(KnownRobots::new(Robots::open(), false))
    }
}

/// Whether an address is one that may be read at all; where it leads is checked when it is dialled.
///
/// # Errors
/// When it is no plain http or https address.
pub fn check(url: &str) -> Result<(), FetchError> {
    checked(url).map(|_| ())
}

fn redirect(reply: &Reply) -> Option<&str> {
    matches!(reply.status, 301 | 302 | 303 | 307 | 308).then(|| reply.header("location"))?
}

fn next_hop(at: &Url, location: &str) -> Result<Url, FetchError> {
    let bad = |e: url::ParseError| FetchError::Address {
        url: at.to_string(),
        why: format!("it redirects to nowhere ({e})"),
    };
    checked(at.join(location).map_err(bad)?.as_str())
}

fn judged(reply: Reply) -> Result<Reply, FetchError> {
    match reply.status {
        200..=299 | 304 => Ok(reply),
        code => Err(FetchError::Status { again_in: asked_pause(&reply), url: reply.url, code }),
    }
}

/// The pause a reply asks for: Retry-After in seconds or as a date, with "too many requests" and "unavailable" only.
fn asked_pause(reply: &Reply) -> Option<Duration> {
    if !matches!(reply.status, 429 | 503) {
        return None;
    }
    let usual = (reply.status == 429).then_some(USUAL_PAUSE);
    let Some(text) = reply.header("retry-after").map(str::trim) else { return usual };
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        u64::try_from(date.duration_since(Timestamp::now()).as_secs()).ok()
    });
    seconds.map(|seconds| Duration::from_secs(seconds).min(MOST_PAUSE)).or(usual)
}
