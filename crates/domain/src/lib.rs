//! The nouns of Saring, their state changes and the rights that bind them.
//!
//! Everything here would be true without a computer: no async, no SQL, no HTTP, no models.
//! An item is content, never a person: no type here carries a handle, a name or an avatar of who posted.

pub mod address;
pub mod area;
pub mod case;
pub mod claim;
pub mod evidence;
pub mod finding;
pub mod ids;
pub mod item;
pub mod judgement;
pub mod offer;
pub mod office;
pub mod office_watch;
pub mod priority;
pub mod retention;
pub mod round;
pub mod scam;
pub mod score;
pub mod source;
pub mod timetable;
mod trouble;
pub mod watch;

pub use area::{Area, AreaLevel};
pub use case::{Case, CaseState, Decision, DecisionCode, LeaveAlone};
pub use claim::{Claim, Rating};
pub use evidence::{
    Custody, CustodyStep, Deletion, Evidence, EvidenceState, Hold, KeyFlaw, SealedFile, Settled, TwoKeys,
};
pub use finding::{
    Act, ClaimMatch, Finding, FindingKind, GroupAttack, HateScores, Lane, PlaceClue, PlaceMatch, Relation,
    ScamGroup,
};
pub use ids::{
    AccountRef, CaptureId, CaseId, ClaimId, DecisionId, EvidenceId, ItemId, OfferId, OfficeId, PersonId,
    RoundId, SourceId, WatchId,
};
pub use item::{Capture, Item, ItemKind, Span};
pub use judgement::{Because, Judgement, Language, Protected, Queue};
pub use offer::{Offer, OfferState, SettledOffers};
pub use office::{Office, Person, Reviewer, Role, zone_named};
pub use office_watch::{Estimate, OfficeWatch, ProposedWatch, WatchDraft, WatchState, WatchWord};
pub use priority::{Priority, Reason};
pub use retention::Retention;
pub use round::{Duty, Outcome, Round, RoundKind, RoundStart};
pub use scam::Scam;
pub use score::Score;
pub use source::{Cursor, DeskFlaw, Fetched, SourceDef, SourceKind};
pub use timetable::{Planned, Shift, Timetable};
pub use trouble::{Trouble, TroubleCode};
pub use watch::{Watch, WatchFlaw};
