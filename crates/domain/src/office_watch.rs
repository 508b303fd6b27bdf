//! Watches that people of an office open at the desk: about a claim or a topic, approved by a second person, over within
//! [`MOST_DAYS`](crate::watch::MOST_DAYS), and what is known of how much they miss.

use crate::ids::{ClaimId, OfficeId, PersonId, WatchId};
use crate::office::{Office, Reviewer};
use crate::watch::{WatchFlaw, check_count, check_until, lint};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A word of a purpose with more digits than a date is the number of somebody.
const DATE_DIGITS: usize = 8;

/// Where an office's watch stands. Only a running one is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchState {
    /// Waits for a second person.
    Proposed,
    /// Followed.
    Running,
    /// A second person said no.
    Refused,
    /// Its day came, or a person ended it.
    Ended,
}

impl WatchState {
    /// Its name in tables, as serde writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Running => "running",
            Self::Refused => "refused",
            Self::Ended => "ended",
        }
    }
}

/// A person's word on a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchWord {
    /// A second person agrees: it runs.
    Approve,
    /// A second person does not.
    Refuse,
    /// It is no longer needed, or its owner takes the proposal back.
    End,
}

/// What a person writes to open a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchDraft {
    /// The claim it is bound to; a topic where there is none.
    pub claim: Option<ClaimId>,
    /// What is looked for.
    pub terms: Vec<String>,
    /// What it is for.
    pub purpose: String,
    /// Why, where a term is a person, a party, a medium or an organisation.
    pub reason: String,
    /// Last day.
    pub until: Date,
}

impl WatchDraft {
    /// Checks it and makes it a proposal of `owner`, whose day ends by the clock of `office`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each flaw with the field that it is in: `terms`, `purpose`, `reason` or `until`.
    pub fn propose(
        &self,
        owner: &Reviewer,
        office: &Office,
        now: Timestamp,
    ) -> Result<ProposedWatch, Vec<(&'static str, WatchFlaw)>> {
        let (terms, zone) = (self.terms(), office.time_zone());
        let today = now.to_zoned_datetime(zone.clone()).date();
        let mut flaws = Vec::new();
        let mut check =
            |field, found: Result<(), WatchFlaw>| flaws.extend(found.err().map(|flaw| (field, flaw)));
        check("terms", check_count(terms.len()));
        for term in &terms {
            check("terms", lint(term, !self.reason.trim().is_empty()));
        }
        if self.purpose.trim().is_empty() {
            check("purpose", Err(WatchFlaw::Unsaid("purpose")));
        }
        check("purpose", names_nobody(&self.purpose));
        check("reason", names_nobody(&self.reason));
        check("until", check_until(self.until, today));
        let ends = self.until.checked_add(1.day()).and_then(|day| day.to_zoned_datetime(zone));
        match ends {
            Ok(ends) if flaws.is_empty() => Ok(ProposedWatch {
                draft: Self {
                    claim: self.claim.clone(),
                    terms,
                    purpose: self.purpose.trim().to_owned(),
                    reason: self.reason.trim().to_owned(),
                    until: self.until,
                },
                owner: owner.clone(),
                ends_at: ends.timestamp(),
            }),
            Ok(_) => Err(flaws),
            Err(_) => Err(vec![("until", WatchFlaw::TooLong(self.until))]),
        }
    }

    /// The terms without spaces around them, each once.
    fn terms(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for term in self.terms.iter().map(|term| term.split_whitespace().collect::<Vec<_>>().join(" ")) {
            if !term.is_empty() && !out.iter().any(|known| known.to_lowercase() == term.to_lowercase()) {
                out.push(term);
            }
        }
        out
    }
}

/// Purpose and reason are read by everybody who sees the list: they name no account and no number of a person either.
fn names_nobody(text: &str) -> Result<(), WatchFlaw> {
    for word in text.split_whitespace() {
        if word.starts_with('@') {
            return Err(WatchFlaw::Account(word.to_owned()));
        }
        if word.chars().filter(char::is_ascii_digit).count() > DATE_DIGITS {
            return Err(WatchFlaw::Number(word.to_owned()));
        }
    }
    Ok(())
}

/// A draft in which nothing is wrong, with the person who answers for it. Only [`WatchDraft::propose`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedWatch {
    draft: WatchDraft,
    owner: Reviewer,
    ends_at: Timestamp,
}

impl ProposedWatch {
    /// What was written, tidied.
    pub fn draft(&self) -> &WatchDraft {
        &self.draft
    }
    /// Who opened it.
    pub fn owner(&self) -> &Reviewer {
        &self.owner
    }
    /// The end of its last day.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }
}

/// A watch of an office as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeWatch {
    /// Id.
    pub id: WatchId,
    /// Whose.
    pub office: OfficeId,
    /// What it follows, why and until when.
    pub draft: WatchDraft,
    /// Who opened it.
    pub owner: PersonId,
    /// Their name, as it was then.
    pub owner_name: String,
    /// When.
    pub opened_at: Timestamp,
    /// Where it stands.
    pub state: WatchState,
    /// Who approved or refused it, and when.
    pub settled: Option<(String, Timestamp)>,
    /// The end of its last day.
    pub ends_at: Timestamp,
    /// When it was over, and who ended it; nobody where its day came.
    pub ended: Option<(Timestamp, Option<String>)>,
}

impl OfficeWatch {
    /// Whether it is followed at `now`: approved, and its last day not over.
    pub fn runs(&self, now: Timestamp) -> bool {
        self.state == WatchState::Running && now < self.ends_at
    }

    /// Where it stands at `now`: one whose day came has ended whether or not that was recorded yet.
    pub fn state_at(&self, now: Timestamp) -> WatchState {
        match self.state {
            WatchState::Proposed | WatchState::Running if now >= self.ends_at => WatchState::Ended,
            state => state,
        }
    }

    /// The state that `who` brings about by a word at `now`.
    ///
    /// # Errors
    /// [`WatchFlaw::Alone`] where the owner would be the second person, [`WatchFlaw::Ended`] where it is settled or over.
    pub fn after(&self, word: WatchWord, who: &Reviewer, now: Timestamp) -> Result<WatchState, WatchFlaw> {
        match (self.state_at(now), word) {
            (WatchState::Proposed, WatchWord::Approve | WatchWord::Refuse) if *who.person() == self.owner => {
                Err(WatchFlaw::Alone(who.name().to_owned()))
            }
            (WatchState::Proposed, WatchWord::Approve) => Ok(WatchState::Running),
            (WatchState::Proposed, WatchWord::Refuse) => Ok(WatchState::Refused),
            (WatchState::Proposed | WatchState::Running, WatchWord::End) => Ok(WatchState::Ended),
            _ => Err(WatchFlaw::Ended(self.draft.until)),
        }
    }
}

/// A share told from a sample that people looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The share.
    pub share: f64,
    /// Lower and upper end of its interval (95 %).
    pub range: [f64; 2],
}

impl Estimate {
    /// `hits` of `looked`, which are a sample of `all`. `None` where nobody looked.
    ///
    /// The interval is the score interval of Wilson (1927), which stays within 0 and 1 and is honest for small samples.
    /// Where the sample is all there is, nothing is unsure.
    fn of(hits: u64, looked: u64, all: u64) -> Option<Self> {
        let (n, z) = (looked as f64, 1.959_964_f64);
        let share = hits.min(looked) as f64 / n;
        if looked == 0 {
            return None;
        }
        if looked >= all {
            return Some(Self { share, range: [share, share] });
        }
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Some(Self { share, range: [(middle - half).max(0.0), (middle + half).min(1.0)] })
    }

    /// How much of what a watch caught is about it: its precision. From what was caught and what people said of some of it.
    pub fn precision(caught: u64, apt: u64, stray: u64) -> Option<Self> {
        Self::of(apt, apt + stray, caught)
    }

    /// How much of what it was opened for a watch has caught: its recall. From what was caught (taken as right), what was
    /// nearly caught, and how many of the latter were looked at and found to be about it; the ends of the share of relevant
    /// misses give those of the recall. `None` where nobody looked or there is nothing to tell from.
    pub fn recall(caught: u64, near: u64, checked: u64, relevant: u64) -> Option<Self> {
        let caught_of = |missed_share: f64| {
            let all = caught as f64 + near as f64 * missed_share;
            if all > 0.0 { caught as f64 / all } else { 1.0 }
        };
        if near == 0 {
            return (caught > 0).then_some(Self { share: 1.0, range: [1.0, 1.0] });
        }
        let missed = Self::of(relevant, checked, near)?;
        let [low, high] = missed.range;
        Some(Self { share: caught_of(missed.share), range: [caught_of(high), caught_of(low)] })
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
            name: id.to_uppercase(),
            role: Role::Operator,
            office: "kota".into(),
            locale: "id".into(),
        };
        Reviewer::at_sign_in(&person).unwrap()
    }

    fn office() -> Office {
        serde_json::from_str(r#"{"id":"kota","name":"Kota","zone":"Asia/Jakarta"}"#).unwrap()
    }

    fn draft(terms: &[&str]) -> WatchDraft {
        WatchDraft {
            claim: None,
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            purpose: "kabar soal tanggul Karangjati".into(),
            reason: String::new(),
            until: "2026-12-10".parse().unwrap(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn watch() -> OfficeWatch {
        let proposed =
            draft(&["tanggul"]).propose(&reviewer("a"), &office(), at("2026-11-25T01:00:00Z")).unwrap();
        OfficeWatch {
            id: "w".into(),
            office: "kota".into(),
            owner: proposed.owner().person().clone(),
            owner_name: "A".into(),
            opened_at: at("2026-11-25T01:00:00Z"),
            state: WatchState::Proposed,
            settled: None,
            ends_at: proposed.ends_at(),
            ended: None,
            draft: proposed.draft().clone(),
        }
    }

    #[test]
    fn a_draft_is_told_everything_that_is_wrong_with_it_at_once() {
        let now = at("2026-11-25T01:00:00Z");
        let bad = WatchDraft {
            purpose: " ".into(),
            until: "2027-02-01".parse().unwrap(),
            ..draft(&["@budi", "0812 3456 7890", "Budi Santoso", "a1", "tanggul"])
        };
        let flaws = bad.propose(&reviewer("a"), &office(), now).unwrap_err();
        let fields: Vec<_> = flaws.iter().map(|(field, flaw)| (*field, flaw.code())).collect();
        let terms = ["account", "number", "reason", "short"].map(|code| ("terms", code));
        assert_eq!(fields, [&terms[..], &[("purpose", "unsaid"), ("until", "too-long")]].concat());
        let named = WatchDraft { purpose: "unggahan @budi".into(), ..draft(&["tanggul"]) };
        assert_eq!(named.propose(&reviewer("a"), &office(), now).unwrap_err()[0].0, "purpose");
        let dated = WatchDraft { purpose: "kabar 24-11-2026 dan sesudahnya".into(), ..draft(&["tanggul"]) };
        assert!(dated.propose(&reviewer("a"), &office(), now).is_ok());
        let good = draft(&[" tanggul   jebol ", "Tanggul Jebol", "", "banjir"]);
        let good = good.propose(&reviewer("a"), &office(), now);
        // two capitals in a row were dropped as a repetition, not as a name
        assert_eq!(good.unwrap().draft().terms, ["tanggul jebol", "banjir"]);
    }

    #[test]
    fn only_another_person_lets_it_run_and_it_stops_by_itself() {
        let (mut watch, now) = (watch(), at("2026-11-25T02:00:00Z"));
        assert!(!watch.runs(now));
        assert!(matches!(watch.after(WatchWord::Approve, &reviewer("a"), now), Err(WatchFlaw::Alone(_))));
        assert!(matches!(watch.after(WatchWord::Refuse, &reviewer("a"), now), Err(WatchFlaw::Alone(_))));
        assert_eq!(watch.after(WatchWord::Refuse, &reviewer("b"), now), Ok(WatchState::Refused));
        watch.state = watch.after(WatchWord::Approve, &reviewer("b"), now).unwrap();
        assert!(watch.runs(now));
        assert!(watch.after(WatchWord::Approve, &reviewer("c"), now).is_err(), "it runs already");
        // 10 December is over in Jakarta at 17:00 UTC
        assert!(watch.runs(at("2026-12-10T16:59:59Z")) && !watch.runs(at("2026-12-10T17:00:00Z")));
        assert_eq!(watch.state_at(at("2026-12-10T17:00:00Z")), WatchState::Ended);
        assert!(watch.after(WatchWord::End, &reviewer("b"), at("2026-12-11T00:00:00Z")).is_err());
        assert_eq!(watch.after(WatchWord::End, &reviewer("a"), now), Ok(WatchState::Ended));
    }

    #[test]
    fn recall_has_an_interval_that_narrows_with_the_sample() {
        assert_eq!(Estimate::recall(0, 0, 0, 0), None);
        assert_eq!(Estimate::recall(5, 10, 0, 0), None, "nobody looked");
        assert_eq!(Estimate::recall(5, 0, 0, 0), Some(Estimate { share: 1.0, range: [1.0, 1.0] }));
        let few = Estimate::recall(80, 100, 10, 2).unwrap();
        // Wilson for 2 of 10: 0.0567 to 0.5098
        assert!((few.share - 0.8).abs() < 1e-9);
        assert!(
            (few.range[0] - 80.0 / 130.98).abs() < 1e-3 && (few.range[1] - 80.0 / 85.67).abs() < 1e-3,
            "{few:?}"
        );
        let more = Estimate::recall(80, 100, 50, 10).unwrap();
        assert!(more.range[1] - more.range[0] < few.range[1] - few.range[0]);
        let all = Estimate::recall(80, 20, 20, 20).unwrap();
        assert_eq!((all.share, all.range), (0.8, [0.8, 0.8]));
    }
    #[test]
    fn precision_is_told_by_what_people_looked_at() {
        assert_eq!(Estimate::precision(30, 0, 0), None, "nobody looked");
        let some = Estimate::precision(30, 8, 2).unwrap();
        // Wilson for 8 of 10: 0.4902 to 0.9433
        assert!((some.share - 0.8).abs() < 1e-9);
        assert!((some.range[0] - 0.4902).abs() < 1e-3 && (some.range[1] - 0.9433).abs() < 1e-3, "{some:?}");
        assert_eq!(Estimate::precision(10, 8, 2), Some(Estimate { share: 0.8, range: [0.8, 0.8] }));
    }
}
