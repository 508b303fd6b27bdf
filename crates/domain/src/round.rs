//! Rounds: one pass over the sources of a shift, with an outcome per source.

use crate::ids::{OfficeId, PersonId, RoundId};
use crate::timetable::Planned;
use crate::trouble::Trouble;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What made a round begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundKind {
    /// The timetable: sources that are due.
    Planned,
    /// An extra round of the timetable: every source.
    Extra,
    /// A person, by hand.
    #[default]
    ByHand,
    /// Sources fell due, where there is no timetable.
    Due,
    /// The timetable asked for it and nobody ran it.
    Missed,
}

impl RoundKind {
    /// Code in tables and screen texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Extra => "extra",
            Self::ByHand => "by_hand",
            Self::Due => "due",
            Self::Missed => "missed",
        }
    }
}

/// What is known of a round when it begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundStart {
    /// Whose round.
    pub office: OfficeId,
    /// What made it begin.
    pub kind: RoundKind,
    /// The shift it belongs to.
    pub shift: Option<String>,
    /// When the timetable asked for it.
    pub planned_at: Option<Timestamp>,
    /// Sources it sets out to read.
    pub due: u32,
    /// Who was on duty, where that is known better than from the log of duty.
    pub on_duty: Option<String>,
}

impl RoundStart {
    /// A round by hand over `due` sources.
    pub fn by_hand(office: OfficeId, due: u32) -> Self {
        Self { office, kind: RoundKind::ByHand, shift: None, planned_at: None, due, on_duty: None }
    }

    /// The same, as a round that the timetable asks for.
    pub fn planned(planned: &Planned, start: Self) -> Self {
        let kind = if planned.extra { RoundKind::Extra } else { RoundKind::Planned };
        Self { kind, shift: planned.shift.clone(), planned_at: Some(planned.at), ..start }
    }
}

/// One pass over the sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Id.
    pub id: RoundId,
    /// What was known when it began.
    pub start: RoundStart,
    /// Start; of a missed round, when it was due.
    pub started_at: Timestamp,
    /// End; a round without one runs, was interrupted or was missed.
    pub ended_at: Option<Timestamp>,
}

/// Somebody's time on duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Who.
    pub person: PersonId,
    /// Name in the log.
    pub name: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// What was written for whoever comes next.
    pub note: Option<String>,
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

/// Least time without an entry before a source can be silent, hours.
const SILENT_HOURS: i64 = 6;
/// Entries that the same hours of earlier days or weeks must have brought on average.
const SILENT_EXPECTED: f64 = 3.0;

/// Whether a source has gone silent, told by its own rhythm. `posted` are the publication times known, in any order.
///
/// The time since the newest entry is laid over the same hours of up to four earlier weeks (over the days before
/// where less than a week is known, over earlier stretches of that length where the silence is longer than a week).
/// Silent is a source that published in each of them, at least three times on average. So a newsroom is not silent
/// overnight, an office not on Sundays, and a monthly bulletin not for weeks.
pub fn gone_silent(posted: &[Timestamp], now: Timestamp) -> Option<Outcome> {
    let (newest, oldest) = (*posted.iter().max()?, *posted.iter().min()?);
    let still = now.duration_since(newest);
    if still < SignedDuration::from_hours(SILENT_HOURS) {
        return None;
    }
    let known = newest.duration_since(oldest);
    let (day, week) = (24 * 3600, 7 * 24 * 3600);
    // the last stretch ends where the silence begins, or earlier at the same time of the day or week
    let fits = |step: i64| {
        let shift = still.as_secs().div_euclid(step) + 1;
        (1..=4).map(move |k| k * shift * step).take_while(|back| *back <= known.as_secs())
    };
    let mut back: Vec<i64> = fits(week).collect();
    if back.len() < 2 && still.as_secs() < week {
        back = fits(day).collect();
    }
    let count = |back: i64| {
        let (from, to) = (newest - SignedDuration::from_secs(back), now - SignedDuration::from_secs(back));
        posted.iter().filter(|at| **at > from && **at <= to).count()
    };
    let counts: Vec<usize> = back.into_iter().map(count).collect();
    let total: usize = counts.iter().sum();
    let usual = total as f64 / counts.len().max(1) as f64;
    if counts.len() < 2 || counts.contains(&0) || usual < SILENT_EXPECTED {
        return None;
    }
    let usual_minutes = (still.as_secs() as f64 / 60.0 / usual).round() as u32;
    Some(Outcome::Silent { newest: Some(newest), usual_minutes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}+07:00").parse().unwrap()
    }

    /// Entries on `days` days before Tuesday 24 November 2026, at these hours, on the days that `on` picks.
    fn entries(days: i32, hours: &[i8], on: impl Fn(jiff::civil::Weekday) -> bool) -> Vec<Timestamp> {
        let last = at("2026-11-24T00:00:00")
            .to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Jakarta").unwrap())
            .date();
        (1..=days)
            .map(|back| last.saturating_sub(jiff::Span::new().days(back)))
            .filter(|day| on(day.weekday()))
            .flat_map(|day| hours.iter().map(move |hour| at(&format!("{day}T{hour:02}:10:00"))))
            .collect()
    }

    const OFFICE_HOURS: [i8; 9] = [8, 9, 10, 11, 12, 13, 14, 15, 16];

    #[test]
    fn a_newsroom_sleeps_at_night_and_is_silent_in_the_morning() {
        let posted = entries(20, &OFFICE_HOURS, |_| true);
        assert!(gone_silent(&posted, at("2026-11-24T07:30:00")).is_none(), "the night");
        assert!(gone_silent(&posted, at("2026-11-24T09:30:00")).is_none(), "two entries late");
        let Some(Outcome::Silent { newest, .. }) = gone_silent(&posted, at("2026-11-24T13:00:00")) else {
            panic!("a whole morning without a word");
        };
        assert_eq!(newest, Some(at("2026-11-23T16:10:00")));
    }

    #[test]
    fn an_office_rests_on_its_weekend() {
        let weekday = |day| !matches!(day, jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        let mut posted = entries(40, &OFFICE_HOURS, weekday);
        posted.retain(|at| *at < "2026-11-21T00:00:00+07:00".parse().unwrap());
        assert!(gone_silent(&posted, at("2026-11-22T20:00:00")).is_none(), "Sunday evening");
        assert!(gone_silent(&posted, at("2026-11-23T14:00:00")).is_some(), "Monday afternoon");
    }

    #[test]
    fn within_its_first_week_a_source_is_told_by_the_days_before() {
        let posted = entries(4, &OFFICE_HOURS, |_| true);
        assert!(gone_silent(&posted, at("2026-11-24T07:00:00")).is_none());
        assert!(gone_silent(&posted, at("2026-11-24T15:00:00")).is_some());
    }

    #[test]
    fn a_slow_source_is_given_time_in_its_own_measure() {
        let bulletin: Vec<Timestamp> =
            (0..12).map(|n| at("2026-11-10T09:00:00") - SignedDuration::from_hours(24 * 14 * n)).collect();
        assert!(gone_silent(&bulletin, at("2026-11-24T12:00:00")).is_none(), "a fortnight");
        assert!(gone_silent(&bulletin, at("2026-12-15T12:00:00")).is_none(), "five weeks");
        assert!(gone_silent(&bulletin, at("2027-01-05T12:00:00")).is_some(), "eight weeks");
    }

    #[test]
    fn too_little_known_says_nothing() {
        assert!(gone_silent(&[], at("2026-11-24T12:00:00")).is_none());
        assert!(gone_silent(&entries(1, &OFFICE_HOURS, |_| true), at("2026-11-24T23:00:00")).is_none());
        assert!(gone_silent(&[at("2020-01-01T00:00:00")], at("2026-11-24T12:00:00")).is_none());
    }
}
