//! Findings: the machine's word. A finding never acts.

use crate::claim::Rating;
use crate::ids::ClaimId;
use crate::item::Span;
use crate::scam::Scam;
use crate::score::Score;
use serde::{Deserialize, Serialize};

/// One opinion of one detector on one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the detector.
    pub detector: String,
    /// Version of the detector and its weights.
    pub version: String,
    /// What was found.
    pub kind: FindingKind,
    /// Calibrated probability that it is so.
    pub score: Score,
    /// Where in the original text.
    pub spans: Vec<Span>,
}

/// What a finding says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FindingKind {
    /// Repeats a claim already checked.
    KnownClaim {
        /// The claim.
        claim: ClaimId,
        /// How near.
        relation: Relation,
    },
    /// Attacks a protected group.
    GroupAttack {
        /// `trait:group`.
        target: Option<String>,
        /// What is done to the group.
        act: Option<Act>,
    },
    /// One of the 12 hate / abuse labels.
    HateLabel {
        /// Name as in [`HateScores`].
        label: String,
    },
    /// Protected speech.
    Protected {
        /// Which kind.
        lane: Lane,
    },
    /// The same text as an earlier item.
    Duplicate {
        /// The earlier item.
        of: String,
    },
    /// Speaks of a place.
    Place {
        /// Official area code.
        code: String,
    },
    /// Speaks of the office's own institution.
    OwnInstitution,
}

/// How an item relates to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same claim: accepted.
    Same,
    /// The same matter, another statement.
    Related,
    /// Best of a list, but no match.
    None,
}

/// A candidate claim for an item, best first (contract of `evaluation.md`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimMatch {
    /// The claim.
    pub id: ClaimId,
    /// Its title.
    pub title: String,
    /// Its rating on the scale.
    pub rating: Rating,
    /// Calibrated P(same claim), and at most that of the match listed before.
    pub score: Score,
    /// Accepted only when same.
    pub relation: Relation,
    /// What agrees, in words.
    pub agrees: Vec<String>,
    /// What differs, in words.
    pub differs: Vec<String>,
    /// The words of the item that carry the match.
    pub spans: Vec<Span>,
    /// Other records of the same story among the claims that were found, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ClaimId>,
    /// The recurring scam that the claim is one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scam: Option<ScamGroup>,
}

/// A recurring scam among the claims: the same bait under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScamGroup {
    /// What it promises.
    pub kind: Scam,
    /// How many other claims of the list promise the same.
    pub others: u32,
}

/// What is done to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the field's standard terms")]
pub enum Act {
    Derogation,
    Dehumanisation,
    Threat,
    Exclusion,
    Denial,
    Conspiracy,
}

/// Attack on a protected group; this, not the label HS, feeds the hate queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupAttack {
    /// Calibrated probability.
    pub score: Score,
    /// `trait:group`, for instance `ethnicity:jawa`.
    pub target: Option<String>,
    /// What is done to the group.
    pub act: Option<Act>,
    /// The words.
    pub spans: Vec<Span>,
}

/// Calibrated probabilities of the 12 labels of Ibrohim & Budi (2019).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, non_snake_case, reason = "the names of the published label set are the contract")]
pub struct HateScores {
    pub HS: Score,
    pub Abusive: Score,
    pub HS_Individual: Score,
    pub HS_Group: Score,
    pub HS_Religion: Score,
    pub HS_Race: Score,
    pub HS_Physical: Score,
    pub HS_Gender: Score,
    pub HS_Other: Score,
    pub HS_Weak: Score,
    pub HS_Moderate: Score,
    pub HS_Strong: Score,
}

impl HateScores {
    /// Label names in contract order.
    pub const NAMES: [&'static str; 12] = [
        "HS",
        "Abusive",
        "HS_Individual",
        "HS_Group",
        "HS_Religion",
        "HS_Race",
        "HS_Physical",
        "HS_Gender",
        "HS_Other",
        "HS_Weak",
        "HS_Moderate",
        "HS_Strong",
    ];

    /// From probabilities in the order of [`HateScores::NAMES`].
    pub fn from_array(p: [f64; 12]) -> Self {
        let s = p.map(Score::new);
        Self {
            HS: s[0],
            Abusive: s[1],
            HS_Individual: s[2],
            HS_Group: s[3],
            HS_Religion: s[4],
            HS_Race: s[5],
            HS_Physical: s[6],
            HS_Gender: s[7],
            HS_Other: s[8],
            HS_Weak: s[9],
            HS_Moderate: s[10],
            HS_Strong: s[11],
        }
    }

    /// In the order of [`HateScores::NAMES`].
    pub fn to_array(&self) -> [f64; 12] {
        [
            self.HS,
            self.Abusive,
            self.HS_Individual,
            self.HS_Group,
            self.HS_Religion,
            self.HS_Race,
            self.HS_Physical,
            self.HS_Gender,
            self.HS_Other,
            self.HS_Weak,
            self.HS_Moderate,
            self.HS_Strong,
        ]
        .map(Score::get)
    }
}

/// Kinds of protected speech (`rights.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the field's standard terms")]
pub enum Lane {
    Criticism,
    Satire,
    Press,
    CounterSpeech,
    Reclaimed,
    Debate,
    Testimony,
    Complaint,
    ProtestCall,
    Election,
    Question,
}

impl Lane {
    /// Complaints and questions are something to answer: they go to the service queue.
    pub fn is_service(self) -> bool {
        matches!(self, Self::Complaint | Self::Question)
    }
}

/// A place named in an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceMatch {
    /// Official area code, for instance `35.03`.
    pub code: String,
    /// Name with its kind, for instance `Kabupaten Trenggalek`.
    pub name: String,
    /// Calibrated probability that this area is meant.
    pub score: Score,
    /// Where it is named.
    pub spans: Vec<Span>,
    /// What beside its name speaks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clues: Vec<PlaceClue>,
}

/// What beside its name says that a place is meant, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceClue {
    /// A word for what it is stands before it: desa, kecamatan, kabupaten.
    HeadWord,
    /// The text names its district, regency or province.
    ParentNamed,
    /// The text names another place of its regency or province.
    NeighbourNamed,
    /// The source writes about its area.
    SourceArea,
    /// It lies in what the office covers.
    OfficeArea,
    /// No other one bears the name.
    OnlyOne,
}
