//! Writing a backup.

use super::cell::{read, to_json};
use super::files::{self, Kept};
use super::{End, Head, Progress, Start, Table, Written, failed, key_of};
use crate::db::{Tx, Val, args};
use crate::encode::json;
use crate::error::{StoreError, StoreResult};
use crate::sealed::Vault;
use flate2::Compression;
use flate2::write::GzEncoder;
use saring_domain::ids::hex;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows read at once: few, as a row may hold megabytes.
const PAGE: i64 = 64;

/// Writes head, tables, files and end; gives rows, files and bytes.
pub(super) async fn write(
    tx: &mut Tx,
    to: &Path,
    head: &Head,
    vault: Option<&Vault>,
    end: impl FnOnce(Vec<Written>, u64) -> End,
    progress: Progress<'_>,
) -> StoreResult<(u64, Kept, u64)> {
    let mut out = Out::create(to)?;
    out.line(head)?;
    let total = head.tables.iter().map(|table| table.rows).sum();
    let (mut written, mut done) = (Vec::with_capacity(head.tables.len()), 0);
    for table in &head.tables {
        out.line(&Start { table: table.name.clone() })?;
        let rows = write_table(tx, &mut out, table, &mut |rows| progress(done + rows, total)).await?;
        done += rows.rows;
        written.push(rows);
    }
    let kept = match vault {
        Some(vault) => files::write(tx, &mut out, vault).await?,
        None => Kept::default(),
    };
    out.line(&end(written, kept.files))?;
    Ok((done, kept, out.finish(to)?))
}

async fn write_table(
    tx: &mut Tx,
    out: &mut Out,
    table: &Table,
    progress: &mut (dyn FnMut(u64) + Send),
) -> StoreResult<Written> {
    let pages = Pages::of(table)?;
    let (mut hash, mut rows, mut last) = (Sha256::new(), 0, None);
    loop {
        let page = tx.all(&pages.sql(last.is_some()), pages.args(last)).await?;
        let full = page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
        last = None;
        for row in &page {
            let values = table.columns.iter().enumerate().map(|(n, (_, kind))| read(row, n, *kind));
            let values = values.collect::<StoreResult<Vec<Val>>>()?;
            let line = out.line(&values.iter().map(to_json).collect::<Vec<Value>>())?;
            hash.update(line);
            last = Some(pages.key.iter().map(|column| values[*column].clone()).collect());
        }
        rows += page.len() as u64;
        progress(rows);
        if !full {
            break;
        }
    }
    Ok(Written { table: table.name.clone(), rows, sha256: hex(&hash.finalize()) })
}

/// Reads a table by its key, a page at a time, so that memory does not grow with it.
struct Pages {
    /// Columns and table.
    select: String,
    /// Columns of the key, by name and by position.
    names: String,
    key: Vec<usize>,
}

impl Pages {
    fn of(table: &Table) -> StoreResult<Self> {
        let all: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        let key = key_of(&table.name)?;
        Ok(Self {
            select: format!("SELECT {} FROM {}", all.join(", "), table.name),
            names: key.join(", "),
            key: key.iter().filter_map(|column| all.iter().position(|name| name == column)).collect(),
        })
    }

    fn sql(&self, continued: bool) -> String {
        let Self { select, names, key } = self;
        if continued {
            let after = crate::db::tuple(2, key.len());
            format!("{select} WHERE ({names}) > {after} ORDER BY {names} LIMIT $1")
        } else {
            format!("{select} ORDER BY {names} LIMIT $1")
        }
    }

    fn args(&self, last: Option<Vec<Val>>) -> Vec<Val> {
        let mut args = args![PAGE];
        args.extend(last.into_iter().flatten());
        args
    }
}

/// The file under its working name, compressed as it is written.
pub(super) struct Out {
    path: PathBuf,
    file: GzEncoder<BufWriter<File>>,
    line: Vec<u8>,
}

impl Out {
    fn create(to: &Path) -> StoreResult<Self> {
        if to.exists() {
            return Err(failed(to, "a file of this name exists and is not overwritten: choose another name"));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600); // it holds everything that the database holds
        }
        let file = options.open(&path).map_err(|e| {
            failed(
                &path,
                format!("cannot be written ({e}): check that the folder exists and may be written to"),
            )
        })?;
        Ok(Self { path, file: GzEncoder::new(BufWriter::new(file), Compression::fast()), line: Vec::new() })
    }

    /// Writes a value as a line and gives its bytes.
    pub(super) fn line<T: Serialize>(&mut self, value: &T) -> StoreResult<&[u8]> {
        self.line.clear();
        self.line.extend_from_slice(json(value)?.as_bytes());
        self.line.push(b'\n');
        self.file.write_all(&self.line).map_err(|e| broken(&self.path, &e))?;
        Ok(&self.line)
    }

    /// Brings the file to the disk and gives it its name.
    fn finish(self, to: &Path) -> StoreResult<u64> {
        let Self { path, file, .. } = self;
        let finish = || -> std::io::Result<u64> {
            let file = file.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            std::fs::rename(&path, to)?;
            if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder)?.sync_all()?;
            }
            Ok(bytes)
        };
        finish().map_err(|e| broken(&path, &e))
    }
}

fn broken(path: &Path, error: &std::io::Error) -> StoreError {
    failed(
        path,
        format!("the backup could not be written to its end ({error}): make room, then run it again"),
    )
}
