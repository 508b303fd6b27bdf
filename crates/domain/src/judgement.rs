//! All findings on one item in the shape of the `analyse` contract.

use crate::finding::{ClaimMatch, Finding, FindingKind, GroupAttack, HateScores, Lane, PlaceMatch, Relation};
use crate::ids::{ClaimId, OfficeId};
use crate::priority::Priority;
use crate::score::Score;
use serde::{Deserialize, Serialize};

/// Language of a text: `id`, `ms`, `jv`, `su`, `en`, `mixed` or `und` when unsure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// Language code.
    pub code: String,
    /// Calibrated probability.
    pub score: Score,
}

/// The protected-speech lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Protected {
    /// Which kind, when accepted.
    pub lane: Option<Lane>,
    /// Calibrated probability.
    pub score: Score,
}

/// Where a person would find an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Repeats a debunked claim.
    Hoax,
    /// May attack a protected group.
    Hate,
    /// A complaint or question to answer.
    Service,
    /// News about the own institution.
    Clipping,
    /// Nothing to do.
    #[default]
    None,
}

impl Queue {
    /// The queues that people work on, in the order of the screens.
    pub const WORKED: [Self; 4] = [Self::Hoax, Self::Hate, Self::Service, Self::Clipping];

    /// Hours within which a case of this queue should be decided: incitement and debunked claims within a shift,
    /// complaints within a day, clippings within two.
    pub fn due_within_hours(self) -> u32 {
        match self {
            Self::Hate => 4,
            Self::Hoax => 6,
            Self::Service => 24,
            Self::Clipping | Self::None => 48,
        }
    }

    /// Code in contracts, tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Hoax => "hoax",
            Self::Hate => "hate",
            Self::Service => "service",
            Self::Clipping => "clipping",
            Self::None => "none",
        }
    }
}

/// A range of the original text with the finding that points at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// First character, inclusive (Unicode scalar values).
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Which finding: `claim:ID`, `group_attack`, `place:CODE`, `hate`, `own_institution`.
    pub because: String,
}

/// Everything the machine thinks of one item. Serialises to the output line of `saring analyse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Id of the item.
    pub id: String,
    /// Language.
    pub language: Language,
    /// An earlier id with the same text, exact or near.
    pub duplicate_of: Option<String>,
    /// Candidate claims, best first.
    pub claims: Vec<ClaimMatch>,
    /// Attack on a protected group.
    pub group_attack: GroupAttack,
    /// The 12 labels.
    pub hate: HateScores,
    /// Labels after thresholds.
    pub labels: Vec<String>,
    /// Protected speech.
    pub protected: Protected,
    /// Places named.
    pub places: Vec<PlaceMatch>,
    /// Speaks of the office's own institution or of one below it.
    pub own_institution: bool,
    /// Offices below whose institutions it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<OfficeId>,
    /// All ranges with their reasons.
    pub spans: Vec<Because>,
    /// Where a person would find it.
    pub queue: Queue,
    /// How soon, and why.
    pub priority: Priority,
    /// Detectors that ran, `name@version`; empty in a bare contract line. Not part of the contract's output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<String>,
}

impl Judgement {
    /// Of the item `id`, before anything was found.
    pub fn blank(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            language: Language { code: "und".into(), score: Score::default() },
            duplicate_of: None,
            claims: Vec::new(),
            group_attack: GroupAttack::default(),
            hate: HateScores::default(),
            labels: Vec::new(),
            protected: Protected::default(),
            places: Vec::new(),
            own_institution: false,
            institutions: Vec::new(),
            spans: Vec::new(),
            queue: Queue::None,
            priority: Priority::default(),
            detectors: Vec::new(),
        }
    }

    /// The best claim that was accepted as the same.
    pub fn same_claim(&self) -> Option<&ClaimMatch> {
        self.claims.iter().find(|claim| claim.relation == Relation::Same)
    }

    /// Leaves out claims that are not on the list any more, with what points at them.
    pub fn keep_claims(&mut self, listed: impl Fn(&ClaimId) -> bool) {
        let gone = |claim: &ClaimMatch| !listed(&claim.id);
        let pointers: Vec<String> = self
            .claims
            .iter()
            .filter(|claim| gone(claim))
            .map(|claim| format!("claim:{}", claim.id))
            .collect();
        if !pointers.is_empty() {
            self.claims.retain(|claim| !gone(claim));
            self.spans.retain(|span| !pointers.contains(&span.because));
        }
        self.claims.iter_mut().for_each(|claim| claim.also.retain(&listed));
    }

    /// The opinions worth a row of their own: what was accepted, with the detector that said it.
    pub fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut push = |detector: &str, kind, score, spans| {
            out.push(Finding {
                detector: detector.into(),
                version: self.version_of(detector),
                kind,
                score,
                spans,
            });
        };
        for claim in self.claims.iter().filter(|claim| claim.relation != Relation::None) {
            let kind = FindingKind::KnownClaim { claim: claim.id.clone(), relation: claim.relation };
            push("known_claim", kind, claim.score, claim.spans.clone());
        }
        if self.labels.iter().any(|label| label == "GroupAttack") {
            let attack = &self.group_attack;
            let kind = FindingKind::GroupAttack { target: attack.target.clone(), act: attack.act };
            push("group_attack", kind, attack.score, attack.spans.clone());
        }
        for (name, p) in HateScores::NAMES.iter().zip(self.hate.to_array()) {
            if self.labels.iter().any(|label| label == name) {
                push(
                    "hate_speech",
                    FindingKind::HateLabel { label: (*name).into() },
                    Score::new(p),
                    Vec::new(),
                );
            }
        }
        if let Some(lane) = self.protected.lane {
            push("protected", FindingKind::Protected { lane }, self.protected.score, Vec::new());
        }
        if let Some(of) = &self.duplicate_of {
            push("duplicate", FindingKind::Duplicate { of: of.clone() }, Score::new(1.0), Vec::new());
        }
        for place in &self.places {
            push("place", FindingKind::Place { code: place.code.clone() }, place.score, place.spans.clone());
        }
        if self.own_institution {
            push("institution", FindingKind::OwnInstitution, Score::new(1.0), Vec::new());
        }
        out
    }

    fn version_of(&self, detector: &str) -> String {
        let found =
            self.detectors.iter().find_map(|d| d.split_once('@').filter(|(name, _)| *name == detector));
        found.map_or_else(|| "0".into(), |(_, version)| version.into())
    }
}
