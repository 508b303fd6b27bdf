//! `saring import`: a file of public posts into the store. The same file twice adds nothing.

use crate::cli::ImportArgs;
use crate::commands::patrol::{judged, print_counts};
use crate::progress;
use crate::services::analyse::Judge;
use crate::wiring::House;
use anyhow::{Context, ensure};
use jiff::Timestamp;
use saring_connectors::files::{self, Field, Format, Options, Row};
use saring_domain::{Capture, Item, SourceId};
use saring_store::traits::Captures;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Rows per transaction.
const BATCH: usize = 1000;
/// Bad lines that are named; the rest is counted.
const NAMED: u64 = 20;

/// What an import came to: `lines = new + repeated + bad`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Lines that are not empty.
    pub lines: u64,
    /// Items not stored before.
    pub new: u64,
    /// Items stored before.
    pub repeated: u64,
    /// Lines that could not be read.
    pub bad: u64,
    /// Seconds until everything was stored.
    pub seconds: f64,
}

/// Reads, stores and (unless told not to) judges.
pub async fn run(house: House, args: &ImportArgs) -> anyhow::Result<bool> {
    let house = Arc::new(house);
    let options = options(&house, args).await?;
    let mut counts = Counts::default();
    let start = std::time::Instant::now();
    for file in files::list(&args.file)? {
        read(&house, &file, &options, args.json, &mut counts).await?;
    }
    counts.seconds = start.elapsed().as_secs_f64();
    let judged = if args.no_analyse {
        None
    } else {
        Some(judged(&mut Judge::new(Arc::clone(&house)).await?, counts.new).await?)
    };
    if args.json {
        println!("{}", serde_json::json!({ "import": counts, "analysis": judged }));
    } else {
        let rate = counts.lines as f64 / counts.seconds.max(1e-3);
        println!(
            "{} lines: {} new, {} repeated, {} bad; stored in {:.1} s ({rate:.0} lines/s)",
            counts.lines, counts.new, counts.repeated, counts.bad, counts.seconds
        );
        if counts.bad > NAMED {
            println!("{} further bad lines were counted but not named", counts.bad - NAMED);
        }
        judged.as_ref().map(print_counts);
    }
    house.store.close().await;
    Ok(counts.bad == 0)
}

async fn options(house: &House, args: &ImportArgs) -> anyhow::Result<Options> {
    let source = args.source.clone().unwrap_or_else(|| name_of(&args.file));
    ensure!(!source.is_empty(), "name the source with --source");
    let now = Timestamp::now();
    let mut options = Options::new(SourceId(source), house.store.epoch_key(now).await?, now);
    options.format =
        args.format.as_deref().map(str::parse::<Format>).transpose().map_err(anyhow::Error::msg)?;
    for map in &args.maps {
        let (field, header) =
            map.split_once('=').with_context(|| format!("--map {map}: write FIELD=HEADER"))?;
        options.maps.push((field.parse::<Field>().map_err(anyhow::Error::msg)?, header.to_owned()));
    }
    Ok(options)
}

/// The name of the file as a source id: small letters, digits and dashes.
fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    plain.trim_matches('-').chars().take(64).collect()
}

/// What the reading thread hands over.
enum Piece {
    Batch(Vec<(Capture, Item)>),
    Bad(u64, String),
    At(u64),
}

/// Reads on one thread while the other stores.
async fn read(
    house: &House,
    file: &Path,
    options: &Options,
    quiet: bool,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let rows = files::open(file, options)?;
    if !quiet {
        let mapping = rows.mapping().to_string();
        let shown = if mapping.is_empty() { String::new() } else { format!(", {mapping}") };
        println!("{}: {}{shown} (source {})", file.display(), rows.format(), options.source);
    }
    let bar = progress::bytes(rows.length(), "reading");
    let (send, mut receive) = mpsc::channel(4);
    let reader = tokio::task::spawn_blocking(move || pieces(rows, &send));
    while let Some(piece) = receive.recv().await {
        match piece {
            Piece::At(byte) => bar.set_position(byte),
            Piece::Bad(line, why) => {
                counts.bad += 1;
                counts.lines += 1;
                if counts.bad <= NAMED {
                    bar.suspend(|| eprintln!("{}, line {line}: {why}", file.display()));
                }
            }
            Piece::Batch(batch) => {
                let saved = house.store.save(&options.source, &batch, None, Timestamp::now()).await?;
                counts.lines += batch.len() as u64;
                counts.new += u64::from(saved.new);
                counts.repeated += u64::from(saved.repeated);
            }
        }
    }
    bar.finish_and_clear();
    reader.await.context("reading the file")
}

fn pieces(mut rows: files::Rows, send: &mpsc::Sender<Piece>) {
    let mut batch = Vec::with_capacity(BATCH);
    // the other side hangs up only after an error of its own
    let hand = |piece| send.blocking_send(piece).is_ok();
    while let Some(row) = rows.next() {
        match row {
            Row::Good(entry) => batch.push(*entry),
            Row::Bad { line, flaw } => {
                if !hand(Piece::Bad(line, flaw.to_string())) {
                    return;
                }
            }
        }
        if batch.len() == BATCH
            && !(hand(Piece::Batch(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))))
                && hand(Piece::At(rows.place().byte)))
        {
            return;
        }
    }
    hand(Piece::Batch(batch));
}
