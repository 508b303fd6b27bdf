//! Rows of the features of single words, kept from text to text.

use super::Linear;
use saring_text::Memo;
use std::sync::{Arc, Weak};

/// Words that are kept at most: `2^WORDS`.
const WORDS: u32 = 13;
/// Rows that are kept at most; then all is forgotten.
const ROWS: usize = 1 << 17;

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
            let unknown = model.buckets.count();
            rows.extend(features.iter().map(|feature| model.row(*feature)).filter(|row| *row != unknown));
            (from, rows.len() as u32)
        });
        out.extend_from_slice(&rows[from as usize..to as usize]);
    }
}
