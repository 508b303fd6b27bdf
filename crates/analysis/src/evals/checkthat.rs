//! English tweets over English claims (CLEF CheckThat! 2020, task 2): how the matcher does in another language.

use super::Measure;
use super::bm25::Bm25;
use crate::claims::{ClaimIndex, Finder, Weights, words};
use crate::train::{TrainError, read_jsonl};
use saring_domain::Claim;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// The measure of the task looks at so many claims.
const DEPTH: usize = 5;

/// Mean average precision at 5 of the development tweets, beside plain BM25; the ranker has learnt from the training tweets.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(weights: &Arc<Weights>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let index = ClaimIndex::new(&claims(data)?, weights.clone());
    let plain = Bm25::new(index.claims().iter().map(|claim| claim.title.as_str()));
    let found = |tweet: &Tweet| plain.search(&tweet.text, true, DEPTH);
    Ok(vec![
        measure("claims.checkthat.dev.map5", Finder::new(&index, None), data)?,
        mean_precision("claims.checkthat.dev.map5_plain_bm25", &index, data, found)?.as_baseline(),
    ])
}

/// Mean average precision at 5 of the development tweets by a finder over the [`claims`].
///
/// # Errors
/// [`TrainError`] when the tweets cannot be read.
pub fn measure(name: &str, finder: Finder<'_>, data: &Path) -> Result<Measure, TrainError> {
    let found = |tweet: &Tweet| {
        let words = words(&tweet.text);
        let ranked = finder.best(&words, finder.search(&tweet.text, &words, None, 50), 1).ranked;
        finder.index.hits(&ranked, None, DEPTH).iter().map(|hit| hit.claim as usize).collect()
    };
    mean_precision(name, finder.index, data, found)
}

fn mean_precision(
    name: &str,
    index: &ClaimIndex,
    data: &Path,
    found: impl Fn(&Tweet) -> Vec<usize>,
) -> Result<Measure, TrainError> {
    let id = |at: usize| index.claims()[at].id.as_str();
    let of = |tweet: &Tweet| precision(found(tweet).into_iter().map(id), &tweet.gold);
    let sample: Vec<f64> = tweets(data, "dev")?.iter().map(of).collect();
    let mean = |sample: &mut [f64]| sample.iter().sum::<f64>() / sample.len().max(1) as f64;
    Ok(Measure::higher(name, mean(&mut sample.clone()), sample.len()).resampled(&sample, mean))
}

/// A tweet with the claims that check it.
pub struct Tweet {
    /// The tweet.
    pub text: String,
    /// Ids of the claims.
    pub gold: HashSet<String>,
}

/// The tweets of `train` or `dev`.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn tweets(data: &Path, set: &str) -> Result<Vec<Tweet>, TrainError> {
    let rows = read_jsonl(&data.join("checkthat2020").join(format!("{set}.jsonl")))?;
    let gold = |row: &Value| row["claims"].as_array().into_iter().flatten().map(text).collect();
    Ok(rows.iter().map(|row| Tweet { text: text(&row["query"]), gold: gold(row) }).collect())
}

/// The English claims: what was claimed and the headline of the check, as the task gives both.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn claims(data: &Path) -> Result<Vec<Claim>, TrainError> {
    let claim = |row: &Value| {
        let title = format!("{} {}", text(&row["claim"]), text(&row["title"]));
        serde_json::from_value(serde_json::json!({"id": row["id"], "title": title})).ok()
    };
    Ok(read_jsonl(&data.join("checkthat2020/claims.jsonl"))?.iter().filter_map(claim).collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Average precision of a list of claims.
fn precision<'a>(found: impl Iterator<Item = &'a str>, gold: &HashSet<String>) -> f64 {
    let (mut right, mut sum) = (0.0, 0.0);
    for (place, id) in found.enumerate() {
        if gold.contains(id) {
            right += 1.0;
            sum += right / (place + 1) as f64;
        }
    }
    sum / gold.len().clamp(1, DEPTH) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_averaged_over_the_right_ones() {
        let gold = HashSet::from(["a".to_owned(), "b".to_owned()]);
        assert!((precision(["a", "x", "b"].into_iter(), &gold) - 5.0 / 6.0).abs() < 1e-9);
        assert!(precision(["x"].into_iter(), &gold).abs() < 1e-9);
    }
}
