//! Claims that a feed offers for the list: each waits until a person has had a look.

use crate::claim::Claim;
use crate::ids::{DecisionId, OfferId, SourceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an offered claim stands. Only the listed ones are matched against what people post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Nobody has looked at it yet.
    Waiting,
    /// A person took it into the list.
    Listed,
    /// A person kept it out; the same words do not come back.
    Refused,
}

impl OfferState {
    /// Its name in tables, as serde writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Listed => "listed",
            Self::Refused => "refused",
        }
    }
}

/// A claim as a feed offers it, or a change to one that is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of these very words: a feed that changes them while they wait makes another offer, so that nobody accepts what
    /// was never shown.
    pub id: OfferId,
    /// What would be listed.
    pub claim: Claim,
    /// The claim as it is listed now, where this would change it.
    pub before: Option<Claim>,
    /// Which feed said so.
    pub source: SourceId,
    /// When it came in.
    pub at: Timestamp,
}

/// What a person made of offers, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledOffers {
    /// By which it can be taken back.
    pub id: DecisionId,
    /// Taken into the list ([`OfferState::Listed`]) or kept out.
    pub state: OfferState,
    /// How many offers.
    pub offers: u32,
    /// The first of them.
    pub title: String,
    /// When.
    pub at: Timestamp,
}
