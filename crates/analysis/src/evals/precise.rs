//! The precise mode on development posts: the order of claims with the sentence encoder, beside the order without.

use super::Measure;
use super::claims::Pairs;
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
        let plain = index.best(&words, index.search(&words, None, CANDIDATES), 1).ranked;
        let ordered = precise.order_by(index, vector, index.search(&words, None, CANDIDATES), None);
        for (out, ranked) in places.iter_mut().zip([plain, ordered]) {
            out.push((post.stratum.as_str(), ranked.iter().take(DEPTH).position(right)));
        }
    }
    let [plain, ordered] = &places;
    let mut out = Vec::new();
    for stratum in ["", "high", "mid", "low"] {
        let mean = |places: &[(&str, Option<usize>)], score: &dyn Fn(usize) -> f64| {
            let of = places.iter().filter(|place| stratum.is_empty() || place.0 == stratum);
            let all: Vec<f64> = of.map(|place| place.1.map_or(0.0, score)).collect();
            (all.iter().sum::<f64>() / all.len().max(1) as f64, all.len())
        };
        let name = |measure: &str| match stratum {
            "" => format!("precise.dev.{measure}"),
            _ => format!("precise.dev.{stratum}.{measure}"),
        };
        let rank = |place: usize| if place < 10 { 1.0 / (place + 1) as f64 } else { 0.0 };
        let ((with, n), (without, _)) = (mean(ordered, &rank), mean(plain, &rank));
        out.push(Measure::higher(&name("mrr10"), with, n));
        out.push(Measure::higher(&name("mrr10_gain"), with - without, n));
        for depth in [1, 50] {
            let within = |place: usize| f64::from(u8::from(place < depth));
            out.push(Measure::higher(&name(&format!("r{depth}")), mean(ordered, &within).0, n));
        }
    }
    Ok(out)
}
