//! Invented claims and posts: the same on every machine.

#[allow(dead_code, reason = "not every bench asks for it")]
pub mod hostile;

use saring_domain::{Claim, Item, ItemKind};

/// The allocator that the program has too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A fixed xorshift generator: the same texts on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
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

/// 30,000 words, common ones first.
pub fn vocabulary(dice: &mut Dice) -> Vec<String> {
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

/// A claim with a title of 8 to 16 words.
pub fn claim(at: usize, dice: &mut Dice, words: &[String]) -> Claim {
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

/// A post of 8 to 40 words (median 20); a third repeat two thirds of a title.
pub fn post(at: usize, dice: &mut Dice, words: &[String], claims: &[Claim]) -> Item {
    let length = 8 + dice.roll(13) + dice.roll(21) * usize::from(dice.roll(2) == 0);
    let mut text = sentence(dice, words, length);
    if dice.roll(3) == 0 {
        let title = claims[dice.roll(claims.len())].title.split(' ');
        text.extend(title.filter(|_| dice.roll(3) > 0).map(str::to_owned));
    }
    item(at, text.join(" "))
}

/// Resident memory in MiB where the system tells it, else 0.
#[allow(dead_code, reason = "not every bench asks for it")]
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Nanoseconds this thread has run where the system tells it, else of the wall clock: others on the machine do not count.
#[allow(dead_code, reason = "not every bench asks for it")]
pub fn busy() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ran = status.split_whitespace().next().and_then(|first| first.parse().ok());
    ran.unwrap_or_else(|| {
        std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64)
    })
}

/// Posts of the research data where `SARING_DATA` names its folder, else none.
#[allow(dead_code, reason = "not every bench asks for it")]
pub fn real_posts() -> Vec<Item> {
    let Ok(data) = std::env::var("SARING_DATA") else { return Vec::new() };
    let mut out = Vec::new();
    for file in ["hate/dev.jsonl", "hoax/pairs_dev.jsonl", "hoax/negatives.jsonl"] {
        let text = std::fs::read_to_string(std::path::Path::new(&data).join(file)).unwrap_or_default();
        for line in text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()) {
            let text = line["text"].as_str().or(line["query"].as_str()).unwrap_or_default();
            out.push(item(out.len(), text.to_owned()));
        }
    }
    out
}

/// A post of unknown origin.
pub fn item(at: usize, text: String) -> Item {
    Item {
        id: format!("i{at}").into(),
        capture: "p".into(),
        source: "s".into(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text,
        url: None,
        outlet: None,
        posted_at: None,
        seen_at: jiff::Timestamp::UNIX_EPOCH,
    }
}
