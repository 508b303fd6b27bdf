//! Timetables: when the rounds of an office are due.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A daily stretch of local time with its rounds. It may run over midnight; from a time to the same time is a whole day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Name of the shift, as the office says it.
    pub name: String,
    /// Its first round, local time.
    pub from: Time,
    /// Its end, local time; no round begins at it or after it.
    pub to: Time,
    /// From one round to the next, minutes.
    pub every_minutes: u32,
}

/// When rounds are due: shifts with their rounds, and extra rounds at fixed times. What no shift covers is a pause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timetable {
    /// The shifts.
    pub shifts: Vec<Shift>,
    /// Local times of extra rounds, which read every source whether due or not.
    pub extra: Vec<Time>,
}

/// A round that a timetable asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When it is due.
    pub at: Timestamp,
    /// When it is missed: the next round of the shift is due, or the shift is over.
    pub until: Timestamp,
    /// The shift; `None` for an extra round outside every shift.
    pub shift: Option<String>,
    /// Whether it is an extra round.
    pub extra: bool,
}

/// Minutes within which an extra round may still begin.
const EXTRA_LATE: i64 = 60;

impl Timetable {
    /// Whether rounds are planned at all; without, sources are read whenever they are due.
    pub fn is_empty(&self) -> bool {
        self.shifts.is_empty() && self.extra.is_empty()
    }

    /// Says what is wrong with it, for whoever wrote the settings.
    ///
    /// # Errors
    /// A shift without a name, two of one name, or one whose rounds would not fit a day.
    pub fn check(&self) -> Result<(), String> {
        for (at, shift) in self.shifts.iter().enumerate() {
            if shift.name.trim().is_empty() {
                return Err("a shift needs a name".into());
            }
            if self.shifts[..at].iter().any(|other| other.name == shift.name) {
                return Err(format!("shift '{}' stands twice", shift.name));
            }
            if !(1..=1440).contains(&shift.every_minutes) {
                return Err(format!("shift '{}': every_minutes must be 1 to 1440", shift.name));
            }
        }
        Ok(())
    }

    /// The rounds due after `after` and not after `until`, in order of time.
    pub fn between(&self, after: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Planned> {
        let mut day = after.to_zoned_datetime(zone.clone()).date().saturating_sub(jiff::Span::new().days(1));
        let last = until.to_zoned_datetime(zone.clone()).date();
        let mut out = Vec::new();
        while day <= last {
            out.extend(self.shifts.iter().flat_map(|shift| shift.rounds(day, zone)));
            out.extend(self.extra.iter().filter_map(|time| self.extra_round(day, *time, zone)));
            day = day.saturating_add(jiff::Span::new().days(1));
        }
        out.retain(|planned| planned.at > after && planned.at <= until);
        // where an extra round falls on one of a shift, it stands for both
        out.sort_by_key(|planned| (planned.at, !planned.extra));
        out.dedup_by_key(|planned| planned.at);
        out
    }

    /// The next round after `now`, at most a week ahead.
    pub fn next(&self, now: Timestamp, zone: &TimeZone) -> Option<Planned> {
        let week = now.checked_add(SignedDuration::from_hours(24 * 7)).ok()?;
        self.between(now, week, zone).into_iter().next()
    }

    /// The shift that a moment lies in.
    pub fn shift_at(&self, now: Timestamp, zone: &TimeZone) -> Option<&Shift> {
        let time = now.to_zoned_datetime(zone.clone()).time();
        self.shifts.iter().find(|shift| shift.holds(time))
    }

    fn extra_round(&self, day: Date, time: Time, zone: &TimeZone) -> Option<Planned> {
        let at = instant(day.to_datetime(time), zone)?;
        let until = at.checked_add(SignedDuration::from_mins(EXTRA_LATE)).ok()?;
        let shift = self.shifts.iter().find(|shift| shift.holds(time)).map(|shift| shift.name.clone());
        Some(Planned { at, until, shift, extra: true })
    }
}

impl Shift {
    fn holds(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }

    /// The rounds of the shift that begins on `day`.
    fn rounds(&self, day: Date, zone: &TimeZone) -> Vec<Planned> {
        let last_day = if self.from < self.to { day } else { day.saturating_add(jiff::Span::new().days(1)) };
        let ends = (instant(day.to_datetime(self.from), zone), instant(last_day.to_datetime(self.to), zone));
        let (Some(mut at), Some(end)) = ends else { return Vec::new() };
        let step = SignedDuration::from_mins(i64::from(self.every_minutes.max(1)));
        let mut out = Vec::new();
        while at < end {
            let Ok(next) = at.checked_add(step) else { break };
            out.push(Planned { at, until: next.min(end), shift: Some(self.name.clone()), extra: false });
            at = next;
        }
        out
    }
}

/// A local time as an instant; where the clocks are put forward over it, the moment after.
fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_zoned_datetime(local).compatible().ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(name: &str, from: &str, to: &str, every_minutes: u32) -> Shift {
        Shift { name: name.into(), from: from.parse().unwrap(), to: to.parse().unwrap(), every_minutes }
    }

    fn office() -> Timetable {
        let shifts = vec![shift("pagi", "06:00", "14:00", 120), shift("malam", "22:00", "02:00", 120)];
        Timetable { shifts, extra: vec!["05:00".parse().unwrap(), "08:00".parse().unwrap()] }
    }

    fn jakarta() -> TimeZone {
        TimeZone::get("Asia/Jakarta").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}+07:00").parse().unwrap()
    }

    fn clocks(planned: &[Planned]) -> Vec<String> {
        let clock = |round: &Planned| {
            let time = round.at.to_zoned_datetime(jakarta()).time();
            format!("{:02}:{:02}{}", time.hour(), time.minute(), if round.extra { "+" } else { "" })
        };
        planned.iter().map(clock).collect()
    }

    #[test]
    fn a_day_has_the_rounds_of_its_shifts_and_a_pause_where_there_is_none() {
        let found = office().between(at("2026-11-24T01:00:00"), at("2026-11-25T00:30:00"), &jakarta());
        assert_eq!(clocks(&found), ["05:00+", "06:00", "08:00+", "10:00", "12:00", "22:00", "00:00"]);
        assert_eq!(found[1].shift.as_deref(), Some("pagi"));
        assert_eq!((found[0].shift.as_deref(), found[2].shift.as_deref()), (None, Some("pagi")));
        assert_eq!(found[4].until, at("2026-11-24T14:00:00"));
    }

    #[test]
    fn rounds_after_midnight_belong_to_the_shift_of_the_evening() {
        let found = office().between(at("2026-11-24T23:59:00"), at("2026-11-25T04:00:00"), &jakarta());
        assert_eq!(clocks(&found), ["00:00"]);
        assert_eq!(found[0].until, at("2026-11-25T02:00:00"), "the shift is over");
        assert_eq!(office().shift_at(at("2026-11-25T01:00:00"), &jakarta()).unwrap().name, "malam");
        assert!(office().shift_at(at("2026-11-25T03:00:00"), &jakarta()).is_none());
    }

    #[test]
    fn the_next_round_is_the_first_after_now() {
        let next = office().next(at("2026-11-24T14:30:00"), &jakarta()).unwrap();
        assert_eq!(next.at, at("2026-11-24T22:00:00"));
        assert_eq!(Timetable::default().next(at("2026-11-24T14:30:00"), &jakarta()), None);
    }

    #[test]
    fn a_whole_day_is_from_a_time_to_the_same_time() {
        let all = Timetable { shifts: vec![shift("siaga", "00:00", "00:00", 15)], extra: Vec::new() };
        assert_eq!(all.between(at("2026-11-24T00:00:00"), at("2026-11-25T00:00:00"), &jakarta()).len(), 96);
        assert_eq!(all.shift_at(at("2026-11-24T23:59:00"), &jakarta()).unwrap().name, "siaga");
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let with = |shifts: Vec<Shift>| Timetable { shifts, extra: Vec::new() }.check();
        assert!(with(vec![shift("", "06:00", "14:00", 30)]).unwrap_err().contains("name"));
        assert!(with(vec![shift("a", "06:00", "14:00", 0)]).unwrap_err().contains("1 to 1440"));
        let twice = vec![shift("a", "06:00", "14:00", 30), shift("a", "14:00", "22:00", 30)];
        assert!(with(twice).unwrap_err().contains("twice"));
        assert_eq!(office().check(), Ok(()));
    }
}
