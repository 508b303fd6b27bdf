//! Which queue an item stands in, how soon a person should look, and why in words. Never by who posted it.

mod harm;
mod matter;

use crate::detect::Subject;
use crate::known::Known;
use saring_domain::{Act, ItemKind, Judgement, Lane, Priority, Queue, Rating, Reason, Relation, Score};

/// Completes a judgement: queue and priority from what the detectors wrote. How far a text has spread is added by
/// whoever counts its copies ([`Priority::spread`]).
pub fn prioritise(subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
    judgement.queue = queue(subject.item.kind, &facts(subject, known, judgement));
    judgement.priority = priority(subject, known, judgement);
}

/// What the choice of a queue depends on.
struct Facts {
    debunked: bool,
    attack: bool,
    lane: Option<Lane>,
    own: bool,
    /// It concerns this office: its institution, its area, or there is no office.
    ours: bool,
    /// It speaks of a matter a public office is asked about.
    public: bool,
    known_answer: bool,
}

fn facts(subject: &Subject<'_>, known: &Known, judgement: &Judgement) -> Facts {
    let same = judgement.same_claim();
    let source_home = known.source_areas.get(&subject.item.source).is_some_and(|area| known.is_home(area));
    let places = &judgement.places;
    let home = places.iter().any(|place| known.is_home(&place.code)) || (places.is_empty() && source_home);
    Facts {
        debunked: same.is_some_and(|claim| claim.rating.is_debunked()),
        attack: judgement.labels.iter().any(|label| label == "GroupAttack"),
        lane: judgement.protected.lane,
        own: judgement.own_institution,
        ours: judgement.own_institution || home || known.covers.is_empty(),
        public: judgement.own_institution || !places.is_empty() || matter::is_public(&subject.plain),
        known_answer: same.is_some(),
    }
}

/// The rules of `rights.md`: protected speech and the own institution never reach the hate queue; what asks for an answer
/// gets one; denying or reporting a hoax is not spreading it.
fn queue(kind: ItemKind, facts: &Facts) -> Queue {
    let reports = facts.lane == Some(Lane::Press) && kind == ItemKind::Article;
    let spreads =
        !reports && !matches!(facts.lane, Some(Lane::CounterSpeech | Lane::Satire | Lane::Question));
    match facts {
        Facts { debunked: true, .. } if spreads => Queue::Hoax,
        Facts { attack: true, lane: None, own: false, .. } => Queue::Hate,
        Facts { lane: Some(Lane::Question), known_answer: true, .. } => Queue::Service,
        Facts { lane: Some(Lane::Question), public: false, .. } => Queue::None,
        Facts { lane: Some(lane), ours: true, .. } if lane.is_service() => Queue::Service,
        Facts { own: true, .. }
            if kind == ItemKind::Article || reports || facts.lane == Some(Lane::Press) =>
        {
            Queue::Clipping
        }
        _ => Queue::None,
    }
}

/// Reasons with the part of the way to 1 that each takes; they multiply, so that no sum runs over.
fn priority(subject: &Subject<'_>, known: &Known, judgement: &Judgement) -> Priority {
    let mut reasons: Vec<(f64, Reason)> = Vec::new();
    let worked = judgement.queue != Queue::None;
    reasons.extend(claim_reason(judgement));
    if judgement.queue == Queue::Hate
        || (worked && judgement.labels.iter().any(|label| label == "GroupAttack"))
    {
        let attack = &judgement.group_attack;
        let score = attack.score.get();
        let act = attack.act.map_or("attack", act_word).to_owned();
        let weight = if matches!(attack.act, Some(Act::Threat | Act::Dehumanisation)) { 0.65 } else { 0.5 };
        reasons.push((weight * score, Reason::GroupAttack { act, score }));
    }
    if matches!(judgement.queue, Queue::Hoax | Queue::Hate) {
        let topics = harm::topics(&subject.plain).into_iter();
        reasons.extend(topics.map(|(weight, topic)| (weight, Reason::HighHarm { topic: topic.into() })));
    }
    let covered = |code: &str| known.covers.iter().any(|own| saring_domain::area::within(code, own));
    let around = |code: &str| known.covers.iter().any(|own| saring_domain::area::within(own, code));
    if let Some(place) = judgement.places.iter().find(|place| worked && covered(&place.code)) {
        reasons.push((0.15 * place.score.get(), Reason::NamesPlace { name: place.name.clone() }));
    } else if worked && !known.covers.is_empty() && !judgement.places.iter().any(|place| around(&place.code))
    {
        let first = judgement.places.first();
        reasons.extend(first.map(|place| (0.0, Reason::OutsideArea { name: place.name.clone() })));
    }
    if judgement.own_institution && worked {
        reasons.push((0.15, Reason::OwnInstitution));
    }
    if let Some(lane) = judgement.protected.lane {
        let lane_word = lane_word(lane);
        reasons.push(match judgement.queue {
            Queue::Service => (0.25, Reason::AsksForHelp { lane: lane_word }),
            _ => (0.0, Reason::ProtectedSpeech { lane: lane_word }),
        });
    }
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    let left: f64 = reasons.iter().map(|(weight, _)| 1.0 - weight).product();
    let reasons = reasons.into_iter().map(|(_, reason)| reason).collect();
    Priority { score: Score::new(1.0 - left), reasons }
}

fn claim_reason(judgement: &Judgement) -> Option<(f64, Reason)> {
    if let Some(claim) = judgement.same_claim() {
        let score = claim.score.get();
        let weight = match (judgement.queue, claim.rating) {
            (Queue::None | Queue::Clipping | Queue::Hate, _) => 0.05,
            (Queue::Service, _) => 0.25,
            (Queue::Hoax, Rating::False) => 0.55,
            (Queue::Hoax, Rating::Misleading | Rating::Unrated) => 0.5,
            (Queue::Hoax, _) => 0.35,
        };
        return Some((weight * score, Reason::RepeatsClaim { rating: claim.rating.code().into(), score }));
    }
    let related = judgement.claims.iter().find(|claim| claim.relation == Relation::Related)?;
    let score = related.score.get();
    Some((0.1 * score, Reason::RelatedClaim { score }))
}

fn act_word(act: Act) -> &'static str {
    match act {
        Act::Derogation => "derogation",
        Act::Dehumanisation => "dehumanisation",
        Act::Threat => "threat",
        Act::Exclusion => "exclusion",
        Act::Denial => "denial",
        Act::Conspiracy => "conspiracy",
    }
}

/// The lane as the contract writes it.
fn lane_word(lane: Lane) -> String {
    serde_json::to_value(lane).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
