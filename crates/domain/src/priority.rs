//! Priority: a score that always says why.

use crate::score::Score;
use serde::{Deserialize, Serialize};

/// How soon a person should look, with the reasons. Serialises to `{"score", "reasons": ["words"]}` for programs;
/// the screens word [`Reason`] in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// 0 (never) to 1 (now).
    pub score: Score,
    /// In words, strongest first.
    pub reasons: Vec<Reason>,
}

impl Priority {
    /// This priority for `copies` of the same text within `hours`: each doubling takes a tenth of the way that is
    /// left to 1 (a twentieth when it took longer than a day). One copy is no spread.
    pub fn spread(&self, copies: u32, hours: u32) -> Self {
        let mut reasons = self.reasons.clone();
        reasons.retain(|reason| !matches!(reason, Reason::Spreading { .. }));
        if copies < 2 {
            return Self { score: self.score, reasons };
        }
        reasons.insert(reasons.len().min(1), Reason::Spreading { copies, hours });
        let step: f64 = if hours <= 24 { 0.9 } else { 0.95 };
        let left = (1.0 - self.score.get()) * step.powf(f64::from(copies).log2());
        Self { score: Score::new(1.0 - left), reasons }
    }
}

/// One reason with its figures. Serialised as the English sentence of the contract and read back from it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is its own sentence in `Display`")]
pub enum Reason {
    RepeatsClaim { rating: String, score: f64 },
    RelatedClaim { score: f64 },
    ClaimCameLater,
    NothingFound,
    GroupAttack { act: String, score: f64 },
    Spreading { copies: u32, hours: u32 },
    NamesPlace { name: String },
    OutsideArea { name: String },
    OwnInstitution,
    AsksForHelp { lane: String },
    ProtectedSpeech { lane: String },
    HighHarm { topic: String },
    Other(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RepeatsClaim { rating, score } => write!(f, "repeats a claim rated {rating} ({score:.2})"),
            Self::RelatedClaim { score } => write!(f, "close to a checked claim ({score:.2})"),
            Self::ClaimCameLater => f.write_str("judged before the claim was on the list"),
            Self::NothingFound => f.write_str("judged again: nothing is found any more"),
            Self::GroupAttack { act, score } => write!(f, "may attack a protected group: {act} ({score:.2})"),
            Self::Spreading { copies, hours } => write!(f, "spreading: {copies} copies in {hours} h"),
            Self::NamesPlace { name } => write!(f, "names a place of this office: {name}"),
            Self::OutsideArea { name } => write!(f, "names a place outside this office: {name}"),
            Self::OwnInstitution => f.write_str("about the own institution"),
            Self::AsksForHelp { lane } => write!(f, "something to answer: {lane}"),
            Self::ProtectedSpeech { lane } => write!(f, "protected speech: {lane}"),
            Self::HighHarm { topic } => write!(f, "may do harm: {topic}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Reason {
    /// Reads a sentence of the contract back; a sentence outside the list is kept as [`Reason::Other`].
    pub fn parse(text: &str) -> Self {
        Self::parse_known(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    fn parse_known(text: &str) -> Option<Self> {
        let scored = |rest: &str| -> Option<(String, f64)> {
            let (words, score) = rest.strip_suffix(')')?.rsplit_once(" (")?;
            Some((words.to_owned(), score.parse().ok()?))
        };
        if let Some((rating, score)) = text.strip_prefix("repeats a claim rated ").and_then(scored) {
            return Some(Self::RepeatsClaim { rating, score });
        }
        if let Some((_, score)) = text.strip_prefix("close to ").and_then(scored) {
            return Some(Self::RelatedClaim { score });
        }
        if let Some((act, score)) = text.strip_prefix("may attack a protected group: ").and_then(scored) {
            return Some(Self::GroupAttack { act, score });
        }
        if let Some(rest) = text.strip_prefix("spreading: ") {
            let (copies, hours) = rest.strip_suffix(" h")?.split_once(" copies in ")?;
            return Some(Self::Spreading { copies: copies.parse().ok()?, hours: hours.parse().ok()? });
        }
        let named = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        named("names a place of this office: ")
            .map(|name| Self::NamesPlace { name })
            .or_else(|| named("names a place outside this office: ").map(|name| Self::OutsideArea { name }))
            .or_else(|| (text == "judged before the claim was on the list").then_some(Self::ClaimCameLater))
            .or_else(|| (text == "judged again: nothing is found any more").then_some(Self::NothingFound))
            .or_else(|| (text == "about the own institution").then_some(Self::OwnInstitution))
            .or_else(|| named("something to answer: ").map(|lane| Self::AsksForHelp { lane }))
            .or_else(|| named("protected speech: ").map(|lane| Self::ProtectedSpeech { lane }))
            .or_else(|| named("may do harm: ").map(|topic| Self::HighHarm { topic }))
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_raises_a_score_once_and_says_so() {
        let base = Priority { score: Score::new(0.5), reasons: vec![Reason::OwnInstitution] };
        assert_eq!(base.spread(1, 1), base);
        let eight = base.spread(8, 3);
        assert!((eight.score.get() - (1.0 - 0.5 * 0.9_f64.powi(3))).abs() < 1e-9);
        assert_eq!(eight.reasons, [Reason::OwnInstitution, Reason::Spreading { copies: 8, hours: 3 }]);
        assert!(base.spread(8, 72).score < eight.score, "slower spread weighs less");
        assert_eq!(eight.spread(9, 3).reasons.len(), 2, "the reason is replaced, not repeated");
    }

    #[test]
    fn a_reason_survives_the_way_through_json() {
        let all = [
            Reason::RepeatsClaim { rating: "false".into(), score: 0.93 },
            Reason::RelatedClaim { score: 0.41 },
            Reason::ClaimCameLater,
            Reason::NothingFound,
            Reason::GroupAttack { act: "exclusion".into(), score: 0.8 },
            Reason::Spreading { copies: 4, hours: 2 },
            Reason::NamesPlace { name: "Kecamatan Karangjati".into() },
            Reason::OutsideArea { name: "Kecamatan Watugiri".into() },
            Reason::OwnInstitution,
            Reason::AsksForHelp { lane: "complaint".into() },
            Reason::ProtectedSpeech { lane: "satire".into() },
            Reason::HighHarm { topic: "health".into() },
            Reason::Other("x".into()),
        ];
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Reason>>(&json).unwrap(), all);
    }
}
