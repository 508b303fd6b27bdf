//! Our own posts in English, Malay, Javanese and Sundanese that repeat Indonesian claims of the research data.

use super::Measure;
use super::claims::mean_reciprocal;
use crate::claims::Finder;
use crate::detect::group_attack::lexicon::lines;
use crate::detect::known_claim::listed;
use saring_domain::Relation;

/// Language, id of the claim, post.
const POSTS: &str = include_str!("../../tests/claims_other_languages.tsv");
/// How many claims are looked at per post.
const DEPTH: usize = 50;

/// For each language MRR@10 and the share whose own claim comes first and is accepted.
pub fn evaluate(finder: Finder<'_>) -> Vec<Measure> {
    let mut of: Vec<(&str, Vec<Option<usize>>, usize)> =
        ["en", "ms", "jv", "su"].map(|language| (language, Vec::new(), 0)).into();
    for line in lines(POSTS) {
        let mut fields = line.split('\t');
        let (Some(language), Some(gold), Some(post)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let Some((_, places, accepted)) = of.iter_mut().find(|of| of.0 == language) else { continue };
        let listed = listed(finder, post, None, DEPTH);
        let place = listed.iter().position(|claim| claim.id.as_str() == gold);
        *accepted += usize::from(place == Some(0) && listed[0].relation == Relation::Same);
        places.push(place);
    }
    of.into_iter()
        .flat_map(|(language, places, accepted)| {
            let n = places.len();
            let name = |measure: &str| format!("claims.translated.{language}.{measure}");
            let share = accepted as f64 / n.max(1) as f64;
            [
                Measure::higher(&name("mrr10"), mean_reciprocal(&places), n),
                Measure::higher(&name("accepted"), share, n),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_three_fields() {
        for line in lines(POSTS) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(matches!(fields[..], ["en" | "ms" | "jv" | "su", _, post] if !post.is_empty()), "{line}");
        }
    }
}
