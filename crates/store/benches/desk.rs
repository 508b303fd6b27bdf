//! How the desk answers with 100,000 waiting cases (or `SARING_BENCH_CASES`), how fast the log proves and verifies with as
//! many entries, and how fast all of it is backed up and restored. On SQLite and, where `SARING_TEST_POSTGRES` names a
//! server, on PostgreSQL. One line per question, median of its repeats.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made has no figure")]

#[allow(unused_imports, unused_macros, reason = "a measurement needs no contract")]
#[path = "../tests/bed/mod.rs"]
mod bed;

use bed::{Bed, at, operator};
use saring_domain::{CaseId, Decision, DecisionCode, OfficeId, Queue, Retention, Reviewer};
use saring_store::audit::verify_proof;
use saring_store::backup::restore;
use saring_store::sealed::Vault;
use saring_store::traits::{Audit as _, Cases as _};
use saring_store::views::QueueFilter;
use std::time::{Duration, Instant};

fn main() {
    let cases =
        std::env::var("SARING_BENCH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        println!("SQLite, {cases} waiting cases");
        measure(&Bed::lite().await, cases).await;
        if let Some(bed) = Bed::pg().await {
            println!("PostgreSQL, {cases} waiting cases");
            measure(&bed, cases).await;
        }
    });
}

async fn measure(bed: &Bed, cases: u32) {
    fill(bed, cases).await;
    queue(bed, cases).await;
    let begun = Instant::now();
    let mut taken = 0;
    while taken < cases {
        let got = bed.store.take(&reviewer(), &all(), 200, at("10:00")).await.unwrap().len();
        assert!(got > 0, "every case is taken once");
        taken += u32::try_from(got).unwrap();
    }
    rate("cases taken, a leaf each", taken, begun);
    log(bed, cases).await;
    copies(bed).await;
}

async fn queue(bed: &Bed, cases: u32) {
    let (store, office): (_, OfficeId) = (&bed.store, "kota".into());
    let page = async |filter: QueueFilter| store.queue(&office, &filter).await.unwrap().0.len();
    ask("first page", async || page(all()).await).await;
    ask("last page", async || page(QueueFilter { offset: cases - 50, ..all() }).await).await;
    let hoax = || QueueFilter { queue: Some(Queue::Hoax), ..all() };
    ask("first page of one queue", async || page(hoax()).await).await;
    let words = |words: &str| QueueFilter { words: Some(words.into()), ..all() };
    ask("a rare word", async || page(words("nomor77")).await).await;
    ask("a word of every case", async || page(words("sumur")).await).await;
    let middle = QueueFilter { offset: cases / 2, limit: 1, ..QueueFilter::default() };
    let id: CaseId = store.queue(&office, &middle).await.unwrap().0[0].case.id.clone();
    ask("one case", async || store.case(&office, &id).await.unwrap().history.len() + 1).await;
    ask("the case after the middle", async || {
        usize::from(store.next_case(&office, &id, &all()).await.unwrap().is_some())
    })
    .await;
    ask("today's numbers", async || {
        store.today(&office, at("00:00"), at("12:00")).await.unwrap().waiting.len()
    })
    .await;
    let case = store.case(&office, &id).await.unwrap().row.case;
    ask("a decision and its undo", async || {
        let decision =
            Decision::new(&case, DecisionCode::NeedsCheck, "", &reviewer(), None, at("09:00")).unwrap();
        let id = store.decide(&decision).await.unwrap();
        store.undo(&id, &reviewer(), at("09:01")).await.unwrap();
        1
    })
    .await;
}

async fn log(bed: &Bed, cases: u32) {
    let store = &bed.store;
    store.checkpoint(at("11:00")).await.unwrap();
    let key = store.verifier_key().unwrap();
    ask("a proof, written and verified", async || {
        let file = store.prove(u64::from(cases / 3), at("11:00")).await.unwrap();
        verify_proof(&serde_json::to_vec(&file).unwrap(), &key).unwrap();
        file.path.len()
    })
    .await;
    let begun = Instant::now();
    let verified = store.verify(None).await.unwrap();
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    rate("log entries verified", u32::try_from(verified.size).unwrap(), begun);
    let begun = Instant::now();
    let troubles = store.check(&Retention::default(), at("11:00")).await.unwrap();
    println!(
        "  {:<34} {:>9.2} s   ({} troubles)",
        "check of everything",
        begun.elapsed().as_secs_f64(),
        troubles.len()
    );
}

async fn copies(bed: &Bed) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    let begun = Instant::now();
    let made = bed.store.backup(&file, None, at("12:00"), &|_, _| {}).await.unwrap();
    rate("rows backed up", u32::try_from(made.rows).unwrap(), begun);
    println!("  {:<34} {:>9.1} MB", "the file", made.bytes as f64 / 1e6);
    let other = if bed.is_pg() { Bed::pg().await.unwrap() } else { Bed::lite().await };
    let begun = Instant::now();
    let restored = restore(&file, &other.store, &Vault::new("/nonexistent"), &|_, _| {}).await.unwrap();
    rate("rows restored and verified", u32::try_from(restored.rows).unwrap(), begun);
}

/// Cases of one item each, written past the store: what is measured here is reading them.
async fn fill(bed: &Bed, cases: u32) {
    let series = if bed.is_pg() {
        format!("SELECT n FROM generate_series(1, {cases}) AS g (n)")
    } else {
        format!(
            "WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {cases}) SELECT n FROM g"
        )
    };
    let seen = at("08:00").as_microsecond();
    let (empty, words) = if bed.is_pg() {
        (
            "''::bytea",
            "INSERT INTO case_words (seq, words) SELECT seq, to_tsvector('simple', text) FROM items",
        )
    } else {
        ("x''", "INSERT INTO case_words (rowid, words) SELECT seq, text FROM items")
    };
    let item = format!(
        "INSERT INTO items (id, capture, source, kind, text, seen_at, content) SELECT 'i' || n, 'p' || n, 'a', 'post', \
         'kabar sumur nomor' || n || ' di desa yang jauh', {seen}, {empty} FROM ({series}) AS numbers"
    );
    let case = format!(
        "INSERT INTO cases (id, about, office, queue, state, waiting, score, base_score, reasons, opened_at, due_at, \
         own_institution, protected, copies, first_at, last_at) SELECT 'k' || n, 'i' || n, 'kota', \
         CASE n % 4 WHEN 0 THEN 'hoax' WHEN 1 THEN 'hate' WHEN 2 THEN 'service' ELSE 'clipping' END, 'open', 1, \
         (n % 97) / 97.0, 0.5, '[]', {seen} + n % 1009, {seen}, 0, 0, 1, {seen}, {seen} FROM ({series}) AS numbers"
    );
    for sql in [item.as_str(), &case, words] {
        bed.tamper(sql).await;
    }
}

fn reviewer() -> Reviewer {
    let person = operator();
    Reviewer::at_sign_in(&person).unwrap()
}

fn all() -> QueueFilter {
    QueueFilter { limit: 50, ..QueueFilter::default() }
}

fn rate(what: &str, count: u32, begun: Instant) {
    let took = begun.elapsed().as_secs_f64();
    println!("  {what:<34} {:>9.0} /s   ({count} in {took:.1} s)", f64::from(count) / took);
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
