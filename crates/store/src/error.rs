//! Errors of the store, each with who should do what.

use thiserror::Error;

/// Result of a store call.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why the store could not do it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed; the database is as it was before.
    #[error(
        "migration: {0}; the database was not changed, restore the program of the former version or report this"
    )]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value cannot be read.
    #[error("stored {what} '{id}' cannot be read ({why}); run `saring check`")]
    Corrupt {
        /// Kind of thing.
        what: &'static str,
        /// Which one.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database is set up in a way that could lose acknowledged work.
    #[error("{0}")]
    Unsafe(String),
    /// Nothing by that id for this office.
    #[error("no {what} '{id}'")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// Someone else changed it meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// A file of the store (evidence, key, backup).
    #[error("{path}: {why}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong and what to do.
        why: String,
    },
}
