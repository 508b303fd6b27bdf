//! Texts as sums over their units: what a word adds does not depend on the others, so that it can be kept.
//!
//! A feature counts its idf as often as it comes, and a block is divided by the root of the sum of the squares of all that
//! came. The units of a text are distinct, which makes up for the logarithm of counts elsewhere.

use super::{Linear, squared};
use std::collections::HashMap;
use std::hint::black_box;

/// Places of a sum: one per output, and behind them the squares of the idf.
pub const PLACES: usize = 16;
/// Where the squares of the idf are summed.
const SQUARES: usize = PLACES - 1;

/// Features whose rows are looked up together.
const TOGETHER: usize = 32;

/// What units add to a block: weights times idf by output, and the squares of the idf; in stored steps.
pub type Sum = [f32; PLACES];

/// Adds one sum to another.
#[inline]
pub fn add(to: &mut Sum, from: &Sum) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

impl Linear {
    /// Adds features to the sum of their block; only in models of 2 to 15 outputs. Unknown ones add nothing.
    pub fn add_features(&self, features: &[u32], sum: &mut Sum) {
        let (weights, _) = self.weights.as_chunks::<PLACES>();
        if self.stride != PLACES {
            return;
        }
        let mut places = [0; TOGETHER];
        for some in features.chunks(TOGETHER) {
            // an unknown feature has the row behind the last
            places.iter_mut().zip(some).for_each(|(row, of)| *row = self.buckets.row_or_count(*of) as usize);
            let rows = || places[..some.len()].iter().filter_map(|row| weights.get(*row));
            // touched together, so that they come from memory together instead of one after another
            black_box(rows().fold(0, |all, row| all ^ row[0]));
            for row in rows() {
                let idf = f32::from(row[SQUARES].cast_unsigned());
                sum.iter_mut().zip(row).for_each(|(sum, weight)| *sum += idf * squared(*weight));
                sum[SQUARES] += idf * idf - idf * squared(row[SQUARES]);
            }
        }
    }

    /// Calibrated probabilities of a text with these blocks.
    pub fn probabilities_of_sums<const N: usize>(&self, blocks: &[Sum]) -> [f64; N] {
        let mut sums = [0.0; PLACES];
        for block in blocks.iter().filter(|block| block[SQUARES] > 0.0) {
            let norm = block[SQUARES].sqrt();
            sums.iter_mut().zip(block).for_each(|(sum, own)| *sum += own / norm);
        }
        std::array::from_fn(|at| {
            let Some(scale) = self.scales.get(at) else { return 0.0 };
            scale.probability(scale.margin(sums[at]))
        })
    }
}

/// The vector that [`Linear::add_features`] makes of blocks of features: buckets and values, in the order of the buckets.
pub fn vector(blocks: &[Vec<u32>], bits: u32, idf: &[f32]) -> Vec<(u32, f32)> {
    let mask = u32::MAX >> (32 - bits.clamp(1, 31));
    let mut values: HashMap<u32, f32> = HashMap::new();
    for block in blocks {
        let idf_of = |feature: &u32| idf.get((feature & mask) as usize).copied().unwrap_or(0.0);
        let norm = block.iter().map(|feature| idf_of(feature).powi(2)).sum::<f32>().sqrt();
        for feature in block.iter().filter(|feature| idf_of(feature) > 0.0) {
            *values.entry(feature & mask).or_default() += idf_of(feature) / norm;
        }
    }
    let mut out: Vec<(u32, f32)> = values.into_iter().collect();
    out.sort_unstable_by_key(|(bucket, _)| *bucket);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::linear::{Output, sigmoid};

    #[test]
    fn sums_score_as_the_vectors_that_training_sees() {
        let idf: Vec<f32> = (0..256_u32).map(|bucket| (bucket % 5) as f32).collect();
        let weights: Vec<f32> =
            (0..256_u32).map(|bucket| ((bucket * 7 % 31) as f32 - 15.0).powi(2)).collect();
        let output = Output { weights: weights.clone(), bias: -90.0, slope: 0.1, offset: 0.2 };
        let model = Linear::pack(8, &idf, &[output.clone(), Output::default(), output]);
        let blocks = vec![vec![3, 3, 9, 5, 256 + 9], (0..150).collect(), vec![0], Vec::new()];
        let sums: Vec<Sum> = blocks
            .iter()
            .map(|block| {
                let mut sum = [0.0; PLACES];
                model.add_features(block, &mut sum);
                sum
            })
            .collect();
        let [first, _, third] = model.probabilities_of_sums(&sums);
        let row = vector(&blocks, 8, &idf);
        assert!(row.is_sorted_by_key(|(bucket, _)| *bucket));
        let margin: f32 = row.iter().map(|(bucket, x)| weights[*bucket as usize] * x).sum();
        let wanted = sigmoid(f64::from((margin - 90.0) * 0.1 + 0.2));
        assert!((first - wanted).abs() < 0.02 && first == third, "{first} {wanted}");
    }
}
