//! English tweets over English claims (CLEF CheckThat! 2020, task 2): how the matcher does in another language.

use super::Measure;
use super::bm25::Bm25;
use crate::claims::{Best, ClaimIndex, Finder, Ranked, Weights, without, words};
use crate::detect::known_claim::listed;
use crate::train::{TrainError, read_jsonl};
use saring_domain::Claim;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// The measure of the task looks at so many claims.
const DEPTH: usize = 5;

/// What [`measure`] tells, beside plain BM25; the ranker has learnt from the training tweets.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(weights: &Arc<Weights>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let index = ClaimIndex::new(&claims(data)?, weights.clone());
    let plain = Bm25::new(index.claims().iter().map(|claim| claim.title.as_str()));
    let id = |at: usize| index.claims()[at].id.as_str().to_owned();
    let found = |tweet: &Tweet| plain.search(&tweet.text, true, DEPTH).into_iter().map(id).collect();
    let tweets = tweets(data, "dev")?;
    let mut out = measure("claims.checkthat.dev", Finder::new(&index, None), &tweets);
    out.push(mean_precision("claims.checkthat.dev.map5_plain_bm25", &tweets, found).as_baseline());
    Ok(out)
}

/// Over the [`claims`]: mean average precision at 5, and how many of the first matches that are accepted are right and how many
/// tweets get such a one; every tweet once with its claims in the list and once without. Names begin with `set`.
pub fn measure(set: &str, finder: Finder<'_>, tweets: &[Tweet]) -> Vec<Measure> {
    let found = |tweet: &Tweet| {
        let listed = listed(finder, &tweet.text, None, DEPTH);
        listed.into_iter().map(|claim| claim.id.as_str().to_owned()).collect()
    };
    let map = mean_precision(&format!("{set}.map5"), tweets, found);
    let accepted = |tweet: &Tweet, best: &Best| finder.accepts(&tweet.text, &words(&tweet.text), best);
    let tried = tweets
        .iter()
        .flat_map(|tweet| tries(finder, tweet).map(|(right, best)| (right, accepted(tweet, &best))));
    let tried: Vec<bool> = tried.filter(|(_, accepted)| *accepted).map(|(right, _)| right).collect();
    let right = tried.iter().filter(|right| **right).count() as f64;
    let share = |name: &str, of: usize| {
        Measure::higher(&format!("{set}.accept.{name}"), right / of.max(1) as f64, of)
    };
    vec![map, share("precision", tried.len()), share("recall", tweets.len())]
}

/// The titles for a tweet, once with its claims in the list and once without, and whether the first is one of its claims.
pub fn tries<'a>(finder: Finder<'a>, tweet: &Tweet) -> [(bool, Best); 2] {
    let words = words(&tweet.text);
    let own = |r: &Ranked| tweet.is_checked_by(finder.index, r);
    let ranked = finder.search(&tweet.text, &words, None, usize::MAX);
    let gone = without(&ranked, own);
    [ranked, gone].map(|ranked| {
        let best = finder.best(&words, ranked, 1);
        (best.ranked.first().is_some_and(own), best)
    })
}

fn mean_precision(name: &str, tweets: &[Tweet], found: impl Fn(&Tweet) -> Vec<String>) -> Measure {
    let of = |tweet: &Tweet| precision(found(tweet).iter().map(String::as_str), &tweet.gold);
    let sample: Vec<f64> = tweets.iter().map(of).collect();
    let mean = |sample: &mut [f64]| sample.iter().sum::<f64>() / sample.len().max(1) as f64;
    Measure::higher(name, mean(&mut sample.clone()), sample.len()).resampled(&sample, mean)
}

/// A tweet with the claims that check it.
pub struct Tweet {
    /// The tweet.
    pub text: String,
    /// Ids of the claims.
    pub gold: HashSet<String>,
}

impl Tweet {
    /// Whether a title carries one of its claims.
    pub fn is_checked_by(&self, index: &ClaimIndex, r: &Ranked) -> bool {
        index.claims_of(r).any(|claim| self.gold.contains(claim.id.as_str()))
    }
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
