//! `saring claims`: the list of checked claims.

use crate::cli::ClaimsCommand;
use crate::wiring::House;
use anyhow::Context;
use jiff::Timestamp;
use saring_domain::Claim;
use saring_store::traits::Claims;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How many claims are written at once.
const BATCH: usize = 1000;

/// What reading and storing claim files came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Claims not known before.
    pub new: u32,
    /// Known claims that say something else now.
    pub changed: u32,
    /// Known claims as they were.
    pub unchanged: u32,
    /// Lines that stand twice in the same run; the last one counts.
    pub duplicates: u32,
    /// Lines that could not be read.
    pub bad: u32,
}

/// Runs `claims import` or `claims list`.
pub async fn run(house: &House, command: ClaimsCommand) -> anyhow::Result<bool> {
    match command {
        ClaimsCommand::Import { files, json } => {
            let counts = import(house, &files).await?;
            if json {
                println!("{}", serde_json::to_string(&counts)?);
            } else {
                println!(
                    "{} new, {} changed, {} unchanged, {} twice in the files, {} bad lines",
                    counts.new, counts.changed, counts.unchanged, counts.duplicates, counts.bad
                );
            }
            Ok(counts.bad == 0)
        }
        ClaimsCommand::List { words, limit, json } => list(house, &words.join(" "), limit, json).await,
    }
}

async fn import(house: &House, files: &[PathBuf]) -> anyhow::Result<Counts> {
    let (claims, mut counts) = read(files)?;
    let bar = crate::progress::bar(claims.len() as u64, "claims");
    for batch in claims.chunks(BATCH) {
        let (new, changed, unchanged) = house.store.import_claims(batch, Timestamp::now()).await?;
        counts.new += new;
        counts.changed += changed;
        counts.unchanged += unchanged;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(counts)
}

/// Reads claim files; bad lines are named on standard error and counted.
pub fn read(files: &[PathBuf]) -> anyhow::Result<(Vec<Claim>, Counts)> {
    let mut counts = Counts::default();
    let mut claims: Vec<Claim> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for file in files {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match parse(line) {
                Ok(claim) => match places.get(claim.id.as_str()) {
                    Some(&place) => {
                        counts.duplicates += 1;
                        claims[place] = claim;
                    }
                    None => {
                        places.insert(claim.id.0.clone(), claims.len());
                        claims.push(claim);
                    }
                },
                Err(why) => {
                    counts.bad += 1;
                    report(file, at + 1, &why);
                }
            }
        }
    }
    Ok((claims, counts))
}

fn report(file: &Path, line: usize, why: &str) {
    eprintln!("{}, line {line}: {why}; correct the line and import again, the others are in", file.display());
}

fn parse(line: &[u8]) -> Result<Claim, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let claim: Claim = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let named = |what: &str| format!("`{what}` is empty");
    if claim.id.as_str().trim().is_empty() {
        return Err(named("id"));
    }
    if claim.title.trim().is_empty() {
        return Err(named("title"));
    }
    Ok(claim)
}

async fn list(house: &House, words: &str, limit: u32, json: bool) -> anyhow::Result<bool> {
    let (claims, total) = house.store.find_claims(words, 0, limit).await?;
    for claim in &claims {
        if json {
            println!("{}", serde_json::to_string(claim)?);
        } else {
            let day = claim.date.map_or_else(|| "-".repeat(10), |day| day.to_string());
            let verdict = claim.verdict.as_deref().unwrap_or("unrated");
            println!("{day}  {:<16}  {}  [{verdict}]", claim.id, claim.title);
        }
    }
    if !json {
        println!("{} of {total} claims", claims.len());
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_counted_and_a_claim_that_stands_twice_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.jsonl");
        let lines = [
            "\u{feff}{\"id\":\"a\",\"title\":\"Air PDAM beracun\"}",
            "",
            "{\"id\":\"b\",\"title\":\"Banjir besok\",\"verdict\":\"SALAH\"}",
            "{\"id\":\"a\",\"title\":\"Air PDAM beracun kuman\"}",
            "{\"id\":\"c\"",
            "{\"id\":\"d\",\"title\":\" \"}",
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let (claims, counts) = read(&[path]).unwrap();
        assert_eq!(claims.len(), 2);
        assert_eq!(claims[0].title, "Air PDAM beracun kuman");
        assert_eq!(counts, Counts { duplicates: 1, bad: 2, ..Counts::default() });
    }
}
