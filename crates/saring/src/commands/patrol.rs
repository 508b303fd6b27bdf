//! `saring patrol`: rounds over the sources, with a table of how each went.

use crate::cli::PatrolArgs;
use crate::progress;
use crate::services::analyse::{Counts, Judge};
use crate::services::patrol::{Patrol, Visit, Which};
use crate::services::serve::stopped;
use crate::wiring::House;
use saring_domain::{Outcome, RoundStart, SourceDef, SourceId};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// One round with `--once`, else round after round; what was read is judged after each.
pub async fn run(house: House, args: &PatrolArgs) -> anyhow::Result<bool> {
    let house = Arc::new(house);
    let patrol = Patrol::new(Arc::clone(&house))?;
    let mut judge = Judge::new(Arc::clone(&house)).await?;
    let which = match (&args.source, args.once) {
        (Some(id), _) => Some(Which::One(SourceId(id.clone()))),
        (None, true) => Some(Which::All),
        (None, false) => None,
    };
    let began = house.now();
    loop {
        let next = match &which {
            Some(which) => {
                let sources = patrol.due(which, house.now()).await?;
                let start = patrol.by_hand(sources.len());
                Some((sources, start))
            }
            None => {
                patrol.attend().await?;
                patrol.next(began, house.now()).await?
            }
        };
        if let Some((sources, start)) = next {
            let start = RoundStart { on_duty: args.on_duty.clone(), ..start };
            let visits = round(&patrol, sources, start).await?;
            let counts = judged(&mut judge, new_items(&visits)).await?;
            if args.json {
                print_json(&visits, &counts)?;
            } else {
                print_table(&visits);
                print_counts(&counts);
            }
        }
        if which.is_some() {
            house.store.close().await;
            return Ok(true);
        }
        tokio::select! {
            () = stopped() => {
                house.store.close().await;
                return Ok(true);
            }
            () = tokio::time::sleep(Duration::from_secs(20)) => {}
        }
    }
}

/// A round with a bar.
pub async fn round(
    patrol: &Patrol,
    sources: Vec<SourceDef>,
    start: RoundStart,
) -> anyhow::Result<Vec<Visit>> {
    let bar = progress::bar(sources.len() as u64, "sources");
    let visits = patrol
        .round(sources, start, |visit| {
            bar.set_message(visit.source.name.clone());
            bar.inc(1);
        })
        .await?;
    bar.finish_and_clear();
    Ok(visits)
}

/// Judges what waits, with a bar over the `new` items that are expected.
pub async fn judged(judge: &mut Judge, new: u64) -> anyhow::Result<Counts> {
    let bar = progress::bar(new, "judging");
    let counts = judge.drain(|done| bar.inc(done)).await?;
    bar.finish_and_clear();
    Ok(counts)
}

/// Items not stored before.
pub fn new_items(visits: &[Visit]) -> u64 {
    visits.iter().map(|visit| u64::from(numbers(&visit.outcome).0)).sum()
}

/// New, repeated, bad.
fn numbers(outcome: &Outcome) -> (u32, u32, u32) {
    match outcome {
        Outcome::Read { new, repeated, bad } => (*new, *repeated, *bad),
        Outcome::NothingNew { repeated, bad } => (0, *repeated, *bad),
        _ => (0, 0, 0),
    }
}

/// How each source went, in words.
pub fn print_table(visits: &[Visit]) {
    println!("{:<34} {:<14} {:>6} {:>9} {:>5} {:>9}", "source", "outcome", "new", "repeated", "bad", "bytes");
    for visit in visits {
        let (new, repeated, _) = numbers(&visit.outcome);
        let name: String = visit.source.name.chars().take(34).collect();
        println!(
            "{name:<34} {:<14} {new:>6} {repeated:>9} {:>5} {:>9}",
            words(&visit.outcome),
            visit.bad.len(),
            visit.bytes
        );
    }
    for visit in visits {
        let trouble = match &visit.outcome {
            Outcome::Failed { trouble, .. } | Outcome::Held { trouble } => Some(trouble),
            _ => None,
        };
        for line in trouble.into_iter().chain(&visit.bad) {
            println!("  {}: {line}", visit.source.id);
        }
    }
}

fn words(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Read { .. } => "read",
        Outcome::NothingNew { .. } => "nothing new",
        Outcome::Failed { .. } => "NOT READ",
        Outcome::Silent { .. } => "gone silent",
        Outcome::Held { .. } => "held back",
    }
}

/// What the analysis came to, in one line.
pub fn print_counts(counts: &Counts) {
    let of = |queue: &str| counts.queues.get(queue).copied().unwrap_or_default();
    println!(
        "judged {} (not judged {}), cases touched {}: hoax {}, hate {}, service {}, clipping {}",
        counts.judged,
        counts.unscored,
        counts.cases,
        of("hoax"),
        of("hate"),
        of("service"),
        of("clipping")
    );
}

fn print_json(visits: &[Visit], counts: &Counts) -> anyhow::Result<()> {
    for visit in visits {
        let line = json!({ "source": visit.source.id, "outcome": visit.outcome, "bytes": visit.bytes, "bad": visit.bad });
        println!("{line}");
    }
    println!("{}", serde_json::to_string(&json!({ "analysis": counts }))?);
    Ok(())
}
