//! Cases and decisions: the unit of human work and a person's word on it.

use crate::ids::{CaseId, ClaimId, ItemId, OfficeId, PersonId};
use crate::judgement::Queue;
use crate::office::Reviewer;
use crate::priority::Priority;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The unit of human work: one text, or a group of copies of it, that a person looks at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// The item that opened it; copies are attached.
    pub about: ItemId,
    /// The one owning office.
    pub office: OfficeId,
    /// Which queue it stands in.
    pub queue: Queue,
    /// How soon and why.
    pub priority: Priority,
    /// Where it stands.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it should be decided.
    pub due_at: Timestamp,
    /// The item is about the office's own institution.
    pub own_institution: bool,
    /// The machine put it in a protected lane.
    pub protected: bool,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Waits in the queue.
    Open,
    /// Someone took it.
    Taken,
    /// A first reviewer decided; a second must agree.
    AwaitsSecond,
    /// Passed to the office above.
    Escalated,
    /// A person has decided.
    Decided,
    /// Closed by retention without a decision (*no action*).
    Closed,
}

impl CaseState {
    /// Code in tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::AwaitsSecond => "awaits_second",
            Self::Escalated => "escalated",
            Self::Decided => "decided",
            Self::Closed => "closed",
        }
    }
}

/// Why something is left alone (`rights.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the codes are explained in the screens' texts and in docs/rights.md")]
pub enum LeaveAlone {
    R01,
    R02,
    R03,
    R04,
    R05,
    R06,
    R07,
    R08,
    R09,
    R10,
    R11,
    R12,
    R13,
    R14,
}

impl LeaveAlone {
    /// All codes in order: criticism, satire, press, counter-speech, reclaimed, not a protected group, no
    /// incitement, opinion, not public, minor, expired purpose, conflict of interest, not enough evidence, targets
    /// an author.
    pub const ALL: [Self; 14] = [
        Self::R01,
        Self::R02,
        Self::R03,
        Self::R04,
        Self::R05,
        Self::R06,
        Self::R07,
        Self::R08,
        Self::R09,
        Self::R10,
        Self::R11,
        Self::R12,
        Self::R13,
        Self::R14,
    ];
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum DecisionCode {
    /// Leave alone, with the reason. One key.
    LeaveAlone {
        /// Why.
        why: LeaveAlone,
    },
    /// Repeats this known claim.
    KnownHoax {
        /// Which.
        claim: ClaimId,
    },
    /// A fact-check is needed before anything else.
    NeedsCheck,
    /// Goes to the hate review sheet.
    HateReview,
    /// Goes to who can answer it.
    Service,
    /// Filed as a clipping.
    Clipping,
}

impl DecisionCode {
    /// Short code: `R01` to `R14`, `known_hoax`, `needs_check`, `hate_review`, `service`, `clipping`.
    pub fn short(&self) -> String {
        match self {
            Self::LeaveAlone { why } => format!("{why:?}"),
            Self::KnownHoax { .. } => "known_hoax".into(),
            Self::NeedsCheck => "needs_check".into(),
            Self::HateReview => "hate_review".into(),
            Self::Service => "service".into(),
            Self::Clipping => "clipping".into(),
        }
    }
}

/// Why a decision is refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DecisionError {
    /// The own-institution rule.
    #[error("about the own institution: it may only become a clarification or a service case")]
    OwnInstitution,
    /// Overriding a protected lane needs a reason in words.
    #[error("protected speech: write the reason for overriding it (at least 10 characters)")]
    ReasonMissing,
    /// The second reviewer must be someone else.
    #[error("a second reviewer must be another person")]
    SamePerson,
    /// The case is not open for this office.
    #[error("this case belongs to another office")]
    OtherOffice,
    /// Someone decided meanwhile.
    #[error("this case is already decided: reload the page")]
    AlreadyDecided,
}

/// A person's word on a case. Can only be made with a [`Reviewer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    case: CaseId,
    code: DecisionCode,
    note: String,
    reviewer: Reviewer,
    at: Timestamp,
    leads_to: CaseState,
}

impl Decision {
    /// Decides `case`. `proposed_by` is who made the same decision first, where the case awaits a second reviewer.
    ///
    /// # Errors
    /// The rules of `rights.md`: own institution, reason for overriding a protected lane, another person as second
    /// reviewer, a case already decided.
    pub fn new(
        case: &Case,
        code: DecisionCode,
        note: &str,
        reviewer: &Reviewer,
        proposed_by: Option<&PersonId>,
        at: Timestamp,
    ) -> Result<Self, DecisionError> {
        if matches!(case.state, CaseState::Decided | CaseState::Closed) {
            return Err(DecisionError::AlreadyDecided);
        }
        let leads_to = match code {
            DecisionCode::HateReview if case.own_institution => return Err(DecisionError::OwnInstitution),
            DecisionCode::HateReview if case.protected => {
                Self::override_protected(note, reviewer, proposed_by)?
            }
            _ => CaseState::Decided,
        };
        Ok(Self {
            case: case.id.clone(),
            code,
            note: note.trim().to_owned(),
            reviewer: reviewer.clone(),
            at,
            leads_to,
        })
    }

    fn override_protected(
        note: &str,
        reviewer: &Reviewer,
        proposed_by: Option<&PersonId>,
    ) -> Result<CaseState, DecisionError> {
        if note.trim().chars().count() < 10 {
            return Err(DecisionError::ReasonMissing);
        }
        match proposed_by {
            None => Ok(CaseState::AwaitsSecond),
            Some(first) if first == reviewer.person() => Err(DecisionError::SamePerson),
            Some(_) => Ok(CaseState::Decided),
        }
    }

    /// Which case.
    pub fn case(&self) -> &CaseId {
        &self.case
    }
    /// What.
    pub fn code(&self) -> &DecisionCode {
        &self.code
    }
    /// Why, in words.
    pub fn note(&self) -> &str {
        &self.note
    }
    /// Who.
    pub fn reviewer(&self) -> &Reviewer {
        &self.reviewer
    }
    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
    /// Where the case stands after it.
    pub fn leads_to(&self) -> CaseState {
        self.leads_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::{Person, Role};

    fn reviewer(id: &str) -> Reviewer {
        let person = Person {
            id: id.into(),
            login: id.into(),
            name: id.into(),
            role: Role::Operator,
            office: "o".into(),
            locale: "id".into(),
        };
        Reviewer::at_sign_in(&person).unwrap()
    }

    fn case(own_institution: bool, protected: bool) -> Case {
        Case {
            id: "k1".into(),
            about: "i1".into(),
            office: "o".into(),
            queue: Queue::Hate,
            priority: Priority::default(),
            state: CaseState::Open,
            opened_at: Timestamp::UNIX_EPOCH,
            due_at: Timestamp::UNIX_EPOCH,
            own_institution,
            protected,
        }
    }

    fn decide(case: &Case, note: &str, first: Option<&str>) -> Result<CaseState, DecisionError> {
        let first = first.map(PersonId::from);
        let now = Timestamp::UNIX_EPOCH;
        Decision::new(case, DecisionCode::HateReview, note, &reviewer("a"), first.as_ref(), now)
            .map(|d| d.leads_to())
    }

    #[test]
    fn criticism_of_the_own_institution_never_becomes_a_hate_case() {
        assert_eq!(
            decide(&case(true, false), "alasan yang panjang", None),
            Err(DecisionError::OwnInstitution)
        );
    }

    #[test]
    fn overriding_protected_speech_needs_words_and_two_people() {
        let case = case(false, true);
        assert_eq!(decide(&case, "pendek", None), Err(DecisionError::ReasonMissing));
        assert_eq!(decide(&case, "alasan yang panjang", None), Ok(CaseState::AwaitsSecond));
        assert_eq!(decide(&case, "alasan yang panjang", Some("a")), Err(DecisionError::SamePerson));
        assert_eq!(decide(&case, "alasan yang panjang", Some("b")), Ok(CaseState::Decided));
    }

    #[test]
    fn an_auditor_cannot_review() {
        let mut person = Person {
            id: "x".into(),
            login: "x".into(),
            name: "x".into(),
            role: Role::Auditor,
            office: "o".into(),
            locale: "id".into(),
        };
        assert!(Reviewer::at_sign_in(&person).is_none());
        person.role = Role::Admin;
        assert!(Reviewer::at_sign_in(&person).is_none());
    }
}
