//! What Saring remembers: traits, SQLite and PostgreSQL behind them, the outbox, the audit tree.
//!
//! Callers use the narrow traits in [`traits`]; `Store` implements all of them on both engines.

pub mod error;
pub mod traits;
pub mod views;

pub use error::{StoreError, StoreResult};
