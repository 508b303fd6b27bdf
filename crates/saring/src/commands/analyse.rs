//! `saring analyse`: judges a stream of JSON lines without a store.

mod copies;
mod line;
mod outcome;
mod stages;

use crate::config::read_groups;
use crate::{claim_files, encoder};
use anyhow::Context;
use clap::Args;
use copies::Copies;
use line::Line;
use outcome::Outcome;
use rayon::ThreadPool;
use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings, Stream, in_runs};
use stages::Stages;
use std::io::{BufRead, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

/// Lines judged at once: several of what threads take together, so that none waits long for the last.
const BATCH: usize = 2048;
/// A batch also ends at this many bytes, so that long articles do not pile up.
const BATCH_BYTES: usize = 16 << 20;
/// How long a batch waits for the next line: what comes slowly is answered at once.
const PATIENCE: Duration = Duration::from_millis(2);
/// Lines read ahead, of which only the last may be longer than [`line::LONG`].
const AHEAD: usize = 64;

/// `saring analyse`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = "Examples:
  saring analyse --claims claims.jsonl < items.jsonl > findings.jsonl
  head -1000 items.jsonl | saring analyse --threads 1 --stats > /dev/null
One JSON object per line: id (or qid), text (or query), and where known posted_at (RFC 3339), url, source,
kind (post, article, comment, tip). A line that cannot be read gives an error object in its place and exit code 1 at
the end.")]
pub struct AnalyseArgs {
    /// Checked claims, JSON lines: id, title, text, url, date, verdict, source
    #[arg(long, value_name = "FILE")]
    pub claims: Vec<PathBuf>,
    /// Protected groups that are added to the built-in list or taken off it, as `groups` of the settings
    #[arg(long, value_name = "FILE")]
    pub groups: Option<PathBuf>,
    /// Candidate claims listed per item
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub top: usize,
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
    /// Put claims in order with the sentence encoder too: slower by far, finds more; see `saring model install`
    #[arg(long)]
    pub precise: bool,
    /// Time per stage on standard error at the end
    #[arg(long)]
    pub stats: bool,
}

/// Judges `input` line by line into `output`, in the order of the input. `true` where every line was good.
///
/// # Errors
/// The claims cannot be read, a stream breaks, or the encoder is asked for.
pub fn run(
    args: &AnalyseArgs,
    input: impl BufRead + Send,
    output: &mut impl Write,
    messages: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut stages = Stages::default();
    let analyser = stages.time("load", 1, || load(args, messages))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .build()
        .context("threads cannot be started; try --threads 1")?;
    stages.start();
    let good = std::thread::scope(|scope| {
        let ((hand, lines), (took, taken)) = (sync_channel(AHEAD), channel());
        scope.spawn(move || line::hand_on(input, &hand, &taken));
        judge(&Lines { lines, took }, &analyser, &pool, output, &mut stages)
    })?;
    if args.stats {
        write!(messages, "{stages}")?;
    }
    Ok(good)
}

fn judge(
    lines: &Lines,
    analyser: &Analyser,
    pool: &ThreadPool,
    output: &mut impl Write,
    stages: &mut Stages,
) -> anyhow::Result<bool> {
    let (copies, mut stream) = (Copies::default(), Stream::default());
    let (mut good, mut before) = (true, Vec::new());
    loop {
        let lines = stages.time("read", 0, || lines.batch(before.is_empty())).context("standard input")?;
        if lines.is_empty() && before.is_empty() {
            return Ok(good);
        }
        // while the pool judges this batch, this thread finishes the one before
        let (mut judged, mut judging) = (Vec::new(), Duration::ZERO);
        let written = pool.in_place_scope(|scope| {
            scope.spawn(|_| {
                let start = Instant::now();
                judged = in_runs(&lines, Line::len, |lines| Outcome::of(analyser, &copies, lines));
                judging = start.elapsed();
            });
            finish(std::mem::take(&mut before), &mut stream, output, stages)?;
            // nothing has come meanwhile
            if lines.is_empty() { output.flush() } else { Ok(()) }
        });
        stages.add("judge", lines.len(), judging);
        match written {
            // whoever reads us has enough, as `head` does
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(good),
            written => written.context("standard output")?,
        }
        good &= judged.iter().all(Outcome::is_good);
        before = judged;
    }
}

/// What [`line::hand_on`] hands on, and where it is told that a long line was taken.
struct Lines {
    lines: Receiver<std::io::Result<Line>>,
    took: Sender<()>,
}

impl Lines {
    /// The next lines, of which the first may be waited for: as many as come one right after the other; none where the input has
    /// ended.
    fn batch(&self, wait: bool) -> std::io::Result<Vec<Line>> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let next = match wait && batch.is_empty() {
                true => self.lines.recv().ok(),
                false => self.lines.recv_timeout(PATIENCE).ok(),
            };
            let Some(line) = next.transpose()? else { break };
            if line.len() > line::LONG {
                // it waits for this
                let _ = self.took.send(());
            }
            bytes += line.len();
            batch.push(line);
        }
        Ok(batch)
    }
}

/// Settles, encodes and writes a batch, in the order of the stream.
fn finish(
    mut judged: Vec<Outcome>,
    stream: &mut Stream,
    output: &mut impl Write,
    stages: &mut Stages,
) -> std::io::Result<()> {
    let count = judged.len();
    stages.time("settle", count, || judged.iter_mut().try_for_each(|outcome| outcome.settle(stream)))?;
    let mut text = Vec::new();
    stages.time("encode", count, || judged.iter().try_for_each(|outcome| outcome.line(&mut text)))?;
    stages.time("write", count, || output.write_all(&text))
}

fn load(args: &AnalyseArgs, messages: &mut impl Write) -> anyhow::Result<Analyser> {
    let read = claim_files::read(&args.claims).context("--claims")?;
    for file in &read.files {
        let path = file.path.display();
        for (line, why) in &file.bad {
            writeln!(messages, "{path}, line {line}: {why}; left out")?;
        }
        for (line, date) in &file.undated {
            writeln!(messages, "{path}, line {line}: `date` is '{date}', not as 2026-11-24; taken without")?;
        }
        if file.repeated > 0 {
            writeln!(messages, "{path}: {} claims repeat an id; the last of each counts", file.repeated)?;
        }
    }
    let models = Models::shipped();
    let mut known = Known::new(&models, &read.claims)?;
    if let Some(file) = &args.groups {
        known.groups = read_groups(file).context("--groups")?;
    }
    if args.precise {
        known.precise = Some(encoder::precise(&models, &known.claims)?);
    }
    Ok(Analyser::new(&models, known, &Settings { top: args.top, ..Settings::default() })?)
}

#[cfg(test)]
mod tests;
