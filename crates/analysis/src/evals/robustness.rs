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
        best.is_some_and(|hit| claims.iter().any(|claim| claim.id == hit.id && pairs.right(posts[at], claim)))
    };
    Ok(losses("robustness.claims", &analyser, &texts, &found))
}

fn losses(
    name: &str,
    analyser: &Analyser,
    texts: &[String],
    found: &dyn Fn(usize, &Judgement) -> bool,
) -> Vec<Measure> {
    let recall = |mutate: Mutation| {
        let mut random = Random::seeded(5);
        let bent: Vec<String> = texts.iter().map(|text| mutate(text, &mut random)).collect();
        let judged = judge(analyser, bent.iter().map(String::as_str));
        share(judged.iter().enumerate().filter(|(at, judgement)| found(*at, judgement)).count(), texts.len())
    };
    let base = recall(|text, _| text.to_owned());
    let mut out = vec![Measure::higher(&format!("{name}.recall"), base, texts.len())];
    let mut largest = 0.0_f64;
    for (mutation, mutate) in MUTATIONS {
        let loss = base - recall(*mutate);
        largest = largest.max(loss);
        out.push(Measure::lower(&format!("{name}.{mutation}.loss"), loss, texts.len()).without_interval());
    }
    out.push(Measure::lower(&format!("{name}.largest_loss"), largest, texts.len()).without_interval());
    out
}
