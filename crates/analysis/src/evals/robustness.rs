//! How much recall each way of bending a text costs: attacks on groups, and posts that repeat a checked claim.

use super::Measure;
use super::claims::{Pairs, Post};
use super::hate::{has, judge, share};
use super::mutation::{MUTATIONS, Mutation};
use crate::analyser::{Analyser, Settings};
use crate::known::Known;
use crate::model::Models;
use crate::train::known_claim::read_claims;
use crate::train::templates::Random;
use crate::train::{TrainError, read_jsonl};
use saring_domain::Judgement;
use std::path::Path;

/// Every so many cases is bent.
const STEP: usize = 5;

/// The loss of recall of every mutation, and the largest.
///
/// # Errors
/// [`TrainError::Data`] names the file that cannot be read.
pub fn evaluate(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let mut attacks: Vec<String> = Vec::new();
    for file in ["functional/id_silver.jsonl", "functional/ms_annotated.jsonl"] {
        let rows = read_jsonl(&data.join(file))?;
        let texts = rows.iter().filter(|row| row["label"].as_i64() == Some(1)).step_by(STEP);
        attacks.extend(texts.filter_map(|row| row["text"].as_str().map(str::to_owned)));
    }
    let found = |_: usize, judgement: &Judgement| has(judgement, "GroupAttack");
    let mut out = losses("robustness.attack", analyser, &attacks, &found);
    out.extend(claims(data)?);
    Ok(out)
}

/// Posts that repeat much of a title: the claim stays first.
fn claims(data: &Path) -> Result<Vec<Measure>, TrainError> {
    let claims = read_claims(data)?;
    let models = Models::shipped();
    let wrong =
        |error: crate::model::ModelError| TrainError::Data { path: "models".into(), why: error.to_string() };
    let known = Known::new(&models, &claims).map_err(wrong)?;
    let analyser = Analyser::new(&models, known, &Settings::default()).map_err(wrong)?;
    let mut pairs = Pairs::read(data, "pairs_dev.jsonl")?;
    pairs.posts.retain(|post| post.stratum == "high");
    let posts: Vec<&Post> = pairs.posts.iter().step_by(STEP).collect();
    let texts: Vec<String> = posts.iter().map(|post| post.text.clone()).collect();
    let found = |at: usize, judgement: &Judgement| {
        let best = judgement.claims.first();
        best.is_some_and(|hit| pairs.right(posts[at], &hit.id))
    };
    Ok(losses("robustness.claims", &analyser, &texts, &found))
}

fn losses(
    name: &str,
    analyser: &Analyser,
    texts: &[String],
    found: &dyn Fn(usize, &Judgement) -> bool,
) -> Vec<Measure> {
    let found_in = |mutate: Mutation| -> Vec<bool> {
        let mut random = Random::seeded(5);
        let bent: Vec<String> = texts.iter().map(|text| mutate(text, &mut random)).collect();
        let judged = judge(analyser, bent.iter().map(String::as_str));
        judged.iter().enumerate().map(|(at, judgement)| found(at, judgement)).collect()
    };
    let plain = found_in(|text, _| text.to_owned());
    let bent: Vec<Vec<bool>> = MUTATIONS.iter().map(|(_, mutate)| found_in(*mutate)).collect();
    let n = texts.len();
    let cases: Vec<usize> = (0..n).collect();
    let recall = |found: &[bool], cases: &[usize]| share(cases.iter().filter(|at| found[**at]).count(), n);
    let loss = |bent: &[bool], cases: &[usize]| recall(&plain, cases) - recall(bent, cases);
    let largest = |cases: &[usize]| bent.iter().map(|bent| loss(bent, cases)).fold(0.0, f64::max);
    let mut out = vec![Measure::higher(&format!("{name}.recall"), recall(&plain, &cases), n)];
    for ((mutation, _), bent) in MUTATIONS.iter().zip(&bent) {
        // the same texts plain and bent: both are drawn together
        let measure = Measure::lower(&format!("{name}.{mutation}.loss"), loss(bent, &cases), n);
        out.push(measure.resampled(&cases, |sample| loss(bent, sample)));
    }
    let worst = Measure::lower(&format!("{name}.largest_loss"), largest(&cases), n);
    out.push(worst.resampled(&cases, |sample| largest(sample)));
    out
}
