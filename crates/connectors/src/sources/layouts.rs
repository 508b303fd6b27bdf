//! How well the text of articles is taken out of the layouts of Indonesian media, on invented pages with gold text.
//! `evals/articles/compare.py` measures other extractors on them, and all of them on pages that others collected.

use super::about::Clock;
use super::page;
use crate::{bed, when};
use std::collections::HashMap;
use std::path::PathBuf;

/// How often each run of four words stands in a text; the words alone where there are fewer.
fn shingles(text: &str) -> HashMap<Vec<String>, usize> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    let mut out = HashMap::new();
    for run in words.windows(words.len().clamp(1, 4)) {
        *out.entry(run.to_vec()).or_default() += 1;
    }
    out
}

/// Precision and recall of runs of four words, counted as in scrapinghub/article-extraction-benchmark (`evaluate.py`).
fn score(gold: &str, got: &str) -> (f64, f64) {
    let (gold, got) = (shingles(gold), shingles(got));
    let both: usize = gold.iter().map(|(run, n)| *got.get(run).unwrap_or(&0).min(n)).sum();
    let of = |all: &HashMap<Vec<String>, usize>| both as f64 / all.values().sum::<usize>().max(1) as f64;
    (of(&got), of(&gold))
}

#[test]
fn the_layouts_of_indonesian_media_give_their_article_and_little_else() {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/layouts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&own).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "html"));
    files.sort();
    assert!(files.len() >= 14);
    let (mut precision, mut recall) = (0.0, 0.0);
    for file in &files {
        let html = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        let gold = std::fs::read_to_string(file.with_extension("txt")).unwrap();
        let read = super::article(&html, "https://warta.example/berita/judul", bed::now());
        let text = read.map(|read| read.text).unwrap_or_default();
        let (p, r) = score(&gold, &text);
        println!("{:<12} precision {p:.3} recall {r:.3}", file.file_stem().unwrap().to_string_lossy());
        (precision, recall) = (precision + p, recall + r);
        assert!(p > 0.8 && r > 0.9, "{}: {p:.3} {r:.3}\n{text}", file.display());
    }
    let n = files.len() as f64;
    let (p, r) = (precision / n, recall / n);
    println!("{n} pages: precision {p:.3} recall {r:.3} F1 {:.3}", 2.0 * p * r / (p + r));
}

#[test]
fn no_date_of_a_layout_is_lost_that_is_printed_with_a_clock() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/layouts");
    let clock = Clock { zone: when::capital(), now: bed::now() };
    for name in ["detik", "kompas", "tribun", "liputan"] {
        let html = std::fs::read_to_string(folder.join(format!("{name}.html"))).unwrap();
        let article = page::extract(&html, "https://warta.example/a", None, &clock).unwrap();
        assert_eq!(article.posted_at, "2026-11-24T00:15:00Z".parse().ok(), "{name}");
    }
}
