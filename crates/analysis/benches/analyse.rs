//! Posts per second of the whole chain, one thread and all, with 7,000 and 200,000 synthetic claims.
//!
//! `cargo bench -p saring-analysis` prints a table; `-- 1000000` adds a size. Words follow Zipf's law over an invented
//! vocabulary, titles have 8 to 16 words, posts 8 to 40 (median 20); a third of the posts repeat two thirds of a title. The last
//! but one column is processor time of all threads: on a busy machine it says more than the clock.

mod invented;

use invented::{Dice, claim, post, resident, vocabulary};
use rustix::time::{ClockId, clock_gettime};
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings, Stream};
use saring_domain::{Claim, Item};
use std::time::Instant;

const POSTS: usize = 20_000;
const BATCH: usize = 2048;

fn main() {
    let mut sizes = vec![7_000, 200_000];
    sizes.extend(std::env::args().filter_map(|arg| arg.parse::<usize>().ok()));
    println!(
        "{:>9} {:>8} {:>10} {:>10} {:>10} {:>9}",
        "claims", "threads", "posts/s", "us/post", "cpu us", "RSS MiB"
    );
    for size in sizes {
        let mut dice = Dice(20_261_125);
        let words = vocabulary(&mut dice);
        let claims: Vec<Claim> = (0..size).map(|at| claim(at, &mut dice, &words)).collect();
        let posts: Vec<Item> = (0..POSTS).map(|at| post(at, &mut dice, &words, &claims)).collect();
        let models = Models::shipped();
        let known = Known::new(&models, &claims).unwrap_or_default();
        let Ok(analyser) = Analyser::new(&models, known, &Settings::default()) else { return };
        for threads in [1, 0] {
            let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { return };
            let (start, spent) = (Instant::now(), processor());
            let mut stream = Stream::default();
            for items in posts.chunks(BATCH) {
                let judged = pool.install(|| analyser.judge(items));
                items.iter().zip(judged).for_each(|(item, mut judged)| stream.settle(item, &mut judged));
            }
            let seconds = start.elapsed().as_secs_f64();
            let (rate, each) = (POSTS as f64 / seconds, seconds / POSTS as f64 * 1e6);
            let cpu = (processor() - spent) / POSTS as f64 * 1e6;
            println!(
                "{size:>9} {:>8} {rate:>10.0} {each:>10.1} {cpu:>10.1} {:>9}",
                pool.current_num_threads(),
                resident()
            );
        }
    }
}

/// Seconds that all threads of the process have run.
fn processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
