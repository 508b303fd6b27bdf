//! Whether everything stored is whole: each trouble in words, with who should do what.
//!
//! Nothing is repaired here. Evidence that was changed must stay as it is until a person has looked.

mod rows;
mod state;

use crate::db::{Engine, Tx, args};
use crate::encode::timestamp;
use crate::error::StoreResult;
use crate::open::Store;
use crate::overdue;
use crate::traits::Audit;
use jiff::{SignedDuration, Timestamp};
use saring_domain::Retention;
use serde::Serialize;
use std::path::Path;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Where: `database`, `rows`, `log`, `cases`, `jobs`, `retention`, `disk`, `settings`, `clock`.
    pub place: &'static str,
    /// Data is damaged or work could be lost; else someone should see to it soon.
    pub grave: bool,
    /// What is wrong.
    pub what: String,
    /// Who should do what.
    pub todo: &'static str,
}

/// Faults of one kind that are named; the others are counted.
const NAMED: usize = 10;
/// Less free space than this is a trouble.
const LITTLE_ROOM: u64 = 1 << 30;
/// A log that no checkpoint covers for longer than this proves less than it could.
const UNSIGNED_FOR: SignedDuration = SignedDuration::from_hours(48);

const RESTORE: &str = "the administrator keeps a copy of the database as it is, then restores the newest backup made before the damage";
const ASK: &str =
    "the administrator keeps a copy of the database as it is and reports this; nobody edits it by hand";
const AUDIT: &str = "the administrator and the auditor keep a copy of the database and the checkpoints, find out who \
                     could write to it, and compare with the newest backup";

impl Store {
    /// Goes over everything. Reads each row once: minutes for millions of items; the desk may go on working.
    ///
    /// # Errors
    /// `Database` where it cannot be read at all; what is wrong with what it holds is no error but a [`Trouble`].
    pub async fn check(&self, retention: &Retention, now: Timestamp) -> StoreResult<Vec<Trouble>> {
        let mut found = Vec::new();
        self.database(&mut found).await?;
        if let Err(e) = self.assert_settings().await {
            let todo = "the administrator sets it back and starts the program again";
            found.push(Trouble { place: "settings", grave: true, what: e.to_string(), todo });
        }
        let mut tx = self.db.read().await?;
        rows::check(&mut tx, &mut found).await?;
        state::check(&mut tx, &mut found).await?;
        jobs(&mut tx, &mut found).await?;
        late(&mut tx, retention, now, &mut found).await?;
        drop(tx);
        self.log(now, &mut found).await?;
        self.disk(&mut found).await?;
        found.sort_by_key(|trouble| !trouble.grave);
        Ok(found)
    }

    /// What the engine itself says of its files.
    async fn database(&self, found: &mut Vec<Trouble>) -> StoreResult<()> {
        if self.engine() == Engine::Pg {
            let row = self.db.one("SELECT current_setting('data_checksums')", args![]).await?;
            if row.map(|row| row.text(0)).transpose()?.as_deref() == Some("off") {
                let what =
                    "PostgreSQL runs without data checksums: damage by the disk would go unseen".to_owned();
                let todo =
                    "whoever runs PostgreSQL enables them with pg_checksums while the server is stopped";
                found.push(Trouble { place: "settings", grave: false, what, todo });
            }
            return Ok(());
        }
        let sql = "SELECT integrity_check FROM pragma_integrity_check LIMIT 100";
        let rows = self.db.all_afresh(sql).await?;
        let words = rows.iter().map(|row| row.text(0)).collect::<StoreResult<Vec<_>>>()?;
        let damage: Vec<String> = words.into_iter().filter(|line| line != "ok").collect();
        name(found, "database", "the database file is damaged", &damage, RESTORE);
        let sql = "SELECT \"table\" || ' row ' || COALESCE(rowid, 0) || ' refers to a missing row of ' || parent \
                   FROM pragma_foreign_key_check LIMIT 100";
        let rows = self.db.all(sql, args![]).await?;
        let missing = rows.iter().map(|row| row.text(0)).collect::<StoreResult<Vec<_>>>()?;
        name(found, "database", "a row refers to one that is missing", &missing, RESTORE);
        Ok(())
    }

    async fn log(&self, now: Timestamp, found: &mut Vec<Trouble>) -> StoreResult<()> {
        let verified = self.verify(None).await?;
        let faults: Vec<String> = verified.faults.iter().map(ToString::to_string).collect();
        name(found, "log", "the audit log is not as it was written", &faults, AUDIT);
        if self.options.signing_key.is_none() {
            let what = "no key signs the audit log: nobody outside can prove later what it said".to_owned();
            let todo = "the administrator gives the signing key in the configuration";
            found.push(Trouble { place: "log", grave: false, what, todo });
        }
        if let Some(row) = self.entries(verified.covered, 1).await?.first()
            && now.duration_since(row.at) > UNSIGNED_FOR
        {
            let (from, at) = (row.index, row.at);
            let what = format!("no checkpoint covers the audit log from entry {from} of {at} on");
            let todo = "the administrator sees to it that a checkpoint is signed every day";
            found.push(Trouble { place: "log", grave: false, what, todo });
        }
        Ok(())
    }

    async fn disk(&self, found: &mut Vec<Trouble>) -> StoreResult<()> {
        if self.engine() == Engine::Pg {
            return Ok(()); // its disk is not ours to see
        }
        let row = self.db.one("SELECT file FROM pragma_database_list WHERE name = 'main'", args![]).await?;
        let file = row.map(|row| row.text(0)).transpose()?.unwrap_or_default();
        let folder = Path::new(&file).parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        if let Some(free) = free_space(folder)
            && free < LITTLE_ROOM
        {
            let what = format!("only {} MB are free where the database lies", free >> 20);
            let todo = "the administrator makes room now: a full disk stops the reading of sources";
            found.push(Trouble { place: "disk", grave: free < LITTLE_ROOM / 8, what, todo });
        }
        Ok(())
    }
}

/// Bytes that this program may still write in a folder; `None` where the system does not tell.
#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_folder: &Path) -> Option<u64> {
    None
}

/// Jobs that were set aside after five tries.
async fn jobs(tx: &mut Tx, found: &mut Vec<Trouble>) -> StoreResult<()> {
    let sql =
        "SELECT kind, COUNT(*), MAX(why) FROM jobs WHERE failed_at IS NOT NULL GROUP BY kind ORDER BY kind";
    for row in tx.all(sql, args![]).await? {
        let why = row.opt_text(2)?.unwrap_or_default();
        let what = format!(
            "{} jobs of kind '{}' were set aside after five tries; one says: {why}",
            row.int(1)?,
            row.text(0)?
        );
        let todo = "the administrator removes the cause; the items concerned are shown as not scored";
        found.push(Trouble { place: "jobs", grave: false, what, todo });
    }
    Ok(())
}

/// What should be gone, and what comes from the future.
async fn late(
    tx: &mut Tx,
    retention: &Retention,
    now: Timestamp,
    found: &mut Vec<Trouble>,
) -> StoreResult<()> {
    let overdue = overdue::count(tx, retention, now).await?;
    if overdue > 0 {
        let what = format!("{overdue} rows are past their retention and still there");
        let todo =
            "the administrator sees why the purge does not run (it is due every hour while Saring runs)";
        found.push(Trouble { place: "retention", grave: false, what, todo });
    }
    let newest =
        tx.one("SELECT MAX(at) FROM audit", args![]).await?.and_then(|row| row.opt_int(0).ok().flatten());
    if let Some(newest) = newest.map(timestamp).transpose()?
        && newest.duration_since(now) > SignedDuration::from_mins(10)
    {
        let what = format!("the newest entry of the log is of {newest}, the clock says {now}");
        let todo = "the administrator sets the clock of this machine by a time server";
        found.push(Trouble { place: "clock", grave: false, what, todo });
    }
    Ok(())
}

/// Names the first faults of a kind and counts the others.
fn name(found: &mut Vec<Trouble>, place: &'static str, kind: &str, faults: &[String], todo: &'static str) {
    for fault in faults.iter().take(NAMED) {
        found.push(Trouble { place, grave: true, what: format!("{kind}: {fault}"), todo });
    }
    if let Some(more) = faults.len().checked_sub(NAMED).filter(|more| *more > 0) {
        found.push(Trouble { place, grave: true, what: format!("{kind}: and {more} more"), todo });
    }
}
