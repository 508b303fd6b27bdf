//! Language identification: id, ms, jv, su, en, mixed, und.
//!
//! A linear model over hashed words and letter groups (Cavnar & Trenkle 1994 with trained weights, as in fastText's
//! `lid`): every word gives each language a number, their sum over the square root of the length decides. Whether a
//! text mixes two languages is asked afterwards, word by word (a two-state Viterbi with a price for each change).

use crate::memo::Memo;
use crate::plain::{Plain, Token, TokenKind};
use std::cell::RefCell;
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

/// Below this probability the guess is `und`; Indonesian and Malay together count as one.
const SURE: f64 = 0.5;
/// Log odds that Indonesian has before a word is read: nearly every post an office reads is Indonesian, and short ones of words
/// that it shares with Malay are. A larger one costs more Malay posts than it saves Indonesian ones.
const HOME: f32 = 0.5;
/// The same besides, over the square of the number of words: one word alone says little about which of the two it is.
const HOME_OF_FEW: f32 = 2.0;
/// Probability of another language where the script is another one.
const FOREIGN_SCRIPT: f64 = 0.99;
/// Words from which on a text may be mixed, and words (and share of words) of the smaller part.
const FEWEST_MIXED: usize = 5;
const LEAST_PART: usize = 2;
const LEAST_SHARE: f64 = 0.25;
/// Price of a change of language between two words, and the gain over one language at which mixed is as likely as not, in
/// all and for every word: a long text has more words that look foreign.
const CHANGE: f32 = 1.5;
const GAIN: f32 = 7.0;
const GAIN_OF_A_WORD: f32 = 0.12;
/// A word says at most this much more for one language than for another.
const MOST_OF_A_WORD: f32 = 6.0;
/// Letters of a word that are looked at.
const LONGEST: usize = 24;
/// Bytes of the longest word that is one: longer runs of letters are codes and data.
const LONGEST_WORD: usize = 40;
/// Names say less about the language around them.
const NAME: f32 = 0.3;
/// Longer texts are judged by their first words.
const MOST_WORDS: usize = 400;

/// Weights of one bucket, one signed byte per language, padded to a machine word.
type Row = [i8; 8];

/// Weights times `scale`.
struct Model {
    scale: f32,
    rows: Vec<Row>,
}

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let header =
        FILE.get(8..12).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let payload = FILE.get(12 + header + 32..).unwrap_or_default();
    let scale = payload.get(..4).and_then(|bytes| bytes.try_into().ok()).map_or(0.0, f32::from_le_bytes);
    let weights = payload.get(4..).unwrap_or_default();
    let mut rows = vec![Row::default(); BUCKETS];
    for (row, weights) in rows.iter_mut().zip(weights.chunks_exact(CODES.len())) {
        row.iter_mut().zip(weights).for_each(|(to, from)| *to = from.cast_signed());
    }
    Model { scale, rows }
});

/// Letters of a word with its edges marked.
fn edged(word: &str, letters: &mut [u8; LONGEST + 2]) -> usize {
    letters[0] = b'^';
    let mut length = 1;
    for byte in word.bytes().take(LONGEST) {
        letters[length] = byte;
        length += 1;
    }
    letters[length] = b'$';
    length + 1
}

/// Calls `each` with the bucket of every group of 1 to 4 letters but the bare edges.
fn groups(letters: &[u8], mut each: impl FnMut(usize)) {
    for size in 1..=4 {
        letters
            .windows(size)
            .filter(|group| *group != b"^" && *group != b"$")
            .for_each(|group| each(bucket(group)));
    }
}

/// What one group of letters counts where the word has `letters` letters with its edges.
fn value_of_group(letters: usize) -> f32 {
    let groups: usize = (1..=4).map(|size| (letters + 1).saturating_sub(size)).sum();
    1.0 / (groups as f32).sqrt()
}

/// Calls `each` with the bucket and the value of every feature of `word`: the word, and its groups of 1 to 4 letters
/// with its edges marked.
pub fn features(word: &str, mut each: impl FnMut(usize, f32)) {
    let mut letters = [0; LONGEST + 2];
    let length = edged(word, &mut letters);
    each(bucket(&letters[..length]), 1.0);
    let value = value_of_group(length);
    groups(&letters[..length], |bucket| each(bucket, value));
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
    let telling = |token: &&Token| token.kind == TokenKind::Word && token.text.len() <= LONGEST_WORD;
    let words: Vec<_> = plain.tokens.iter().filter(telling).take(MOST_WORDS).collect();
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

/// What the [`features`] of `word` say, groups summed in whole numbers: they all count the same.
fn score(word: &str) -> Scores {
    let model = &*MODEL;
    let mut letters = [0; LONGEST + 2];
    let length = edged(word, &mut letters);
    let mut sums = [0_i32; 8];
    let mut add = |bucket: usize| {
        let row = model.rows.get(bucket).copied().unwrap_or_default();
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(weight));
    };
    groups(&letters[..length], &mut add);
    let whole = model.rows.get(bucket(&letters[..length])).copied().unwrap_or_default();
    let value = value_of_group(length);
    std::array::from_fn(|at| (sums[at] as f32 * value + f32::from(whole[at])) * model.scale)
}

/// Probabilities of `scores`.
pub fn softmax(scores: &Scores) -> Scores {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers = scores.map(|score| (score - most).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Whether most letters are of another script than the Latin one, which all of [`CODES`] but the last are written in
/// today (normalisation has taken the accents off Latin letters).
fn foreign_script(words: &[(&str, f32)]) -> bool {
    let latin = |letter: char| matches!(letter, 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let letters = words.iter().flat_map(|(word, _)| word.chars()).filter(|letter| letter.is_alphabetic());
    let (all, foreign) =
        letters.fold((0, 0), |(all, foreign), letter| (all + 1, foreign + usize::from(!latin(letter))));
    foreign * 2 > all
}

/// Guesses the language of `plain`.
pub fn guess(plain: &Plain) -> Guess {
    let words = words(plain);
    if foreign_script(&words) {
        return Guess { code: "und", score: FOREIGN_SCRIPT };
    }
    thread_local! {
        static KNOWN: RefCell<Memo<Scores>> = RefCell::new(Memo::new(14));
    }
    let scores: Vec<Scores> = KNOWN.with_borrow_mut(|known| {
        words.iter().map(|(word, weight)| known.get_or(word, score).map(|score| score * weight)).collect()
    });
    let Some(length) = std::num::NonZeroUsize::new(scores.len()) else {
        return Guess { code: "und", score: 0.0 };
    };
    let mut sum = [0.0; CODES.len()];
    for word in &scores {
        sum.iter_mut().zip(word).for_each(|(sum, score)| *sum += score / (length.get() as f32).sqrt());
    }
    sum[0] += HOME + HOME_OF_FEW / (length.get() as f32).powi(2);
    let likely = softmax(&sum);
    let (best, most) =
        likely.iter().enumerate().fold((0, 0.0), |best, (at, p)| if *p > best.1 { (at, *p) } else { best });
    let mixed = mixture(&scores);
    if mixed > 0.5 {
        return Guess { code: "mixed", score: mixed };
    }
    // a doubt between Indonesian and Malay alone is none about what to do with the text
    let [indonesian, malay, ..] = likely;
    let known = if best < 2 { indonesian + malay } else { most };
    let (known, score) = (f64::from(known) * (1.0 - mixed), f64::from(most) * (1.0 - mixed));
    if known < SURE { Guess { code: "und", score: 1.0 - known } } else { Guess { code: CODES[best], score } }
}

/// Probability that two languages share the words.
fn mixture(scores: &[Scores]) -> f64 {
    if scores.len() < FEWEST_MIXED {
        return 0.0;
    }
    let scores: Vec<Scores> = scores.iter().map(bounded).collect();
    // Indonesian and Malay share too much for a word to be of one and its neighbour of the other
    const PAIRS: [(usize, usize); 6] = [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)];
    let one = |language: usize| -> f32 { scores.iter().map(|word| word[language]).sum() };
    let single = (0..CODES.len() - 1).map(one).fold(f32::MIN, f32::max);
    let gain = PAIRS.iter().map(|pair| part(&scores, *pair) - single).fold(f32::MIN, f32::max);
    let wanted = GAIN + GAIN_OF_A_WORD * scores.len() as f32;
    f64::from(1.0 / (1.0 + (wanted - gain).exp()))
}

/// Scores of a word as logarithms of probabilities, none of them hopeless.
fn bounded(word: &Scores) -> Scores {
    let most = word.iter().copied().fold(f32::MIN, f32::max);
    word.map(|score| (score - most).max(-MOST_OF_A_WORD))
}

/// Best sum of `scores`, [`bounded`], where each word is in one of two languages and changes have their price; hopeless where one
/// of the two has too few words.
fn part(scores: &[Scores], (a, b): (usize, usize)) -> f32 {
    // per state: sum so far, words of the first and of the second language on the way
    let mut ways = [(0.0_f32, 0_usize, 0_usize); 2];
    for word in scores {
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
            ("Semua kaum patut dilayan sama rata", "ms"),
            ("Semua suku harus diperlakukan sama", "id"),
            ("Kerajaan perlu bela nasib orang kurang upaya", "ms"),
            ("Pemerintah harus membela nasib penyandang disabilitas", "id"),
            ("Aja gampang percaya karo kabar sing durung mesthi benere", "jv"),
            ("Ulah gampang percaya kana béja anu can tangtu benerna", "su"),
            ("Do not believe every message that you receive from a stranger", "en"),
            ("ok", "id"),
            ("gempa", "id"),
            ("awak", "ms"),
            ("😂😂 12345 https://contoh.id", "und"),
            ("Это сообщение на русском языке", "und"),
            ("هذه رسالة قصيرة عن الطقس", "und"),
            ("ꦲꦏ꧀ꦱꦫꦗꦮ ꦲꦸꦠꦩ", "und"),
            ("今天天气很好，我们去公园", "und"),
            ("", "und"),
        ] {
            let found = guess(&Plain::of(text));
            assert_eq!(found.code, wanted, "{text}: {found:?}");
            assert!((0.0..=1.0).contains(&found.score));
        }
    }
}
