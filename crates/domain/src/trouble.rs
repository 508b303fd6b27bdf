//! Why something could not be read, in a form that each screen can say in its own language.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a source, an entry of it or a line of a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What kind of trouble: screens have words for each.
    pub code: TroubleCode,
    /// What it is about: a host, an address, a file with its line, an entry.
    pub about: String,
    /// A figure, or what the machine said; empty where the code says it all.
    pub detail: String,
    /// The whole of it in English with what to do, for terminals, logs and programs.
    pub message: String,
}

/// Where a note goes on with what screens make their words of.
const PARTS: &str = " {\"code\":";

/// What of a trouble stands behind its message in a note.
#[derive(Serialize, Deserialize)]
struct Parts {
    code: TroubleCode,
    about: String,
    detail: String,
}

impl Trouble {
    /// As a note of a chain of custody has it: the message, and behind it what screens word it from.
    pub fn note(&self) -> String {
        let Self { code, about, detail, message } = self.clone();
        let parts = serde_json::to_string(&Parts { code, about, detail }).unwrap_or_default();
        format!("{message} {parts}")
    }

    /// Reads a note; `None` where it is one in other words.
    pub fn of_note(note: &str) -> Option<Self> {
        let at = note.rfind(PARTS)?;
        let Parts { code, about, detail } = serde_json::from_str(&note[at + 1..]).ok()?;
        Some(Self { code, about, detail, message: note[..at].to_owned() })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// The kinds of trouble.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum TroubleCode {
            $($(#[$doc])* #[serde(rename = $key)] $name,)*
        }

        impl TroubleCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in tables, and of its words on the screens behind `trouble-`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

codes! {
    /// An address that cannot be used at all.
    Address = "address",
    /// An address inside a network that is not public.
    Refused = "refused",
    /// A name that nobody knows.
    Name = "name",
    /// No connection, or one that broke.
    Connection = "connection",
    /// A certificate that nobody vouches for.
    Certificate = "certificate",
    /// Too slow.
    Slow = "slow",
    /// More bytes than its kind needs.
    TooBig = "too-big",
    /// Something of another kind than was asked for.
    Unreadable = "unreadable",
    /// A web page where a feed was expected.
    NotAFeed = "not-a-feed",
    /// Redirects without end.
    Redirects = "redirects",
    /// Not for the public, or not for programs.
    Closed = "closed",
    /// Nothing there.
    Gone = "gone",
    /// Too many requests.
    Busy = "busy",
    /// The server has trouble of its own.
    Down = "down",
    /// Any other answer.
    Status = "status",
    /// The robots.txt asks not to read it.
    Robots = "robots",
    /// The host asked for a pause.
    Paused = "paused",
    /// Arrived, but broken.
    Broken = "broken",
    /// A file or folder that cannot be read.
    File = "file",
    /// An entry or line that cannot be read.
    Entry = "entry",
    /// An entry or line without words.
    EntryEmpty = "entry-empty",
    /// An entry far larger than any needs to be.
    EntryTooBig = "entry-too-big",
    /// An entry behind a password.
    EntryClosed = "entry-closed",
    /// More entries than any source needs.
    TooMany = "too-many",
    /// More claims offered than may wait at once.
    OffersFull = "offers-full",
    /// Pages behind entries that could not be read.
    Pages = "pages",
    /// Pages that a sitemap names and that could not be read.
    PagesLost = "pages-lost",
    /// Articles of which a further page could not be read.
    Incomplete = "incomplete",
    /// New pages that wait for the next round.
    Later = "later",
    /// Still being read when the others were done.
    Late = "late",
    /// A page that wants a login or a key.
    Login = "login",
    /// A mail server that does not take name and password.
    Password = "password",
    /// A folder that a mailbox does not have.
    Folder = "folder",
    /// A message that was not passed on whole, and is asked for again.
    LetterLater = "letter-later",
    /// A message that was asked for in vain.
    LetterLost = "letter-lost",
    /// The page of one account.
    Person = "person",
    /// A term followed without a watch.
    WatchMissing = "watch-missing",
    /// A watch that is over.
    WatchEnded = "watch-ended",
    /// A watch that may not be.
    WatchRefused = "watch-refused",
    /// Further entries with the same trouble.
    More = "more",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_tells_people_and_screens() {
        let trouble = Trouble {
            code: TroubleCode::Name,
            about: "surel.example".into(),
            detail: "tak dikenal {\"code\":1}".into(),
            message: "the name surel.example was not found".into(),
        };
        let note = trouble.note();
        assert!(note.starts_with("the name surel.example was not found {"), "{note}");
        assert_eq!(Trouble::of_note(&note), Some(trouble));
        for other in [
            "",
            "nobody waits for it",
            "x {\"code\":\"name\"",
            "x {\"code\":\"lain\",\"about\":\"\",\"detail\":\"\"}",
        ] {
            assert_eq!(Trouble::of_note(other), None, "{other}");
        }
    }
}
