//! Languages on held-out own sentences, and on short posts of known language in the research data.

use super::{Measure, Miss};
use crate::analyser::Analyser;
use crate::train::{TrainError, read_jsonl};
use saring_text::Plain;
use saring_text::language::{Guess, guess};
use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::path::Path;

/// Own sentences by language (`samples/language`).
const OWN: &[(&str, &str)] = &[
    ("id", include_str!("../../../../samples/language/id.txt")),
    ("ms", include_str!("../../../../samples/language/ms.txt")),
    ("jv", include_str!("../../../../samples/language/jv.txt")),
    ("su", include_str!("../../../../samples/language/su.txt")),
    ("en", include_str!("../../../../samples/language/en.txt")),
    ("mixed", include_str!("../../../../samples/language/mixed.txt")),
];
/// More own sentences, written later, of Indonesian and Malay in words that both have: the language model alone learns from
/// them, and they are measured apart.
const MORE: &[(&str, &str)] = &[
    ("id", include_str!("../../../../samples/language/id_more.txt")),
    ("ms", include_str!("../../../../samples/language/ms_more.txt")),
];
/// Posts of one language in the data: measure, file, field.
const DATA: &[(&str, &str, &str, &str)] = &[
    ("language.dev.id", "id", "normalisation/stif_test.jsonl", "informal"),
    ("language.dev.id_functional", "id", "functional/id_silver.jsonl", "text"),
    ("language.dev.en", "en", "checkthat2020/dev.jsonl", "query"),
    ("language.dev.ms", "ms", "functional/ms_annotated.jsonl", "text"),
];

/// Own sentences in the language `code`: every third is held out (`true`), the others train the model (`false`).
pub fn sentences(code: &str, held_out: bool) -> Vec<&'static str> {
    every_third(OWN, code, held_out)
}

/// The same of those written later.
pub fn more_sentences(code: &str, held_out: bool) -> Vec<&'static str> {
    every_third(MORE, code, held_out)
}

fn every_third(files: &[(&str, &'static str)], code: &str, held_out: bool) -> Vec<&'static str> {
    let text = files.iter().find(|(own, _)| *own == code).map_or("", |(_, text)| text);
    text.lines().enumerate().filter(|(at, _)| (at % 3 == 2) == held_out).map(|(_, line)| line).collect()
}

/// What was said of the texts of one language.
struct Said<'a> {
    code: &'static str,
    texts: Vec<(&'a str, Guess)>,
}

impl<'a> Said<'a> {
    fn of(code: &'static str, texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self { code, texts: texts.into_iter().map(|text| (text, guess(&Plain::of(text)))).collect() }
    }

    fn count(&self, code: &str) -> usize {
        self.texts.iter().filter(|(_, found)| found.code == code).count()
    }

    fn misses(&self) -> impl Iterator<Item = Miss> {
        let wrong = self.texts.iter().filter(|(_, found)| found.code != self.code);
        wrong.map(|(text, found)| Miss::new(text, self.code, found.code, found.score))
    }

    fn accuracy(&self, name: &str) -> Measure {
        let n = self.texts.len();
        Measure::higher(name, self.count(self.code) as f64 / n.max(1) as f64, n)
    }

    /// What else its texts were taken for: `language.own.ms.as_id`.
    fn confusion(&self, name: &str) -> Vec<Measure> {
        let n = self.texts.len();
        let others = OWN.iter().map(|(code, _)| *code).chain(["und"]).filter(|code| *code != self.code);
        let counts = others.map(|code| (code, self.count(code))).filter(|(_, count)| *count > 0);
        counts
            .map(|(code, count)| Measure::lower(&format!("{name}.as_{code}"), count as f64 / n as f64, n))
            .collect()
    }
}

/// Accuracy per language, what languages are taken for, and abstentions.
///
/// # Errors
/// [`TrainError::Data`] where a file is missing.
pub fn evaluate(_analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError> {
    let mut out = own();
    for (name, code, file, field) in DATA {
        let rows = read_jsonl(&data.join(file))?;
        let said = Said::of(code, rows.iter().filter_map(|row| row[*field].as_str()));
        out.push(said.accuracy(name).with_misses(said.misses().collect()));
        out.extend(said.confusion(name));
    }
    Ok(out)
}

/// The measures on own sentences alone.
pub fn own() -> Vec<Measure> {
    let all: Vec<Said<'_>> = OWN.iter().map(|(code, _)| Said::of(code, sentences(code, true))).collect();
    let n: usize = all.iter().map(|said| said.texts.len()).sum();
    let share = |count: usize| count as f64 / n.max(1) as f64;
    let right = all.iter().map(|said| said.count(said.code)).sum();
    let silent = all.iter().map(|said| said.count("und")).sum();
    let mut out = vec![
        Measure::higher("language.own.accuracy", share(right), n)
            .with_misses(all.iter().flat_map(Said::misses).collect()),
        Measure::lower("language.own.abstained", share(silent), n),
        baseline(),
    ];
    out.extend(by_length(&all));
    for said in &all {
        let name = format!("language.own.{}", said.code);
        out.push(said.accuracy(&name));
        out.extend(said.confusion(&name));
    }
    for (code, _) in MORE {
        let said = Said::of(code, more_sentences(code, true));
        let name = format!("language.own_more.{code}");
        out.push(said.accuracy(&name));
        out.extend(said.confusion(&name));
    }
    out
}

/// Accuracy by the number of words.
fn by_length(all: &[Said<'_>]) -> Vec<Measure> {
    let slices: [(&str, RangeInclusive<usize>); 3] =
        [("short", 0..=5), ("middle", 6..=9), ("long", 10..=usize::MAX)];
    slices
        .iter()
        .map(|(name, words)| {
            let within = |text: &str| words.contains(&text.split_whitespace().count());
            let texts = || all.iter().flat_map(|said| said.texts.iter().map(move |text| (said.code, text)));
            let of = || texts().filter(|(_, (text, _))| within(text));
            let (n, right) = (of().count(), of().filter(|(code, (_, found))| found.code == *code).count());
            Measure::higher(&format!("language.own.{name}.accuracy"), right as f64 / n.max(1) as f64, n)
        })
        .filter(|measure| measure.n > 0)
        .collect()
}

/// What counting known words reaches: the language most of whose training words the text has, Indonesian where none has.
fn baseline() -> Measure {
    let lower = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let known: Vec<(&str, HashSet<String>)> = OWN
        .iter()
        .map(|(code, _)| (*code, sentences(code, false).into_iter().flat_map(lower).collect()))
        .collect();
    let (mut right, mut n) = (0, 0);
    for (code, _) in OWN {
        for text in sentences(code, true) {
            let words = lower(text);
            let count =
                |words_of: &HashSet<String>| words.iter().filter(|word| words_of.contains(*word)).count();
            let best = known.iter().rev().max_by_key(|(_, words_of)| count(words_of));
            right += usize::from(best.is_some_and(|(best, _)| best == code));
            n += 1;
        }
    }
    Measure::higher("language.own.accuracy_of_word_lists", right as f64 / n.max(1) as f64, n).as_baseline()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_sentences_are_recognised() {
        let measures = own();
        let value =
            |name: &str| measures.iter().find(|measure| measure.name == name).map(|m| m.value).unwrap();
        for (code, _) in OWN {
            // of what Indonesian and Malay share, one of them must lose
            let least = match *code {
                "mixed" => 0.7,
                "id" => 0.85,
                _ => 0.88,
            };
            assert!(value(&format!("language.own.{code}")) >= least, "{code}");
        }
        assert!(value("language.own.accuracy") >= 0.94);
        assert!(value("language.own.abstained") <= 0.05);
        assert!(value("language.own.accuracy_of_word_lists") < value("language.own.accuracy"));
    }
}
