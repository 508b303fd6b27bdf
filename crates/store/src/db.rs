//! One SQL text for two engines: values, rows, transactions and the connection pools behind them.
//!
//! Statements use `$1` placeholders, which SQLite and PostgreSQL both read. Where the engines differ, the caller
//! asks [`Db::engine`] and picks a text; nothing else in the crate knows sqlx.

use crate::error::{StoreError, StoreResult};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgPool, Postgres, Row as _, Sqlite, SqlitePool,
    Transaction,
};

/// Which engine is behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, one file.
    Lite,
    /// PostgreSQL.
    Pg,
}

/// A bound value; the empty ones still carry their type, which PostgreSQL asks for.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    Int(Option<i64>),
    Real(f64),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

/// Rows or values of one statement: a fixed size, so that the prepared statement is used again.
const ROWS: usize = 250;
/// Bytes of one statement, so that a batch of long texts is not held in memory twice.
const BYTES: usize = 4 << 20;

impl Val {
    fn size(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Blob(Some(blob)) => blob.len(),
            _ => 8,
        }
    }
}

macro_rules! val {
    ($($from:ty => |$v:ident| $make:expr;)*) => {
        $(impl From<$from> for Val {
            fn from($v: $from) -> Self {
                $make
            }
        })*
    };
}
val! {
    i64 => |v| Self::Int(Some(v));
    u32 => |v| Self::Int(Some(i64::from(v)));
    bool => |v| Self::Int(Some(i64::from(v)));
    Option<i64> => |v| Self::Int(v);
    f64 => |v| Self::Real(v);
    &str => |v| Self::Text(Some(storable(v)));
    &String => |v| Self::Text(Some(storable(v)));
    String => |v| Self::Text(Some(storable(&v)));
    Option<&str> => |v| Self::Text(v.map(storable));
    Option<String> => |v| Self::Text(v.as_deref().map(storable));
    &[u8] => |v| Self::Blob(Some(v.to_vec()));
    Vec<u8> => |v| Self::Blob(Some(v));
    Option<Vec<u8>> => |v| Self::Blob(v);
}

/// PostgreSQL has no NUL in texts: it becomes U+FFFD on both engines, one character for one, so offsets hold.
pub(crate) fn storable(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}

/// Builds the arguments of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Val::from($value)),*] };
}
pub(crate) use args;

/// A row of either engine; columns are asked by position.
pub(crate) enum Row {
    Lite(SqliteRow),
    Pg(PgRow),
}

macro_rules! getter {
    ($($name:ident -> $kind:ty;)*) => {
        $(pub(crate) fn $name(&self, column: usize) -> StoreResult<$kind> {
            Ok(match self {
                Self::Lite(row) => row.try_get(column)?,
                Self::Pg(row) => row.try_get(column)?,
            })
        })*
    };
}
impl Row {
    getter! {
        int -> i64;
        opt_int -> Option<i64>;
        real -> f64;
        text -> String;
        opt_text -> Option<String>;
        blob -> Vec<u8>;
        opt_blob -> Option<Vec<u8>>;
    }

    pub(crate) fn flag(&self, column: usize) -> StoreResult<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A condition that was selected: a number in SQLite, a truth value in PostgreSQL.
    pub(crate) fn truth(&self, column: usize) -> StoreResult<bool> {
        Ok(match self {
            Self::Lite(row) => row.try_get(column)?,
            Self::Pg(row) => row.try_get(column)?,
        })
    }

    /// A count; negative figures cannot be.
    pub(crate) fn count(&self, column: usize) -> StoreResult<u32> {
        Ok(u32::try_from(self.int(column)?).unwrap_or(u32::MAX))
    }
}

fn lite(sql: &str, args: Vec<Val>) -> Query<'static, Sqlite, SqliteArguments> {
    args.into_iter().fold(sqlx::query(AssertSqlSafe(sql.to_owned())), |query, value| match value {
        Val::Int(v) => query.bind(v),
        Val::Real(v) => query.bind(v),
        Val::Text(v) => query.bind(v),
        Val::Blob(v) => query.bind(v),
    })
}

fn pg(sql: &str, args: Vec<Val>) -> Query<'static, Postgres, PgArguments> {
    args.into_iter().fold(sqlx::query(AssertSqlSafe(sql.to_owned())), |query, value| match value {
        Val::Int(v) => query.bind(v),
        Val::Real(v) => query.bind(v),
        Val::Text(v) => query.bind(v),
        Val::Blob(v) => query.bind(v),
    })
}

/// The pools of an engine. SQLite has one writer, so that writers queue up here instead of failing there.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Lite { writer: SqlitePool, readers: SqlitePool },
    Pg(PgPool),
}

impl Db {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Lite { .. } => Engine::Lite,
            Self::Pg(_) => Engine::Pg,
        }
    }

    /// Rows of one reading statement outside any transaction.
    pub(crate) async fn all(&self, sql: &str, args: Vec<Val>) -> StoreResult<Vec<Row>> {
        Ok(match self {
            Self::Lite { readers, .. } => {
                lite(sql, args).fetch_all(readers).await?.into_iter().map(Row::Lite).collect()
            }
            Self::Pg(pool) => pg(sql, args).fetch_all(pool).await?.into_iter().map(Row::Pg).collect(),
        })
    }

    /// Rows of a statement on a connection of its own, for questions about the whole file: connections in use keep
    /// parts of the full-text index in memory and would take what others wrote since for damage.
    pub(crate) async fn all_afresh(&self, sql: &str) -> StoreResult<Vec<Row>> {
        let Self::Lite { readers, .. } = self else { return self.all(sql, Vec::new()).await };
        let mut connection = readers.connect_options().connect().await?;
        let rows = lite(sql, Vec::new()).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(rows.into_iter().map(Row::Lite).collect())
    }

    /// The first row of one reading statement.
    pub(crate) async fn one(&self, sql: &str, args: Vec<Val>) -> StoreResult<Option<Row>> {
        Ok(match self {
            Self::Lite { readers, .. } => lite(sql, args).fetch_optional(readers).await?.map(Row::Lite),
            Self::Pg(pool) => pg(sql, args).fetch_optional(pool).await?.map(Row::Pg),
        })
    }

    /// A figure, 0 where there is no row.
    pub(crate) async fn number(&self, sql: &str, args: Vec<Val>) -> StoreResult<i64> {
        self.one(sql, args).await?.map_or(Ok(0), |row| row.int(0))
    }

    /// One writing statement, whole or not at all; gives the rows touched.
    pub(crate) async fn run(&self, sql: &str, args: Vec<Val>) -> StoreResult<u64> {
        Ok(match self {
            Self::Lite { writer, .. } => lite(sql, args).execute(writer).await?.rows_affected(),
            Self::Pg(pool) => pg(sql, args).execute(pool).await?.rows_affected(),
        })
    }

    /// One writing statement with `RETURNING`; gives the rows returned.
    pub(crate) async fn run_returning(&self, sql: &str, args: Vec<Val>) -> StoreResult<Vec<Row>> {
        Ok(match self {
            Self::Lite { writer, .. } => {
                lite(sql, args).fetch_all(writer).await?.into_iter().map(Row::Lite).collect()
            }
            Self::Pg(pool) => pg(sql, args).fetch_all(pool).await?.into_iter().map(Row::Pg).collect(),
        })
    }

    /// A writing transaction. One at a time on both engines: the log is a chain, so its head is locked first, and
    /// no two transactions can wait for each other.
    pub(crate) async fn write(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Lite { writer, .. } => Tx::Lite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT 1 FROM audit_head FOR UPDATE").execute(&mut *tx).await?;
                Tx::Pg(tx)
            }
        })
    }

    /// A reading transaction: everything read in it is of one moment.
    pub(crate) async fn read(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Lite { readers, .. } => Tx::Lite(readers.begin().await?),
            Self::Pg(pool) => {
                Tx::Pg(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }
}

/// A transaction; dropped without [`Tx::commit`] it leaves no trace.
pub(crate) enum Tx {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Lite(_) => Engine::Lite,
            Self::Pg(_) => Engine::Pg,
        }
    }

    pub(crate) async fn run(&mut self, sql: &str, args: Vec<Val>) -> StoreResult<u64> {
        Ok(match self {
            Self::Lite(tx) => lite(sql, args).execute(&mut **tx).await?.rows_affected(),
            Self::Pg(tx) => pg(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub(crate) async fn all(&mut self, sql: &str, args: Vec<Val>) -> StoreResult<Vec<Row>> {
        Ok(match self {
            Self::Lite(tx) => {
                lite(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Lite).collect()
            }
            Self::Pg(tx) => pg(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Pg).collect(),
        })
    }

    pub(crate) async fn one(&mut self, sql: &str, args: Vec<Val>) -> StoreResult<Option<Row>> {
        Ok(match self {
            Self::Lite(tx) => lite(sql, args).fetch_optional(&mut **tx).await?.map(Row::Lite),
            Self::Pg(tx) => pg(sql, args).fetch_optional(&mut **tx).await?.map(Row::Pg),
        })
    }

    pub(crate) async fn number(&mut self, sql: &str, args: Vec<Val>) -> StoreResult<i64> {
        self.one(sql, args).await?.map_or(Ok(0), |row| row.int(0))
    }

    /// Inserts many rows with few statements: `head` is `INSERT INTO t (columns)`, `tail` what follows the values,
    /// for instance `ON CONFLICT (id) DO NOTHING RETURNING id`. Gives the rows returned.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        rows: Vec<Vec<Val>>,
        tail: &str,
    ) -> StoreResult<Vec<Row>> {
        self.insert_as(head, rows, tail, tuple).await
    }

    /// The same where a row is more than its placeholders: `write` gets the number of the first and how many they
    /// are.
    pub(crate) async fn insert_as(
        &mut self,
        head: &str,
        rows: Vec<Vec<Val>>,
        tail: &str,
        write: fn(usize, usize) -> String,
    ) -> StoreResult<Vec<Row>> {
        let mut out = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while let Some(width) = rows.peek().map(Vec::len) {
            let mut part = Vec::with_capacity(ROWS * width);
            let (mut count, mut bytes) = (0, 0);
            while count < ROWS && bytes < BYTES {
                let Some(row) = rows.next() else { break };
                bytes += row.iter().map(Val::size).sum::<usize>();
                count += 1;
                part.extend(row);
            }
            let values: Vec<String> = (0..count).map(|row| write(row * width + 1, width)).collect();
            let sql = format!("{head} VALUES {} {tail}", values.join(", "));
            out.extend(self.all(&sql, part).await?);
        }
        Ok(out)
    }

    /// Rows of `head`, which ends in `IN`, for any number of values.
    pub(crate) async fn all_of(&mut self, head: &str, values: Vec<Val>) -> StoreResult<Vec<Row>> {
        self.all_of_then(head, values, "").await
    }

    /// The same with a `tail`, for instance `GROUP BY x`; a value must then give its rows alone.
    pub(crate) async fn all_of_then(
        &mut self,
        head: &str,
        values: Vec<Val>,
        tail: &str,
    ) -> StoreResult<Vec<Row>> {
        let mut out = Vec::new();
        for part in values.chunks(ROWS) {
            out.extend(self.all(&format!("{head} {} {tail}", tuple(1, part.len())), part.to_vec()).await?);
        }
        Ok(out)
    }

    /// Runs `head`, which ends in `IN`, for any number of values.
    pub(crate) async fn each_of(&mut self, head: &str, values: Vec<Val>) -> StoreResult<()> {
        self.touch_of(head, values).await.map(drop)
    }

    /// The same; gives the rows touched.
    pub(crate) async fn touch_of(&mut self, head: &str, values: Vec<Val>) -> StoreResult<u64> {
        let mut touched = 0;
        for part in values.chunks(ROWS) {
            touched += self.run(&format!("{head} {}", tuple(1, part.len())), part.to_vec()).await?;
        }
        Ok(touched)
    }

    pub(crate) async fn commit(self) -> StoreResult<()> {
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// `($first, ..)` with `width` placeholders.
pub(crate) fn tuple(first: usize, width: usize) -> String {
    let marks: Vec<String> = (first..first + width).map(|mark| format!("${mark}")).collect();
    format!("({})", marks.join(", "))
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> StoreResult<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| StoreError::Unsafe(format!("the system gives no random numbers: {e}")))?;
    Ok(bytes)
}
