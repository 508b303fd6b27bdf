//! The index of known claims alone: building it, adding to it, matching posts, memory.
//!
//! `cargo bench -p saring-analysis --bench claims` prints a table for 7,000, 200,000 and a million invented claims;
//! `-- 7000` measures that size only.

mod invented;

use invented::{Dice, busy, claim, post, resident, vocabulary};
use saring_analysis::Known;
use saring_analysis::detect::known_claim::matches;
use saring_analysis::model::Models;
use saring_domain::{Claim, Item, Relation};
use std::time::Instant;

const POSTS: usize = 10_000;
const ADDED: usize = 1000;

fn main() {
    let mut sizes: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![7_000, 200_000, 1_000_000];
    }
    println!(
        "{:>9} {:>8} {:>10} {:>9} {:>9} {:>10} {:>9} {:>9}",
        "claims", "build s", "add 1000 s", "RSS MiB", "cpu us", "p99.9 us", "worst us", "accepted"
    );
    for size in sizes {
        let mut dice = Dice(20_261_125);
        let words = vocabulary(&mut dice);
        let claims: Vec<Claim> = (0..size + ADDED).map(|at| claim(at, &mut dice, &words)).collect();
        let posts: Vec<Item> = (0..POSTS).map(|at| post(at, &mut dice, &words, &claims)).collect();
        let before = resident();
        let start = Instant::now();
        let Ok(mut known) = Known::new(&Models::shipped(), &claims[..size]) else { return };
        let build = start.elapsed().as_secs_f64();
        let start = Instant::now();
        known.claims.add(&claims[size..]);
        let add = start.elapsed().as_secs_f64();
        let memory = resident().saturating_sub(before);
        let mut times: Vec<f64> = Vec::with_capacity(POSTS);
        let mut accepted = 0;
        let spent = busy();
        for item in &posts {
            let start = Instant::now();
            let found = matches(&known, &item.text, None, 5);
            times.push(start.elapsed().as_secs_f64() * 1e6);
            accepted += usize::from(found.first().is_some_and(|best| best.relation == Relation::Same));
        }
        let mean = (busy() - spent) as f64 / POSTS as f64 / 1e3;
        times.sort_by(f64::total_cmp);
        let (tail, worst) = (times[POSTS - POSTS / 1000 - 1], times[POSTS - 1]);
        println!(
            "{size:>9} {build:>8.2} {add:>10.3} {memory:>9} {mean:>9.1} {tail:>10.0} {worst:>9.0} {accepted:>9}"
        );
    }
}
