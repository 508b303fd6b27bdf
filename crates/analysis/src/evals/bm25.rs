//! Plain BM25 over titles as anybody would write it first: what the matcher has to beat in the same run.

use std::collections::HashMap;

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Titles, searchable by their lower-case words as they stand.
pub struct Bm25 {
    /// By word: titles with the word's weight in them.
    postings: HashMap<String, Vec<(u32, f64)>>,
    titles: usize,
}

impl Bm25 {
    /// Linear in the titles.
    pub fn new<'a>(titles: impl Iterator<Item = &'a str>) -> Self {
        let titles: Vec<Vec<String>> = titles.map(|title| tokens(title).collect()).collect();
        let mean = titles.iter().map(Vec::len).sum::<usize>() as f64 / titles.len().max(1) as f64;
        let mut times: HashMap<String, Vec<(u32, f64)>> = HashMap::new();
        for (at, title) in (0..).zip(&titles) {
            let damping = K1 * (1.0 - B + B * title.len() as f64 / mean.max(1e-9));
            let mut counts: HashMap<&String, f64> = HashMap::new();
            title.iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
            for (word, count) in counts {
                times.entry(word.clone()).or_default().push((at, count * (K1 + 1.0) / (count + damping)));
            }
        }
        for list in times.values_mut() {
            let (all, has) = (titles.len() as f64, list.len() as f64);
            let idf = (1.0 + (all - has + 0.5) / (has + 0.5)).ln();
            list.iter_mut().for_each(|(_, weight)| *weight *= idf);
        }
        Self { postings: times, titles: titles.len() }
    }

    /// The first `depth` titles for a text, best first; each of its words counts once, or as often as it stands there.
    pub fn search(&self, text: &str, once: bool, depth: usize) -> Vec<usize> {
        let mut words: Vec<String> = tokens(text).collect();
        words.sort_unstable();
        if once {
            words.dedup();
        }
        let mut scores = vec![0.0_f64; self.titles];
        for (title, weight) in words.iter().filter_map(|word| self.postings.get(word)).flatten() {
            scores[*title as usize] += weight;
        }
        let mut order: Vec<usize> = (0..self.titles).filter(|&title| scores[title] > 0.0).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        order.truncate(depth);
        order
    }
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_and_short_titles_win() {
        let titles = ["Buaya masuk pasar", "Buaya masuk sekolah di desa sebelah", "Ular masuk pasar"];
        let plain = Bm25::new(titles.into_iter());
        assert_eq!(plain.search("BUAYA masuk!", true, 9), [0, 1, 2]);
        assert_eq!(plain.search("masuk sekolah sekolah", false, 1), [1]);
        assert!(plain.search("", true, 9).is_empty());
    }
}
