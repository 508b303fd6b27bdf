//! What a plain classifier of character n-grams reaches on the tweets' labels: trained anew whenever it is measured, so
//! that its figures are of the same run and none of its weights are shipped.

use crate::detect::hate_speech::features::char_grams;
use crate::model::linear::Bag;
use crate::train::logistic::{self, Options};
use rayon::prelude::*;

/// Buckets, as a power of two.
const BITS: u32 = 17;
/// A penalty as is usual, and iterations enough for these figures to stand still.
const OPTIONS: Options = Options { c: 1.0, iterations: 25 };

/// One bit per label for every text of `asked`, each label told by a regression of its own over `known` texts and masks.
pub fn labels(known: &[(String, u16)], asked: &[(String, u16)], count: usize) -> Vec<u16> {
    let bags = |rows: &[(String, u16)]| rows.par_iter().map(|(text, _)| features(text)).collect::<Vec<Bag>>();
    let (known_bags, asked_bags) = (bags(known), bags(asked));
    let idf = logistic::idf(&known_bags, BITS, 2);
    let (rows, asked_rows) =
        (logistic::rows(&known_bags, BITS, &idf), logistic::rows(&asked_bags, BITS, &idf));
    let of_label = |bit: usize| {
        let truth: Vec<bool> = known.iter().map(|(_, mask)| mask >> bit & 1 == 1).collect();
        let output = logistic::fit(&rows, &truth, &[], 1 << BITS, OPTIONS);
        let says = |at: usize| u16::from(logistic::margin(&output, asked_rows.row(at)) > 0.0) << bit;
        (0..asked.len()).map(says).collect::<Vec<u16>>()
    };
    let given: Vec<Vec<u16>> = (0..count).into_par_iter().map(of_label).collect();
    (0..asked.len()).map(|at| given.iter().fold(0, |mask, label| mask | label[at])).collect()
}

fn features(text: &str) -> Bag {
    let mut bag = Bag { blocks: vec![Vec::new()] };
    let lower = text.to_lowercase();
    if let Some(block) = bag.blocks.first_mut() {
        lower.split_whitespace().for_each(|word| char_grams(block, word));
    }
    bag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_pattern_is_learned() {
        let row = |text: &str, mask: u16| (text.to_owned(), mask);
        let known: Vec<(String, u16)> = (0..12)
            .flat_map(|_| [row("kamu jelek", 1), row("langit biru", 2), row("hari senin", 0)])
            .collect();
        let asked = [row("jelek sekali kamu", 1), row("langit sangat biru", 2), row("besok senin", 0)];
        assert_eq!(labels(&known, &asked, 2), [1, 2, 0]);
    }
}
