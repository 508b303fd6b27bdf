//! Counts the words of well-written Indonesian (and some English) for the normaliser.

use super::{TrainError, read_jsonl};
use crate::model::{ModelFile, file::Header};
use std::collections::BTreeMap;
use std::path::Path;

/// Where words are counted: file, field, and how often a word must occur in that kind of text to be believed.
const TEXTS: &[(&str, &[&str], u32)] = &[
    ("hoax/claims.jsonl", &["title", "text"], 2),
    ("hoax/negatives.jsonl", &["text"], 2),
    ("hoax/pairs_train.jsonl", &["query"], 5),
    ("normalisation/stif_train.jsonl", &["formal"], 2),
    ("checkthat2020/claims.jsonl", &["claim"], 6),
];
const LONGEST: usize = 24;
/// Words of the texts above: what a share of all words is multiplied with to be a count.
const SIZE: f64 = 400_000.0;

/// Counts words; payload: one `word<TAB>count` per line, sorted.
///
/// # Errors
/// [`TrainError::Data`] where a file is missing.
pub fn train(data: &Path) -> Result<(ModelFile, String), TrainError> {
    let mut all: BTreeMap<String, u32> = BTreeMap::new();
    for (file, fields, least) in TEXTS {
        let mut here: BTreeMap<String, u32> = BTreeMap::new();
        for row in read_jsonl(&data.join(file))? {
            for field in *fields {
                count(row[*field].as_str().unwrap_or_default(), &mut here);
            }
        }
        for (word, count) in here.into_iter().filter(|(_, count)| count >= least) {
            *all.entry(word).or_default() += count;
        }
    }
    for (word, count) in frequencies()? {
        *all.entry(word).or_default() += count;
    }
    let payload: String = all.iter().map(|(word, count)| format!("{word}\t{count}\n")).collect();
    let header =
        Header { name: "lexicon".into(), format: 1, version: "1".into(), licence: "CC-BY-SA-4.0".into() };
    let card = card(all.len(), payload.len());
    Ok((ModelFile { header, payload: payload.into_bytes() }, card))
}

/// The commonest Indonesian and English words of wordfreq, as counts.
fn frequencies() -> Result<Vec<(String, u32)>, TrainError> {
    let lines = super::language::samples("words.tsv")?;
    let count = |line: &String| {
        let mut cells = line.split('\t').skip_while(|code| !matches!(*code, "id" | "en")).skip(1);
        let (word, centibels) = (cells.next()?, cells.next()?.parse::<f64>().ok()?);
        let count = SIZE * 10_f64.powf(-centibels / 100.0);
        (word.len() > 1).then(|| (word.to_owned(), count.ceil() as u32))
    };
    Ok(lines.iter().filter_map(count).collect())
}

/// Lower-case runs of ASCII letters; words with digits, links and repeated letters are left to the normaliser.
fn count(text: &str, into: &mut BTreeMap<String, u32>) {
    for piece in text.split_whitespace().filter(|piece| !piece.contains(['@', '/', '#', '_'])) {
        for word in piece.split(|c: char| !c.is_alphanumeric()) {
            let word = word.to_lowercase();
            let letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
            if letters && (2..=LONGEST).contains(&word.len()) && !stretched(&word) {
                *into.entry(word).or_default() += 1;
            }
        }
    }
}

fn stretched(word: &str) -> bool {
    word.as_bytes().windows(3).any(|three| three[0] == three[1] && three[1] == three[2])
}

fn card(words: usize, bytes: usize) -> String {
    format!(
        "# lexicon\n\n\
         {words} words with counts ({bytes} bytes), read by the normaliser: a word is *known* when it is here. Known words\n\
         decide how stretched letters shrink, whether digits are letters, and where a hashtag is cut.\n\n\
         - **Data**: words counted in titles of Indonesian fact-checks up to 2024, news and circulated posts of the same\n  \
           collection, the formal side of STIF-Indonesia (MIT), claims of CheckThat! 2020 (English); the commonest Indonesian and English\n  \
           words of wordfreq 3.1.1 (CC BY-SA 4.0). Counts only: no text, no order of words. A word must occur 2 to 6 times, depending on how carefully the text is written.\n\
         - **Licence**: CC BY-SA 4.0, as the word frequencies ask.\n\
         - **Made by**: `cargo xtask train lexicon`, the same bytes for the same data.\n\
         - **Limits**: Indonesian first; names of the news of 2018 to 2024 are over-represented; Javanese and Sundanese are\n  \
           hardly in it.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_are_counted() {
        let mut found = BTreeMap::new();
        count("Warga desa, WARGA! @admin http://x.id/desa 4nj bangeeet", &mut found);
        let found: Vec<_> = found.iter().map(|(word, count)| (word.as_str(), *count)).collect();
        assert_eq!(found, [("desa", 1), ("warga", 2)]);
    }
}
