//! Topics on which a false or hateful text does harm soon (`data/harm.txt`).

use saring_text::Plain;
use std::collections::HashMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../data/harm.txt");
/// The harms named in a priority at most.
const MOST: usize = 2;

/// Topics of a text with their weights, the most often named first.
pub(super) fn topics(plain: &Plain) -> Vec<(f64, &'static str)> {
    let words = words();
    let mut counts: Vec<(&'static str, u32)> = Vec::new();
    let mut count = |topic: &'static str| match counts.iter_mut().find(|(known, _)| *known == topic) {
        Some((_, count)) => *count += 1,
        None => counts.push((topic, 1)),
    };
    let mut before = "";
    for token in plain.words() {
        let word = token.text.as_str();
        words.get(word).copied().map(&mut count);
        words.get(format!("{before} {word}").as_str()).copied().map(&mut count);
        before = word;
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts.into_iter().take(MOST).map(|(topic, _)| (weight(topic), topic)).collect()
}

fn weight(topic: &str) -> f64 {
    match topic {
        "violence" | "disaster" => 0.25,
        "health" | "ethnicity" | "religion" => 0.2,
        _ => 0.15,
    }
}

fn words() -> &'static HashMap<&'static str, &'static str> {
    static WORDS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines =
            TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
        lines.flat_map(|(topic, words)| words.split(", ").map(move |word| (word.trim(), topic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_come_from_words_and_pairs() {
        let found =
            |text| -> Vec<&str> { topics(&Plain::of(text)).into_iter().map(|(_, topic)| topic).collect() };
        assert_eq!(found("vaksin bikin gempa? dokter membantah"), ["health", "disaster"]);
        assert_eq!(found("surat suara sudah dicoblos"), ["election"]);
        assert_eq!(found("pengungsi rohingya"), ["ethnicity"], "who fled is no disaster");
        assert_eq!(found("banjir di jawa timur"), ["disaster"], "a province is no people");
        assert_eq!(found("orang jawa"), ["ethnicity"]);
        assert!(found("selamat pagi semuanya").is_empty());
    }
}
