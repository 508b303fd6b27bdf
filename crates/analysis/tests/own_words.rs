//! The sentences we train on are our own: none shares a long run of words with a case that measures it.

use saring_analysis::evals::language::more_sentences;
use saring_analysis::train::read_jsonl;
use saring_analysis::train::templates::{
    ATTACK, CRITICISM, EVERYDAY_ATTACK, EVERYDAY_FAIR, FAIR, LANES, draw_about,
};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// So many words in a row are no chance.
const RUN: usize = 6;
/// Sentences drawn of every template.
const DRAWS: u64 = 150;
/// Stands for a group and for slots: runs with it are the frame of any sentence about people.
const GROUP: &str = "g";

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn runs(text: &str) -> Vec<String> {
    let of = |run: &[String]| run.iter().all(|word| word != GROUP).then(|| run.join(" "));
    words(text).windows(RUN).filter_map(of).collect()
}

#[test]
fn no_template_repeats_a_case_that_measures_it() {
    let data =
        std::env::var_os("SARING_DATA").map_or_else(|| PathBuf::from("../../../shared/data"), PathBuf::from);
    let files = ["functional/id_silver.jsonl", "functional/ms_annotated.jsonl"].map(|file| data.join(file));
    if !files[0].is_file() {
        return println!("skipped: no research data");
    }
    let mut measured: HashSet<String> = HashSet::new();
    for file in files {
        for case in read_jsonl(&file).unwrap() {
            measured.extend(runs(case["text"].as_str().unwrap_or_default()));
        }
    }
    assert!(measured.len() > 10_000);
    let mut repeated: HashMap<&str, String> = HashMap::new();
    for line in
        [ATTACK, FAIR, EVERYDAY_FAIR, EVERYDAY_ATTACK, CRITICISM, LANES].into_iter().flat_map(str::lines)
    {
        if line.starts_with('#') {
            continue;
        }
        for seed in 0..DRAWS {
            let drawn = draw_about(line, GROUP, seed);
            if let Some(run) = runs(&drawn).into_iter().find(|run| measured.contains(run)) {
                repeated.insert(line, run);
                break;
            }
        }
    }
    let frames = std::fs::read_to_string("../../samples/language/ms_frames.txt").unwrap();
    for frame in frames.lines().filter(|line| !line.starts_with('#') && !line.starts_with("G=")) {
        let drawn = (0..DRAWS).map(|seed| draw_about(frame, GROUP, seed));
        let found = drawn.flat_map(|text| runs(&text)).find(|run| measured.contains(run));
        found.map(|run| repeated.insert(frame, run));
    }
    for code in ["id", "ms"] {
        for line in more_sentences(code, false) {
            let found = runs(line).into_iter().find(|run| measured.contains(run));
            found.map(|run| repeated.insert(line, run));
        }
    }
    let told: Vec<String> = repeated.iter().map(|(line, run)| format!("'{run}' of {line}")).collect();
    assert!(told.is_empty(), "say it in other words:\n{}", told.join("\n"));
}
