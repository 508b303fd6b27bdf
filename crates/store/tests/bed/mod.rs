//! Where contract tests run: a fresh store of each engine per test, and builders of what goes in.
//! PostgreSQL is used where `SARING_TEST_POSTGRES` names a server; each test gets a schema of its own there.
#![allow(dead_code, reason = "each contract file uses the builders it needs")]
#![allow(clippy::unwrap_used, reason = "a test bed that cannot be made fails the test")]

use jiff::Timestamp;
use saring_domain::{
    Capture, CaptureId, CaseId, ClaimMatch, Item, ItemId, ItemKind, Judgement, Language, OfficeId, Person,
    Priority, Queue, Rating, Reason, Relation, Role, RoundStart, Score, SourceDef, SourceKind, Trouble,
    TroubleCode,
};
use saring_store::traits::{Analyses as _, Captures as _, Jobs as _};
use saring_store::views::Judged;
use saring_store::{Options, Store};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};

/// A store that belongs to one test; [`Bed::again`] opens it once more, as a restart would.
pub struct Bed {
    pub store: Store,
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Bed {
    pub async fn lite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("saring.db").display());
        Self { store: Store::open(&url, options()).await.unwrap(), url, _folder: Some(folder) }
    }

    /// `None` where no server is named.
    pub async fn pg() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("SARING_TEST_POSTGRES") else {
            println!("skipped: SARING_TEST_POSTGRES names no server");
            return None;
        };
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = sqlx::PgPool::connect(&server).await.unwrap();
        for sql in [format!("DROP SCHEMA IF EXISTS {schema} CASCADE"), format!("CREATE SCHEMA {schema}")] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&admin).await.unwrap();
        }
        admin.close().await;
        let url = format!("{server}?options[search_path]={schema}");
        Some(Self { store: Store::open(&url, options()).await.unwrap(), url, _folder: None })
    }

    /// A figure read past the store, to see what is really there.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("postgres") {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
            pool.close().await;
            found
        } else {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
            pool.close().await;
            found
        }
    }

    /// Whether this bed is on PostgreSQL.
    pub fn is_pg(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Changes the database behind the store's back.
    pub async fn tamper(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("postgres") {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        } else {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }

    /// The file of a SQLite store, past the store.
    pub async fn pool(&self) -> sqlx::SqlitePool {
        sqlx::SqlitePool::connect(&self.url).await.unwrap()
    }

    /// Opens the same store again beside the first.
    pub async fn again(&self) -> Store {
        Store::open(&self.url, options()).await.unwrap()
    }
}

fn options() -> Options {
    Options { origin: "desa-contoh.example/log".into(), signing_key: Some([7; 32]), connections: 3 }
}

/// Declares the tests of a contract: each runs on SQLite and on PostgreSQL.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod lite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::bed::Bed::lite().await).await;
            })*
        }
        mod pg {
            $(#[tokio::test]
            async fn $name() {
                if let Some(bed) = crate::bed::Bed::pg().await {
                    super::$name(&bed).await;
                }
            })*
        }
    };
}
pub(crate) use contract;

/// `HH:MM` of 24 November 2026, UTC.
pub fn at(clock: &str) -> Timestamp {
    format!("2026-11-24T{clock}:00Z").parse().unwrap()
}

/// An entry that `source` calls `native`, seen at `seen`.
pub fn entry(source: &str, native: &str, text: &str, seen: Timestamp) -> (Capture, Item) {
    let raw = text.as_bytes().to_vec();
    let sha256: [u8; 32] = Sha256::digest(&raw).into();
    let id = CaptureId::derive(&source.into(), native, &sha256);
    let item = Item {
        id: ItemId::derive(&source.into(), native),
        capture: id.clone(),
        source: source.into(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text: text.to_owned(),
        url: Some(format!("https://contoh.example/{native}")),
        outlet: Some("Warta Contoh".into()),
        posted_at: Some(seen),
        seen_at: seen,
    };
    let capture = Capture {
        id,
        source: source.into(),
        native_id: native.into(),
        seen_at: seen,
        media_type: "text/plain".into(),
        raw,
        sha256,
    };
    (capture, item)
}

/// Who works the queue at `kota`.
pub fn operator() -> Person {
    Person {
        id: "o1".into(),
        login: "o1".into(),
        name: "Rukmini".into(),
        role: Role::Operator,
        office: "kota".into(),
        locale: "id".into(),
    }
}

/// A configured feed.
/// A round by hand over one source.
pub fn by_hand(office: OfficeId, on_duty: Option<&str>) -> RoundStart {
    RoundStart { on_duty: on_duty.map(str::to_owned), ..RoundStart::by_hand(office, 1) }
}

pub fn feed(id: &str) -> SourceDef {
    let url = format!("https://contoh.example/{id}.xml");
    SourceDef::new(id, &format!("Sumber {id}"), SourceKind::Feed, &url)
}

/// What the machine thinks of an item of `queue`, with this score.
pub fn judgement(item: &Item, queue: Queue, score: f64) -> Judgement {
    Judgement {
        language: Language { code: "id".into(), score: Score::new(0.9) },
        queue,
        priority: Priority {
            score: Score::new(score),
            reasons: vec![Reason::HighHarm { topic: "air".into() }],
        },
        detectors: vec!["known_claim@1".into()],
        ..Judgement::blank(item.id.as_str())
    }
}

/// The same claim, rated false.
pub fn same_claim(id: &str) -> ClaimMatch {
    ClaimMatch {
        id: id.into(),
        title: format!("Klaim {id}"),
        rating: Rating::False,
        score: Score::new(0.9),
        relation: Relation::Same,
        agrees: Vec::new(),
        differs: Vec::new(),
        spans: Vec::new(),
        also: Vec::new(),
        scam: None,
    }
}

/// A judgement ready to be stored.
pub fn judged(judgement: Judgement) -> Judged {
    Judged {
        item: judgement.id.as_str().into(),
        exact: u64::MAX - judgement.id.len() as u64,
        near: vec![1, u64::MAX],
        judgement: Some(judgement),
        unscored: None,
        watched: Vec::new(),
    }
}

impl Bed {
    /// Saves the items, keeps their judgements and assembles cases for `kota`; gives the cases touched.
    pub async fn work(
        &self,
        entries: &[(Capture, Item)],
        judgements: Vec<Judgement>,
        now: Timestamp,
    ) -> Vec<CaseId> {
        self.store.save(&entries[0].1.source, entries, None, now).await.unwrap();
        let jobs = self.store.lease("analyse", 100_000, 60, now).await.unwrap();
        let done: Vec<i64> = jobs.iter().map(|job| job.id).collect();
        let judged: Vec<Judged> = judgements.into_iter().map(judged).collect();
        self.store.save_judgements(&judged, &done, now).await.unwrap();
        self.assemble(now).await
    }

    pub async fn assemble(&self, now: Timestamp) -> Vec<CaseId> {
        let jobs = self.store.lease("assemble", 100_000, 60, now).await.unwrap();
        self.store.assemble(&jobs, &"kota".into(), now).await.unwrap()
    }
}

/// A trouble as a connector would tell it.
pub fn trouble(what: &str) -> Trouble {
    Trouble {
        code: TroubleCode::Connection,
        about: "kabar.example".into(),
        detail: what.into(),
        message: format!("no good connection to kabar.example: {what}"),
    }
}
