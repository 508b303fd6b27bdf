//! Rounds: one pass over the sources of a shift, with an outcome per source.

use crate::ids::{OfficeId, RoundId, SourceId};
use crate::trouble::Trouble;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One pass over the sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Id.
    pub id: RoundId,
    /// Whose round.
    pub office: OfficeId,
    /// Start.
    pub started_at: Timestamp,
    /// End; a round without one was interrupted.
    pub ended_at: Option<Timestamp>,
    /// What each source gave.
    pub outcomes: Vec<(SourceId, Outcome)>,
}

/// What reading a source came to. *Nothing found*, *nothing fetched* and *gone silent* are different.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Read; some entries were new.
    Read {
        /// Items not stored before.
        new: u32,
        /// Items stored before.
        repeated: u32,
        /// Entries that could not be read.
        bad: u32,
    },
    /// Read well; nothing new (*nothing found*).
    NothingNew {
        /// Items stored before.
        repeated: u32,
        /// Entries that could not be read.
        bad: u32,
    },
    /// Not read: nothing is known about what it holds (*nothing fetched*).
    Failed {
        /// What went wrong and who should do what.
        trouble: Trouble,
        /// Whether the same will happen again until someone acts.
        permanent: bool,
    },
    /// Read well, but its newest entry is far older than its own rhythm (*gone silent*).
    Silent {
        /// Newest entry seen.
        newest: Option<Timestamp>,
        /// Its usual gap between entries, minutes.
        usual_minutes: u32,
    },
    /// Not due, or held back by politeness (robots.txt, Retry-After).
    Held {
        /// Why.
        trouble: Trouble,
    },
}

impl Outcome {
    /// Code in tables and screen texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::NothingNew { .. } => "nothing_new",
            Self::Failed { .. } => "failed",
            Self::Silent { .. } => "silent",
            Self::Held { .. } => "held",
        }
    }
}

/// Whether a source has gone silent: its newest entry is older than four times its usual gap, and at least six
/// hours. `gaps_minutes` are the gaps between its known entries; fewer than five say nothing.
pub fn gone_silent(gaps_minutes: &[u32], newest: Option<Timestamp>, now: Timestamp) -> Option<Outcome> {
    let newest = newest?;
    if gaps_minutes.len() < 5 {
        return None;
    }
    let mut sorted = gaps_minutes.to_vec();
    sorted.sort_unstable();
    let usual = sorted[sorted.len() * 3 / 4];
    let since = now.duration_since(newest).as_secs() / 60;
    let limit = i64::from(usual).saturating_mul(4).max(360);
    (since > limit).then_some(Outcome::Silent { newest: Some(newest), usual_minutes: usual })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_measured_against_the_sources_own_rhythm() {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let days_ago = |d: i64| Some(now - jiff::SignedDuration::from_hours(24 * d));
        assert!(gone_silent(&[1440; 9], days_ago(9), now).is_some(), "a daily source, nine days still");
        assert!(gone_silent(&[1440; 9], days_ago(3), now).is_none(), "a daily source, three days");
        assert!(gone_silent(&[20000; 9], days_ago(9), now).is_none(), "a fortnightly source");
        assert!(gone_silent(&[1440; 3], days_ago(90), now).is_none(), "too little known");
    }
}
