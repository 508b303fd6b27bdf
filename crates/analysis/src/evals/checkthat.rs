//! English tweets over English claims (CLEF CheckThat! 2020, task 2): how the matcher does in another language.

use super::Measure;
use super::bm25::Bm25;
use crate::claims::{ClaimIndex, Weights, words};
use crate::train::{TrainError, read_jsonl};
use saring_domain::Claim;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// The measure of the task looks at so many claims.
const DEPTH: usize = 5;

/// Mean average precision at 5 of the development and the training tweets, beside plain BM25.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(weights: &Arc<Weights>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let folder = data.join("checkthat2020");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = read_jsonl(&folder.join("claims.jsonl"))?;
    let claims: Vec<Claim> = rows
        .iter()
        .filter_map(|row| {
            // what was claimed and the headline of the check, as the task gives both
            let title = format!("{} {}", text(&row["claim"]), text(&row["title"]));
            let claim = serde_json::json!({"id": row["id"], "title": title});
            serde_json::from_value(claim).ok()
        })
        .collect();
    let index = ClaimIndex::new(&claims, weights.clone());
    let plain = Bm25::new(claims.iter().map(|claim| claim.title.as_str()));
    let mut out = Vec::new();
    for set in ["dev", "train"] {
        let queries = read_jsonl(&folder.join(format!("{set}.jsonl")))?;
        let (mut ours, mut once) = (Vec::new(), Vec::new());
        for query in &queries {
            let gold: HashSet<String> = query["claims"].as_array().into_iter().flatten().map(text).collect();
            let post = text(&query["query"]);
            let words = words(&post);
            let ranked = index.best(&words, index.search(&words, None, 50), 1).ranked;
            let hits = index.hits(&ranked, None, DEPTH);
            ours.push(precision(hits.iter().map(|hit| claims[hit.claim as usize].id.as_str()), &gold));
            let found = plain.search(&post, true, DEPTH);
            once.push(precision(found.iter().map(|&at| claims[at].id.as_str()), &gold));
        }
        let mean = |sample: &mut [f64]| sample.iter().sum::<f64>() / sample.len().max(1) as f64;
        let measure = |name: &str, mut of: Vec<f64>| {
            Measure::higher(&format!("claims.checkthat.{set}.{name}"), mean(&mut of), of.len())
                .resampled(&of, mean)
        };
        out.push(measure("map5", ours));
        out.push(measure("map5_plain_bm25", once).as_baseline());
    }
    Ok(out)
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
