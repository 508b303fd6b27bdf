//! Where the time of a post goes: microseconds and share of every stage, as a text flame graph.
//!
//! `cargo bench -p saring-analysis --bench stages` measures with 7,000 and 200,000 invented claims; `-- 7000` that size only.
//! One thread. With `SARING_DATA` set, real posts of the research data are read beside the invented ones.

mod invented;

use invented::{Dice, busy, claim, post, real_posts, vocabulary};
use saring_analysis::analyser::Settings;
use saring_analysis::claims::words;
use saring_analysis::detect::duplicate::Print;
use saring_analysis::detect::{DETECTORS, Detector, Subject};
use saring_analysis::model::Models;
use saring_analysis::prioritise::prioritise;
use saring_analysis::{Known, known};
use saring_domain::{Claim, Item, Judgement};
use std::hint::black_box;

const POSTS: usize = 10_000;

fn main() {
    let mut sizes: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![7_000, 200_000];
    }
    for size in sizes {
        let mut dice = Dice(20_261_125);
        let vocabulary = vocabulary(&mut dice);
        let claims: Vec<Claim> = (0..size).map(|at| claim(at, &mut dice, &vocabulary)).collect();
        let posts: Vec<Item> = (0..POSTS).map(|at| post(at, &mut dice, &vocabulary, &claims)).collect();
        let Ok(known) = Known::new(&Models::shipped(), &claims) else { return };
        show(&format!("{size} invented claims, {POSTS} invented posts"), &posts, &known);
        let real = real_posts();
        if !real.is_empty() {
            show(
                &format!("{size} invented claims, {} posts of the research data", real.len()),
                &real,
                &known,
            );
        }
    }
}

/// Runs the stages one after another over all posts, each stage by itself, and prints their shares.
fn show(title: &str, posts: &[Item], known: &known::Known) {
    let (models, settings) = (Models::shipped(), Settings::default());
    let detectors: Vec<Box<dyn Detector>> =
        DETECTORS.iter().filter_map(|build| build(&models, &settings).ok()).collect();
    let mut stages: Vec<(String, u64)> = Vec::new();
    let mut time = |name: &str, work: &mut dyn FnMut()| {
        let before = busy();
        work();
        stages.push((name.to_owned(), busy() - before));
    };
    let mut subjects = Vec::new();
    // the first round warms caches and scratch memory
    posts.iter().for_each(|item| drop(black_box(Subject::of(item))));
    time("text: plain", &mut || subjects = posts.iter().map(Subject::of).collect());
    time("text: print", &mut || {
        subjects.iter().for_each(|subject| drop(black_box(Print::of(&subject.plain))));
    });
    time("claims: words", &mut || {
        subjects.iter().for_each(|subject| drop(black_box(words(&subject.text))));
    });
    time("heads: stream", &mut || {
        subjects.iter().for_each(|subject| {
            black_box(subject.stream(known));
        });
    });
    let mut judgements: Vec<Judgement> =
        posts.iter().map(|item| Judgement::blank(item.id.as_str())).collect();
    for detector in &detectors {
        time(detector.card().name, &mut || {
            for (subject, judgement) in subjects.iter().zip(&mut judgements) {
                detector.detect(subject, known, judgement);
            }
        });
    }
    time("prioritise", &mut || {
        for (subject, judgement) in subjects.iter().zip(&mut judgements) {
            prioritise(subject, known, judgement);
        }
    });
    let all: u64 = stages.iter().filter(|stage| stage.0 != "claims: words").map(|stage| stage.1).sum();
    println!("\n{title}: {:.1} us a post", all as f64 / posts.len() as f64 / 1e3);
    for (name, spent) in stages {
        let (each, share) = (spent as f64 / posts.len() as f64 / 1e3, spent as f64 / all.max(1) as f64);
        // the words of claims are a part of known_claim
        let indent = if name == "claims: words" { "  of it " } else { "" };
        println!(
            "{:<24}{each:>8.1} us {:>5.1} % {}",
            format!("{indent}{name}"),
            share * 100.0,
            "#".repeat((share * 60.0) as usize)
        );
    }
}
