//! Prints the plain words of each line of standard input; with `--language` its language and probability; with
//! `--speed` only how many lines per second one thread normalises.

use saring_text::Plain;
use std::io::{Read, stdin};
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    stdin().read_to_string(&mut text)?;
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if asked("--language") {
        for line in text.lines() {
            let guess = saring_text::language::guess(&Plain::of(line));
            println!("{}\t{:.3}\t{line}", guess.code, guess.score);
        }
        return Ok(());
    }
    if !asked("--speed") {
        for line in text.lines() {
            let words: Vec<_> = Plain::of(line).words().map(|token| token.text.clone()).collect();
            println!("{}", words.join(" "));
        }
        return Ok(());
    }
    let _ = Plain::of("");
    let start = Instant::now();
    let tokens: usize = text.lines().map(|line| Plain::of(line).tokens.len()).sum();
    let (lines, seconds) = (text.lines().count(), start.elapsed().as_secs_f64());
    println!("{lines} texts, {tokens} tokens in {seconds:.2} s: {:.0} texts/s", lines as f64 / seconds);
    Ok(())
}
