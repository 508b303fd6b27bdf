//! Migrations: forward only, each in one transaction, a newer schema refused.

use crate::error::{StoreError, StoreResult};
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Acquire, Database, PgPool, SqlSafeStr, SqlitePool};

/// Version, name, SQLite text, PostgreSQL text. Texts of released versions never change.
pub(crate) const VERSIONS: [(i64, &str, &str, &str); 10] = [
    (
        1,
        "first",
        include_str!("../migrations/sqlite/0001_first.sql"),
        include_str!("../migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "rounds",
        include_str!("../migrations/sqlite/0002_rounds.sql"),
        include_str!("../migrations/postgres/0002_rounds.sql"),
    ),
    (
        3,
        "evidence",
        include_str!("../migrations/sqlite/0003_evidence.sql"),
        include_str!("../migrations/postgres/0003_evidence.sql"),
    ),
    (
        4,
        "claim_list",
        include_str!("../migrations/sqlite/0004_claim_list.sql"),
        include_str!("../migrations/postgres/0004_claim_list.sql"),
    ),
    (
        5,
        "watches",
        include_str!("../migrations/sqlite/0005_watches.sql"),
        include_str!("../migrations/postgres/0005_watches.sql"),
    ),
    (
        6,
        "untold",
        include_str!("../migrations/sqlite/0006_untold.sql"),
        include_str!("../migrations/postgres/0006_untold.sql"),
    ),
    (
        7,
        "looks",
        include_str!("../migrations/sqlite/0007_looks.sql"),
        include_str!("../migrations/postgres/0007_looks.sql"),
    ),
    (
        8,
        "marks",
        include_str!("../migrations/sqlite/0008_marks.sql"),
        include_str!("../migrations/postgres/0008_marks.sql"),
    ),
    (
        9,
        "evidence_ends",
        include_str!("../migrations/sqlite/0009_evidence_ends.sql"),
        include_str!("../migrations/postgres/0009_evidence_ends.sql"),
    ),
    (
        10,
        "desk_sources",
        include_str!("../migrations/sqlite/0010_desk_sources.sql"),
        include_str!("../migrations/postgres/0010_desk_sources.sql"),
    ),
];

/// Newest version this program knows.
pub const SCHEMA_VERSION: i64 = VERSIONS[VERSIONS.len() - 1].0;

pub(crate) async fn lite(pool: &SqlitePool) -> StoreResult<()> {
    run(pool, migrator(SCHEMA_VERSION, |(version, name, sql, _)| (version, name, sql))).await
}

pub(crate) async fn pg(pool: &PgPool) -> StoreResult<()> {
    run(pool, migrator(SCHEMA_VERSION, |(version, name, _, sql)| (version, name, sql))).await
}

type Version = (i64, &'static str, &'static str, &'static str);

/// The versions up to `last`, in the words of one engine.
fn migrator(last: i64, pick: impl Fn(Version) -> (i64, &'static str, &'static str)) -> Migrator {
    let migration = |version| {
        let (version, name, sql) = pick(version);
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(
        VERSIONS.into_iter().filter(|version| version.0 <= last).map(migration).collect(),
    )
}

async fn run<'a, DB, A>(pool: A, migrator: Migrator) -> StoreResult<()>
where
    DB: Database,
    A: Acquire<'a, Database = DB>,
    DB::Connection: Migrate,
{
    migrator.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Unsafe(format!(
            "the database has schema {version}, this program knows up to {SCHEMA_VERSION}: it belongs to a newer \
             Saring; install that version (nothing was changed)"
        )),
        other => StoreError::Migration(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn memory() -> SqlitePool {
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap()
    }

    #[tokio::test]
    async fn every_released_version_comes_up_to_date_and_equals_a_fresh_one() {
        let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
        let fresh = memory().await;
        lite(&fresh).await.unwrap();
        let wanted: String = sqlx::query_scalar(schema).fetch_one(&fresh).await.unwrap();
        for version in 1..=SCHEMA_VERSION {
            let old = memory().await;
            run(&old, migrator(version, |(version, name, sql, _)| (version, name, sql))).await.unwrap();
            lite(&old).await.unwrap();
            let found: String = sqlx::query_scalar(schema).fetch_one(&old).await.unwrap();
            assert_eq!(found, wanted, "from version {version}");
        }
    }

    #[tokio::test]
    async fn on_postgresql_too_where_a_server_is_named() {
        let Ok(server) = std::env::var("SARING_TEST_POSTGRES") else {
            println!("skipped: SARING_TEST_POSTGRES names no server");
            return;
        };
        let columns = "SELECT string_agg(t.name, ';' ORDER BY t.name COLLATE \"C\") FROM (SELECT concat_ws(' ', table_name, \
                       column_name, data_type, is_nullable) AS name FROM information_schema.columns \
                       WHERE table_schema = current_schema() UNION ALL SELECT indexdef FROM pg_indexes \
                       WHERE schemaname = current_schema()) t";
        let mut found = Vec::new();
        for version in 0..=SCHEMA_VERSION {
            let schema = format!("migrate{}_{version}", std::process::id());
            let admin = PgPool::connect(&server).await.unwrap();
            let fresh = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(fresh)).execute(&admin).await.unwrap();
            let pool = PgPool::connect(&format!("{server}?options[search_path]={schema}")).await.unwrap();
            run(&pool, migrator(version, |(version, name, _, sql)| (version, name, sql))).await.unwrap();
            pg(&pool).await.unwrap();
            let text: String = sqlx::query_scalar(columns).fetch_one(&pool).await.unwrap();
            found.push(text.replace(&schema, ""));
            pool.close().await;
            let gone = sqlx::AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
            sqlx::raw_sql(gone).execute(&admin).await.unwrap();
        }
        assert!(found[0].contains("items") && found[0].contains("CREATE INDEX"));
        assert!(found.iter().all(|text| *text == found[0]), "from every version the same schema");
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused_and_left_alone() {
        let pool = memory().await;
        lite(&pool).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', CURRENT_TIMESTAMP, 1, x'00', 0)";
        sqlx::query(newer).execute(&pool).await.unwrap();
        let error = lite(&pool).await.unwrap_err().to_string();
        assert!(error.contains("schema 9999") && error.contains("newer"), "{error}");
    }

    /// The tables and columns of both engines are the same; only their types differ in name.
    #[test]
    fn both_engines_have_the_same_tables_and_columns() {
        for (version, _, lite, pg) in VERSIONS {
            assert_eq!(columns(lite), columns(pg), "version {version}");
        }
    }

    /// `table.column` of every plain table.
    fn columns(sql: &str) -> Vec<String> {
        let mut table = "";
        let mut out = Vec::new();
        for line in sql.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split(' ').next().unwrap_or_default();
            }
            let column = line.strip_prefix("    ").and_then(|line| line.split(' ').next());
            if let Some(column) = column.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())) {
                out.push(format!("{table}.{column}"));
            }
        }
        out.retain(|name| !name.contains("_words.")); // full-text search is each engine's own
        out
    }
}
