//! Backups: everything worth keeping in one file that either engine reads back.
//!
//! The file is gzip over lines of JSON: a head (format, schema, tables with their columns), each table by name with a
//! line per row, the sealed files of evidence in pieces of Base64, and an end that holds what was written (rows and
//! SHA-256 of each table, size and root of the audit log, how many files). A file without its end is no backup. Looked
//! at with `zcat FILE | less`.
//!
//! Left out on purpose: sessions, one-time links and sign-in failures (nobody is signed in elsewhere), and the keys of
//! pseudonyms (their destruction must not be undone by a backup). The key that signs the log is a file of its own.

mod cell;
mod files;
mod read;
mod restore;
mod write;

pub use restore::{Restored, restore};

use crate::audit;
use crate::db::{Tx, args};
use crate::encode::corrupt;
use crate::error::{StoreError, StoreResult};
use crate::migrate::SCHEMA_VERSION;
use crate::open::Store;
use crate::sealed::Vault;
use cell::Kind;
use jiff::Timestamp;
use saring_domain::EvidenceId;
use saring_domain::ids::hex;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Version of the form of the file; the first had no files of evidence.
const FORMAT: u32 = 2;

/// Tables in the order in which they can be written (what is referred to comes first), with their keys.
const TABLES: [(&str, &[&str]); 31] = [
    ("meta", &["name"]),
    ("offices", &["id"]),
    ("people", &["id"]),
    ("sources", &["id"]),
    ("troubles", &["seq"]),
    ("rounds", &["id"]),
    ("outcomes", &["seq"]),
    ("duties", &["seq"]),
    ("items", &["seq"]),
    ("captures", &["seq"]),
    ("judgements", &["seq"]),
    ("places", &["item", "at", "code"]),
    ("prints", &["item"]),
    ("jobs", &["id"]),
    ("claim_looks", &["seq"]),
    ("claims", &["seq"]),
    ("claim_offers", &["seq"]),
    ("cases", &["seq"]),
    ("case_items", &["case_id", "item"]),
    ("case_events", &["seq"]),
    ("decisions", &["seq"]),
    ("evidence", &["seq"]),
    ("custody", &["seq"]),
    ("evidence_deletions", &["seq"]),
    ("holds", &["seq"]),
    ("watches", &["seq"]),
    ("watch_hits", &["watch", "item"]),
    ("watch_days", &["watch", "day"]),
    ("purges", &["seq"]),
    ("audit", &["place"]),
    ("checkpoints", &["size"]),
];

/// Told how many rows are done of how many.
pub type Progress<'p> = &'p (dyn Fn(u64, u64) + Send + Sync);

/// First line of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    saring_backup: u32,
    schema: i64,
    made_at: Timestamp,
    engine: String,
    log: String,
    tables: Vec<Table>,
}

/// A table in the head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    name: String,
    rows: u64,
    columns: Vec<(String, Kind)>,
}

/// Line before the rows of a table.
#[derive(Serialize, Deserialize)]
struct Start {
    table: String,
}

/// Line before the pieces of a sealed file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct FileStart {
    file: EvidenceId,
    name: String,
}

/// A piece of a sealed file, Base64.
#[derive(Serialize, Deserialize)]
struct Piece {
    piece: String,
}

/// Last line of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct End {
    end: Vec<Written>,
    #[serde(default)]
    files: u64,
    audit_size: u64,
    audit_root: String,
}

/// What was written of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    table: String,
    rows: u64,
    sha256: String,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// Rows of all tables.
    pub rows: u64,
    /// Sealed files of evidence.
    pub files: u64,
    /// Sealed files that are not what was sealed, or not there: what is wrong with each. They are not in the backup.
    pub flaws: Vec<String>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Entries of the audit log.
    pub audit_size: u64,
    /// Root over them, hexadecimal.
    pub audit_root: String,
}

impl Store {
    /// Writes a backup, with the sealed files of `vault`, as of one moment while the store goes on working. The file appears under its name only when it
    /// is whole and on the disk; one that is there is never overwritten.
    ///
    /// # Errors
    /// `File` where it cannot be written or exists, `Database` and `Corrupt` as they say.
    pub async fn backup(
        &self,
        to: &Path,
        vault: Option<&Vault>,
        now: Timestamp,
        progress: Progress<'_>,
    ) -> StoreResult<BackedUp> {
        let mut tx = self.db.read().await?;
        let tree = audit::head(&mut tx, false).await?;
        let head = Head {
            saring_backup: FORMAT,
            schema: SCHEMA_VERSION,
            made_at: now,
            engine: format!("{:?}", self.engine()),
            log: self.options.origin.clone(),
            tables: tables(&mut tx).await?,
        };
        let (audit_size, audit_root) = (tree.size(), hex(&tree.root()));
        let end = |end, files| End { end, files, audit_size, audit_root: audit_root.clone() };
        let (rows, kept, bytes) = write::write(&mut tx, to, &head, vault, end, progress).await?;
        Ok(BackedUp { rows, files: kept.files, flaws: kept.flaws, bytes, audit_size, audit_root })
    }
}

/// The tables as they are in this database.
async fn tables(tx: &mut Tx) -> StoreResult<Vec<Table>> {
    let mut out = Vec::with_capacity(TABLES.len());
    for (name, _) in TABLES {
        let rows = tx.number(&format!("SELECT COUNT(*) FROM {name}"), args![]).await?.unsigned_abs();
        out.push(Table { name: name.to_owned(), rows, columns: cell::columns(tx, name).await? });
    }
    Ok(out)
}

fn failed(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::File { path: path.display().to_string(), why: why.into() }
}

fn key_of(table: &str) -> StoreResult<&'static [&'static str]> {
    let known = TABLES.iter().find(|(name, _)| *name == table);
    known.map(|(_, key)| *key).ok_or_else(|| corrupt("backup", table, "this table is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables that are never in a backup: what they hold must not outlive its purpose, or follows from the rest.
    const LEFT_OUT: [&str; 8] = [
        "epoch_keys",
        "sessions",
        "one_time_links",
        "sign_in_failures",
        "audit_head",
        "audit_blocks",
        "claim_words",
        "case_words",
    ];

    /// A table that is added must be kept or left out on purpose.
    #[test]
    fn every_table_is_kept_or_left_out() {
        let mut made: Vec<&str> = crate::migrate::VERSIONS
            .iter()
            .flat_map(|(_, _, lite, _)| lite.lines())
            .filter_map(|line| {
                line.strip_prefix("CREATE TABLE ").or(line.strip_prefix("CREATE VIRTUAL TABLE "))
            })
            .filter_map(|rest| rest.split(' ').next())
            .collect();
        let mut known: Vec<&str> = TABLES.iter().map(|(name, _)| *name).chain(LEFT_OUT).collect();
        made.sort_unstable();
        known.sort_unstable();
        assert_eq!(made, known);
    }
}
