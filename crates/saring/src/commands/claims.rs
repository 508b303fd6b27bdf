//! `saring claims`: the list of checked claims.

use crate::claim_files;
use crate::cli::ClaimsCommand;
use crate::wiring::House;
use jiff::Timestamp;
use saring_store::traits::Claims;
use std::path::PathBuf;

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
    let read = claim_files::read(files)?;
    let mut counts = Counts::default();
    for file in &read.files {
        counts.duplicates += file.repeated;
        for (line, why) in &file.bad {
            counts.bad += 1;
            let path = file.path.display();
            eprintln!("{path}, line {line}: {why}; correct the line and import again, the others are in");
        }
        for (line, date) in &file.undated {
            let path = file.path.display();
            eprintln!(
                "{path}, line {line}: `date` is '{date}', not as 2026-11-24; its claim is in without a date"
            );
        }
    }
    let bar = crate::progress::bar(read.claims.len() as u64, "claims");
    for batch in read.claims.chunks(BATCH) {
        let (new, changed, unchanged) = house.store.import_claims(batch, Timestamp::now()).await?;
        counts.new += new;
        counts.changed += changed;
        counts.unchanged += unchanged;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(counts)
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
