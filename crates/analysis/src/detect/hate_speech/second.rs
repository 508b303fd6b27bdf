//! A second look at `HS` and `Abusive`: boosted trees over what the regressions and the network say of both, the strongest words, how many
//! words of each class the text has, and its shape. N-grams see single words; the trees see that an insult comes with a person
//! and no laughter.

use super::combination::LABELS;
use super::strengths::{GIVEN, Strengths};
use crate::detect::group_attack::lexicon::Tag;
use crate::detect::group_attack::stream::Stream;
use crate::model::linear::logit;
use crate::model::trees::{Bytes, Trees};

/// Labels that are looked at again: the first of all.
pub const AGAIN: usize = 2;
const TAGS: usize = Tag::Less as usize + 1;
const SHAPE: usize = 9;
/// Length of what the trees see.
pub const INPUTS: usize = 2 * AGAIN + GIVEN + TAGS + SHAPE;
/// Where the classes begin.
const CLASSES: usize = 2 * AGAIN + GIVEN;
/// Log-odds are kept within this.
pub const MOST: f64 = 8.0;

/// The strengths of words, and trees for each of the labels; the default leaves probabilities as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecondLook(pub Strengths, pub [Trees; AGAIN]);

impl SecondLook {
    /// Puts the probabilities of the first labels in place of what the regressions gave them.
    /// `network` are the log-odds of the network, `words` the hashes of the words of the text.
    pub fn correct(
        &self,
        p: &mut [f64; LABELS],
        network: &[f32; LABELS],
        words: &[u32],
        text: &str,
        stream: &Stream,
    ) {
        let seen = inputs([bounded(p[0]), bounded(p[1])], network, self.0.of(words), text, stream);
        for (trees, p) in self.1.iter().zip(p).filter(|(trees, _)| !trees.is_empty()) {
            *p = 1.0 / (1.0 + f64::from(-trees.predict(&seen)).exp());
        }
    }

    /// Appends the strengths and the trees.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.iter().for_each(|trees| trees.write(out));
    }

    /// Reads what [`SecondLook::write`] wrote; `None` when it is cut short or asks for inputs that there are not.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let look = Self(Strengths::read(bytes)?, [Trees::read(bytes)?, Trees::read(bytes)?]);
        look.1.iter().all(|trees| trees.inputs() <= INPUTS).then_some(look)
    }
}

/// Log-odds of a probability, kept within [`MOST`].
pub fn bounded(p: f64) -> f64 {
    logit(p).clamp(-MOST, MOST)
}

/// What the trees see: the calibrated log-odds of the two labels, those of the network, the strongest words
/// ([`Strengths::of`]), words of each class, and the shape of the text.
pub fn inputs(
    odds: [f64; AGAIN],
    network: &[f32; LABELS],
    strongest: [f32; GIVEN],
    text: &str,
    stream: &Stream,
) -> [f32; INPUTS] {
    let mut out = [0.0; INPUTS];
    out[..AGAIN].copy_from_slice(&odds.map(|odds| odds.clamp(-MOST, MOST) as f32));
    out[AGAIN..2 * AGAIN].copy_from_slice(&network[..AGAIN]);
    out[2 * AGAIN..CLASSES].copy_from_slice(&strongest);
    stream.words.iter().for_each(|word| out[CLASSES + word.tag as usize] += 1.0);
    let [words, chars, people, links, calls, questions, escapes, tags, capitals] = &mut out[CLASSES + TAGS..]
    else {
        return out;
    };
    for word in text.split_whitespace() {
        *words += 1.0;
        *people += f32::from(u8::from(word.starts_with('@') || word.starts_with("USER")));
        *links += f32::from(u8::from(word.starts_with("http") || word.starts_with("URL")));
    }
    for c in text.chars() {
        *chars += 1.0;
        match c {
            '!' => *calls += 1.0,
            '?' => *questions += 1.0,
            '#' => *tags += 1.0,
            '\\' => *escapes += 1.0,
            c if c.is_uppercase() => *capitals += 1.0,
            // signs beyond the alphabets, which the tweets write as escapes
            '\u{1f000}'.. => *escapes += 4.0,
            _ => {}
        }
    }
    *capitals /= chars.max(1.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trees::Node;
    use saring_text::Plain;

    #[test]
    fn classes_and_shape_are_counted() {
        let text = "@budi KAMU bodoh! #huh";
        let strongest = [2.0, 1.0, 0.0, 0.0];
        let seen = inputs([20.0, -1.0], &[0.5; LABELS], strongest, text, &Stream::of(text, &Plain::of(text)));
        assert_eq!(seen[..CLASSES], [MOST as f32, -1.0, 0.5, 0.5, 2.0, 1.0, 0.0, 0.0]);
        assert_eq!(seen[CLASSES + Tag::Derogation as usize], 1.0);
        assert_eq!(seen[CLASSES + TAGS..][..5], [4.0, 22.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn trees_take_the_place_of_what_was_said() {
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        let root = Node { feature: INPUTS as u16 - 1, left: 1, value: 0.5 };
        let loud = Trees { base: 0.0, trees: vec![vec![root, leaf(-2.0), leaf(2.0)]] };
        let look = SecondLook(Strengths::default(), [loud, Trees::default()]);
        let mut bytes = Vec::new();
        look.write(&mut bytes);
        assert_eq!(SecondLook::read(&mut Bytes(&bytes)), Some(look.clone()));
        let of = |text: &str| {
            let mut p = [0.3; LABELS];
            look.correct(&mut p, &[0.0; LABELS], &[], text, &Stream::of(text, &Plain::of(text)));
            p
        };
        assert!(of("PERGI")[0] > 0.8 && of("pergi")[0] < 0.2 && of("PERGI")[1] == 0.3);
    }
}
