//! The precise mode on development posts: the order of claims with the sentence encoder, beside the order without.

use super::Measure;
use super::claims::{Pairs, by_stratum};
use crate::claims::precise::{CANDIDATES, Precise};
use crate::claims::{ClaimIndex, Ranked, words};
use crate::train::TrainError;
use std::path::Path;

/// How many titles are looked at per post.
const DEPTH: usize = 50;

/// Ranking of `index`, whose titles `precise` has placed.
///
/// # Errors
/// [`TrainError`] when a file cannot be read.
pub fn evaluate(index: &ClaimIndex, precise: &Precise, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let pairs = Pairs::read(data, "pairs_dev.jsonl")?;
    let texts: Vec<&str> = pairs.posts.iter().map(|post| post.text.as_str()).collect();
    let vectors = precise.place(&texts);
    let mut places: [Vec<(&str, Option<usize>)>; 2] = Default::default();
    for (post, vector) in pairs.posts.iter().zip(&vectors) {
        let right = |r: &Ranked| index.claims_of(r).any(|claim| pairs.right(post, claim));
        let words = words(&post.text);
        let found = index.search(&words, None, CANDIDATES);
        let plain = index.best(&words, found.clone(), 1).ranked;
        let ordered = precise.order_by(index, vector, found, None);
        for (out, ranked) in places.iter_mut().zip([plain, ordered]) {
            out.push((post.stratum.as_str(), ranked.iter().take(DEPTH).position(right)));
        }
    }
    let [plain, ordered] = places.map(|places| by_stratum("precise.dev", &places));
    let gain = |(with, without): (&Measure, &Measure)| {
        let name = format!("{}_gain", with.name);
        Measure::higher(&name, with.value - without.value, with.n).without_interval()
    };
    let gains = ordered.iter().zip(&plain).filter(|(with, _)| with.name.ends_with("mrr10"));
    let gains: Vec<Measure> = gains.map(gain).collect();
    Ok(ordered.into_iter().chain(gains).collect())
}
