//! A light Indonesian stemmer: strips what grammar allows and keeps the shortest remainder that is a word.
//!
//! The order of affixes follows Nazief & Adriani (1996); instead of their dictionary of roots, the words we counted
//! decide, and a remainder that is much rarer than the word itself is no root (*menteri* is not *me-* with *teri*).

use crate::lexicon::lexicon;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words that grammar would take apart wrongly, and irregular ones: `word root`, or `word` alone for its own root.
static IRREGULAR: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/roots.txt").lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &'static str| match line.split_once(" = ") {
        Some((words, root)) => words.split(' ').map(|word| (word, root)).collect::<Vec<_>>(),
        None => line.split(' ').map(|word| (word, word)).collect(),
    };
    lines.flat_map(pair).collect()
});

/// A root may be rarer than its word by this factor (logarithm): `pemerintah` is commoner than `perintah`.
const RARER: f32 = 4.0;
/// What a rarer root costs against one more letter taken off: *perusakan* is of *rusak*, not of *rusa*.
const COST: f32 = 0.35;
/// Shortest root that is found by stripping.
const SHORTEST: usize = 4;
/// Longer words are left alone.
const LONGEST: usize = 40;

const PARTICLES: &[&str] = &["", "lah", "kah", "tah", "pun"];
const OWNERS: &[&str] = &["", "nya", "ku", "mu"];
const SUFFIXES: &[&str] = &["", "kan", "an", "i", "in"];
/// Roots of three letters that take affixes.
const SHORT_ROOTS: &[&str] = &[
    "cek", "bom", "cat", "tes", "lap", "las", "tik", "pel", "rem", "cap", "bor", "apa", "ada", "adu", "ajar",
    "uji", "isi", "aku", "alih",
];

/// Prefixes: what is stripped, what may stand in its place, and whether the rest must begin with a vowel.
const PREFIXES: &[(&str, &[&str], Rest)] = &[
    ("di", &[""], Rest::Any),
    ("ke", &[""], Rest::Any),
    ("se", &[""], Rest::Any),
    ("ber", &["", "r"], Rest::Any),
    ("be", &[""], Rest::Of("rktps")),
    ("ter", &["", "r"], Rest::Any),
    ("te", &[""], Rest::Of("rpt")),
    ("per", &["", "r"], Rest::Any),
    ("meng", &["k", ""], Rest::Vowel),
    ("meng", &[""], Rest::Of("gkhq")),
    ("menge", &[""], Rest::Any),
    ("meny", &["s"], Rest::Vowel),
    ("mem", &["p"], Rest::Vowel),
    ("mem", &[""], Rest::Of("bfvp")),
    ("men", &["t"], Rest::Vowel),
    ("men", &[""], Rest::Of("dcjzs")),
    ("me", &[""], Rest::Of("lrwymn")),
    ("peng", &["k", ""], Rest::Vowel),
    ("peng", &[""], Rest::Of("gkhq")),
    ("penge", &[""], Rest::Any),
    ("peny", &["s"], Rest::Vowel),
    ("pem", &["p"], Rest::Vowel),
    ("pem", &[""], Rest::Of("bfv")),
    ("pen", &["t"], Rest::Vowel),
    ("pen", &[""], Rest::Of("dcjzs")),
    ("pe", &[""], Rest::Any),
    // everyday speech
    ("nge", &[""], Rest::Any),
    ("ng", &["k", ""], Rest::Vowel),
    ("ng", &[""], Rest::Of("gh")),
    ("ny", &["s", "c"], Rest::Vowel),
];

enum Rest {
    Any,
    Vowel,
    Of(&'static str),
}

impl Rest {
    fn allows(&self, rest: &str) -> bool {
        match self {
            Self::Any => !rest.is_empty(),
            Self::Vowel => rest.starts_with(is_vowel),
            Self::Of(letters) => rest.starts_with(|c| letters.contains(c)),
        }
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'i' | 'u' | 'e' | 'o')
}

/// The stem of a plain Indonesian word. A repeated word has the stem of its half; a word of which nothing known is left
/// loses only its particle and its owner (`-lah`, `-nya`).
pub fn stem(word: &str) -> String {
    if let Some((first, second)) = word.split_once('-') {
        let (first, second) = (stem(first), stem(second));
        // meniru-nirukan: the second half has lost a letter to the prefix of the first
        let same = first == second || (second.len() >= 3 && first.get(1..) == second.get(1..));
        return if same { first } else { word.to_owned() };
    }
    if word.len() < SHORTEST || word.len() > LONGEST || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    root(word).filter(|root| root != word || IRREGULAR.contains_key(word)).unwrap_or_else(|| ending(word))
}

fn root(word: &str) -> Option<String> {
    let mut best: Option<(String, f32)> = None;
    for (stripped, taken) in without_suffixes(word) {
        consider(word, stripped, taken, &mut best);
        for (inner, more) in without_prefix(stripped) {
            consider(word, &inner, taken + more, &mut best);
            for (innermost, most) in without_prefix(&inner) {
                consider(word, &innermost, taken + more + most, &mut best);
            }
        }
    }
    best.map(|(root, _)| root)
}

/// Keeps `candidate` where it is a root and better than what was found before: much taken off, a common root left.
fn consider(word: &str, candidate: &str, taken: usize, best: &mut Option<(String, f32)>) {
    let value = match IRREGULAR.get(candidate) {
        // a listed word is not taken apart further; of several the longest is meant
        Some(_) => 100.0 + candidate.len() as f32,
        None => match regular(word, candidate, taken) {
            Some(value) => value,
            None => return,
        },
    };
    if best.as_ref().is_none_or(|(_, most)| value > *most) {
        let root = IRREGULAR.get(candidate).copied().unwrap_or(candidate);
        *best = Some((root.to_owned(), value));
    }
}

fn regular(word: &str, candidate: &str, taken: usize) -> Option<f32> {
    let cost = |word: &str| lexicon().get(word).and_then(|entry| entry.cost);
    let long = candidate.len() >= SHORTEST && two_vowels(candidate);
    let common = |root: f32| cost(word).is_none_or(|of_word| root <= of_word + RARER);
    let root = cost(candidate).filter(|root| taken == 0 || common(*root))?;
    (long || taken == 0 || SHORT_ROOTS.contains(&candidate)).then_some(taken as f32 - COST * root)
}

fn two_vowels(word: &str) -> bool {
    word.chars().filter(|c| is_vowel(*c)).count() >= 2
}

/// `word` without particle, owner and suffix, each perhaps, and how many letters went.
fn without_suffixes(word: &str) -> Vec<(&str, usize)> {
    let mut out = Vec::new();
    for particle in PARTICLES {
        let Some(word) = word.strip_suffix(particle) else { continue };
        for owner in OWNERS {
            let Some(word) = word.strip_suffix(owner) else { continue };
            for suffix in SUFFIXES {
                let Some(rest) = word.strip_suffix(suffix).filter(|rest| rest.len() >= 3) else { continue };
                out.push((rest, particle.len() + owner.len() + suffix.len()));
            }
        }
    }
    out
}

fn without_prefix(word: &str) -> Vec<(String, usize)> {
    let mut out = Vec::new();
    for (prefix, instead, allowed) in PREFIXES {
        let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.len() >= 2 && allowed.allows(rest))
        else {
            continue;
        };
        out.extend(instead.iter().map(|letter| (format!("{letter}{rest}"), prefix.len() - letter.len())));
    }
    if let Some(rest) =
        word.strip_prefix("bel").or_else(|| word.strip_prefix("pel")).filter(|rest| *rest == "ajar")
    {
        out.push((rest.to_owned(), 3));
    }
    out
}

/// Prefixes that are hardly ever the beginning of a root: stripped from any word.
const CERTAIN: &[&str] = &["meng", "meny", "mem", "men", "peng", "peny", "pem"];
/// Prefixes stripped from words that were never counted.
const LIKELY: &[&str] = &["ber", "di"];
/// Shortest rest of an unknown word.
const SHORTEST_UNKNOWN: usize = 5;

/// An unknown word without its particle and owner, and without a prefix and suffix that leave no doubt.
fn ending(word: &str) -> String {
    let strip = |word: &str, endings: &[&str]| {
        let end = endings.iter().find(|end| word.ends_with(**end) && word.len() - end.len() >= SHORTEST);
        word.len() - end.map_or(0, |end| end.len())
    };
    let word = &word[..strip(word, &["lah", "kah", "pun"])];
    let word = &word[..strip(word, &["nya"])];
    let unknown = !lexicon().knows(word);
    let shorter = word.strip_suffix("kan").unwrap_or(word);
    let certain = |(prefix, instead, allowed): &(&str, &[&str], Rest)| {
        let sure = CERTAIN.contains(prefix) || (unknown && LIKELY.contains(prefix));
        let rest = shorter.strip_prefix(prefix).filter(|rest| sure && allowed.allows(rest))?;
        let root = format!("{}{rest}", instead.first()?);
        (root.len() >= SHORTEST_UNKNOWN && two_vowels(&root)).then_some(root)
    };
    PREFIXES.iter().find_map(certain).unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn affixes_go_and_roots_stay() {
        for (word, wanted) in [
            ("membacakan", "baca"),
            ("menyapu", "sapu"),
            ("mengirimkannya", "kirim"),
            ("pemilihan", "pilih"),
            ("kesehatan", "sehat"),
            ("keuangan", "uang"),
            ("pertanyaan", "tanya"),
            ("diperbaiki", "baik"),
            ("bukunyalah", "buku"),
            ("anak-anaknya", "anak"),
            ("berjalan-jalan", "jalan"),
            ("belajar", "ajar"),
            ("menteri", "menteri"),
            ("kepala", "kepala"),
            ("polisi", "polisi"),
            ("makan", "makan"),
            ("makanan", "makan"),
            ("presiden", "presiden"),
            ("trenggaleknya", "trenggalek"),
            ("", ""),
        ] {
            assert_eq!(stem(word), wanted, "{word}");
        }
    }

    #[test]
    fn published_pairs_hold() {
        // the pairs are others' work and stay outside the repository
        let folder = std::env::var("SARING_DATA").unwrap_or_else(|_| "../../../shared/data".to_owned());
        let Ok(text) = std::fs::read_to_string(format!("{folder}/normalisation/stem_pairs.jsonl")) else {
            println!("skipped: no research data (SARING_DATA)");
            return;
        };
        let field = |line: &str, name: &str| {
            line.split(&format!("\"{name}\": \"")).nth(1)?.split('"').next().map(str::to_owned)
        };
        let pairs: Vec<_> =
            text.lines().filter_map(|line| Some((field(line, "word")?, field(line, "stem")?))).collect();
        let wrong: Vec<_> = pairs
            .iter()
            .map(|(word, root)| (word, root, stem(word)))
            .filter(|(_, root, found)| *root != found)
            .collect();
        println!("stems: {} of {} right; wrong: {wrong:?}", pairs.len() - wrong.len(), pairs.len());
        assert!(pairs.len() > 150 && wrong.len() * 100 <= pairs.len() * 22);
    }
}
