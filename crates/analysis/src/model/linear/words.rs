//! Rows of the features of single words, kept from text to text.

use super::Linear;
use saring_text::Memo;
use std::sync::{Arc, Weak};

/// Words that are kept at most: `2^WORDS`.
const WORDS: u32 = 14;
/// Rows that are kept at most; then all is forgotten.
const ROWS: usize = 1 << 18;

/// The rows that the features of words have in one model. Unknown features drop out.
pub struct WordRows {
    model: Weak<Linear>,
    words: Memo<(u32, u32)>,
    rows: Vec<u32>,
    features: Vec<u32>,
}

impl Default for WordRows {
    fn default() -> Self {
        Self { model: Weak::new(), words: Memo::new(WORDS), rows: Vec::new(), features: Vec::new() }
    }
}

impl WordRows {
    /// Forgets what is known of another model.
    pub fn start(&mut self, model: &Arc<Linear>) {
        if !std::ptr::eq(self.model.as_ptr(), Arc::as_ptr(model)) {
            self.model = Arc::downgrade(model);
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.words.clear();
        self.rows.clear();
    }

    /// Appends to `out` the rows of the features that `find` gives for `word` in the model of [`WordRows::start`].
    pub fn push(&mut self, model: &Linear, out: &mut Vec<u32>, word: &str, find: fn(&mut Vec<u32>, &str)) {
        if self.rows.len() > ROWS {
            self.clear();
        }
        let Self { words, rows, features, .. } = self;
        let (from, to) = words.get_or(word, |word| {
            features.clear();
            find(features, word);
            let from = rows.len() as u32;
            model.buckets.push_known(features, rows);
            (from, rows.len() as u32)
        });
        out.extend_from_slice(&rows[from as usize..to as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::linear::{Bag, Output, word_hash};

    fn model(weight: f32) -> Arc<Linear> {
        let idf: Vec<f32> = (0..256_u32).map(|bucket| (bucket % 5) as f32).collect();
        let weights = (0..256_u32).map(|bucket| bucket as f32 * weight).collect();
        Arc::new(Linear::pack(8, &idf, &[Output { weights, slope: 1.0, ..Output::default() }]))
    }

    #[test]
    fn kept_rows_score_as_features_do_in_every_model() {
        let find = |out: &mut Vec<u32>, word: &str| {
            out.extend((1..=word.len()).map(|length| word_hash(&word[..length])));
        };
        let text = ["jembatan", "putus", "jembatan", "jembatanpanjangsekalidanlebar", "x", "putus"];
        let mut own = WordRows::default();
        for model in [model(0.01), model(-0.02), model(0.01)] {
            own.start(&model);
            for _ in 0..2 {
                let (mut features, mut rows) = (Vec::new(), Vec::new());
                for word in text {
                    find(&mut features, word);
                    own.push(&model, &mut rows, word, find);
                }
                let scored = model.probabilities(&Bag { blocks: vec![vec![7], features] });
                assert_eq!(model.probabilities_with_rows(&Bag { blocks: vec![vec![7], rows] }, 1), scored);
            }
        }
    }

    #[test]
    fn they_are_forgotten_before_they_are_too_many() {
        let (model, mut own, mut out) = (model(1.0), WordRows::default(), Vec::new());
        own.start(&model);
        for at in 0..300 {
            out.clear();
            own.push(&model, &mut out, &format!("w{at}"), |out, _| out.extend(0..2000));
            assert_eq!(out.len(), (0..2000).filter(|bucket| bucket % 256 % 5 > 0).count());
        }
        assert!(own.rows.len() <= ROWS + 2000);
    }
}
