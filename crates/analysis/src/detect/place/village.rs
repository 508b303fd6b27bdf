//! Villages: named only where something beside the name speaks for one.
//!
//! Sukamaju is the name of a hundred villages and `sumber` an ordinary word. What counts is a head word ("Desa", "Kelurahan"),
//! the parent named beside it or elsewhere in the text, the area of the source, the area of the office. Which of the villages
//! of a name is meant is decided by the same; where two remain equal, none is named. Sums of log-odds as in `weigh`, fitted by
//! hand on the dev half of `tests/places_gold.tsv`.

use super::mention::{Mention, on_a_street};
use super::weigh::Reading;
use super::{ACCEPT, weigh};
use crate::detect::reading::{Joint, Word};
use crate::gazetteer::villages::Village;
use crate::gazetteer::words::{self, Cue};
use crate::gazetteer::{Gazetteer, kind};
use crate::known::Known;
use crate::model::linear::sigmoid;
use saring_domain::area::within;
use saring_domain::{Area, PlaceClue};
use std::collections::HashMap;

/// Log-odds of a bare name by wordness (0 to 3).
const BARE: [f64; 4] = [-2.6, -3.8, -5.5, -9.0];
/// Longest name that is looked for, in words.
const MOST_WORDS: usize = 6;
/// How many parents on either side are looked at one by one; those further away count by being named at all, so that a text
/// full of names takes linear time.
const NEAR: usize = 12;

/// A village that a text names.
#[derive(Debug)]
pub struct Found {
    /// Its first and one past its last word.
    pub words: (usize, usize),
    /// Which village.
    pub area: Area,
    /// Probability that it is meant.
    pub score: f64,
    /// What speaks for it.
    pub clues: Vec<PlaceClue>,
}

/// A bigger area that the text names, with its namesakes of one level (city and regency).
struct Parent<'g> {
    words: (usize, usize),
    codes: Vec<&'g str>,
}

struct Scene<'t, 'a> {
    text: &'t [Word<'a>],
    /// From left to right.
    parents: Vec<Parent<'t>>,
    /// The words of the first and the last mention of each of their codes.
    named: HashMap<&'t str, [(usize, usize); 2]>,
    sentences: Vec<u32>,
    gazetteer: &'t Gazetteer,
    covers: &'t [String],
    outlet: Option<&'t str>,
}

/// The villages of a text whose bigger areas are read already, from left to right.
pub fn find(
    text: &[Word<'_>],
    mentions: &[Mention<'_>],
    readings: &[Reading],
    known: &Known,
    outlet: Option<&str>,
) -> Vec<Found> {
    let gazetteer = &known.gazetteer;
    if gazetteer.villages().is_empty() {
        return Vec::new();
    }
    let read = mentions.iter().zip(readings).filter(|(_, reading)| reading.place * reading.share >= ACCEPT);
    let parents: Vec<Parent<'_>> = read
        .map(|(mention, reading)| Parent {
            words: mention.words,
            codes: weigh::twins(mention, reading.area, gazetteer),
        })
        .collect();
    let mut named: HashMap<&str, [(usize, usize); 2]> = HashMap::new();
    for parent in &parents {
        for code in &parent.codes {
            named.entry(code).or_insert([parent.words; 2])[1] = parent.words;
        }
    }
    let mut sentence = 0;
    let count = |word: &Word<'_>| {
        sentence += u32::from(word.joint == Joint::Break);
        sentence
    };
    let sentences = text.iter().map(count).collect();
    let scene = Scene { text, parents, named, sentences, gazetteer, covers: &known.covers, outlet };
    let (mut out, mut at) = (Vec::new(), 0);
    while at < text.len() {
        match scene.at(at, mentions) {
            Some(found) => {
                at = found.words.1;
                out.push(found);
            }
            None => at += 1,
        }
    }
    out
}

/// Villages that a head word names right before the kind word or name at `first`: "Desa Wonorejo, Kec. Gandusari".
pub fn before<'g>(text: &[Word<'_>], first: usize, gazetteer: &'g Gazetteer) -> Vec<Village<'g>> {
    let kinds =
        |at: usize| text.get(at).is_some_and(|word| matches!(words::cue(&word.key), Some(Cue::Kind(_))));
    let mut end = first;
    while end > 0 && kinds(end - 1) {
        end -= 1;
    }
    for count in 1..=MOST_WORDS.min(end.saturating_sub(1)) {
        if text
            .get(end - count + 1..=end.min(first))
            .is_none_or(|all| all.iter().any(|w| w.joint == Joint::Break))
        {
            return Vec::new();
        }
        if head(text, end - count) != Head::None {
            let name = text.get(end - count..end).unwrap_or_default();
            let key: String = name.iter().map(|word| word.key.as_ref()).collect();
            return gazetteer.villages().named(&key).collect();
        }
    }
    Vec::new()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    None,
    /// Dusun, kampung: often the name of the village too.
    Hamlet,
    Village,
}

fn head(text: &[Word<'_>], at: usize) -> Head {
    let word = at.checked_sub(1).and_then(|before| text.get(before)).map(|word| words::cue(&word.key));
    match (word.flatten(), text.get(at).map(|word| word.joint)) {
        (Some(Cue::Kind(kinds)), Some(Joint::Space)) if kinds & kind::HAMLET != 0 => Head::Hamlet,
        (Some(Cue::Kind(kinds)), Some(Joint::Space)) if kinds & kind::VILLAGE != 0 => Head::Village,
        _ => Head::None,
    }
}

impl Scene<'_, '_> {
    /// The longest name that begins here and is meant as a village.
    fn at(&self, at: usize, mentions: &[Mention<'_>]) -> Option<Found> {
        let first = self.text.get(at)?;
        let head = head(self.text, at);
        let somewhere = !self.parents.is_empty() || self.outlet.is_some() || !self.covers.is_empty();
        if head == Head::None && (!somewhere || (first.telling && !first.capital)) {
            return None;
        }
        let most = self.gazetteer.villages().longest_from(&first.key).min(MOST_WORDS);
        let mut ends: Vec<(usize, String)> = Vec::new();
        let mut key = String::new();
        for (count, word) in self.text.get(at..)?.iter().take(most).enumerate() {
            if count > 0 && word.joint != Joint::Space {
                break;
            }
            key.push_str(&word.key);
            ends.push((at + count + 1, key.clone()));
        }
        // "Keuchik Gampong Blang": a kind word alone is no name, and may stand before a longer one
        let kind = matches!(words::cue(&first.key), Some(Cue::Kind(_)));
        let behind = if kind { self.longest_end(at + 1) } else { 0 };
        ends.retain(|(end, _)| !kind || (*end > at + 1 && *end >= behind));
        ends.into_iter().rev().find_map(|(end, key)| self.weigh((at, end), &key, head, mentions))
    }

    /// Where the longest name of a village that begins here ends; 0 where none does.
    fn longest_end(&self, at: usize) -> usize {
        let mut key = String::new();
        let mut end = 0;
        for (count, word) in self.text.get(at..).unwrap_or_default().iter().take(MOST_WORDS).enumerate() {
            if word.joint != Joint::Space {
                break;
            }
            key.push_str(&word.key);
            if self.gazetteer.villages().named(&key).next().is_some() {
                end = at + count + 1;
            }
        }
        end
    }

    fn weigh(&self, span: (usize, usize), key: &str, head: Head, mentions: &[Mention<'_>]) -> Option<Found> {
        let mut villages = self.gazetteer.villages().named(key).peekable();
        let wordness = words::wordness(key).unwrap_or(villages.peek()?.wordness).min(3);
        let cues = self.cues(span, key, head, wordness);
        // nothing that is still to come outweighs this
        let bigger = head == Head::None && self.is_bigger(span, mentions);
        if cues < -5.0 || (bigger && self.parents.len() < 2) {
            return None;
        }
        let mut options: Vec<(Support, Village<'_>)> =
            villages.map(|village| (self.support(span, &village.code), village)).collect();
        let top = options.iter().map(|(support, _)| support.which).fold(f64::MIN, f64::max);
        let sum: f64 = options.iter().map(|(support, _)| (support.which - top).exp()).sum();
        let best = options.iter().position(|(support, _)| support.which >= top)?;
        let alone = options.len() == 1;
        let (support, village) = options.swap_remove(best);
        // "Kertosono Panggul": a district of that name lies elsewhere, and Panggul has such a village
        if bigger && !(support.beside && self.read_elsewhere(span, &village.code)) {
            return None;
        }
        let elsewhere = if support.clues.is_empty() && !self.parents.is_empty() { -2.0 } else { 0.0 };
        let score = sigmoid(cues + support.place + elsewhere) / sum;
        let mut clues = support.clues;
        if head != Head::None {
            clues.insert(0, PlaceClue::HeadWord);
        }
        if alone {
            clues.push(PlaceClue::OnlyOne);
        }
        (score >= ACCEPT).then(|| Found { words: span, area: village.area(), score, clues })
    }

    /// The words are the name of a bigger area, or part of one, and nothing asks for a village.
    fn is_bigger(&self, (from, to): (usize, usize), mentions: &[Mention<'_>]) -> bool {
        let at = mentions.partition_point(|mention| mention.words.1 <= from);
        mentions.get(at).is_some_and(|mention| mention.words.0 <= from && to <= mention.words.1)
    }

    /// The same words are read as a district of another regency.
    fn read_elsewhere(&self, (from, to): (usize, usize), code: &str) -> bool {
        let at = self.parents.partition_point(|parent| parent.words.1 <= from);
        self.parents.get(at).filter(|parent| parent.words.0 < to).is_none_or(|parent| {
            parent.codes.iter().all(|own| own.len() > 5 && !within(own, code.get(..5).unwrap_or(code)))
        })
    }

    /// Log-odds of the name and the words around it.
    fn cues(&self, (from, to): (usize, usize), key: &str, head: Head, wordness: u8) -> f64 {
        let Some(first) = self.text.get(from) else { return -9.0 };
        let case = match (first.telling, first.capital, wordness) {
            (true, true, 0) => 1.0,
            (true, true, _) => 2.0,
            (true, false, 0 | 1) => -1.0,
            (true, false, _) => -4.0,
            (false, ..) => 0.0,
        };
        let joined = first.joint == Joint::Space;
        let before = from.checked_sub(1).and_then(|at| self.text.get(at)).filter(|_| joined);
        let cue = match (head, before.and_then(|word| words::cue(&word.key))) {
            _ if on_a_street(self.text, from) => -5.0,
            (Head::Village, _) => 6.0,
            (Head::Hamlet, _) => 3.0,
            (_, Some(Cue::Before | Cue::People)) => 1.2,
            (_, Some(Cue::Venue)) => 0.8,
            (_, Some(Cue::Nature)) => -2.5,
            (_, Some(Cue::Title)) => -5.0,
            (_, Some(Cue::Food)) => -3.0,
            (_, Some(Cue::Kind(_))) => -3.0,
            _ => 0.0,
        };
        let unknown = |word: &&Word<'_>| {
            word.capital
                && word.telling
                && words::cue(&word.key).is_none()
                && self.gazetteer.longest_from(&word.key) == 0
        };
        let after = self.text.get(to).filter(|word| word.joint == Joint::Space);
        let goes_on = match (after.filter(unknown).is_some(), head) {
            (true, Head::None) => -2.2,
            (true, _) => -0.8,
            _ => 0.0,
        };
        let bare = head == Head::None;
        let people = if bare && before.filter(unknown).is_some() { -1.8 } else { 0.0 };
        let person = if bare && words::is_person(key) { -3.0 } else { 0.0 };
        BARE[usize::from(wordness)] + case + cue + goes_on + people + person
    }

    /// What the rest of the text, the source and the office lend to one village.
    fn support(&self, span: (usize, usize), code: &str) -> Support {
        let mut best = Support::default();
        let apart = |words: (usize, usize)| words.1 <= span.0 || span.1 <= words.0;
        let mut take = |level: usize, distance: Distance| {
            let (which, beside, near, far) = match level {
                0..=2 => (3.0, 1.5, 0.3, 0.0),
                3..=5 => (6.0, 4.0, 1.5, 0.8),
                _ => (8.0, 4.5, 2.5, 1.5),
            };
            let (more, place) = match distance {
                Distance::Beside => (1.5, beside),
                Distance::Sentence => (0.5, near),
                Distance::Text => (0.0, far),
            };
            best.take(which + more, place, PlaceClue::ParentNamed);
            best.beside |= more > 1.0 && level > 5;
        };
        for level in [2, 5, 8] {
            let named = code.get(..level).and_then(|own| self.named.get(own));
            if named.is_some_and(|ends| ends.iter().any(|words| apart(*words))) {
                take(level, Distance::Text);
            }
        }
        let here = self.parents.partition_point(|parent| parent.words.1 <= span.0);
        let near = here.saturating_sub(NEAR)..self.parents.len().min(here + NEAR);
        let near = self.parents.get(near).unwrap_or_default();
        for parent in near.iter().filter(|parent| apart(parent.words)) {
            let level = parent.codes.iter().filter(|own| within(code, own)).map(|own| own.len()).max();
            if let Some(level) = level {
                take(level, self.distance(span, parent.words));
            }
        }
        let mut home = Support::default();
        let known = |home: &mut Support, own: &str, clue| {
            let regency = code.get(..5).unwrap_or(code);
            match own.len() {
                ..=2 if within(code, own) => home.take(2.0, 0.3, clue),
                ..=5 if within(code, own) => home.take(5.0, 1.5, clue),
                6.. if within(code, own) => home.take(6.0, 2.0, clue),
                6.. if within(own, regency) => home.take(3.0, 0.8, clue),
                _ => {}
            }
        };
        self.covers.iter().for_each(|own| known(&mut home, own, PlaceClue::OfficeArea));
        self.outlet.iter().for_each(|own| known(&mut home, own, PlaceClue::SourceArea));
        best.clues.extend(home.clues);
        Support { which: best.which + home.which, place: best.place + home.place, ..best }
    }

    fn distance(&self, (from, to): (usize, usize), (first, end): (usize, usize)) -> Distance {
        let gap = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let link = |word: &Word<'_>| {
            word.capital
                || matches!(words::cue(&word.key), Some(Cue::Kind(_)))
                || matches!(word.key.as_ref(), "dan" | "serta" | "rt" | "rw" | "lan" | "jeung" | "di")
        };
        let unbroken = |from: usize, to: usize| gap(from, to).iter().all(|word| word.joint != Joint::Break);
        let follows =
            to <= first && first - to <= 8 && unbroken(to, first + 1) && gap(to, first).iter().all(link);
        let leads = end <= from
            && from - end <= 2
            && unbroken(end, from + 1)
            && gap(end, from).iter().all(|word| matches!(words::cue(&word.key), Some(Cue::Kind(_))));
        if follows || leads {
            Distance::Beside
        } else if self.sentences.get(from) == self.sentences.get(first) {
            Distance::Sentence
        } else {
            Distance::Text
        }
    }
}

enum Distance {
    Beside,
    Sentence,
    Text,
}

/// Log-odds for one village: which of its name, and that a place is meant at all.
#[derive(Default)]
struct Support {
    which: f64,
    place: f64,
    /// Its district stands beside it.
    beside: bool,
    clues: Vec<PlaceClue>,
}

impl Support {
    fn take(&mut self, which: f64, place: f64, clue: PlaceClue) {
        self.which = self.which.max(which);
        self.place = self.place.max(place);
        if !self.clues.contains(&clue) {
            self.clues.push(clue);
        }
    }
}
