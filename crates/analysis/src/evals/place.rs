//! Places on our own labelled sentences (`tests/places.tsv`): the half that never tuned a weight.

use super::Measure;
use crate::analyser::Analyser;
use crate::detect::place;
use crate::known::Known;
use crate::train::TrainError;
use std::collections::BTreeSet;
use std::path::Path;

const SENTENCES: &str = include_str!("../../tests/places.tsv");

/// Which sentences to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The odd rows: they tuned the weights.
    Tuned = 0,
    /// The even rows.
    HeldOut = 1,
}

/// A labelled sentence.
pub struct Sentence {
    /// Codes of the areas that are meant.
    pub meant: BTreeSet<String>,
    /// The area its source writes about.
    pub area: Option<&'static str>,
    /// The sentence.
    pub text: &'static str,
}

/// The sentences of one half.
pub fn sentences(half: Half) -> impl Iterator<Item = Sentence> {
    let lines = SENTENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.skip(half as usize).step_by(2).filter_map(|line| {
        let mut cells = line.splitn(3, '\t');
        let (codes, area, text) = (cells.next()?, cells.next()?, cells.next()?);
        let meant = codes.split(' ').filter(|code| *code != "-").map(str::to_owned).collect();
        Some(Sentence { meant, area: Some(area).filter(|area| *area != "-"), text })
    })
}

/// Precision and recall over (sentence, area) pairs, and the number of sentences. `see` gets every sentence with what was
/// found.
pub fn measure(
    known: &Known,
    half: Half,
    mut see: impl FnMut(&Sentence, &BTreeSet<String>),
) -> (f64, f64, usize) {
    let (mut right, mut found, mut meant, mut rows) = (0, 0, 0, 0);
    for sentence in sentences(half) {
        let places = place::find_in(sentence.text, known, sentence.area);
        let got: BTreeSet<String> = places.into_iter().map(|place| place.code).collect();
        right += got.intersection(&sentence.meant).count();
        found += got.len();
        meant += sentence.meant.len();
        rows += 1;
        see(&sentence, &got);
    }
    let share = |of: usize| right as f64 / of.max(1) as f64;
    (share(found), share(meant), rows)
}

/// `place.own.precision` and `place.own.recall`; needs no research data.
///
/// # Errors
/// None.
pub fn evaluate(analyser: &Analyser, _data: &Path) -> Result<Vec<Measure>, TrainError> {
    let (precision, recall, rows) = measure(analyser.known(), Half::HeldOut, |_, _| {});
    Ok(vec![
        Measure::higher("place.own.precision", precision, rows),
        Measure::higher("place.own.recall", recall, rows),
    ])
}
