//! Normalisation against formal sentences, and stems against published pairs.

use super::{Measure, Miss};
use crate::analyser::Analyser;
use crate::train::{TrainError, read_jsonl};
use saring_text::{Plain, stem::stem};
use std::path::Path;

/// Word error of plain informal sentences to their formal side (STIF-Indonesia), and accuracy of stems.
///
/// # Errors
/// [`TrainError::Data`] where a file is missing.
pub fn evaluate(_analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let rows = read_jsonl(&data.join("normalisation/stif_dev.jsonl"))?;
    let pairs = read_jsonl(&data.join("normalisation/stem_pairs.jsonl"))?;
    let mut out = word_error(&rows);
    out.extend(stems(&pairs));
    Ok(out)
}

/// Words that differ from the formal side per word of it, read and left as written.
fn word_error(rows: &[serde_json::Value]) -> Vec<Measure> {
    let mut misses = Vec::new();
    let (mut plain, mut raw) = (Vec::new(), Vec::new());
    for row in rows {
        let side = |name: &str| row[name].as_str().unwrap_or_default();
        let formal = as_written(side("formal"));
        let found = read(side("informal"));
        let errors = distance(&found, &formal);
        if errors > 0 {
            misses.push(Miss::new(side("informal"), &formal.join(" "), &found.join(" "), errors as f64));
        }
        plain.push((errors, formal.len()));
        raw.push((distance(&as_written(side("informal")), &formal), formal.len()));
    }
    let rate = |of: &mut [(usize, usize)]| {
        let (errors, words) = of.iter().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        errors as f64 / words.max(1) as f64
    };
    let measure = |name: &str, mut of: Vec<(usize, usize)>| {
        Measure::lower(name, rate(&mut of), of.len()).resampled(&of, rate)
    };
    vec![
        measure("plain.stif.word_error", plain).with_misses(misses),
        measure("plain.stif.word_error_left_as_is", raw).as_baseline(),
    ]
}

/// Stems of published pairs; beside them, words taken as their own stems.
fn stems(pairs: &[serde_json::Value]) -> [Measure; 2] {
    let n = pairs.len();
    let cells = pairs.iter().filter_map(|row| Some((row["word"].as_str()?, row["stem"].as_str()?)));
    let found: Vec<_> = cells.map(|(word, wanted)| (word, wanted, stem(word))).collect();
    let share = |right: usize| right as f64 / n.max(1) as f64;
    let misses = found.iter().filter(|(_, wanted, got)| wanted != got);
    let misses: Vec<_> = misses.map(|(word, wanted, got)| Miss::new(word, wanted, got, 1.0)).collect();
    let same = found.iter().filter(|(word, wanted, _)| word == wanted).count();
    [
        Measure::higher("plain.stem.accuracy", share(n - misses.len()), n).with_misses(misses),
        Measure::higher("plain.stem.accuracy_left_as_is", share(same), n).as_baseline(),
    ]
}

/// `xxxuserxxx`, `xxxnumberxxx`: how the collection hides names and figures. They are no words and count on neither side.
fn masked(word: &str) -> bool {
    word.starts_with("xxx") && word.ends_with("xxx")
}

fn read(text: &str) -> Vec<String> {
    let shown: Vec<&str> = text.split_whitespace().filter(|word| !word.contains("xxx")).collect();
    Plain::of(&shown.join(" "))
        .words()
        .flat_map(|token| token.text.split('-').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn as_written(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).filter(|word| !masked(word)).collect()
}

/// Words to change, add and drop (Levenshtein 1966).
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, word) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (other, cell) in b.iter().zip(1..) {
            let change = corner + usize::from(word != other);
            corner = row[cell];
            row[cell] = change.min(row[cell] + 1).min(row[cell - 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_distance() {
        let words = |text: &str| as_written(text);
        assert_eq!(distance(&words("a b c"), &words("a c")), 1);
        assert_eq!(distance(&words(""), &words("a c")), 2);
        assert_eq!(distance(&read("aku gk tau"), &words("Aku tidak tahu.")), 0);
    }
}
