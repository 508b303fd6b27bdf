//! Places on hand-labelled texts: our own sentences (`tests/places.tsv`, `tests/places_gold.tsv`) and, by id, texts of the
//! research data (`tests/places_real.tsv`). `tests/PLACES.md` says how they are labelled.

use super::{Measure, Miss};
use crate::analyser::Analyser;
use crate::detect::place;
use crate::known::Known;
use crate::train::{TrainError, read_jsonl};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

const SENTENCES: &str = include_str!("../../tests/places.tsv");
const GOLD: &str = include_str!("../../tests/places_gold.tsv");
const REAL: &str = include_str!("../../tests/places_real.tsv");

/// Which texts to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// What tuned the weights.
    Tuned = 0,
    /// What is only measured.
    HeldOut = 1,
}

/// A labelled text.
pub struct Sentence {
    /// The areas that are meant: each a code, or several of which any is right.
    pub meant: Vec<BTreeSet<String>>,
    /// The area its source writes about.
    pub area: Option<&'static str>,
    /// The text.
    pub text: String,
}

impl Sentence {
    fn new(codes: &str, area: &'static str, text: &str) -> Self {
        let codes = codes.split(' ').filter(|code| *code != "-");
        let meant = codes.map(|either| either.split('|').map(str::to_owned).collect()).collect();
        Self { meant, area: Some(area).filter(|area| *area != "-"), text: text.to_owned() }
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').collect())
}

fn half_of(id: &str) -> Half {
    if Sha256::digest(id)[0] % 2 == 0 { Half::Tuned } else { Half::HeldOut }
}

/// The first sentences, whose rows take turns.
pub fn sentences(half: Half) -> Vec<Sentence> {
    let rows = rows(SENTENCES).skip(half as usize).step_by(2);
    rows.filter_map(|row| Some(Sentence::new(row.first()?, row.get(1)?, row.get(2)?))).collect()
}

/// The later sentences, with villages.
pub fn gold(half: Half) -> Vec<Sentence> {
    let rows = rows(GOLD).filter(|row| row.first().is_some_and(|id| half_of(id) == half));
    rows.filter_map(|row| Some(Sentence::new(row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

/// Labelled texts of the research data in `data`; none where it is absent.
///
/// # Errors
/// A file is there but unreadable.
pub fn real(half: Half, data: &Path) -> Result<Vec<Sentence>, TrainError> {
    let mut texts = HashMap::new();
    for (file, field) in [("hoax/claims.jsonl", "title"), ("hoax/negatives.jsonl", "text")] {
        let path = data.join(file);
        let rows = if path.exists() { read_jsonl(&path)? } else { Vec::new() };
        let cell = |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        texts.extend(rows.iter().map(|row| (cell(row, "id"), cell(row, field))));
    }
    let rows = rows(REAL).filter(|row| row.first().is_some_and(|id| half_of(id) == half));
    Ok(rows.filter_map(|row| Some(Sentence::new(row.get(1)?, "-", texts.get(*row.first()?)?))).collect())
}

/// Counts of (text, area) pairs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    right: usize,
    found: usize,
    meant: usize,
    hit: usize,
    score: f64,
}

/// Levels by the length of their codes.
const LEVELS: [&str; 4] = ["province", "regency", "district", "village"];

/// What was found of some texts, over all levels and by level, with the texts that were got wrong.
#[derive(Default)]
pub struct Tally {
    levels: [Counts; 4],
    misses: Vec<Miss>,
}

impl Tally {
    /// Reads `sentences`; `see` gets each with what was found.
    pub fn of(
        known: &Known,
        sentences: &[Sentence],
        mut see: impl FnMut(&Sentence, &BTreeSet<String>),
    ) -> Self {
        let mut tally = Self::default();
        for sentence in sentences {
            tally.take(known, sentence, &mut see);
        }
        tally
    }

    fn take(
        &mut self,
        known: &Known,
        sentence: &Sentence,
        see: &mut impl FnMut(&Sentence, &BTreeSet<String>),
    ) {
        let places = place::find_in(&sentence.text, known, sentence.area);
        let level = |code: &str| code.split('.').count().clamp(1, 4) - 1;
        let (mut open, mut wrong) = (sentence.meant.clone(), 0_u32);
        for place in &places {
            let counts = &mut self.levels[level(&place.code)];
            counts.found += 1;
            counts.score += place.score.get();
            if let Some(at) = open.iter().position(|either| either.contains(&place.code)) {
                open.swap_remove(at);
                counts.right += 1;
            } else {
                wrong += 1;
            }
        }
        for either in &sentence.meant {
            let counts = &mut self.levels[either.first().map_or(0, |code| level(code))];
            counts.meant += 1;
            counts.hit += usize::from(!open.contains(either));
        }
        let got: BTreeSet<String> = places.into_iter().map(|place| place.code).collect();
        see(sentence, &got);
        if wrong > 0 || !open.is_empty() {
            let meant = sentence.meant.iter().map(|e| e.iter().cloned().collect::<Vec<_>>().join("|"));
            let got = got.into_iter().collect::<Vec<_>>().join(" ");
            let weight = f64::from(wrong) + open.len() as f64;
            self.misses.push(Miss::new(&sentence.text, &meant.collect::<Vec<_>>().join(" "), &got, weight));
        }
    }

    fn add(&mut self, other: &Self) {
        for (own, more) in self.levels.iter_mut().zip(&other.levels) {
            own.add(more);
        }
    }

    fn all(&self) -> Counts {
        let mut all = Counts::default();
        self.levels.iter().for_each(|level| all.add(level));
        all
    }

    /// Precision and recall over all levels.
    pub fn figures(&self) -> (f64, f64) {
        let all = self.all();
        (all.precision(), all.recall())
    }
}

impl Counts {
    fn add(&mut self, more: &Self) {
        self.right += more.right;
        self.found += more.found;
        self.meant += more.meant;
        self.hit += more.hit;
        self.score += more.score;
    }

    fn precision(&self) -> f64 {
        self.right as f64 / self.found.max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.hit as f64 / self.meant.max(1) as f64
    }

    fn measures(&self, name: &str) -> [Measure; 2] {
        [
            Measure::higher(&format!("place.{name}.precision"), self.precision(), self.found),
            Measure::higher(&format!("place.{name}.recall"), self.recall(), self.meant),
        ]
    }
}

/// `place.own.*` (the first sentences, held out), `place.gold.*` (sentences with villages, both halves), `place.real.*` (research
/// data, where it is there), and `place.test.*`: all that is held out, by level, and how far the scores are from the precision.
///
/// # Errors
/// Research data that is there but unreadable.
pub fn evaluate(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let known = analyser.known();
    let tally = |sentences: &[Sentence]| Tally::of(known, sentences, |_, _| {});
    let mut test = tally(&sentences(Half::HeldOut));
    let mut out: Vec<Measure> = test.all().measures("own").into();
    for (half, name) in [(Half::Tuned, "dev"), (Half::HeldOut, "test")] {
        for (group, texts) in [("gold", gold(half)), ("real", real(half, data)?)] {
            let tally = tally(&texts);
            if texts.is_empty() {
                continue;
            }
            let [precision, recall] = tally.all().measures(&format!("{group}.{name}"));
            if half == Half::HeldOut {
                test.add(&tally);
                out.extend([precision, recall]);
            } else {
                out.extend([precision, recall.with_misses(tally.misses)]); // of held-out texts nobody sees the errors
            }
        }
    }
    let all = test.all();
    out.extend(all.measures("test"));
    for (counts, level) in test.levels.iter().zip(LEVELS) {
        out.extend(counts.measures(&format!("test.{level}")));
    }
    let off = (all.score / all.found.max(1) as f64 - all.precision()).abs();
    out.push(Measure::lower("place.test.calibration", off, all.found).without_interval());
    Ok(out)
}
