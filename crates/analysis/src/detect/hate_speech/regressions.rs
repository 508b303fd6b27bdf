//! The regressions on a text, word by word: what a word adds to each label is kept for the next time it comes.

use super::combination::LABELS;
use super::features::{char_grams, counts, each_word, pair_feature, word_feature};
use crate::model::linear::additive::{PLACES, Sum, add};
use crate::model::linear::{Linear, word_hash};
use saring_text::Memo;
use std::sync::{Arc, Weak};

/// Words that are kept at most, as a power of two.
const WORDS: u32 = 15;

/// What a word adds.
struct Word {
    hash: u32,
    /// It has two letters or more.
    counts: bool,
    chars: Sum,
    word: Sum,
}

/// Scores texts; keeps words and memory.
pub struct Regressions {
    model: Weak<Linear>,
    words: Memo<u32>,
    kept: Vec<Word>,
    /// Places in `kept` whose word is kept no more.
    free: Vec<u32>,
    features: Vec<u32>,
    /// The pairs of neighbours of the text at hand, each once.
    pairs: Vec<u32>,
    seen: Seen,
    /// Hashes of the words of the text at hand that have two letters or more.
    pub hashes: Vec<u32>,
}

impl Default for Regressions {
    fn default() -> Self {
        let [free, features, pairs, hashes] = [const { Vec::new() }; 4];
        let (words, seen) = (Memo::new(WORDS), Seen::default());
        Self { model: Weak::new(), words, kept: Vec::new(), free, features, pairs, seen, hashes }
    }
}

impl Regressions {
    /// Calibrated probabilities of the labels for a text cleaned by [`super::features::clean`]; those behind the first two
    /// are given `HS`.
    pub fn probabilities(&mut self, model: &Arc<Linear>, cleaned: &str) -> [f64; LABELS] {
        if !std::ptr::eq(self.model.as_ptr(), Arc::as_ptr(model)) {
            self.model = Arc::downgrade(model);
            self.words.clear();
            self.kept.clear();
            self.free.clear();
        }
        let Self { words, kept, free, features, pairs, seen, hashes, .. } = self;
        hashes.clear();
        pairs.clear();
        seen.clear();
        let [mut own, mut chars] = [[0.0; PLACES]; 2];
        each_word(cleaned, |word| {
            let (place, evicted) = words.get_or_evict(word, |word| {
                let made = Word::new(model, word, features);
                match free.pop() {
                    Some(place) => {
                        kept[place as usize] = made;
                        place
                    }
                    None => {
                        kept.push(made);
                        kept.len() as u32 - 1
                    }
                }
            });
            free.extend(evicted);
            let word = &kept[place as usize];
            let new = seen.insert(word_feature(word.hash));
            if new {
                add(&mut chars, &word.chars);
            }
            if !word.counts {
                return;
            }
            if new {
                add(&mut own, &word.word);
            }
            let pair = hashes.last().map(|before| pair_feature(*before, word.hash));
            pairs.extend(pair.filter(|pair| seen.insert(*pair)));
            hashes.push(word.hash);
        });
        model.add_features(pairs, &mut own);
        let p: [f64; LABELS] = model.probabilities_of_sums(&[own, chars]);
        p.map(|p| if p.is_nan() { 0.0 } else { p })
    }
}

impl Word {
    fn new(model: &Linear, word: &str, features: &mut Vec<u32>) -> Self {
        let (hash, counts) = (word_hash(word), counts(word));
        let mut made = Self { hash, counts, chars: [0.0; PLACES], word: [0.0; PLACES] };
        features.clear();
        char_grams(features, word);
        model.add_features(features, &mut made.chars);
        if counts {
            model.add_features(&[word_feature(hash)], &mut made.word);
        }
        made
    }
}

/// The features of a text that came already: a table that is emptied by counting on.
#[derive(Default)]
struct Seen {
    slots: Vec<(u32, u32)>,
    text: u32,
    count: usize,
}

impl Seen {
    const LEAST: usize = 256;

    fn clear(&mut self) {
        self.count = 0;
        self.text = self.text.wrapping_add(1);
        if self.text == 0 || self.slots.len() != Self::LEAST {
            self.slots = vec![(0, 0); Self::LEAST];
            self.text = 1;
        }
    }

    /// Whether the feature is new.
    fn insert(&mut self, feature: u32) -> bool {
        if self.count * 2 >= self.slots.len() {
            let (text, before) = (self.text, std::mem::take(&mut self.slots));
            self.slots = vec![(0, 0); (before.len() * 4).max(Self::LEAST)];
            for (_, feature) in before.into_iter().filter(|slot| slot.0 == text) {
                self.place(feature);
            }
        }
        let new = self.place(feature);
        self.count += usize::from(new);
        new
    }

    fn place(&mut self, feature: u32) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = feature as usize & mask;
        // at most half of them are taken, so this ends
        while self.slots[at].0 == self.text {
            if self.slots[at].1 == feature {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.slots[at] = (self.text, feature);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::{cleaned, features};
    use super::*;
    use crate::model::linear::additive::vector;
    use crate::model::linear::{Output, sigmoid};

    #[test]
    fn a_text_scores_as_its_vector_the_first_time_and_the_next() {
        const BITS: u32 = 12;
        let idf = vec![1.5; 1 << BITS];
        let weights: Vec<f32> = (0..1 << BITS).map(|at: u32| (at % 17) as f32 - 8.0).collect();
        let output = Output { weights: weights.clone(), slope: 1.0, ..Output::default() };
        let model = Arc::new(Linear::pack(BITS, &idf, &vec![output; LABELS]));
        let mut kept = Regressions::default();
        let long = (0..900).map(|at| format!("w{at} ya ")).collect::<String>();
        for text in ["", "Jembatan putus, jembatan putus a", "ya ya ya", &long, "jembatan!", "putus"] {
            let first = kept.probabilities(&model, &cleaned(text));
            assert_eq!(Regressions::default().probabilities(&model, &cleaned(text)), first);
            assert_eq!(kept.probabilities(&model, &cleaned(text)), first);
            assert_eq!(kept.hashes, super::super::features::words(text));
            let row = vector(&features(text), BITS, &idf);
            let margin: f32 = row.iter().map(|(bucket, x)| weights[*bucket as usize] * x).sum();
            assert!((first[3] - sigmoid(f64::from(margin))).abs() < 0.02, "{text}: {} {margin}", first[3]);
        }
    }
}
