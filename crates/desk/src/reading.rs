//! A case as people read it in a list: what it is, why it is here, what may be done.

use crate::words::Words;
use crate::{mask, time, wording};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{CaseState, Office, Queue, Reason, Relation};
use saring_store::views::QueueRow;

/// Characters of a text shown in a list.
const SHOWN: usize = 220;

/// Who reads, when, where.
#[derive(Clone)]
pub(crate) struct Reader {
    pub w: Words,
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Reader {
    /// A reader at an office.
    pub fn new(w: Words, now: Timestamp, office: &Office) -> Self {
        Self { w, now, zone: office.time_zone() }
    }
    /// "2 jam lalu" and the full time.
    pub fn when(&self, at: Timestamp) -> (String, String) {
        (time::ago(self.w, at, self.now), time::full(self.w, at, &self.zone))
    }
}

/// One key, one decision.
pub(crate) struct Act {
    /// `kode` of the form.
    pub code: &'static str,
    /// The key, upper case.
    pub key: char,
    /// Word on the button.
    pub label: String,
    /// Reason that comes along (`R01`), or empty.
    pub why: String,
    /// Claim that comes along, or empty.
    pub claim: String,
}

/// A row of a list of cases.
pub(crate) struct RowView {
    pub href: String,
    pub id: String,
    /// Code of the queue, for style.
    pub queue: &'static str,
    /// "Hoaks dikenal", "Perlu ditinjau".
    pub badge: String,
    /// Calibrated score of a known claim.
    pub score: Option<String>,
    pub text: String,
    /// The claim it repeats with its rating: title, rating word, rating code.
    pub claim: Option<(String, String, String)>,
    pub agrees: Option<String>,
    pub differs: Option<String>,
    pub reasons: Vec<String>,
    /// The reasons that the badges and the claim do not say already.
    pub more_reasons: Vec<String>,
    /// The claim is the same, not only near.
    pub same_claim: bool,
    pub copies: Option<String>,
    pub places: Option<String>,
    pub language: String,
    pub outlet: String,
    pub age: String,
    pub age_full: String,
    pub due: String,
    pub overdue: bool,
    pub protected: Option<String>,
    pub taken_by: Option<String>,
    pub awaits_second: bool,
    pub acts: Vec<Act>,
}

impl RowView {
    /// `suffix` is what the address of the case carries along to lead back to the same list.
    pub fn new(reader: &Reader, row: &QueueRow, suffix: &str) -> Self {
        let w = reader.w;
        let judgement = row.judgement.as_ref();
        let claim =
            judgement.and_then(|judgement| judgement.claims.iter().find(|c| c.relation != Relation::None));
        let (age, age_full) = reader.when(row.item.when());
        let (due, overdue) = time::due(w, row.case.due_at, reader.now);
        let protected = judgement.and_then(|judgement| judgement.protected.lane);
        Self {
            href: format!("/kasus/{}{suffix}", row.case.id),
            id: row.case.id.to_string(),
            queue: row.case.queue.code(),
            badge: badge(w, row),
            score: claim.filter(|_| row.case.queue == Queue::Hoax).map(|claim| w.score(claim.score.get())),
            text: shortened(&mask(&row.item.full_text())),
            claim: claim
                .map(|c| (c.title.clone(), wording::rating(w, c.rating.code()), c.rating.code().to_owned())),
            agrees: claim.and_then(|c| joined(w, &c.agrees)),
            differs: claim.and_then(|c| joined(w, &c.differs)),
            reasons: row.case.priority.reasons.iter().map(|reason| wording::reason(w, reason)).collect(),
            more_reasons: more_reasons(w, row, claim.is_some()),
            same_claim: claim.is_some_and(|claim| claim.relation == Relation::Same),
            copies: (row.copies > 1).then(|| w.n("copies", row.copies)),
            places: places(row),
            language: judgement.map(|j| wording::language(w, &j.language.code)).unwrap_or_default(),
            outlet: row.item.outlet.clone().unwrap_or_else(|| row.item.source.to_string()),
            age,
            age_full,
            due,
            overdue,
            protected: protected.map(|lane| wording::lane(w, lane)),
            taken_by: row.taken_by.clone(),
            awaits_second: row.case.state == CaseState::AwaitsSecond,
            acts: acts(w, row),
        }
    }
}

fn more_reasons(w: Words, row: &QueueRow, has_claim: bool) -> Vec<String> {
    let more = row.case.priority.reasons.iter().filter(|reason| match reason {
        Reason::RepeatsClaim { .. } | Reason::RelatedClaim { .. } => !has_claim,
        Reason::ProtectedSpeech { .. } => false,
        _ => true,
    });
    more.map(|reason| wording::reason(w, reason)).collect()
}

/// The word in front of a row.
pub(crate) fn badge(w: Words, row: &QueueRow) -> String {
    let claims = row.judgement.iter().flat_map(|judgement| &judgement.claims);
    let best = claims.map(|claim| claim.relation).find(|relation| *relation != Relation::None);
    let same = row.judgement.as_ref().is_some_and(|judgement| judgement.same_claim().is_some());
    match row.case.queue {
        Queue::Hoax if best.is_none() => w.t("badge-gone"),
        Queue::Hoax if !same => w.t("badge-related"),
        queue => w.t(&format!("badge-{}", queue.code())),
    }
}

fn joined(w: Words, remarks: &[String]) -> Option<String> {
    let all: Vec<String> = remarks.iter().take(2).map(|remark| wording::remark(w, remark)).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

fn places(row: &QueueRow) -> Option<String> {
    let names: Vec<&str> =
        row.judgement.iter().flat_map(|j| &j.places).take(2).map(|p| p.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// White space made single, cut at a word.
pub(crate) fn shortened(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if count + length > SHOWN {
            if out.is_empty() {
                out = word.chars().take(SHOWN).collect();
            }
            out.push('…');
            return out;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        count += length + 1;
    }
    out
}

/// What can be decided at once, in the order of the buttons. Escalating is offered on the page of the case where a
/// reason must be written.
pub(crate) fn acts(w: Words, row: &QueueRow) -> Vec<Act> {
    let act = |code: &'static str, key: char| Act {
        code,
        key,
        label: w.t(&format!("act-{code}")),
        why: String::new(),
        claim: String::new(),
    };
    let best = row.judgement.as_ref().and_then(|j| j.claims.iter().find(|c| c.relation != Relation::None));
    let why = format!("{:?}", wording::suggested(row.judgement.as_ref()));
    let leave = Act { why, ..act("leave_alone", 'L') };
    let mut out = Vec::new();
    match row.case.queue {
        Queue::Hoax => {
            if let Some(claim) = best {
                out.push(Act { claim: claim.id.to_string(), ..act("known_hoax", 'H') });
            }
            out.push(act("needs_check", 'B'));
        }
        Queue::Hate if row.case.own_institution || row.case.protected => {}
        Queue::Hate => out.push(act("hate_review", 'T')),
        Queue::Service => out.push(act("service", 'S')),
        Queue::Clipping | Queue::None => out.push(act("clipping", 'C')),
    }
    out.push(leave);
    out
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_text_is_cut_at_a_word() {
        assert_eq!(shortened(" satu\n\n dua  "), "satu dua");
        let long = shortened(&"kata ".repeat(100));
        assert!(long.ends_with("kata…") && long.chars().count() <= 221, "{long}");
        assert_eq!(shortened(&"x".repeat(500)).chars().count(), 221);
    }
}
