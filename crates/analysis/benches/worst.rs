//! How long one item may take: ordinary posts, and texts written to keep a machine busy.
//!
//! `cargo bench -p saring-analysis --bench worst` prints a table for 7,000 and 200,000 invented claims; `-- 7000` measures that
//! size only. Time is that of this thread alone, whatever else the machine does. Hostile texts have 200,000 characters;
//! behind the table stand the slowest of them.

mod invented;

use invented::hostile::shapes;
use invented::{Dice, claim, item, post, real_posts, vocabulary};
use rustix::time::{ClockId, clock_gettime};
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings};
use saring_domain::{Claim, Item};
use std::hint::black_box;

const POSTS: usize = 10_000;
/// Characters of a hostile text.
const LONG: usize = 200_000;
/// Every hostile text is judged so many times.
const TIMES: usize = 5;
/// Slowest shapes that are named.
const NAMED: usize = 6;

fn main() {
    let mut sizes: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![7_000, 200_000];
    }
    println!(
        "{:>9} {:<26} {:>7} {:>9} {:>9} {:>9} {:>9}",
        "claims", "texts", "number", "p50 ms", "p99 ms", "p99.9 ms", "worst ms"
    );
    for size in sizes {
        let mut dice = Dice(20_261_125);
        let words = vocabulary(&mut dice);
        let claims: Vec<Claim> = (0..size).map(|at| claim(at, &mut dice, &words)).collect();
        let posts: Vec<Item> = (0..POSTS).map(|at| post(at, &mut dice, &words, &claims)).collect();
        let models = Models::shipped();
        let known = Known::new(&models, &claims).unwrap_or_default();
        let Ok(analyser) = Analyser::new(&models, known, &Settings::default()) else { return };
        let judge =
            |items: &[Item]| items.iter().map(|item| milliseconds(&analyser, item)).collect::<Vec<f64>>();
        judge(&posts); // the first round reads the tables
        show(size, "invented posts", judge(&posts));
        let real = real_posts();
        if !real.is_empty() {
            show(size, "posts of the research data", judge(&real));
        }
        let (names, texts): (Vec<_>, Vec<_>) = shapes(LONG).into_iter().unzip();
        let hostile: Vec<Item> = texts.into_iter().enumerate().map(|(at, text)| item(at, text)).collect();
        let times: Vec<f64> = (0..TIMES).flat_map(|_| judge(&hostile)).collect();
        show(size, "hostile texts", times.clone());
        // what a long text leaves behind must not slow down the posts after it
        show(size, "invented posts after these", judge(&posts));
        slowest(&names, &times);
    }
}

/// Time of this thread for one item.
fn milliseconds(analyser: &Analyser, item: &Item) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
    };
    let start = now();
    black_box(analyser.judge_one(item));
    now() - start
}

fn show(claims: usize, texts: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!(
        "{claims:>9} {texts:<26} {:>7} {:>9.3} {:>9.3} {:>9.3} {:>9.3}",
        times.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}

/// The shapes that took longest, by their quickest time.
fn slowest(names: &[&str], times: &[f64]) {
    let least = |at: usize| times.iter().skip(at).step_by(names.len()).copied().fold(f64::MAX, f64::min);
    let mut by_shape: Vec<(f64, &str)> =
        names.iter().enumerate().map(|(at, name)| (least(at), *name)).collect();
    by_shape.sort_by(|a, b| b.0.total_cmp(&a.0));
    by_shape.iter().take(NAMED).for_each(|(time, name)| println!("{:>9} {name}: {time:.1} ms", ""));
}
