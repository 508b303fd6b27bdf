//! Checkable statements and the verdicts that fact-checkers published on them.

use crate::ids::ClaimId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A checkable statement with the published check that settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Id within the claim list.
    pub id: ClaimId,
    /// The statement in one line, as the fact-checker titled it.
    pub title: String,
    /// The conclusion of the check, where known.
    #[serde(default)]
    pub text: String,
    /// Address of the published check.
    #[serde(default)]
    pub url: Option<String>,
    /// Day of publication.
    #[serde(default)]
    pub date: Option<Date>,
    /// The fact-checker's own verdict word, kept as it was written.
    #[serde(default, alias = "rating")]
    pub verdict: Option<String>,
    /// Who published the check.
    #[serde(default)]
    pub source: Option<String>,
}

impl Claim {
    /// The verdict word mapped to the scale; an unknown word stays readable in [`Claim::verdict`].
    pub fn rating(&self) -> Rating {
        self.verdict.as_deref().map_or(Rating::Unrated, Rating::from_word)
    }
}

/// Rating scale of the hoax sheet (`rights.md`), after the ClaimReview practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// The statement is true.
    True,
    /// True but for details.
    MostlyTrue,
    /// True words, missing context.
    LacksContext,
    /// Leads to a false belief.
    Misleading,
    /// The statement is false.
    False,
    /// Could be neither shown nor refuted.
    Unproven,
    /// Meant as satire.
    Satire,
    /// Not checkable: an opinion.
    Opinion,
    /// No verdict word, or one outside the scale.
    Unrated,
}

impl Rating {
    /// Maps verdict words of Indonesian and English fact-checkers; anything else is [`Rating::Unrated`].
    pub fn from_word(word: &str) -> Self {
        let word = word.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        match word.as_str() {
            "benar" | "fakta" | "true" | "correct" | "klarifikasi benar" | "not-hoax" | "not hoax"
            | "bukan hoaks" | "bukan hoax" => Self::True,
            "sebagian benar" | "sebagian besar benar" | "mostly true" | "mostly-true" => Self::MostlyTrue,
            "kurang konteks" | "tanpa konteks" | "missing context" | "lacks context" | "konteks salah"
            | "konteks keliru" | "false context" => Self::LacksContext,
            "menyesatkan"
            | "misleading"
            | "sebagian salah"
            | "partly false"
            | "half true"
            | "koneksi salah"
            | "koneksi keliru"
            | "false connection"
            | "misleading content"
            | "konten menyesatkan"
            | "konten yang menyesatkan"
            | "misinformasi"
            | "misinformation" => Self::Misleading,
            "salah"
            | "keliru"
            | "hoaks"
            | "hoax"
            | "false"
            | "palsu"
            | "tidak benar"
            | "disinformasi"
            | "disinformation"
            | "bohong"
            | "fake"
            | "konten palsu"
            | "fabricated content"
            | "konten tiruan"
            | "imposter content"
            | "impostor content"
            | "konten dimanipulasi"
            | "konten yang dimanipulasi"
            | "manipulated content"
            | "fitnah"
            | "penipuan"
            | "scam"
            | "salah: penipuan" => Self::False,
            "belum terbukti" | "tidak terbukti" | "unproven" | "belum terverifikasi" | "unverified" => {
                Self::Unproven
            }
            "satire" | "satir" | "parodi" | "satire/parody" | "parody" => Self::Satire,
            "opini" | "opinion" => Self::Opinion,
            // a word of the scale with the checker's own behind it
            word => word.split_once(" (").map_or(Self::Unrated, |(known, _)| Self::from_word(known)),
        }
    }

    /// The verdict word for a figure on a scale, from the worst (false) to the best (true), as ClaimReview has it;
    /// `None` for a figure outside the scale.
    pub fn word_on_scale(figure: f64, worst: f64, best: f64) -> Option<&'static str> {
        if best <= worst || !(worst..=best).contains(&figure) {
            return None;
        }
        Some(match (figure - worst) / (best - worst) {
            part if part < 0.125 => "false",
            part if part < 0.375 => "partly false",
            part if part < 0.625 => "half true",
            part if part < 0.875 => "mostly true",
            _ => "true",
        })
    }

    /// The code used in findings and in the screens' texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::MostlyTrue => "mostly_true",
            Self::LacksContext => "lacks_context",
            Self::Misleading => "misleading",
            Self::False => "false",
            Self::Unproven => "unproven",
            Self::Satire => "satire",
            Self::Opinion => "opinion",
            Self::Unrated => "unrated",
        }
    }

    /// Whether repeating the statement spreads something debunked. An unrated check of a fact-checker counts:
    /// most claim lists hold hoaxes only and leave the verdict column empty.
    pub fn is_debunked(self) -> bool {
        !matches!(self, Self::True | Self::MostlyTrue | Self::Opinion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_words_map_to_ratings_and_unknown_ones_are_kept() {
        for (word, rating) in [
            ("[SALAH]", Rating::False),
            ("Hoax", Rating::False),
            ("MENYESATKAN", Rating::Misleading),
            ("Benar", Rating::True),
            ("Kurang Konteks", Rating::LacksContext),
            ("true (Tepat)", Rating::True),
            ("entah", Rating::Unrated),
            ("entah (benar)", Rating::Unrated),
        ] {
            assert_eq!(Rating::from_word(word), rating, "{word}");
        }
        let scale = |figure| Rating::word_on_scale(figure, 1.0, 5.0).map(Rating::from_word);
        assert_eq!(scale(1.0), Some(Rating::False));
        assert_eq!(scale(3.0), Some(Rating::Misleading));
        assert_eq!(scale(5.0), Some(Rating::True));
        assert_eq!((scale(0.0), scale(f64::NAN), Rating::word_on_scale(1.0, 1.0, -1.0)), (None, None, None));
        let claim: Claim = serde_json::from_str(r#"{"id":"c1","title":"t","verdict":"entah"}"#).unwrap();
        assert_eq!(claim.verdict.as_deref(), Some("entah"));
    }
}
