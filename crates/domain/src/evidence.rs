//! Evidence: the sealed copy of a page, and the chain of custody after the Berkeley Protocol on Digital Open Source
//! Investigations: who did what to it, when, with which tool, and where it went.

use crate::ids::{CaseId, EvidenceId, ItemId, PersonId};
use crate::office::{Person, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a piece of evidence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceState {
    /// Asked for, not yet taken.
    Waiting,
    /// Taken and sealed.
    Sealed,
    /// The page was gone when it was to be taken.
    Gone,
    /// The page may not be read: its robots.txt, a login, an address that is not public.
    Refused,
    /// It could not be taken, however often it was tried.
    Failed,
    /// Deleted with the content of its case.
    Deleted,
}

impl EvidenceState {
    /// Code in tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sealed => "sealed",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
        }
    }
}

/// A file of the sealed copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedFile {
    /// Its name in the folder of the evidence.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

impl SealedFile {
    /// The page with what it needs, as WARC.
    pub const PAGE: &'static str = "page.warc.gz";
    /// The picture of the page.
    pub const PICTURE: &'static str = "picture.png";
    /// What was taken from where, with what, and the hashes of the others.
    pub const MANIFEST: &'static str = "manifest.json";
    /// The timestamp of the manifest, as RFC 3161 has it; the only file that may come later.
    pub const STAMP: &'static str = "manifest.tsr";
}

/// A piece of evidence: one page as it was at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Id.
    pub id: EvidenceId,
    /// The case it belongs to.
    pub case: CaseId,
    /// The content it shows.
    pub item: ItemId,
    /// Address of the page; `None` once deleted.
    pub url: Option<String>,
    /// Where it stands.
    pub state: EvidenceState,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it was taken, or when it was certain that it could not be.
    pub settled_at: Option<Timestamp>,
    /// Why there is none.
    pub why: Option<String>,
    /// What was sealed; empty before and once deleted.
    pub files: Vec<SealedFile>,
}

impl Evidence {
    /// A sealed file by its name.
    pub fn file(&self, name: &str) -> Option<&SealedFile> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// Evidence that was deleted: what, when, under which rule and by what; no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deletion {
    /// Which.
    pub evidence: EvidenceId,
    /// The case it belonged to.
    pub case: CaseId,
    /// When it was deleted.
    pub at: Timestamp,
    /// The rule: a period of [`Retention`](crate::Retention), by its name in the settings.
    pub rule: String,
    /// That period, hours.
    pub hours: u32,
    /// By what, name and version.
    pub tool: String,
    /// What it was: sealed, gone, refused, ...
    pub state: EvidenceState,
    /// Names, sizes and hashes of the files that were sealed.
    pub files: Vec<SealedFile>,
    /// When the files were gone from the disk; `None` where they are still to go.
    pub wiped_at: Option<Timestamp>,
    /// Last moment until which a hold had kept it, where there was one.
    pub held_until: Option<Timestamp>,
}

impl Deletion {
    /// Whether files of it are still on the disk.
    pub fn files_left(&self) -> bool {
        self.wiped_at.is_none() && !self.files.is_empty()
    }
}

/// A hold: keeps the content of a case past its period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// The case.
    pub case: CaseId,
    /// The two people.
    pub who: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl Hold {
    /// Longest hold in days; it can be renewed.
    pub const MOST_DAYS: i64 = 366;
}

/// What trying to take evidence came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Sealed: these files, what is to be said beside them, and what else was done while they were made.
    Sealed(Vec<SealedFile>, Option<String>, Vec<Custody>),
    /// Gone, refused or failed, and why.
    Without(EvidenceState, String),
}

impl Settled {
    /// The state it leads to.
    pub fn state(&self) -> EvidenceState {
        match self {
            Self::Sealed(..) => EvidenceState::Sealed,
            Self::Without(state, _) => *state,
        }
    }
}

/// What was done to evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustodyStep {
    /// Asked for.
    Asked,
    /// Taken and sealed.
    Sealed,
    /// Shown by a browser, from the capture, and kept as a picture.
    Pictured,
    /// No picture, with the reason as a code.
    Unpictured,
    /// Timestamped later than it was sealed.
    Stamped,
    /// Found gone.
    Gone,
    /// Not taken, since it may not be read.
    Refused,
    /// Not taken, given up.
    Failed,
    /// Given to somebody outside, by two people.
    Transferred,
    /// Deleted.
    Deleted,
}

impl CustodyStep {
    /// Code in tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sealed => "sealed",
            Self::Pictured => "pictured",
            Self::Unpictured => "unpictured",
            Self::Stamped => "stamped",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Transferred => "transferred",
            Self::Deleted => "deleted",
        }
    }
}

impl From<EvidenceState> for CustodyStep {
    fn from(state: EvidenceState) -> Self {
        match state {
            EvidenceState::Waiting => Self::Asked,
            EvidenceState::Sealed => Self::Sealed,
            EvidenceState::Gone => Self::Gone,
            EvidenceState::Refused => Self::Refused,
            EvidenceState::Failed => Self::Failed,
            EvidenceState::Deleted => Self::Deleted,
        }
    }
}

/// A link of the chain of custody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Custody {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the program on its own.
    pub who: Option<String>,
    /// What.
    pub step: CustodyStep,
    /// With what, name and version.
    pub tool: String,
    /// What else there is to say: a reason, to whom it went.
    pub note: Option<String>,
}

/// Why two people are not two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFlaw {
    /// One person twice.
    #[error("both keys are of the same person: a second person has to agree")]
    Same,
    /// Somebody whose role holds no key.
    #[error("only those who decide cases hold a key: operators and heads")]
    Role,
    /// No head among them.
    #[error("one of the two has to be the head of public information")]
    NoHead,
}

/// Two different people who have both just proven who they are, one of them a head: what letting evidence out of the
/// house and keeping it longer need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TwoKeys {
    first: (PersonId, String),
    second: (PersonId, String),
}

impl TwoKeys {
    /// The keys of two people who have just proven who they are.
    ///
    /// # Errors
    /// [`KeyFlaw`] where they are not two, may not decide, or no head is among them.
    pub fn of(first: &Person, second: &Person) -> Result<Self, KeyFlaw> {
        if first.id == second.id {
            return Err(KeyFlaw::Same);
        }
        if !first.role.decides() || !second.role.decides() {
            return Err(KeyFlaw::Role);
        }
        if first.role != Role::Head && second.role != Role::Head {
            return Err(KeyFlaw::NoHead);
        }
        let key = |person: &Person| (person.id.clone(), person.name.clone());
        Ok(Self { first: key(first), second: key(second) })
    }

    /// Both names, for the log.
    pub fn names(&self) -> String {
        format!("{}, {}", self.first.1, self.second.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, role: Role) -> Person {
        let (login, office, locale) = (id.to_owned(), "kota".into(), "id".into());
        Person { id: id.into(), login, name: id.to_uppercase(), role, office, locale }
    }

    #[test]
    fn two_keys_are_of_two_people_who_decide_and_one_of_them_leads() {
        let (sri, budi) = (person("sri", Role::Head), person("budi", Role::Operator));
        assert_eq!(TwoKeys::of(&budi, &sri).map(|keys| keys.names()), Ok("BUDI, SRI".into()));
        assert_eq!(TwoKeys::of(&sri, &sri), Err(KeyFlaw::Same));
        assert_eq!(TwoKeys::of(&budi, &person("adi", Role::Operator)), Err(KeyFlaw::NoHead));
        assert_eq!(TwoKeys::of(&sri, &person("adi", Role::Admin)), Err(KeyFlaw::Role));
    }
}
