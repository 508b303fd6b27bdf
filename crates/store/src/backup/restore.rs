//! Restoring a backup into an empty store: all of it, verified, or nothing.

use super::cell::from_json;
use super::files::{self, Incoming};
use super::read::{Line, Reader};
use super::{End, Head, Progress, TABLES, Table, Written, failed, tables};
use crate::audit::log::verify_in;
use crate::audit::tree::{BLOCK, Frontier};
use crate::audit::{Verified, place};
use crate::db::{Engine, Tx, Val, args};
use crate::encode::{self, ITEM};
use crate::error::{StoreError, StoreResult};
use crate::open::Store;
use crate::sealed::Vault;
use crate::traits::Audit;
use crate::words;
use jiff::Timestamp;
use saring_domain::EvidenceId;
use saring_domain::ids::hex;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Rows that are in a fresh store, to be replaced by those of the backup.
const SEEDED: [&str; 1] = ["meta"];
/// Values kept before they are written together.
const MOST_ROWS: usize = 250;
/// Bytes of a row line kept before they are written together.
const MOST_BYTES: usize = 4 << 20;

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// Rows of all tables.
    pub rows: u64,
    /// Sealed files of evidence, each as it was sealed.
    pub files: u64,
    /// Entries of the audit log, each verified.
    pub audit_size: u64,
    /// Root over them, hexadecimal; equal to that of the backup.
    pub audit_root: String,
    /// What someone should know, in words.
    pub notes: Vec<String>,
}

/// Restores `from` into a store that was just made and an empty vault. Nothing is kept unless every table has its rows
/// and its hash, the audit log is whole, and every file is what was sealed.
///
/// # Errors
/// `Conflict` where the store is not empty; `File` where the backup is damaged, of another schema, or its log was
/// tampered with.
pub async fn restore(
    from: &Path,
    into: &Store,
    vault: &Vault,
    progress: Progress<'_>,
) -> StoreResult<Restored> {
    let (mut reader, head) = Reader::open(from)?;
    files::refuse_unless_empty(vault)?;
    let mut tx = into.db.write().await?;
    let own = tables(&mut tx).await?;
    refuse_unless_empty(&own)?;
    refuse_unless_same_columns(from, &head, &own)?;
    for table in SEEDED {
        tx.run(&format!("DELETE FROM {table}"), args![]).await?;
    }
    let (end, written, mut incoming) = rows(&mut tx, &mut reader, &head, vault, progress).await?;
    let missing = incoming.finish(&reader)?;
    if end.files != incoming.files {
        let (promised, found) = (end.files, incoming.files);
        return Err(failed(
            from,
            format!("it holds {found} of {promised} sealed files; nothing was restored"),
        ));
    }
    if end.end != written {
        return Err(failed(from, differs(&end.end, &written)));
    }
    follow_up(&mut tx).await?;
    let verified = verify_in(&mut tx, None).await?;
    refuse_unless_sound(from, &end, &verified)?;
    tx.commit().await?;
    let files = incoming.files;
    incoming.keep();
    let mut notes = notes(into, &head).await?;
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().take(20).map(EvidenceId::as_str).collect();
        notes.push(format!(
            "the backup does not hold the files of {} pieces of sealed evidence ({}): bring them from a copy of the folder",
            missing.len(),
            names.join(", ")
        ));
    }
    Ok(Restored {
        files,
        made_at: head.made_at,
        rows: written.iter().map(|table| table.rows).sum(),
        audit_size: verified.size,
        audit_root: verified.root,
        notes,
    })
}

fn refuse_unless_empty(own: &[Table]) -> StoreResult<()> {
    let full = own.iter().find(|table| table.rows > 0 && !SEEDED.contains(&table.name.as_str()));
    full.map_or(Ok(()), |table| {
        Err(StoreError::Conflict(format!(
            "the store is not empty ({} rows of {}): a backup is restored into a new database only",
            table.rows, table.name
        )))
    })
}

fn refuse_unless_same_columns(from: &Path, head: &Head, own: &[Table]) -> StoreResult<()> {
    let shape = |tables: &[Table]| -> Vec<_> {
        tables.iter().map(|table| (table.name.clone(), table.columns.clone())).collect()
    };
    if shape(&head.tables) == shape(own) {
        return Ok(());
    }
    Err(failed(from, "its tables are not those of this program: restore it with the version that made it"))
}

/// Writes the rows of all tables and the files; gives the end of the file and what was really written.
async fn rows<'v>(
    tx: &mut Tx,
    reader: &mut Reader,
    head: &Head,
    vault: &'v Vault,
    progress: Progress<'_>,
) -> StoreResult<(End, Vec<Written>, Incoming<'v>)> {
    let total = head.tables.iter().map(|table| table.rows).sum();
    let (mut written, mut done) = (Vec::new(), 0_u64);
    let mut batch: Option<Batch<'_>> = None;
    let mut incoming: Option<Incoming<'v>> = None;
    loop {
        match reader.next()? {
            Line::Table(name) => {
                written.extend(close(tx, batch.take()).await?);
                let table = head.tables.iter().find(|table| table.name == name);
                batch = Some(Batch::of(
                    table.ok_or_else(|| reader.wrong("a table that the head does not name"))?,
                ));
            }
            Line::Row(values) => {
                let open = batch.as_mut().ok_or_else(|| reader.wrong("a row before any table"))?;
                let row =
                    open.read(values).ok_or_else(|| reader.wrong("a row that does not fit its table"))?;
                open.push(tx, row, reader.bytes()).await?;
                done += 1;
                progress(done, total);
            }
            line @ (Line::File(_) | Line::Piece(_)) => {
                written.extend(close(tx, batch.take()).await?);
                let incoming = match incoming.as_mut() {
                    Some(incoming) => incoming,
                    None => incoming.insert(Incoming::of(tx, vault).await?),
                };
                incoming.take(reader, line)?;
            }
            Line::End(end) => {
                written.extend(close(tx, batch.take()).await?);
                let incoming = match incoming {
                    Some(incoming) => incoming,
                    None => Incoming::of(tx, vault).await?,
                };
                return Ok((end, written, incoming));
            }
        }
    }
}

async fn close(tx: &mut Tx, batch: Option<Batch<'_>>) -> StoreResult<Option<Written>> {
    let Some(mut batch) = batch else { return Ok(None) };
    batch.flush(tx).await?;
    Ok(Some(Written {
        table: batch.table.name.clone(),
        rows: batch.rows,
        sha256: hex(&batch.hash.finalize()),
    }))
}

/// Rows of a table on their way in.
struct Batch<'a> {
    table: &'a Table,
    head: String,
    waiting: Vec<Vec<Val>>,
    bytes: usize,
    rows: u64,
    hash: Sha256,
}

impl<'a> Batch<'a> {
    fn of(table: &'a Table) -> Self {
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        let head = format!("INSERT INTO {} ({})", table.name, names.join(", "));
        Self { table, head, waiting: Vec::new(), bytes: 0, rows: 0, hash: Sha256::new() }
    }

    fn read(&self, values: Vec<Value>) -> Option<Vec<Val>> {
        if values.len() != self.table.columns.len() {
            return None;
        }
        values
            .into_iter()
            .zip(&self.table.columns)
            .map(|(value, (_, kind))| from_json(value, *kind))
            .collect()
    }

    async fn push(&mut self, tx: &mut Tx, row: Vec<Val>, line: &[u8]) -> StoreResult<()> {
        self.hash.update(line);
        self.rows += 1;
        self.bytes += line.len();
        self.waiting.push(row);
        if self.waiting.len() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            self.flush(tx).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> StoreResult<()> {
        self.bytes = 0;
        tx.insert(&self.head, std::mem::take(&mut self.waiting), "").await?;
        Ok(())
    }
}

fn differs(promised: &[Written], found: &[Written]) -> String {
    let wrong = promised.iter().find(|table| !found.contains(table));
    let name = wrong.or(found.first()).map_or("?", |table| table.table.as_str());
    format!(
        "the table '{name}' is not what was written: rows were changed, lost or added; nothing was restored, take \
         another backup"
    )
}

/// What follows from the rows: the tree, search words, and on PostgreSQL the next number of each table.
async fn follow_up(tx: &mut Tx) -> StoreResult<()> {
    rebuild_tree(tx).await?;
    rebuild_words(tx).await?;
    if tx.engine() == Engine::Pg {
        for (table, key) in TABLES {
            if key != ["seq"] && table != "jobs" {
                continue; // their keys are not numbered by the database
            }
            let column = key[0];
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE(MAX({column}), 0) + 1, false) \
                 FROM {table}"
            );
            tx.all(&sql, args![]).await?;
        }
    }
    Ok(())
}

/// Head and blocks of the tree from its leaves.
async fn rebuild_tree(tx: &mut Tx) -> StoreResult<()> {
    let (mut tree, mut blocks) = (Frontier::default(), Vec::new());
    let mut from = 0_i64;
    loop {
        let sql = "SELECT place, leaf FROM audit WHERE place >= $1 ORDER BY place LIMIT 10000";
        let page = tx.all(sql, args![from]).await?;
        for row in &page {
            let wrong = |_| encode::corrupt("audit entry", "of the backup", "its leaf has the wrong length");
            if let Some(block) = tree.push(row.blob(1)?.try_into().map_err(wrong)?) {
                blocks.push(args![place(tree.size() / BLOCK - 1), &block[..]]);
            }
        }
        let Some(last) = page.last() else { break };
        from = last.int(0)? + 1;
    }
    tx.insert("INSERT INTO audit_blocks (number, root)", blocks, "").await?;
    let sql = "UPDATE audit_head SET size = $1, frontier = $2";
    tx.run(sql, args![place(tree.size()), tree.to_bytes()]).await?;
    Ok(())
}

async fn rebuild_words(tx: &mut Tx) -> StoreResult<()> {
    let sql = match tx.engine() {
        Engine::Lite => "INSERT INTO claim_words (claim_words) VALUES ('rebuild')",
        Engine::Pg => {
            "INSERT INTO claim_words (seq, words) SELECT seq, setweight(to_tsvector('simple', title), 'A') || \
             to_tsvector('simple', left(text, 100000)) FROM claims"
        }
    };
    tx.run(sql, args![]).await?;
    let sql = format!(
        "SELECT {ITEM}, c.seq FROM cases c JOIN items i ON i.id = c.about WHERE c.seq > $1 AND i.text IS NOT NULL \
         ORDER BY c.seq LIMIT 500"
    );
    let mut from = 0_i64;
    loop {
        let page = tx.all(&sql, args![from]).await?;
        let mut texts = Vec::with_capacity(page.len());
        for row in &page {
            from = row.int(encode::ITEM_WIDTH)?;
            texts.push((from, encode::item(row, 0)?.full_text()));
        }
        if texts.is_empty() {
            return Ok(());
        }
        words::index_cases(tx, texts).await?;
    }
}

fn refuse_unless_sound(from: &Path, end: &End, verified: &Verified) -> StoreResult<()> {
    if let Some(fault) = verified.faults.first() {
        let why =
            format!("its audit log was tampered with ({fault}); nothing was restored, take another backup");
        return Err(failed(from, why));
    }
    if (verified.size, &verified.root) != (end.audit_size, &end.audit_root) {
        let why = "its audit log is not the one it was made of; nothing was restored, take another backup";
        return Err(failed(from, why));
    }
    Ok(())
}

async fn notes(into: &Store, head: &Head) -> StoreResult<Vec<String>> {
    let mut notes =
        vec!["everyone signs in anew; what is past its retention is deleted by the next purge".to_owned()];
    if into.options.origin != head.log {
        notes.push(format!(
            "the log was called '{}', this store calls it '{}': checkpoints made before carry the old name",
            head.log, into.options.origin
        ));
    }
    let signed = into.verify(None).await?.faults;
    if let (Some(_), Some(fault)) = (into.verifier_key(), signed.first()) {
        notes
            .push(format!("the signing key in use did not sign this log ({fault}): put the former key back"));
    }
    Ok(notes)
}
