//! Which places a text speaks of: provinces, regencies, cities, districts, villages and what the office added.
//!
//! A name is not a place by itself: `panggul` is a hip, `batu` a stone, Bandung a city and a regency. A mention is
//! weighed by its case, the words around it, the other places of the text, the area of the source and of the office.

mod mention;
mod village;
mod weigh;

use super::reading::{self, Word};
use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::gazetteer::title;
use crate::known::Known;
use crate::model::{ModelError, Models};
use saring_domain::{Area, Because, Judgement, PlaceClue, PlaceMatch, Score, Span};
use saring_text::Plain;
use std::collections::HashMap;

/// Spans of a place that are given: one that is named more often is told by the first.
const SPANS: usize = 100;
/// From this probability on, a place is said to be meant.
const ACCEPT: f64 = 0.5;

/// Writes [`Judgement::places`].
struct PlaceDetector;

/// Makes the detector; its gazetteer is in [`Known`].
///
/// # Errors
/// None.
pub fn build(_models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(PlaceDetector))
}

impl Detector for PlaceDetector {
    fn card(&self) -> Card {
        Card { name: "place", version: "2" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("Jembatan di Kecamatan Panggul, Trenggalek, putus tadi malam", true),
            ("banjir di kota batu dan malang sudah surut", true),
            ("panggul ibu saya sakit setelah jatuh di atas batu besar", false),
            ("malang nasibnya, dua kali kena tipu", false),
        ]
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        let outlet = known.source_areas.get(&subject.item.source).map(String::as_str);
        judgement.places = find(&words_of(subject, part_of_name(known)), known, outlet);
        for place in &judgement.places {
            let because = format!("place:{}", place.code);
            judgement.spans.extend(place.spans.iter().map(|span| Because {
                start: span.start,
                end: span.end,
                because: because.clone(),
            }));
        }
    }
}

/// The places of a bare text whose source writes about `area`.
pub fn find_in(text: &str, known: &Known, area: Option<&str>) -> Vec<PlaceMatch> {
    let plain = Plain::of(text);
    find(&reading::read(text, plain.words(), part_of_name(known)), known, area)
}

fn part_of_name(known: &Known) -> impl Fn(&str) -> bool {
    |word| known.gazetteer.longest_from(word) > 0 || known.gazetteer.villages().longest_from(word) > 0
}

/// The places of a text, most probable first, each with all the spans that name it.
fn find(text: &[Word<'_>], known: &Known, outlet: Option<&str>) -> Vec<PlaceMatch> {
    let gazetteer = &known.gazetteer;
    let mentions = mention::find(text, gazetteer);
    let readings = weigh::weigh(text, &mentions, known, outlet);
    let villages = village::find(text, &mentions, &readings, known, outlet);
    let mut places = Places::default();
    let taken = |(from, to): (usize, usize)| {
        let at = villages.partition_point(|village| village.words.1 <= from);
        villages.get(at).is_some_and(|village| village.words.0 < to)
    };
    for (mention, reading) in mentions.iter().zip(readings) {
        let score = reading.place * reading.share;
        if let Some(area) = gazetteer.area_at(reading.area)
            && (gazetteer.is_added(reading.area) || !taken(mention.words))
        {
            places.add(area, score, span_of(text, mention.words), &reading.clues);
        }
    }
    for village in &villages {
        places.add(&village.area, village.score, span_of(text, village.words), &village.clues);
    }
    let mut places = places.list;
    places.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    places
}

/// What was found, one entry per area.
#[derive(Default)]
struct Places {
    list: Vec<PlaceMatch>,
    seen: HashMap<String, usize>,
}

impl Places {
    fn add(&mut self, area: &Area, score: f64, span: Option<Span>, clues: &[PlaceClue]) {
        let Some(span) = span.filter(|_| score >= ACCEPT) else { return };
        let at = *self.seen.entry(area.code.clone()).or_insert_with(|| {
            let (code, name) = (area.code.clone(), title(area));
            let (score, clues) = (Score::default(), clues.to_vec());
            self.list.push(PlaceMatch { code, name, score, spans: Vec::new(), clues });
            self.list.len() - 1
        });
        if let Some(place) = self.list.get_mut(at) {
            place.score = Score::new(score.max(place.score.get()));
            if place.spans.len() < SPANS && !place.spans.contains(&span) {
                place.spans.push(span);
            }
        }
    }
}

/// The words of an item with their case and joints; see [`reading::read`] for `known`.
pub(super) fn words_of<'a>(subject: &'a Subject<'_>, known: impl Fn(&str) -> bool) -> Vec<Word<'a>> {
    reading::read(&subject.text, subject.plain.words(), known)
}

fn span_of(text: &[Word<'_>], (first, end): (usize, usize)) -> Option<Span> {
    let (first, last) = (text.get(first)?, text.get(end.checked_sub(1)?)?);
    Some(Span { start: first.start, end: last.end })
}

#[cfg(test)]
mod tests;
