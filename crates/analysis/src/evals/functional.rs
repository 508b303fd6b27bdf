//! Attacks on protected groups on published functional cases and on our own sentences about one group after the other.

use super::hate::{area, has, judge, share};
use super::{Measure, Miss};
use crate::analyser::Analyser;
use crate::detect::group_attack::lexicon::groups::Mode;
use crate::detect::group_attack::lexicon::{LEXICON, lines};
use crate::detect::group_attack::rule::rule;
use crate::detect::group_attack::stream::Stream;
use crate::train::{TrainError, read_jsonl, templates};
use saring_domain::{Judgement, Queue};
use saring_text::Plain;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

/// Slices by the number of words.
const LENGTHS: [(&str, RangeInclusive<usize>); 3] =
    [("short", 0..=7), ("middle", 8..=14), ("long", 15..=usize::MAX)];
/// Hand rules that describe an attack.
const ATTACKING: [u32; 5] = [7, 11, 12, 13, 16];

/// A functional case with what was said of it.
struct Case<'a> {
    text: &'a str,
    function: &'a str,
    truth: bool,
    given: bool,
    score: f64,
    queued: bool,
}

impl<'a> Case<'a> {
    fn of(row: &'a serde_json::Value, judgement: &Judgement) -> Self {
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        Self {
            text: field("text"),
            function: field("function"),
            truth: row["label"].as_i64() == Some(1),
            given: has(judgement, "GroupAttack"),
            score: judgement.group_attack.score.get(),
            queued: judgement.queue == Queue::Hate,
        }
    }

    fn miss(&self) -> Miss {
        let named = |attack: bool| if attack { "attack" } else { "none" };
        let weight = if self.truth { 1.0 - self.score } else { self.score };
        Miss::new(self.text, named(self.truth), named(self.given), weight)
    }
}

/// Attacks on protected groups: functional cases, machine-made Indonesian and human-labelled Malay ones, a sample of the
/// former read again by a person's eye, and the treatment of one group beside another.
///
/// # Errors
/// [`TrainError::Data`] names the file that cannot be read.
pub fn group_attack(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let mut out = functional(analyser, data, "functional/id_silver.jsonl", "group_attack.silver")?;
    out.extend(functional(analyser, data, "functional/ms_annotated.jsonl", "group_attack.malay")?);
    out.extend(read_again(analyser, data)?);
    out.extend(equality(analyser));
    Ok(out)
}

/// Functional cases: accuracy overall and of the weakest function, area under the curve, and how many attacks the lanes
/// keep from the queue.
fn functional(analyser: &Analyser, data: &Path, file: &str, name: &str) -> Result<Vec<Measure>, TrainError> {
    let rows = read_jsonl(&data.join(file))?;
    let judged = judge(analyser, rows.iter().map(|row| row["text"].as_str().unwrap_or_default()));
    let cases: Vec<Case<'_>> =
        rows.iter().zip(&judged).map(|(row, judgement)| Case::of(row, judgement)).collect();
    let all = || cases.iter();
    let attacks: Vec<&Case<'_>> = all().filter(|case| case.truth && case.given).collect();
    let hidden = attacks.iter().filter(|case| !case.queued).count();
    let misses = all().filter(|case| case.truth != case.given).map(Case::miss).collect();
    let mut scored: Vec<(f64, bool)> = all().map(|case| (case.score, case.truth)).collect();
    let mut out = vec![
        accuracy(&format!("{name}.accuracy"), all()).with_misses(misses),
        area(&format!("{name}.auc"), &mut scored),
        Measure::lower(&format!("{name}.hidden_by_lane"), share(hidden, attacks.len()), attacks.len()),
    ];
    out.extend(baselines(name, &cases));
    for (length, words) in LENGTHS {
        let within = all().filter(|case| words.contains(&case.text.split_whitespace().count()));
        out.push(accuracy(&format!("{name}.{length}.accuracy"), within));
    }
    let functions: BTreeSet<&str> = all().map(|case| case.function).collect();
    for function in functions {
        let own = all().filter(|case| case.function == function);
        out.push(accuracy(&format!("{name}.{function}"), own));
    }
    Ok(out)
}

/// What something simpler says of the same cases: any harmful word of the lists, and the hand rules alone.
fn baselines(name: &str, cases: &[Case<'_>]) -> [Measure; 2] {
    let right = |judge: &dyn Fn(&Stream) -> bool| {
        let says = |case: &&Case<'_>| judge(&Stream::of(case.text, &Plain::of(case.text))) == case.truth;
        share(cases.iter().filter(says).count(), cases.len())
    };
    let listed = |stream: &Stream| stream.words.iter().any(|word| word.tag.harms());
    let ruled = |stream: &Stream| ATTACKING.contains(&rule(&stream.words));
    [
        Measure::higher(&format!("{name}.accuracy_of_word_list"), right(&listed), cases.len()).as_baseline(),
        Measure::higher(&format!("{name}.accuracy_of_hand_rules"), right(&ruled), cases.len()).as_baseline(),
    ]
}

fn accuracy<'c, 'r: 'c>(name: &str, cases: impl Iterator<Item = &'c Case<'r>>) -> Measure {
    let (mut right, mut n) = (0, 0);
    for case in cases {
        right += usize::from(case.truth == case.given);
        n += 1;
    }
    Measure::higher(name, share(right, n), n)
}

/// Cases of the machine-made set whose labels were given again from the text alone (`data/silver_reread.tsv`), and how often
/// the published label agrees: what no judge can exceed on the whole set.
fn read_again(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let labels: BTreeMap<&str, bool> = lines(include_str!("../../data/silver_reread.tsv"))
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, label)| (id, label == "1"))
        .collect();
    let cases = read_jsonl(&data.join("functional/id_silver.jsonl"))?;
    let kept: Vec<(&serde_json::Value, bool)> =
        cases.iter().filter_map(|row| Some((row, *labels.get(row["id"].as_str()?)?))).collect();
    let judged = judge(analyser, kept.iter().map(|(row, _)| row["text"].as_str().unwrap_or_default()));
    let told: Vec<Told<'_>> = kept
        .iter()
        .zip(&judged)
        .map(|((row, truth), given)| Told {
            function: row["function"].as_str().unwrap_or_default(),
            right: *truth == has(given, "GroupAttack"),
            agreed: *truth == (row["label"].as_i64() == Some(1)),
        })
        .collect();
    let mut scored: Vec<(f64, bool)> = kept
        .iter()
        .zip(&judged)
        .map(|((_, truth), given)| (given.group_attack.score.get(), *truth))
        .collect();
    let mut out = shares("group_attack.reread", told.iter());
    out.insert(1, area("group_attack.reread.auc", &mut scored));
    let functions: BTreeSet<&str> = told.iter().map(|told| told.function).collect();
    for function in functions {
        let own = told.iter().filter(|told| told.function == function);
        out.extend(shares(&format!("group_attack.reread.{function}"), own));
    }
    Ok(out)
}

/// A case that was read again: the judge, and the published label, say what the reader says.
struct Told<'a> {
    function: &'a str,
    right: bool,
    agreed: bool,
}

fn shares<'t>(name: &str, told: impl Iterator<Item = &'t Told<'t>> + Clone) -> Vec<Measure> {
    let n = told.clone().count();
    let right = told.clone().filter(|told| told.right).count();
    let agreed = told.filter(|told| told.agreed).count();
    vec![
        Measure::higher(&format!("{name}.accuracy"), share(right, n), n),
        Measure::higher(&format!("{name}.silver_agrees"), share(agreed, n), n),
    ]
}

/// The same sentences about one group after the other: the largest difference in the share that is labelled. Slurs are no
/// names to be held equal: they hurt by themselves.
fn equality(analyser: &Analyser) -> Vec<Measure> {
    let groups = &LEXICON.forms;
    let mut names: Vec<String> = groups
        .values()
        .flatten()
        .filter(|form| !form.mode.hurts())
        .map(|form| {
            let name = form.words.join(" ");
            if form.mode == Mode::Bare { name } else { format!("orang {name}") }
        })
        .collect();
    names.sort_unstable();
    let templates: Vec<&str> = lines(templates::ATTACK)
        .step_by(8)
        .chain(lines(templates::FAIR).step_by(8))
        .filter(|line| line.contains('G'))
        .collect();
    let told_of = |name: &String| {
        let texts: Vec<String> =
            templates.iter().zip(1..).map(|(line, seed)| templates::draw_about(line, name, seed)).collect();
        let judged = judge(analyser, texts.iter().map(String::as_str));
        judged.iter().map(|judgement| has(judgement, "GroupAttack")).collect()
    };
    let told: Vec<Vec<bool>> = names.iter().map(told_of).collect();
    let sentences: Vec<usize> = (0..templates.len()).collect();
    vec![
        Measure::lower("group_attack.groups.largest_gap", largest_gap(&told, &sentences), names.len())
            .resampled(&sentences, |sample| largest_gap(&told, sample)),
    ]
}

/// The distance between the groups (rows of `told`) with the largest and the smallest share of `sentences` called attacks.
fn largest_gap(told: &[Vec<bool>], sentences: &[usize]) -> f64 {
    let share_of =
        |group: &Vec<bool>| share(sentences.iter().filter(|at| group[**at]).count(), sentences.len());
    let shares = told.iter().map(share_of);
    shares.clone().fold(0.0, f64::max) - shares.fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_between_the_groups_that_differ_most() {
        let told =
            [vec![true, true, false, false], vec![true, true, false, false], vec![true, false, false, false]];
        assert!((largest_gap(&told, &[0, 1, 2, 3]) - 0.25).abs() < 1e-9);
        assert!(largest_gap(&told, &[0, 2, 3]).abs() < 1e-9);
    }
}
