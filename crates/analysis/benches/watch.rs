//! Terms x items per second of the matcher of watches, beside a plain loop of `contains` over the same posts.
//!
//! `cargo bench -p saring-analysis --bench watch` with 1,000, 10,000 and 100,000 invented terms; one thread. The posts are
//! in their plain form already, as the judging service has them; the loop looks for each term in the lower-case text, finds
//! no variant of spelling and minds no word boundary.

mod invented;

use invented::{Dice, busy, post, vocabulary};
use saring_analysis::{Followed, Matcher};
use saring_domain::{Claim, Item};
use saring_text::Plain;
use std::hint::black_box;

const POSTS: usize = 5_000;
/// Posts for the loop, which is slow.
const FEW: usize = 100;

fn main() {
    let mut dice = Dice(20_261_126);
    let words = vocabulary(&mut dice);
    let claims: Vec<Claim> = (0..500).map(|at| invented::claim(at, &mut dice, &words)).collect();
    let posts: Vec<Item> = (0..POSTS).map(|at| post(at, &mut dice, &words, &claims)).collect();
    let plain: Vec<Plain> = posts.iter().map(|item| Plain::of(&item.text)).collect();
    let lower: Vec<String> = posts.iter().map(|item| item.text.to_lowercase()).collect();
    println!("{POSTS} posts, one thread");
    for terms in [1_000, 10_000, 100_000] {
        // twenty terms a watch, each of one to three words that are not among the commonest
        let word = |dice: &mut Dice| words[60 + dice.roll(words.len() - 60)].clone();
        let term = |dice: &mut Dice| (0..1 + dice.roll(3)).map(|_| word(dice)).collect::<Vec<_>>().join(" ");
        let watches: Vec<Followed> = (0..terms / 20)
            .map(|_| Followed { terms: (0..20).map(|_| term(&mut dice)).collect(), about: String::new() })
            .collect();
        let before = busy();
        let Ok(matcher) = Matcher::new(&watches) else { return };
        let built = seconds(before);
        plain.iter().for_each(|plain| drop(black_box(matcher.look(plain)))); // warms caches
        let before = busy();
        let caught: usize = plain.iter().map(|plain| black_box(matcher.look(plain)).caught.len()).sum();
        let ours = (terms * POSTS) as f64 / seconds(before);
        let all: Vec<&String> = watches.iter().flat_map(|watch| &watch.terms).collect();
        let before = busy();
        let naive = |text: &String| all.iter().filter(|term| text.contains(term.as_str())).count();
        let found: usize = lower[..FEW].iter().map(|text| black_box(naive(text))).sum();
        let loops = (terms * FEW) as f64 / seconds(before);
        println!(
            "{terms:>7} terms: built in {built:.2} s; {:.0} million terms x items/s, {:.0} items/s, {caught} caught; \
             loop {:.0} million ({found} found in {FEW}); ratio {:.1}",
            ours / 1e6,
            ours / terms as f64,
            loops / 1e6,
            ours / loops
        );
    }
}

fn seconds(since: u64) -> f64 {
    (busy() - since).max(1) as f64 / 1e9
}
