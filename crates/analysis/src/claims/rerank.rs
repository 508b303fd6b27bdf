//! The first titles put in order anew by what speaks for each beside the others.

use super::evidence::{DENSE, EVIDENCE, Evidence, LEARNT, WORDS};
use super::index::ClaimIndex;
use super::learnt::Scorer;
use super::query::Ranked;
use super::words::{Word, may_be_english};

/// How many titles are put in order anew.
const DEPTH: usize = 50;
/// Numbers of a title that are compared with the best of its rivals: weights, covers, what stands near each other, in order
/// and in one run.
const COMPARED: [usize; 15] = [0, 1, 2, 3, 4, 10, 11, 14, 15, 16, 17, 20, 24, 25, 26];
/// Length of the inputs of the ranker.
pub const ORDER: usize = WORDS + DENSE + 5 + COMPARED.len();

/// Titles in their final order, with what speaks for the first ones.
pub struct Best {
    /// All titles.
    pub ranked: Vec<Ranked>,
    /// For as many of the first as were wanted, and for all that were put in order; these without the closer look,
    /// and with the margins of the order before.
    pub evidence: Vec<[f32; EVIDENCE]>,
    /// Whether they were put in order as for an English post that finds an English title first; they are believed as such.
    pub english: bool,
}

impl ClaimIndex {
    /// Puts the first titles of a search for `post` in order by the learnt ranker, where the weights have one; with evidence
    /// for the first `wanted`.
    pub fn best(&self, post: &[Word], ranked: Vec<Ranked>, wanted: usize) -> Best {
        self.best_by(&self.scorer, post, ranked, wanted)
    }

    /// The same by another ranker.
    pub(super) fn best_by(
        &self,
        scorer: &Scorer,
        post: &[Word],
        mut ranked: Vec<Ranked>,
        wanted: usize,
    ) -> Best {
        let evidence = Evidence::of(self, post);
        let english = self.in_english(post, &ranked);
        let scorer = scorer.of(english);
        self.fetch(&ranked);
        let count = ranked.len().min(DEPTH);
        let all = ranked.len().min(wanted.max(DEPTH));
        let mut vectors: Vec<[f32; EVIDENCE]> = (0..all).map(|at| evidence.vector(&ranked, at)).collect();
        evidence.set_dense(&ranked, &mut vectors);
        if scorer.order.is_empty() {
            Evidence::set_details(self, post, &ranked, &mut vectors, wanted);
            return Best { ranked, evidence: vectors, english };
        }
        let inputs = order_inputs(&ranked, &vectors[..count]);
        let learnt = scorer.order.predict(&inputs);
        for (vector, learnt) in vectors.iter_mut().zip(&learnt) {
            vector[LEARNT] = *learnt;
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| learnt[b].total_cmp(&learnt[a]).then(a.cmp(&b)));
        let first: Vec<Ranked> = order.iter().map(|&at| ranked[at]).collect();
        let sorted: Vec<[f32; EVIDENCE]> = order.iter().map(|&at| vectors[at]).collect();
        vectors[..count].copy_from_slice(&sorted);
        ranked[..count].copy_from_slice(&first);
        evidence.set_margins(&ranked, &mut vectors, count, wanted);
        Evidence::set_details(self, post, &ranked, &mut vectors, wanted);
        Best { ranked, evidence: vectors, english }
    }

    /// Whether a post that may be English has found an English title first.
    fn in_english(&self, post: &[Word], ranked: &[Ranked]) -> bool {
        ranked.first().is_some_and(|r| self.groups[r.group as usize].english) && may_be_english(post)
    }
}

/// What the ranker sees of each title: its evidence, its place, and how it compares with the best of the others.
pub fn order_inputs(ranked: &[Ranked], evidence: &[[f32; EVIDENCE]]) -> Vec<[f32; ORDER]> {
    let ranked = &ranked[..evidence.len()];
    let most = |of: &dyn Fn(usize) -> f32| (0..ranked.len()).map(of).fold(1e-6_f32, f32::max);
    let stems = most(&|at| ranked[at].stems.scaled);
    let grams = most(&|at| ranked[at].grams.scaled);
    let first = ranked.first().map_or(1.0, |r| r.lexical.max(1e-6));
    let best = COMPARED.map(|number| most(&|at| evidence[at][number]));
    let input = |at: usize| {
        let mut input = [0.0; ORDER];
        input[..WORDS].copy_from_slice(&evidence[at][..WORDS]);
        input[ORDER - DENSE..].copy_from_slice(&evidence[at][WORDS..WORDS + DENSE]);
        let r = &ranked[at];
        let own = [r.lexical, at as f32, r.lexical / first, r.stems.scaled / stems, r.grams.scaled / grams];
        input[WORDS..WORDS + 5].copy_from_slice(&own);
        for (to, (number, best)) in COMPARED.iter().zip(best).enumerate() {
            input[WORDS + 5 + to] = evidence[at][*number] / best;
        }
        input
    };
    (0..ranked.len()).map(input).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{Learnt, Weights, words};
    use crate::model::trees::{Node, Trees};
    use saring_domain::Claim;
    use std::sync::Arc;

    #[test]
    fn a_learnt_order_moves_titles_with_their_evidence() {
        let titles = ["Buaya Masuk Pasar Wirasana", "Buaya Masuk Sekolah Wirasana", "Ular Masuk Pasar"];
        let claims: Vec<Claim> = (0..)
            .zip(titles)
            .map(|(n, title)| {
                serde_json::from_value(serde_json::json!({"id": format!("{n}"), "title": title})).unwrap()
            })
            .collect();
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        // a tree that wants the title with fewer of its words in the post
        let root = Node { feature: 1, left: 1, value: 0.9 };
        let order = Trees { base: 0.0, trees: vec![vec![root, leaf(9.0), leaf(-9.0)]] };
        let plain = ClaimIndex::new(&claims, Arc::default());
        let turned = ClaimIndex::new(
            &claims,
            Arc::new(Weights { learnt: Learnt { order, ..Learnt::default() }, ..Weights::default() }),
        );
        let post = words("buaya masuk pasar wirasana");
        let before = plain.best(&post, plain.search(&post, None, 9), 1);
        let after = turned.best(&post, turned.search(&post, None, 9), 1);
        assert_eq!((before.ranked[0].group, after.ranked.last().map(|r| r.group)), (0, Some(0)));
        assert!(before.evidence[0][1] > 0.9 && after.evidence[0][1] < 0.9);
    }
}
