//! Opening a store: engine by address, settings that keep acknowledged work, migrations.

use crate::db::{Db, Engine};
use crate::error::{StoreError, StoreResult};
use crate::migrate;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// What a store needs to know besides its address.
#[derive(Clone)]
pub struct Options {
    /// Name of the log in checkpoints, for instance `saring.sukamaju.example`; no spaces, no `+`.
    pub origin: String,
    /// Ed25519 seed that signs checkpoints (32 bytes); without one, no checkpoint can be made.
    pub signing_key: Option<[u8; 32]>,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub connections: u32,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = self.signing_key.map(|_| "(secret)");
        f.debug_struct("Options").field("origin", &self.origin).field("signing_key", &key).finish()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { origin: "saring.local/log".into(), signing_key: None, connections: 4 }
    }
}

/// What Saring remembers. Cheap to clone; implements every trait of [`crate::traits`].
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) options: Arc<Options>,
    pub(crate) work: Arc<Notify>,
}

impl Store {
    /// Opens `sqlite:PATH`, a plain path, or `postgres://...`; creates the file and brings the schema up to date.
    ///
    /// # Errors
    /// `Unsafe` where the settings could lose acknowledged work or the schema is of a newer program; `File` where
    /// the file cannot be opened; `Database` and `Migration` as they say.
    pub async fn open(url: &str, options: Options) -> StoreResult<Self> {
        let db = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_pg(url, &options).await?
        } else {
            let path = url.strip_prefix("sqlite:").unwrap_or(url);
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            open_lite(&path, &options).await?
        };
        let store = Self { db, options: Arc::new(options), work: Arc::new(Notify::new()) };
        store.assert_settings().await?;
        Ok(store)
    }

    /// Which engine is behind it.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// Waits for what is under way and closes the connections.
    pub async fn close(&self) {
        match &self.db {
            Db::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Pg(pool) => pool.close().await,
        }
    }

    /// Reads the settings of `reliability.md` back from the connections in use.
    pub(crate) async fn assert_settings(&self) -> StoreResult<()> {
        match &self.db {
            Db::Lite { writer, .. } => {
                for (name, column, wanted) in LITE_SETTINGS {
                    let sql =
                        sqlx::AssertSqlSafe(format!("SELECT CAST({column} AS TEXT) FROM pragma_{name}"));
                    let found: String = sqlx::query_scalar(sql).fetch_one(writer).await?;
                    refuse_unless(name, wanted, &found)?;
                }
            }
            Db::Pg(pool) => {
                for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                    let found: String =
                        sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(pool).await?;
                    if found == "off" {
                        return Err(unsafe_setting(name, "on", &found));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Settings of SQLite: name, its column in `pragma_NAME`, the value it must have.
const LITE_SETTINGS: [(&str, &str, &str); 6] = [
    ("journal_mode", "journal_mode", "wal"),
    ("synchronous", "synchronous", "2"),
    ("foreign_keys", "foreign_keys", "1"),
    ("busy_timeout", "timeout", "5000"),
    ("trusted_schema", "trusted_schema", "0"),
    ("secure_delete", "secure_delete", "1"),
];

fn refuse_unless(name: &str, wanted: &str, found: &str) -> StoreResult<()> {
    if found.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(unsafe_setting(name, wanted, found)) }
}

fn unsafe_setting(name: &str, wanted: &str, found: &str) -> StoreError {
    StoreError::Unsafe(format!(
        "the database runs with {name} = {found}: acknowledged work could be lost; set it to {wanted} and start again"
    ))
}

async fn open_lite(path: &Path, options: &Options) -> StoreResult<Db> {
    let failed = |e: sqlx::Error| StoreError::File {
        path: path.display().to_string(),
        why: format!(
            "cannot be opened as a database ({e}); check that the folder exists, is on a local disk and may be written to"
        ),
    };
    let settings = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-32768");
    let writer =
        SqlitePoolOptions::new().max_connections(1).connect_with(settings.clone()).await.map_err(failed)?;
    migrate::lite(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.connections.max(1))
        .connect_with(settings.pragma("query_only", "ON").pragma("cache_size", "-8192"))
        .await
        .map_err(failed)?;
    Ok(Db::Lite { writer, readers })
}

async fn open_pg(url: &str, options: &Options) -> StoreResult<Db> {
    let settings = PgConnectOptions::from_str(url)?.application_name("saring");
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(settings)
        .await?;
    migrate::pg(&pool).await?;
    Ok(Db::Pg(pool))
}
