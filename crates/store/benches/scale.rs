//! How the store answers once it holds 100,000 items (or `SARING_BENCH_ITEMS`), on SQLite or, where
//! `SARING_TEST_POSTGRES` names a server, on PostgreSQL too. One line per question, median of its repeats.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made has no figure")]

#[allow(unused_imports, unused_macros, reason = "a measurement needs no contract")]
#[path = "../tests/bed/mod.rs"]
mod bed;

use bed::{Bed, at, entry, judged, judgement, same_claim};
use jiff::SignedDuration;
use saring_domain::{Claim, Item, Judgement, PlaceMatch, Queue, Retention, Score};
use saring_store::traits::{Analyses as _, Captures as _, Cases as _, Claims as _, Jobs as _, Reports as _};
use saring_store::views::QueueFilter;
use std::time::{Duration, Instant};

const BATCH: usize = 1000;

fn main() {
    let items =
        std::env::var("SARING_BENCH_ITEMS").ok().and_then(|items| items.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        println!("SQLite, {items} items");
        measure(&Bed::lite().await, items).await;
        if let Some(bed) = Bed::pg().await {
            println!("PostgreSQL, {items} items");
            measure(&bed, items).await;
        }
    });
}

async fn measure(bed: &Bed, items: usize) {
    fill(bed, items).await;
    let begun = Instant::now();
    let store = bed.again().await;
    println!("  {:<34} {:>9.2} ms", "opening it again", begun.elapsed().as_secs_f64() * 1e3);
    let (office, now) = ("kota".into(), at("12:00"));
    let page = QueueFilter { limit: 50, ..QueueFilter::default() };
    ask("first page of the queue", async || store.queue(&office, &page).await.unwrap().0.len()).await;
    let deep = QueueFilter { offset: 5000, ..page.clone() };
    ask("page 101 of the queue", async || store.queue(&office, &deep).await.unwrap().0.len()).await;
    let words = QueueFilter { words: Some("sumur 77".into()), ..page.clone() };
    ask("words in the queue", async || store.queue(&office, &words).await.unwrap().0.len()).await;
    ask("today's numbers", async || store.today(&office, at("00:00"), now).await.unwrap().seen as usize)
        .await;
    ask("health of the sources", async || store.sources(now).await.unwrap().len()).await;
    ask("waiting jobs", async || store.waiting("analyse").await.unwrap() as usize).await;
    ask("a lease of nothing", async || store.lease("assemble", 500, 60, now).await.unwrap().len()).await;
    ask("a lease of 500", async || store.lease("analyse", 500, 0, now).await.unwrap().len()).await;
    let date = "2026-11-24".parse().unwrap();
    let tomorrow = at("00:00") + SignedDuration::from_hours(24);
    ask("figures of the day", async || {
        store.day(&office, date, at("00:00"), tomorrow).await.unwrap().seen as usize
    })
    .await;
    ask("prints", async || store.prints().await.unwrap().len()).await;
    ask("words in 5,000 claims", async || store.find_claims("klaim 77", 0, 20).await.unwrap().0.len()).await;
    let retention = Retention::default();
    ask("what is overdue", async || store.retention_overdue(&retention, now).await.unwrap() as usize + 1)
        .await;
    let later = now + SignedDuration::from_hours(24 * 4);
    let begun = Instant::now();
    let purged = store.purge(&retention, later).await.unwrap().texts;
    rate("purge of texts", purged as usize, begun);
}

/// Items, of which one in five needs work, in as many batches as a long round has; 2,000 are left to analyse.
async fn fill(bed: &Bed, items: usize) {
    let store = &bed.store;
    let claims: Vec<Claim> = (0..5000).map(claim).collect();
    let begun = Instant::now();
    store.import_claims(&claims, at("07:00")).await.unwrap();
    rate("claims imported", claims.len(), begun);
    let entries: Vec<_> = (0..items)
        .map(|n| {
            entry("a", &n.to_string(), &format!("kabar sumur nomor {n} di desa {}", n % 977), at("08:00"))
        })
        .collect();
    let begun = Instant::now();
    for batch in entries.chunks(BATCH) {
        store.save(&"a".into(), batch, None, at("08:00")).await.unwrap();
    }
    rate("saved", items, begun);
    let analysed = &entries[..items.saturating_sub(2000)];
    let begun = Instant::now();
    for batch in analysed.chunks(BATCH) {
        let jobs = store.lease("analyse", BATCH as u32, 60, at("08:10")).await.unwrap();
        let done: Vec<i64> = jobs.iter().map(|job| job.id).collect();
        let thoughts: Vec<_> =
            batch.iter().enumerate().map(|(n, (_, item))| judged(thought(n, item))).collect();
        store.save_judgements(&thoughts, &done[..batch.len()], at("08:10")).await.unwrap();
    }
    rate("judged", analysed.len(), begun);
    let (begun, mut assembled) = (Instant::now(), 0);
    loop {
        let jobs = store.lease("assemble", 500, 60, at("08:20")).await.unwrap();
        if jobs.is_empty() {
            break;
        }
        assembled += jobs.len();
        store.assemble(&jobs, &"kota".into(), at("08:20")).await.unwrap();
    }
    rate("assembled", assembled, begun);
}

fn claim(n: usize) -> Claim {
    Claim {
        id: format!("k{n}").into(),
        title: format!("Klaim nomor {n} tentang sumur desa {}", n % 977),
        text: "Tidak benar, menurut pemeriksaan di tempat.".into(),
        url: None,
        date: None,
        verdict: Some("Salah".into()),
        source: None,
    }
}

fn thought(n: usize, item: &Item) -> Judgement {
    let queue = match n % 20 {
        0 => Queue::Hoax,
        1 => Queue::Hate,
        2 | 3 => Queue::Service,
        _ => Queue::None,
    };
    let mut thought = judgement(item, queue, (n % 89) as f64 / 100.0);
    if queue == Queue::Hoax {
        thought.claims.push(same_claim(&format!("k{}", n % 500)));
    }
    if n.is_multiple_of(4) {
        let (code, name) = ("99.01".into(), "Kabupaten Contoh".into());
        thought.places.push(PlaceMatch {
            code,
            name,
            score: Score::new(0.9),
            spans: Vec::new(),
            clues: Vec::new(),
        });
    }
    thought
}

fn rate(what: &str, count: usize, begun: Instant) {
    let took = begun.elapsed();
    let rate = count as f64 / took.as_secs_f64();
    println!("  {what:<34} {rate:>9.0} /s   ({count} in {:.1} s)", took.as_secs_f64());
}

async fn ask(what: &str, question: impl AsyncFn() -> usize) {
    let mut times: Vec<Duration> = Vec::new();
    let mut found = 0;
    for _ in 0..7 {
        let begun = Instant::now();
        found = question().await;
        times.push(begun.elapsed());
    }
    times.sort();
    println!("  {what:<34} {:>9.2} ms  ({found} found)", times[3].as_secs_f64() * 1e3);
}
