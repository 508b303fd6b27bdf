//! How likely a mention is a place, and which of the areas of that name.
//!
//! Both are sums of log-odds: one figure per cue, fitted by hand on our own labelled sentences (`tests/places.tsv`,
//! the odd rows), so that each can be read and argued with.

use super::ACCEPT;
use super::mention::Mention;
use super::village;
use crate::detect::reading::{Joint, Word};
use crate::gazetteer::words::{self, Cue};
use crate::gazetteer::{Gazetteer, kind, kind_of};
use crate::known::Known;
use crate::model::linear::sigmoid;
use saring_domain::area::within;
use saring_domain::{Area, PlaceClue};
use std::collections::{HashMap, HashSet};

/// Log-odds of a bare name by wordness (0 to 3).
const PROVINCE: [f64; 4] = [2.5, -0.3, -2.0, -6.0];
const REGENCY: [f64; 4] = [2.2, -0.6, -2.2, -6.0];
const DISTRICT: [f64; 4] = [-0.5, -3.0, -4.2, -8.0];
const VILLAGE: [f64; 4] = [-1.0, -3.4, -5.0, -8.0];

/// What a mention is thought to be.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Probability that it is a place at all.
    pub place: f64,
    /// Position of the best area in the gazetteer.
    pub area: usize,
    /// Probability of that area given that it is a place.
    pub share: f64,
    /// What beside its name speaks for it, where it is accepted.
    pub clues: Vec<PlaceClue>,
}

/// Which parts of the country the text speaks of, by code prefix, with the name that says so.
#[derive(Default)]
struct Context<'k> {
    spoken: HashMap<String, (&'k str, bool)>,
    senses: HashMap<&'k str, (usize, f64, usize)>,
    home: Vec<&'k str>,
    outlet: Option<&'k str>,
}

/// Weighs all mentions of a text together: first each alone, then again in the light of the confident ones.
pub fn weigh(
    text: &[Word<'_>],
    mentions: &[Mention<'_>],
    known: &Known,
    outlet: Option<&str>,
) -> Vec<Reading> {
    let gazetteer = &known.gazetteer;
    let mut context =
        Context { home: known.covers.iter().map(String::as_str).collect(), outlet, ..Context::default() };
    let alone: Vec<Reading> =
        mentions.iter().enumerate().map(|(at, _)| read(text, mentions, at, gazetteer, &context)).collect();
    for (at, (mention, reading)) in mentions.iter().zip(&alone).enumerate() {
        if reading.place > 0.7 && reading.share > 0.6 {
            context.speaks_of(at, mention, reading, gazetteer);
        }
    }
    let mut readings: Vec<Reading> =
        mentions.iter().enumerate().map(|(at, _)| read(text, mentions, at, gazetteer, &context)).collect();
    let code = |reading: &Reading| gazetteer.area_at(reading.area).map_or("", |area| area.code.as_str());
    let accepted = |reading: &Reading| reading.place * reading.share >= ACCEPT;
    let named: HashSet<&str> = readings.iter().filter(|reading| accepted(reading)).map(code).collect();
    for (mention, reading) in mentions.iter().zip(&mut readings) {
        if accepted(reading) {
            reading.clues = context.clues(mention, code(reading), gazetteer.area_at(reading.area), &named);
        }
    }
    readings
}

impl<'k> Context<'k> {
    fn speaks_of(&mut self, at: usize, mention: &'k Mention<'_>, reading: &Reading, gazetteer: &Gazetteer) {
        let sense = self.senses.entry(&mention.key).or_insert((reading.area, 0.0, at));
        if reading.share > sense.1 {
            *sense = (reading.area, reading.share, at); // the clearest mention of a name speaks for the others
        }
        let Some(area) = gazetteer.area_at(reading.area) else { return };
        for prefix in [Some(regency_of(&area.code)), area.code.split('.').next()].into_iter().flatten() {
            let said = self.spoken.entry(prefix.to_owned()).or_insert((&mention.key, false));
            said.1 |= said.0 != mention.key;
        }
    }

    fn sense(&self, key: &str, area: usize, at: usize) -> f64 {
        if self.senses.get(key).is_some_and(|&(known, _, by)| known == area && by != at) { 2.0 } else { 0.0 }
    }

    fn supports(&self, prefix: &str, key: &str) -> bool {
        self.spoken.get(prefix).is_some_and(|&(by, many)| many || by != key)
    }

    /// Log-odds that the rest of the text, the source and the office lend to one area.
    fn lends(&self, code: &str, key: &str) -> f64 {
        let province = code.split('.').next().unwrap_or(code);
        let regency = regency_of(code);
        let text = if code.len() > 2 && regency.len() > 2 && self.supports(regency, key) {
            2.2
        } else if self.supports(province, key) {
            0.9
        } else if self.spoken.is_empty() || self.spoken.values().all(|&(by, many)| by == key && !many) {
            0.0
        } else {
            -0.6
        };
        let near = |own: &str| {
            if is_near(code, own) {
                1.6
            } else if own.get(..2) == Some(province) {
                0.6
            } else {
                0.0
            }
        };
        let home = self.home.iter().copied().chain(self.outlet).map(near).fold(0.0, f64::max);
        text + home
    }
}

impl Context<'_> {
    /// What speaks for an area beside its name: what [`Self::lends`] and [`asked`] counted for it.
    fn clues(
        &self,
        mention: &Mention<'_>,
        code: &str,
        area: Option<&Area>,
        named: &HashSet<&str>,
    ) -> Vec<PlaceClue> {
        let province = code.split('.').next().unwrap_or(code);
        let parent = [2, 5, 8]
            .into_iter()
            .any(|len| len < code.len() && code.get(..len).is_some_and(|own| named.contains(own)));
        let neighbour = (code.len() > 2 && self.supports(regency_of(code), &mention.key))
            || self.supports(province, &mention.key);
        let clues = [
            (PlaceClue::HeadWord, area.is_some_and(|area| asked(mention.kinds, kind_of(area)) > 0.0)),
            (PlaceClue::ParentNamed, parent),
            (PlaceClue::NeighbourNamed, neighbour && !parent),
            (PlaceClue::OfficeArea, self.home.iter().any(|own| is_near(code, own))),
            (PlaceClue::SourceArea, self.outlet.is_some_and(|own| is_near(code, own))),
            (PlaceClue::OnlyOne, mention.name.areas.len() == 1),
        ];
        clues.into_iter().filter(|(_, holds)| *holds).map(|(clue, _)| clue).collect()
    }
}

/// Whether an area lies in `own`, or in the regency of `own`.
fn is_near(code: &str, own: &str) -> bool {
    within(code, own) || (code.len() > 2 && within(own, regency_of(code)))
}

/// The codes of the areas of one level that a mention read as `area` may mean: the city and the regency of Malang.
pub fn twins<'g>(mention: &Mention<'_>, area: usize, gazetteer: &'g Gazetteer) -> Vec<&'g str> {
    let Some(read) = gazetteer.area_at(area) else { return Vec::new() };
    let same = |other: &&saring_domain::Area| {
        other.code == read.code
            || (mention.kinds == 0
                && read.code.len() == 5
                && other.code.len() == 5
                && other.code.get(..2) == read.code.get(..2))
    };
    let all = mention.name.areas.iter().filter_map(|&at| gazetteer.area_at(at));
    all.filter(same).map(|area| area.code.as_str()).collect()
}

fn regency_of(code: &str) -> &str {
    code.get(..5).unwrap_or(code)
}

fn read(
    text: &[Word<'_>],
    mentions: &[Mention<'_>],
    at: usize,
    gazetteer: &Gazetteer,
    context: &Context<'_>,
) -> Reading {
    let mention = &mentions[at];
    let cues = cues(text, mention);
    let doubtful = mention.name.areas.len() > 1 || mention.name.wordness > 0;
    let villages = if doubtful { village::before(text, mention.words.0, gazetteer) } else { Vec::new() };
    let beside = parent_beside(text, mentions, at, gazetteer);
    let mut options: Vec<(usize, f64, f64)> = Vec::new();
    for &area in &mention.name.areas {
        let Some(found) = gazetteer.area_at(area) else { continue };
        let lent = context.lends(&found.code, &mention.key);
        let adjacent = if beside.iter().any(|parent| *parent != found.code && within(&found.code, parent)) {
            4.0
        } else {
            0.0
        };
        let sense = context.sense(&mention.key, area, at);
        // "Desa Wonorejo, Kecamatan Gandusari": the Gandusari that has a Wonorejo
        let holds = if villages.iter().any(|village| within(&village.code, &found.code)) { 3.0 } else { 0.0 };
        // a bare name of a district beside an unknown capitalised word is part of a name of people
        let small = kind_of(found) & (kind::DISTRICT | kind::VILLAGE) != 0
            && mention.kinds == 0
            && mention.cue.is_none();
        let people = if small && (mention.goes_on || mention.beside_name) { -1.2 } else { 0.0 };
        let asked = asked(mention.kinds, kind_of(found));
        let prior = prior(area, mention, gazetteer);
        let which = prior + asked + 1.6 * lent + 1.5 * adjacent + sense + holds;
        let faith = [1.0, 1.0, 0.8, 0.5][usize::from(mention.name.wordness.min(3))];
        let own = if gazetteer.is_added(area) { 1.2 } else { 0.0 };
        let place = base(kind_of(found), mention.name.wordness)
            + cues
            + asked.min(4.5)
            + faith * lent
            + adjacent
            + own
            + people
            + sense
            + 0.7 * holds;
        options.push((area, which, place));
    }
    best(&options)
}

/// Softmax over the areas; the place odds of the best one.
fn best(options: &[(usize, f64, f64)]) -> Reading {
    let Some(&(area, top, place)) = options.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    else {
        return Reading { place: 0.0, area: 0, share: 0.0, clues: Vec::new() };
    };
    let sum: f64 = options.iter().map(|(_, which, _)| (which - top).exp()).sum();
    Reading { place: sigmoid(place), area, share: 1.0 / sum, clues: Vec::new() }
}

fn base(kind: u8, wordness: u8) -> f64 {
    let table = match kind {
        kind::PROVINCE => PROVINCE,
        kind::REGENCY | kind::CITY => REGENCY,
        kind::DISTRICT => DISTRICT,
        _ => VILLAGE,
    };
    table[usize::from(wordness.min(3))]
}

/// Which area of a name people mean when they say no more.
fn prior(at: usize, mention: &Mention<'_>, gazetteer: &Gazetteer) -> f64 {
    let Some(area) = gazetteer.area_at(at) else { return -9.0 };
    let own = if gazetteer.is_added(at) { 2.0 } else { 0.0 };
    let twin = mention.name.areas.iter().filter_map(|&other| gazetteer.area_at(other));
    own + match kind_of(area) {
        kind::PROVINCE => 0.7,
        // beside a regency of the same name, a big city is what people mean and a small one is not
        kind::CITY if twin.clone().any(|other| kind_of(other) == kind::REGENCY) => {
            let districts = f64::from(gazetteer.count_below(at));
            (0.5 * (districts - 4.5)).clamp(-1.0, 1.5)
        }
        kind::CITY | kind::REGENCY => 0.0,
        kind::DISTRICT => -3.0,
        _ => -4.0,
    }
}

/// What a kind word before the name does to an area of this kind.
fn asked(kinds: u8, kind: u8) -> f64 {
    match kinds {
        0 => 0.0,
        kind::VILLAGE if kind != kind::VILLAGE => -6.0,
        _ if kinds == kind::REGENCY | kind::CITY && kind == kind::REGENCY => 4.5,
        _ if kinds == kind::REGENCY | kind::CITY && kind == kind::CITY => 3.3,
        _ if kinds & kind != 0 => 4.5,
        // "kota Trenggalek" is the town of the regency
        kind::CITY if kind == kind::REGENCY => 0.8,
        kind::REGENCY if kind == kind::CITY => -0.5,
        kind::VILLAGE => -2.5,
        _ => -3.0,
    }
}

/// Log-odds of the words around a mention, whichever area it means.
fn cues(text: &[Word<'_>], mention: &Mention<'_>) -> f64 {
    let Some(word) = text.get(mention.words.0) else { return 0.0 };
    let wordness = mention.name.wordness;
    let capital = word.capital && word.telling;
    let case = match (word.telling, word.capital, wordness) {
        (true, true, 0) => 1.3,
        (true, true, _) => 2.2,
        (true, false, 0) => -1.0,
        (true, false, _) => -1.6,
        (false, true, 0) => 0.3,
        (false, ..) => 0.0,
    };
    let cue = match (mention.cue, wordness) {
        (Some(Cue::Before), 0 | 1) => 1.9,
        (Some(Cue::Before), _) if capital => 1.9,
        (Some(Cue::Before), _) => 0.6,
        (Some(Cue::People), 0) => 1.9,
        (Some(Cue::People), _) => 3.0,
        (Some(Cue::Venue), _) if capital || wordness == 0 => 1.2,
        (Some(Cue::Nature), _) => -1.2,
        (Some(Cue::Street), _) => -4.0,
        (Some(Cue::Title), _) => -4.0,
        (Some(Cue::Food), _) => -3.0,
        _ => 0.0,
    };
    let names = match (words::is_person(&mention.key), mention.beside_name, wordness) {
        (true, true, _) => -4.0,
        (true, false, _) if mention.cue.is_none() && mention.kinds == 0 => -2.0,
        (_, true, 0) => -0.4,
        (_, true, _) => -1.5,
        _ => 0.0,
    };
    let longer = if mention.goes_on && wordness > 0 { -2.2 } else { 0.0 };
    let never = if mention.never { -6.0 } else { 0.0 };
    case + cue + names + longer + never
}

/// Codes of the areas named right behind this one: "Panggul, Trenggalek", "Panggul Kab. Trenggalek".
fn parent_beside<'g>(
    text: &[Word<'_>],
    mentions: &[Mention<'_>],
    at: usize,
    gazetteer: &'g Gazetteer,
) -> Vec<&'g str> {
    let Some((mention, next)) = mentions.get(at).zip(mentions.get(at + 1)) else { return Vec::new() };
    let between = text.get(mention.words.1..next.words.0).unwrap_or_default();
    let only_kinds = between.iter().all(|word| matches!(words::cue(&word.key), Some(Cue::Kind(_))));
    let together =
        text.get(mention.words.1..=next.words.0).unwrap_or_default().iter().all(|w| w.joint != Joint::Break);
    if !only_kinds || !together || next.never {
        return Vec::new();
    }
    next.name
        .areas
        .iter()
        .filter_map(|&area| gazetteer.area_at(area))
        .map(|area| area.code.as_str())
        .collect()
}
