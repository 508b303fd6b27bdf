//! Why a source could not be read, and who should do what about it.

use saring_domain::{Trouble, TroubleCode, WatchFlaw};
use std::time::Duration;
use url::Url;

/// Why a source (or a page) could not be read. Each message says who should do what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that may be read.
    #[error("the address {url} cannot be used: {why}; correct the source in the configuration")]
    Address {
        /// As configured, or where a redirect led.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The host leads into a network that is not public.
    #[error(
        "{host} leads to {address}, which is not an address of the public internet; remove the source, or, if this \
         is a server of your own, add it to the allowed addresses in the configuration"
    )]
    Refused {
        /// Name or literal address in the URL.
        host: String,
        /// What would have been dialled.
        address: String,
    },
    /// The name does not resolve.
    #[error(
        "the name {host} was not found ({why}); it is tried again next time, correct the address if it stays so"
    )]
    Name {
        /// The name.
        host: String,
        /// The resolver's word.
        why: String,
    },
    /// No connection, or one that broke.
    #[error("no good connection to {host}: {why}; it is tried again next time")]
    Connection {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// The certificate is not trusted.
    #[error(
        "the certificate of {host} cannot be trusted ({why}); tell those who run it, or, for a server of your own, \
         add its authority to the trusted ones in the configuration"
    )]
    Certificate {
        /// The host.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// A time cap was reached.
    #[error("{url} was too slow: {why}; it is tried again next time")]
    Slow {
        /// What was read.
        url: String,
        /// Which cap, in seconds.
        why: String,
    },
    /// The size cap was reached, on the wire or after decompression.
    #[error(
        "{url} sends more than {limit} bytes, far more than its kind needs; nothing of it was kept, check that the \
         address is right"
    )]
    TooBig {
        /// What was read.
        url: String,
        /// The cap, bytes.
        limit: u64,
    },
    /// It sent what it was not asked for.
    #[error("{url} sends something that cannot be read: {why}; check the address, or tell those who run it")]
    Unreadable {
        /// What was read.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A web page came where a feed was expected.
    #[error("{url} is a web page and not a feed; look for the address of its feed")]
    NotAFeed {
        /// What was read.
        url: String,
    },
    /// Too many redirects.
    #[error("{url} redirects more than {hops} times; put the address it leads to into the configuration")]
    Redirects {
        /// The first address.
        url: String,
        /// How many are followed.
        hops: usize,
    },
    /// The server said no.
    #[error("{url} answers with {code}{}", advice(*.code))]
    Status {
        /// What was read.
        url: String,
        /// HTTP status.
        code: u16,
        /// Its Retry-After, where it gave one.
        again_in: Option<Duration>,
    },
    /// robots.txt asks not to read this.
    #[error(
        "the robots.txt of the host asks not to read {url}; it is left alone, ask the medium for permission"
    )]
    Robots {
        /// What was not read.
        url: String,
    },
    /// The host asked for a pause that is not over.
    #[error("{host} asked for a pause of {} s more; it is read after that", .again_in.as_secs())]
    Held {
        /// The host.
        host: String,
        /// Time left.
        again_in: Duration,
    },
    /// Arrived well, but broken.
    #[error("{url} is broken: {why}; it is tried again next time, tell those who run it if it stays so")]
    Broken {
        /// What was read.
        url: String,
        /// Where and how.
        why: String,
    },
    /// It wants a login, a key or a payment.
    #[error("{url} wants a login or a key ({why}); only what is public is read, so this source stays off")]
    Login {
        /// What was read.
        url: String,
        /// How that shows.
        why: String,
    },
    /// A mail server did not take name and password.
    #[error(
        "{host} does not accept the user name or the password ({why}); check the user name in the address and the file that \
         password_file names, some providers want a password made for programs; it is tried again in the next round"
    )]
    Password {
        /// The mail server.
        host: String,
        /// Its answer in a word, never with what was sent.
        why: String,
    },
    /// A mailbox has no such folder.
    #[error(
        "{host} has no folder {folder}; write its name into the address as the server spells it, such as /INBOX"
    )]
    Folder {
        /// The mail server.
        host: String,
        /// The folder.
        folder: String,
    },
    /// The page of one account.
    #[error(
        "{url} is the page of one account; what is watched is content and not people: use a public timeline, a \
         topic or the medium's own site"
    )]
    Person {
        /// As configured.
        url: String,
    },
    /// A term is followed without a watch that allows it.
    #[error("{url} follows a term, and {}; write [source.watch] in the configuration", watch_word(.flaw))]
    Watch {
        /// As configured.
        url: String,
        /// What is wrong with the watch; `None` where there is none.
        flaw: Option<WatchFlaw>,
    },
    /// A file or folder cannot be read.
    #[error("{path} cannot be read: {why}")]
    File {
        /// Path as given.
        path: String,
        /// What is wrong and what to do.
        why: String,
    },
}

impl FetchError {
    /// Whether the same will happen again until someone acts.
    pub fn permanent(&self) -> bool {
        match self {
            Self::Name { .. } | Self::Connection { .. } | Self::Slow { .. } => false,
            Self::Held { .. } | Self::Broken { .. } => false,
            Self::Status { code, .. } => (400..500).contains(code) && !matches!(code, 408 | 425 | 429),
            _ => true,
        }
    }

    /// Whether reading was held back by politeness rather than failed.
    pub fn held(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Robots { .. }) || self.status() == Some(429)
    }

    /// The pause the host asked for.
    pub fn again_in(&self) -> Option<Duration> {
        match self {
            Self::Held { again_in, .. } => Some(*again_in),
            Self::Status { again_in, .. } => *again_in,
            _ => None,
        }
    }

    /// The same for screens, reports and the store.
    pub fn trouble(&self) -> Trouble {
        use TroubleCode as Code;
        let (code, about, detail) = match self {
            Self::Address { url, why } => (Code::Address, url, why.clone()),
            Self::Refused { host, address } => (Code::Refused, host, address.clone()),
            Self::Name { host, why } => (Code::Name, host, why.clone()),
            Self::Connection { host, why } => (Code::Connection, host, why.clone()),
            Self::Certificate { host, why } => (Code::Certificate, host, why.clone()),
            Self::Slow { url, why } => (Code::Slow, url, why.clone()),
            Self::TooBig { url, limit } => (Code::TooBig, url, limit.to_string()),
            Self::Unreadable { url, why } => (Code::Unreadable, url, why.clone()),
            Self::NotAFeed { url } => (Code::NotAFeed, url, String::new()),
            Self::Redirects { url, hops } => (Code::Redirects, url, hops.to_string()),
            Self::Status { url, code, .. } => (answer(*code), url, code.to_string()),
            Self::Robots { url } => (Code::Robots, url, String::new()),
            Self::Held { host, again_in } => (Code::Paused, host, again_in.as_secs().to_string()),
            Self::Broken { url, why } => (Code::Broken, url, why.clone()),
            Self::File { path, why } => (Code::File, path, why.clone()),
            Self::Login { url, why } => (Code::Login, url, why.clone()),
            Self::Password { host, why } => (Code::Password, host, why.clone()),
            Self::Folder { host, folder } => (Code::Folder, host, folder.clone()),
            Self::Person { url } => (Code::Person, url, String::new()),
            Self::Watch { url, flaw } => match flaw {
                None => (Code::WatchMissing, url, watch_word(flaw)),
                Some(WatchFlaw::Ended(day)) => (Code::WatchEnded, url, day.to_string()),
                Some(flaw) => (Code::WatchRefused, url, flaw.to_string()),
            },
        };
        Trouble { code, about: about.clone(), detail, message: self.to_string() }
    }

    /// This error, or that `url` is for members only where the server said so with one of these statuses.
    pub(crate) fn closed_by(self, statuses: &[u16], url: &Url) -> Self {
        match self.status() {
            Some(code) if statuses.contains(&code) => {
                Self::Login { url: url.to_string(), why: code.to_string() }
            }
            _ => self,
        }
    }

    /// Whether the server says that there is nothing there, or no longer.
    pub fn page_is_gone(&self) -> bool {
        matches!(self.status(), Some(404 | 410))
    }

    /// The HTTP status, where the server gave one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } => Some(*code),
            _ => None,
        }
    }
}

/// Why an entry of a source or a line of a file could not be read; without what it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It has no words.
    #[error("it has neither headline nor text")]
    Empty,
    /// It is far larger than any entry.
    #[error("it has {0} bytes, more than any entry needs")]
    TooBig(usize),
    /// It is not public.
    #[error("it is behind a password: not public, so not read")]
    Closed,
    /// It is broken.
    #[error("{0}")]
    Broken(String),
}

impl From<String> for Flaw {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

impl From<&str> for Flaw {
    fn from(why: &str) -> Self {
        Self::Broken(why.to_owned())
    }
}

impl Flaw {
    /// The trouble of the entry or line that `about` names.
    pub fn trouble(&self, about: String) -> Trouble {
        let (code, detail) = match self {
            Self::Empty => (TroubleCode::EntryEmpty, String::new()),
            Self::TooBig(bytes) => (TroubleCode::EntryTooBig, bytes.to_string()),
            Self::Closed => (TroubleCode::EntryClosed, String::new()),
            Self::Broken(why) => (TroubleCode::Entry, why.clone()),
        };
        let message = format!("{about} could not be read: {self}; those who run the source should repair it");
        Trouble { code, about, detail, message }
    }
}

fn watch_word(flaw: &Option<WatchFlaw>) -> String {
    match flaw {
        None => "it has no watch with purpose, two people and a last day".into(),
        Some(flaw) => format!("its watch may not be followed: {flaw}"),
    }
}

fn answer(code: u16) -> TroubleCode {
    match code {
        401 | 403 => TroubleCode::Closed,
        404 | 410 => TroubleCode::Gone,
        429 => TroubleCode::Busy,
        500..=599 => TroubleCode::Down,
        _ => TroubleCode::Status,
    }
}

fn advice(code: u16) -> &'static str {
    match code {
        401 | 403 => " (not for the public, or it turns programs away); ask the medium, or remove the source",
        404 | 410 => " (nothing there); correct the address in the configuration",
        429 => " (too many requests); it is left alone for a while",
        500..=599 => " (trouble on its side); it is tried again next time",
        _ => "; check the address in the configuration",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permanence_follows_who_has_to_act() {
        let status = |code| FetchError::Status { url: "http://x/".into(), code, again_in: None };
        for (code, permanent) in
            [(404, true), (403, true), (410, true), (429, false), (500, false), (503, false)]
        {
            assert_eq!(status(code).permanent(), permanent, "{code}");
        }
        assert!(status(429).held() && !status(503).held());
        assert!(status(404).to_string().contains("correct the address"));
        assert!(FetchError::Robots { url: "http://x/".into() }.held());
    }
}
