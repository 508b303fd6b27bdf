//! Two checks of one hoax, or of two that are only related: whether the score tells them apart.
//!
//! The title of one check is taken for a post, and its own record out of the list (where another record has the same title, that one
//! stays).

use super::Measure;
use super::claims::auc;
use crate::claims::{Finder, without, words};
use crate::train::{TrainError, read_jsonl};
use std::collections::HashMap;
use std::path::Path;

/// A pair of checks as the matcher sees it.
#[derive(Clone, Debug)]
struct Pair {
    /// A reader called them the same, not only related.
    same: bool,
    /// Calibrated P(same claim); 0 where the second is not among the titles found for the first.
    score: f32,
    /// The score is high enough.
    accepted: bool,
    /// Share of words they have in common, of all they have.
    overlap: f32,
}

/// AUC of the score over pairs that a reader called the same or related, beside that of plain overlap, and how many of each are
/// accepted; names begin with `set`.
///
/// # Errors
/// [`TrainError`] when the file cannot be read.
pub fn evaluate(set: &str, finder: Finder<'_>, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let pairs = pairs(finder, data)?;
    let scored = |of: fn(&Pair) -> f32| -> Vec<(f32, bool)> {
        pairs.iter().map(|pair| (of(pair), pair.same)).collect()
    };
    let measure = |name: &str, cases: Vec<(f32, bool)>| {
        Measure::higher(&format!("{set}.{name}"), area(&mut cases.clone()), cases.len())
            .resampled(&cases, area)
    };
    let accepted = |same: bool| {
        let of = || pairs.iter().filter(|pair| pair.same == same);
        let count = of().filter(|pair| pair.accepted).count();
        (count as f64 / of().count().max(1) as f64, of().count())
    };
    let ((right, same), (wrong, related)) = (accepted(true), accepted(false));
    Ok(vec![
        measure("auc", scored(|pair| pair.score)),
        measure("auc_plain_overlap", scored(|pair| pair.overlap)).as_baseline(),
        Measure::higher(&format!("{set}.same_accepted"), right, same),
        Measure::lower(&format!("{set}.related_accepted"), wrong, related),
    ])
}

fn area(cases: &mut [(f32, bool)]) -> f64 {
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    auc(cases.iter().copied())
}

fn pairs(finder: Finder<'_>, data: &Path) -> Result<Vec<Pair>, TrainError> {
    let index = finder.index;
    let groups: HashMap<&str, u32> =
        index.grouped().map(|(claim, group)| (claim.id.as_str(), group)).collect();
    let mut out = Vec::new();
    for row in read_jsonl(&data.join("hoax/equivalence_dev.jsonl"))? {
        let field = |name: &str| row[name].as_str().unwrap_or_default();
        let same = match field("judged") {
            "same" => true,
            "related" => false,
            _ => continue,
        };
        let (own, other) = (groups.get(field("query_claim_id")), groups.get(field("claim_id")));
        let text = field("query");
        let words = words(text);
        let mut ranked = finder.search(text, &words, None, usize::MAX);
        if own != other {
            ranked = without(&ranked, |r| Some(&r.group) == own);
        }
        let best = finder.best(&words, ranked, usize::MAX);
        let found = best.ranked.iter().zip(&best.evidence).find(|(r, _)| Some(&r.group) == other);
        let learnt = finder.learnt(best.english);
        let score = found.map_or(0.0, |(r, evidence)| {
            let opposes = index.compare(text, &words, r).opposes;
            let score = learnt.accept(evidence);
            if opposes { learnt.opposed(score) } else { score }
        });
        let overlap = row["jaccard"].as_f64().unwrap_or_default() as f32;
        out.push(Pair { same, score, accepted: score >= learnt.same, overlap });
    }
    Ok(out)
}
