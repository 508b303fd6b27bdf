//! Durable rows per second of `save` beside raw SQLite inserts of the same rows in the same run.
//!
//! Raw means the same item and capture columns, the same keys, the same settings and batches, multi-row statements, and
//! nothing else: no jobs, no search for repeats, no cursor, no log. `plain` is one table without any key.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made has no figure")]

use jiff::Timestamp;
use saring_domain::{Capture, CaptureId, Item, ItemId, ItemKind, SourceId};
use saring_store::traits::Captures as _;
use saring_store::{Options, Store};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::{Duration, Instant};

const ITEMS: usize = 10_000;
const BATCH: usize = 1000;
const ROUNDS: usize = 5;
/// Rows of one raw statement, as many as the store takes.
const ROWS: usize = 250;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (mut store, mut raw, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let folder = tempfile::tempdir().unwrap();
            let entries = entries(round);
            store.push(through_the_store(&folder.path().join("store.db"), &entries).await);
            raw.push(raw_tables(&folder.path().join("raw.db"), &entries).await);
            plain.push(plain_table(&folder.path().join("plain.db"), &entries).await);
        }
        let (store, raw, plain) = (rate(store), rate(raw), rate(plain));
        println!("save   {store:>8.0} items/s (durable: WAL, synchronous=FULL, {BATCH} a transaction)");
        println!(
            "raw    {raw:>8.0} items/s (two tables with their keys): save is {:.0} %",
            100.0 * store / raw
        );
        println!("plain  {plain:>8.0} items/s (one table, no key): save is {:.0} %", 100.0 * store / plain);
    });
}

/// Items per second of the median round.
fn rate(mut times: Vec<Duration>) -> f64 {
    times.sort();
    ITEMS as f64 / times[times.len() / 2].as_secs_f64()
}

/// Posts of some twenty words each with the bytes they were read from.
fn entries(round: usize) -> Vec<(Capture, Item)> {
    const WORDS: [&str; 12] = [
        "air", "sumur", "warga", "desa", "pasar", "jembatan", "kabar", "katanya", "besok", "libur", "harga",
        "naik",
    ];
    let source = SourceId::from("ukur");
    let entry = |n: usize| {
        let text: Vec<&str> =
            (0..20).map(|word| WORDS[(n * 7 + word * word + round) % WORDS.len()]).collect();
        let (text, native) = (text.join(" "), format!("{round}-{n}"));
        let raw =
            format!("{{\"id\":\"{native}\",\"text\":\"{text}\",\"lang\":\"id\",\"likes\":{n}}}").into_bytes();
        let sha256: [u8; 32] = Sha256::digest(&raw).into();
        let id = CaptureId::derive(&source, &native, &sha256);
        let seen_at = Timestamp::from_second(1_795_000_000 + n as i64).unwrap();
        let item = Item {
            id: ItemId::derive(&source, &native),
            capture: id.clone(),
            source: source.clone(),
            kind: ItemKind::Post,
            account: None,
            title: None,
            text,
            url: Some(format!("https://contoh.example/{native}")),
            outlet: Some("Contoh".into()),
            posted_at: Some(seen_at),
            seen_at,
        };
        let media_type = "application/json".into();
        (Capture { id, source: source.clone(), native_id: native, seen_at, media_type, raw, sha256 }, item)
    };
    (0..ITEMS).map(entry).collect()
}

async fn through_the_store(path: &Path, entries: &[(Capture, Item)]) -> Duration {
    let store = Store::open(&path.display().to_string(), Options::default()).await.unwrap();
    let begun = Instant::now();
    for batch in entries.chunks(BATCH) {
        store.save(&"ukur".into(), batch, None, batch[0].1.seen_at).await.unwrap();
    }
    let took = begun.elapsed();
    store.close().await;
    took
}

async fn open(path: &Path, schema: &'static str) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-32768");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::raw_sql(schema).execute(&pool).await.unwrap();
    pool
}

const ITEM_COLUMNS: usize = 12;
const CAPTURE_COLUMNS: usize = 9;

async fn raw_tables(path: &Path, entries: &[(Capture, Item)]) -> Duration {
    let pool = open(
        path,
        "CREATE TABLE items (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, capture TEXT, source TEXT, \
         kind TEXT, account TEXT, title TEXT, text TEXT, url TEXT, outlet TEXT, posted_at INTEGER, seen_at INTEGER, \
         content BLOB) STRICT; CREATE INDEX items_seen ON items (seen_at, source); \
         CREATE TABLE captures (seq INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER, id TEXT, batch INTEGER, \
         source TEXT, native_id TEXT, seen_at INTEGER, media_type TEXT, sha256 BLOB, raw BLOB, UNIQUE (item, id)) STRICT",
    )
    .await;
    let begun = Instant::now();
    for (number, batch) in entries.chunks(BATCH).enumerate() {
        let mut tx = pool.begin().await.unwrap();
        for (place, part) in batch.chunks(ROWS).enumerate() {
            let head = "INSERT INTO items (id, capture, source, kind, account, title, text, url, outlet, posted_at, seen_at, content)";
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql(head, part.len(), ITEM_COLUMNS)));
            for (capture, item) in part {
                query = item_columns(query, capture, item);
            }
            query.execute(&mut *tx).await.unwrap();
            let head =
                "INSERT INTO captures (item, id, batch, source, native_id, seen_at, media_type, sha256, raw)";
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql(head, part.len(), CAPTURE_COLUMNS)));
            for (at, (capture, _)) in part.iter().enumerate() {
                let seq = (number * BATCH + place * ROWS + at) as i64;
                query = capture_columns(query, seq, number as i64, capture);
            }
            query.execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let took = begun.elapsed();
    pool.close().await;
    took
}

async fn plain_table(path: &Path, entries: &[(Capture, Item)]) -> Duration {
    let pool = open(
        path,
        "CREATE TABLE entries (id TEXT, capture TEXT, source TEXT, kind TEXT, account TEXT, title TEXT, text TEXT, \
         url TEXT, outlet TEXT, posted_at INTEGER, seen_at INTEGER, content BLOB, item INTEGER, capture_id TEXT, \
         batch INTEGER, source_again TEXT, native_id TEXT, seen_again INTEGER, media_type TEXT, sha256 BLOB, raw BLOB)",
    )
    .await;
    let begun = Instant::now();
    for batch in entries.chunks(BATCH) {
        let mut tx = pool.begin().await.unwrap();
        for part in batch.chunks(ROWS) {
            let sql = sql("INSERT INTO entries", part.len(), ITEM_COLUMNS + CAPTURE_COLUMNS);
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (capture, item) in part {
                query = capture_columns(item_columns(query, capture, item), 0, 0, capture);
            }
            query.execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let took = begun.elapsed();
    pool.close().await;
    took
}

type Query<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn item_columns<'a>(query: Query<'a>, capture: &Capture, item: &Item) -> Query<'a> {
    query
        .bind(item.id.0.clone())
        .bind(item.capture.0.clone())
        .bind(item.source.0.clone())
        .bind("post")
        .bind(None::<String>)
        .bind(item.title.clone())
        .bind(item.text.clone())
        .bind(item.url.clone())
        .bind(item.outlet.clone())
        .bind(item.posted_at.map(|at| at.as_microsecond()))
        .bind(item.seen_at.as_microsecond())
        .bind(capture.sha256.to_vec())
}

fn capture_columns<'a>(query: Query<'a>, item: i64, batch: i64, capture: &Capture) -> Query<'a> {
    query
        .bind(item)
        .bind(capture.id.0.clone())
        .bind(batch)
        .bind(capture.source.0.clone())
        .bind(capture.native_id.clone())
        .bind(capture.seen_at.as_microsecond())
        .bind(capture.media_type.clone())
        .bind(capture.sha256.to_vec())
        .bind(capture.raw.clone())
}

fn sql(head: &str, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> = (1..=width).map(|mark| format!("${}", row * width + mark)).collect();
        format!("({})", marks.join(", "))
    };
    format!("{head} VALUES {}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}
