//! Language identification: id, ms, jv, su, en, mixed, und.
//!
//! A linear model over hashed words and letter groups (Cavnar & Trenkle 1994 with trained weights, as in fastText's
//! `lid`): every word gives each language a number, their sum over the square root of the length decides. Whether a
//! text mixes two languages is asked afterwards, word by word (a two-state Viterbi with a price for each change).

use crate::plain::{Plain, TokenKind};
use std::sync::LazyLock;

/// Language of a text with its probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// `id`, `ms`, `jv`, `su`, `en`, `mixed` or `und` (abstained).
    pub code: &'static str,
    /// Calibrated probability in 0..=1.
    pub score: f64,
}

/// What the model tells apart; the last one stands for every other language.
pub const CODES: [&str; 6] = ["id", "ms", "jv", "su", "en", "und"];
/// Hash buckets of the features.
pub const BUCKETS: usize = 1 << 16;
/// Scores per language, in the order of [`CODES`].
pub type Scores = [f32; CODES.len()];

/// The model file; its checksum is checked where it is made, the compiler carries it here.
static FILE: &[u8] = include_bytes!("../../../models/language.bin");

/// Below this probability the guess is `und`.
const SURE: f64 = 0.5;
/// Words from which on a text may be mixed, and words (and share of words) of the smaller part.
const FEWEST_MIXED: usize = 5;
const LEAST_PART: usize = 2;
const LEAST_SHARE: f64 = 0.2;
/// Price of a change of language between two words, and the gain over one language at which mixed is as likely as not.
const CHANGE: f32 = 1.5;
const GAIN: f32 = 7.0;
/// A word says at most this much more for one language than for another.
const MOST_OF_A_WORD: f32 = 4.0;
/// Letters of a word that are looked at.
const LONGEST: usize = 24;
/// Names say less about the language around them.
const NAME: f32 = 0.3;
/// Longer texts are judged by their first words.
const MOST_WORDS: usize = 400;

/// Weights: for each bucket one signed byte per language, times `scale`.
struct Model {
    scale: f32,
    weights: &'static [u8],
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let header =
        FILE.get(8..12).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let payload = FILE.get(12 + header + 32..).unwrap_or_default();
    let scale = payload.get(..4).and_then(|bytes| bytes.try_into().ok()).map_or(0.0, f32::from_le_bytes);
    let weights = payload.get(4..).filter(|weights| weights.len() == BUCKETS * CODES.len());
    Model { scale, weights: weights.unwrap_or_default() }
});

/// Calls `each` with the bucket and the value of every feature of `word`: the word, and its groups of 1 to 4 letters
/// with its edges marked.
pub fn features(word: &str, mut each: impl FnMut(usize, f32)) {
    let mut letters = [0_u8; LONGEST + 2];
    let mut length = 1;
    letters[0] = b'^';
    for byte in word.bytes().take(LONGEST) {
        letters[length] = byte;
        length += 1;
    }
    letters[length] = b'$';
    let letters = &letters[..=length];
    each(bucket(letters), 1.0);
    let groups: usize = (1..=4).map(|size| (letters.len() + 1).saturating_sub(size)).sum();
    let value = 1.0 / (groups as f32).sqrt();
    for size in 1..=4 {
        letters
            .windows(size)
            .filter(|group| *group != b"^" && *group != b"$")
            .for_each(|group| each(bucket(group), value));
    }
}

fn bucket(letters: &[u8]) -> usize {
    // FNV-1a with its high bits folded in: the same on every machine
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ letters.len() as u64;
    for byte in letters {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    ((hash ^ (hash >> 32)) % BUCKETS as u64) as usize
}

/// Words of `plain` that say something about its language, each with its weight in the sum.
pub fn words(plain: &Plain) -> Vec<(&str, f32)> {
    let telling = |kind| kind == TokenKind::Word;
    let words: Vec<_> = plain.tokens.iter().filter(|token| telling(token.kind)).take(MOST_WORDS).collect();
    let capitals = words.iter().filter(|token| token.capital).count();
    let names = capitals * 2 < words.len();
    let mut start = true;
    words
        .into_iter()
        .map(|token| {
            let name = names && token.capital && !std::mem::take(&mut start);
            start = false;
            (token.text.as_str(), if name { NAME } else { 1.0 })
        })
        .collect()
}

fn score(word: &str) -> Scores {
    let mut scores = [0.0; CODES.len()];
    let model = &*MODEL;
    features(word, |bucket, value| {
        let at = bucket * CODES.len();
        let Some(weights) = model.weights.get(at..at + CODES.len()) else { return };
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += f32::from(weight.cast_signed()) * model.scale * value;
        }
    });
    scores
}

/// Probabilities of `scores`.
pub fn softmax(scores: &Scores) -> Scores {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers = scores.map(|score| (score - most).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Guesses the language of `plain`.
pub fn guess(plain: &Plain) -> Guess {
    let words = words(plain);
    let scores: Vec<Scores> =
        words.iter().map(|(word, weight)| score(word).map(|score| score * weight)).collect();
    let Some(length) = std::num::NonZeroUsize::new(scores.len()) else {
        return Guess { code: "und", score: 0.0 };
    };
    let mut sum = [0.0; CODES.len()];
    for word in &scores {
        sum.iter_mut().zip(word).for_each(|(sum, score)| *sum += score / (length.get() as f32).sqrt());
    }
    let likely = softmax(&sum);
    let (best, most) =
        likely.iter().enumerate().fold((0, 0.0), |best, (at, p)| if *p > best.1 { (at, *p) } else { best });
    let mixed = mixture(&scores);
    if mixed > 0.5 {
        return Guess { code: "mixed", score: mixed };
    }
    let score = f64::from(most) * (1.0 - mixed);
    if score < SURE { Guess { code: "und", score: 1.0 - score } } else { Guess { code: CODES[best], score } }
}

/// Probability that two languages share the words.
fn mixture(scores: &[Scores]) -> f64 {
    if scores.len() < FEWEST_MIXED {
        return 0.0;
    }
    // Indonesian and Malay share too much for a word to be of one and its neighbour of the other
    const PAIRS: [(usize, usize); 6] = [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)];
    let one = |language: usize| -> f32 { scores.iter().map(|word| bounded(word)[language]).sum() };
    let single = (0..CODES.len() - 1).map(one).fold(f32::MIN, f32::max);
    let gain = PAIRS.iter().map(|pair| part(scores, *pair) - single).fold(f32::MIN, f32::max);
    f64::from(1.0 / (1.0 + (GAIN - gain).exp()))
}

/// Scores of a word as logarithms of probabilities, none of them hopeless.
fn bounded(word: &Scores) -> Scores {
    let most = word.iter().copied().fold(f32::MIN, f32::max);
    word.map(|score| (score - most).max(-MOST_OF_A_WORD))
}

/// Best sum of `scores` where each word is in one of two languages and changes have their price; hopeless where one
/// of the two has too few words.
fn part(scores: &[Scores], (a, b): (usize, usize)) -> f32 {
    // per state: sum so far, words of the first and of the second language on the way
    let mut ways = [(0.0_f32, 0_usize, 0_usize); 2];
    for word in scores {
        let word = bounded(word);
        let step = |stay: (f32, usize, usize), other: (f32, usize, usize)| {
            if stay.0 >= other.0 - CHANGE { stay } else { (other.0 - CHANGE, other.1, other.2) }
        };
        let (first, second) = (step(ways[0], ways[1]), step(ways[1], ways[0]));
        ways = [(first.0 + word[a], first.1 + 1, first.2), (second.0 + word[b], second.1, second.2 + 1)];
    }
    let best = if ways[0].0 >= ways[1].0 { ways[0] } else { ways[1] };
    let smaller = best.1.min(best.2);
    let enough = smaller >= LEAST_PART && smaller as f64 >= LEAST_SHARE * scores.len() as f64;
    if enough { best.0 } else { f32::MIN / 4.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_cases() {
        for (text, wanted) in [
            ("Warga desa diminta tidak mudah percaya pada kabar yang belum jelas", "id"),
            ("Penduduk kampung bimbang kerana banjir, pihak polis dah datang tengok", "ms"),
            ("Aja gampang percaya karo kabar sing durung mesthi benere", "jv"),
            ("Ulah gampang percaya kana béja anu can tangtu benerna", "su"),
            ("Do not believe every message that you receive from a stranger", "en"),
            ("😂😂 12345 https://contoh.id", "und"),
            ("Это сообщение на русском языке", "und"),
            ("", "und"),
        ] {
            let found = guess(&Plain::of(text));
            assert_eq!(found.code, wanted, "{text}: {found:?}");
            assert!((0.0..=1.0).contains(&found.score));
        }
    }
}
