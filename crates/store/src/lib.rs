//! What Saring remembers: traits, SQLite and PostgreSQL behind them, the outbox, the audit tree.
//!
//! Callers use the narrow traits in [`traits`]; [`Store`] implements all of them on both engines.

mod analyses;
mod assemble;
pub mod audit;
pub mod backup;
mod captures;
mod cases;
pub mod check;
mod claims;
mod day;
mod db;
mod desk_sources;
mod duty;
mod encode;
pub mod error;
mod evidence;
mod jobs;
mod looks;
mod migrate;
mod offers;
mod open;
mod overdue;
mod people;
mod purge;
mod reports;
mod rounds;
pub mod sealed;
mod sources;
mod spread;
pub mod traits;
pub mod views;
mod watches;
mod words;

pub use db::Engine;
pub use error::{StoreError, StoreResult};
pub use migrate::SCHEMA_VERSION;
pub use open::{Options, Store};
