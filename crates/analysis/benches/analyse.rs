//! Posts per second of the whole chain, one thread and all, with 7,000 and 200,000 synthetic claims.
//!
//! `cargo bench -p saring-analysis` prints a table; `-- 1000000` adds a size. Words follow Zipf's law over an invented
//! vocabulary, titles have 8 to 16 words, posts 8 to 40 (median 20); a third of the posts repeat two thirds of a title.

use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings, Stream};
use saring_domain::{Claim, Item, ItemKind};
use std::time::Instant;

const POSTS: usize = 20_000;
const BATCH: usize = 2048;

fn main() {
    let mut sizes = vec![7_000, 200_000];
    sizes.extend(std::env::args().filter_map(|arg| arg.parse::<usize>().ok()));
    println!("{:>9} {:>8} {:>10} {:>10} {:>9}", "claims", "threads", "posts/s", "us/post", "RSS MiB");
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
            let start = Instant::now();
            let mut stream = Stream::default();
            for items in posts.chunks(BATCH) {
                let judged = pool.install(|| analyser.judge(items));
                items.iter().zip(judged).for_each(|(item, mut judged)| stream.settle(item, &mut judged));
            }
            let seconds = start.elapsed().as_secs_f64();
            let (rate, each) = (POSTS as f64 / seconds, seconds / POSTS as f64 * 1e6);
            println!(
                "{size:>9} {:>8} {rate:>10.0} {each:>10.1} {:>9}",
                pool.current_num_threads(),
                resident()
            );
        }
    }
}

/// A fixed xorshift generator: the same texts on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    /// A rank below `most`, near to Zipf's law.
    fn zipf(&mut self, most: usize) -> usize {
        let even = (self.roll(1 << 30) as f64 + 1.0) / f64::from(1 << 30);
        ((most as f64).powf(even) as usize).min(most) - 1
    }
}

fn vocabulary(dice: &mut Dice) -> Vec<String> {
    const COMMON: &str = "yang di dan itu ini ke dari untuk tidak ada dengan akan sudah saya kita mereka orang karena bisa juga \
                          warga banjir Trenggalek vaksin bantuan jalan Panggul Bandung video viral pemerintah Jakarta gempa";
    const SYLLABLES: [&str; 24] = [
        "ba", "ka", "ra", "ti", "su", "ma", "la", "ngu", "nya", "pe", "ri", "do", "tan", "kar", "wi", "se",
        "gu", "lam", "pin", "ja", "mo", "be", "ha", "kon",
    ];
    let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
    while words.len() < 30_000 {
        let parts = 2 + dice.roll(3);
        words.push((0..parts).map(|_| SYLLABLES[dice.roll(SYLLABLES.len())]).collect());
    }
    words
}

fn sentence(dice: &mut Dice, words: &[String], length: usize) -> Vec<String> {
    (0..length).map(|_| words[dice.zipf(words.len())].clone()).collect()
}

fn claim(at: usize, dice: &mut Dice, words: &[String]) -> Claim {
    let length = 8 + dice.roll(9);
    Claim {
        id: format!("c{at}").into(),
        title: sentence(dice, words, length).join(" "),
        text: String::new(),
        url: None,
        date: None,
        verdict: Some("Salah".into()),
        source: None,
    }
}

fn post(at: usize, dice: &mut Dice, words: &[String], claims: &[Claim]) -> Item {
    let length = 8 + dice.roll(13) + dice.roll(21) * usize::from(dice.roll(2) == 0);
    let mut text = sentence(dice, words, length);
    if dice.roll(3) == 0 {
        let title = claims[dice.roll(claims.len())].title.split(' ');
        text.extend(title.filter(|_| dice.roll(3) > 0).map(str::to_owned));
    }
    Item {
        id: format!("i{at}").into(),
        capture: "p".into(),
        source: "s".into(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text: text.join(" "),
        url: None,
        outlet: None,
        posted_at: None,
        seen_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// Resident memory in MiB where the system tells it, else 0.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
