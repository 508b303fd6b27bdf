//! Codes and machine sentences in the reader's words.

use crate::words::Words;
use saring_domain::{Act, DecisionCode, Judgement, Lane, LeaveAlone, Reason, Scam, ScamGroup};

/// A serialised enum's code: `counter_speech`.
fn code<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A kind of protected speech.
pub(crate) fn lane(w: Words, lane: Lane) -> String {
    w.t(&format!("lane-{}", code(&lane)))
}

/// What is done to a group.
pub(crate) fn act(w: Words, act: Act) -> String {
    w.t(&format!("act-{}", code(&act)))
}

/// A group as `trait:group`: "etnis: Jawa". One without words of its own is shown by its code, as a name.
pub(crate) fn target(w: Words, target: &str) -> String {
    let (kind, group) = target.split_once(':').unwrap_or((target, ""));
    let kind = w.or(&format!("trait-{kind}"), kind);
    if group.is_empty() { kind } else { format!("{kind}: {}", w.or(&format!("group-{group}"), &name(group))) }
}

/// A code as a name: `suku_anak_dalam` is "Suku Anak Dalam".
fn name(code: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    };
    code.split('_').map(capital).collect::<Vec<String>>().join(" ")
}

/// A decision by its short code.
pub(crate) fn decision(w: Words, short: &str) -> String {
    w.or(&format!("code-{short}"), short)
}

/// A rating by its code.
pub(crate) fn rating(w: Words, code: &str) -> String {
    w.or(&format!("rating-{code}"), code)
}

/// A recurring scam.
pub(crate) fn scam(w: Words, kind: Scam) -> String {
    w.t(&format!("scam-{}", kind.code()))
}

/// A recurring scam and how many others there are of it.
pub(crate) fn scam_of(w: Words, scam: ScamGroup) -> String {
    w.ab("scam-group", self::scam(w, scam.kind), w.n("scam-others", scam.others))
}

/// A language by its code.
pub(crate) fn language(w: Words, code: &str) -> String {
    w.or(&format!("language-{code}"), code)
}

/// Why something stands where it stands.
pub(crate) fn reason(w: Words, reason: &Reason) -> String {
    match reason {
        Reason::RepeatsClaim { rating: code, .. } => w.a("reason-repeats", rating(w, code)),
        Reason::RelatedClaim { .. } => w.t("reason-related"),
        Reason::ClaimCameLater => w.t("reason-later"),
        Reason::NothingFound => w.t("reason-nothing"),
        Reason::GroupAttack { act, .. } => w.a("reason-attack", w.or(&format!("act-{act}"), act)),
        Reason::Spreading { copies, hours } => {
            w.ab("reason-spreading", w.number(*copies), crate::time::span(w, i64::from(*hours).max(1) * 60))
        }
        Reason::NamesPlace { name } => w.a("reason-place", name),
        Reason::OutsideArea { name } => w.a("reason-outside", name),
        Reason::OwnInstitution => w.t("reason-own"),
        Reason::AsksForHelp { lane } => w.a("reason-help", w.or(&format!("lane-{lane}"), lane)),
        Reason::ProtectedSpeech { lane } => w.a("reason-protected", w.or(&format!("lane-{lane}"), lane)),
        Reason::HighHarm { topic } => w.a("reason-harm", w.or(&format!("topic-{topic}"), topic)),
        Reason::Other(text) => text.clone(),
    }
}

/// Heads of the remarks of a match, as the detector writes them, and the keys of their texts.
const REMARKS: [(&str, &str); 13] = [
    ("both: ", "remark-both"),
    ("same number: ", "remark-same-number"),
    ("same date: ", "remark-same-date"),
    ("same place: ", "remark-same-place"),
    ("number differs: ", "remark-number"),
    ("date differs: ", "remark-date"),
    ("place differs: ", "remark-place"),
    ("negation differs: ", "remark-negation"),
    ("says the opposite: ", "remark-opposite"),
    ("only in the claim: ", "remark-only-claim"),
    ("only in the text: ", "remark-only-text"),
    ("only in the post: ", "remark-only-text"),
    ("the text itself denies it: ", "remark-denies"),
];

/// What agrees or differs, in the reader's words; "this / that" is named by whose it is.
pub(crate) fn remark(w: Words, remark: &str) -> String {
    let Some((key, rest)) = REMARKS.iter().find_map(|(head, key)| Some((key, remark.strip_prefix(head)?)))
    else {
        return crate::mask(remark);
    };
    let rest = crate::mask(rest);
    match rest.split_once(" / ") {
        Some((post, claim)) if remark.contains(" differs: ") || remark.starts_with("says the opposite") => {
            w.ab(key, post, claim)
        }
        _ => w.ab(key, &rest, ""),
    }
}

/// The *leave alone* code that fits what the machine saw best: the one that the single key gives.
pub(crate) fn suggested(judgement: Option<&Judgement>) -> LeaveAlone {
    let Some(judgement) = judgement else { return LeaveAlone::R13 };
    match judgement.protected.lane {
        Some(Lane::Criticism) => LeaveAlone::R01,
        Some(Lane::Satire) => LeaveAlone::R02,
        Some(Lane::Press) => LeaveAlone::R03,
        Some(Lane::CounterSpeech | Lane::Testimony) => LeaveAlone::R04,
        Some(Lane::Reclaimed) => LeaveAlone::R05,
        Some(_) => LeaveAlone::R08,
        None if judgement.own_institution => LeaveAlone::R01,
        None if judgement.labels.iter().any(|label| label == "GroupAttack") => LeaveAlone::R07,
        None if judgement.same_claim().is_some() => LeaveAlone::R13,
        None => LeaveAlone::R08,
    }
}

/// The decision that a form asks for: `kode`, with `alasan` or `klaim` beside it where it needs one.
pub(crate) fn decision_of(kind: &str, why: &str, claim: &str) -> Option<DecisionCode> {
    match kind {
        "leave_alone" => {
            let why = LeaveAlone::ALL.into_iter().find(|code| format!("{code:?}") == why)?;
            Some(DecisionCode::LeaveAlone { why })
        }
        "known_hoax" => (!claim.is_empty()).then(|| DecisionCode::KnownHoax { claim: claim.into() }),
        "needs_check" => Some(DecisionCode::NeedsCheck),
        "hate_review" => Some(DecisionCode::HateReview),
        "service" => Some(DecisionCode::Service),
        "clipping" => Some(DecisionCode::Clipping),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_say_whose_word_is_whose() {
        let w = Words::of("id");
        assert_eq!(remark(w, "both: racun, air"), "sama-sama: racun, air");
        assert_eq!(
            remark(w, "place differs: bandung / surabaya"),
            "tempat: bandung di teks, surabaya di klaim"
        );
        assert_eq!(remark(w, "hal lain @siapa"), "hal lain @•••••");
    }

    #[test]
    fn a_decision_needs_what_belongs_to_it() {
        assert_eq!(
            decision_of("leave_alone", "R02", ""),
            Some(DecisionCode::LeaveAlone { why: LeaveAlone::R02 })
        );
        assert_eq!(decision_of("leave_alone", "R99", ""), None);
        assert_eq!(decision_of("known_hoax", "", ""), None);
        assert_eq!(decision_of("hapus", "", ""), None);
    }
}
