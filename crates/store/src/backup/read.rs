//! Reading a backup line by line.

use super::{End, FORMAT, FileStart, Head, Piece, Start, failed};
use crate::error::{StoreError, StoreResult};
use crate::migrate::SCHEMA_VERSION;
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// One line of the body.
pub(super) enum Line {
    /// The rows that follow are of this table.
    Table(String),
    /// A row, and the bytes it was read from.
    Row(Vec<Value>),
    /// The pieces that follow are of this sealed file.
    File(FileStart),
    /// A piece of it, Base64.
    Piece(String),
    /// The last line.
    End(End),
}

/// A backup that is being read.
pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<GzDecoder<BufReader<File>>>,
    line: Vec<u8>,
    number: u64,
}

impl Reader {
    /// Opens the file and reads its head.
    pub(super) fn open(path: &Path) -> StoreResult<(Self, Head)> {
        let file = File::open(path).map_err(|e| failed(path, format!("cannot be read ({e})")))?;
        let file = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let mut reader = Self { path: path.to_owned(), file, line: Vec::new(), number: 0 };
        if !reader.advance().is_ok_and(|more| more) {
            return Err(
                reader.wrong("this is not a backup of Saring: give a file that `saring backup` wrote")
            );
        }
        let head: Head =
            reader.parse("this is not a backup of Saring: give a file that `saring backup` wrote")?;
        if !(1..=FORMAT).contains(&head.saring_backup) {
            return Err(reader.wrong("it is of a newer Saring: restore it with that version"));
        }
        if head.schema != SCHEMA_VERSION {
            let schema = head.schema;
            let why = format!(
                "it has schema {schema}, this program {SCHEMA_VERSION}: restore it with the version that made it, \
                 then start the newer one on the result"
            );
            return Err(reader.wrong(&why));
        }
        Ok((reader, head))
    }

    /// The next line; a file that stops before its end is an error.
    pub(super) fn next(&mut self) -> StoreResult<Line> {
        if !self.advance()? {
            return Err(self.wrong("it is cut off: copy it again, or take another backup"));
        }
        const BROKEN: &str = "this line is broken: copy the file again, or take another backup";
        if self.line.first() == Some(&b'[') {
            return Ok(Line::Row(self.parse(BROKEN)?));
        }
        if self.line.starts_with(b"{\"piece\"") {
            return Ok(Line::Piece(self.parse::<Piece>(BROKEN)?.piece));
        }
        if self.line.starts_with(b"{\"file\"") {
            return Ok(Line::File(self.parse(BROKEN)?));
        }
        if let Ok(Start { table }) = serde_json::from_slice(&self.line) {
            return Ok(Line::Table(table));
        }
        Ok(Line::End(self.parse(BROKEN)?))
    }

    /// The bytes of the line just read, its line feed included.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.line
    }

    /// An error at the line just read.
    pub(super) fn wrong(&self, why: &str) -> StoreError {
        failed(&self.path, format!("line {}: {why}", self.number))
    }

    fn advance(&mut self) -> StoreResult<bool> {
        self.line.clear();
        self.number += 1;
        match self.file.read_until(b'\n', &mut self.line) {
            Ok(read) => Ok(read > 0),
            Err(e) => {
                Err(self.wrong(&format!("the file is damaged ({e}): copy it again, or take another backup")))
            }
        }
    }

    fn parse<T: DeserializeOwned>(&self, why: &str) -> StoreResult<T> {
        serde_json::from_slice(&self.line).map_err(|_| self.wrong(why))
    }
}
