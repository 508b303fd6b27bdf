//! Rows of a CSV file, whatever separates its cells.

use super::{LONGEST, Place, utf8};
use crate::decode;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// A quoted cell over more lines than this was never closed.
const MOST_LINES: u64 = 2000;

/// Rows with the cells of the header.
pub(super) struct Table {
    reader: Reader<Box<dyn Read + Send>>,
    /// The file itself, for going back where a quote was never closed.
    file: Option<File>,
    delimiter: u8,
    headers: Vec<String>,
    /// Added to the positions of the reader, which starts anew after going back.
    base: Place,
}

impl Table {
    pub(super) fn open(file: File, sixteen: bool, head: &str, start: Place) -> Result<Self, csv::Error> {
        let delimiter = delimiter(head);
        let again = if sixteen { None } else { Some(file.try_clone()?) };
        let mut reader = build(utf8(file, sixteen), delimiter);
        let mut first = ByteRecord::new();
        reader.read_byte_record(&mut first)?;
        let headers = first.iter().map(|cell| decode::text(cell, None).trim().to_owned()).collect();
        let mut table = Self { reader, file: again, delimiter, headers, base: Place::default() };
        if start.byte > table.reader.position().byte() {
            table.go_to(start)?;
        }
        Ok(table)
    }

    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }

    pub(super) fn place(&self) -> Place {
        let at = self.reader.position();
        Place { byte: self.base.byte + at.byte(), line: self.base.line + at.line() - 1 }
    }

    /// The next row that is not empty: number of its first line, and its cells.
    pub(super) fn next(&mut self) -> Option<(u64, Result<Vec<String>, String>)> {
        let mut record = ByteRecord::new();
        let start = self.place();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Err(error) => {
                self.reader = build(Box::new(std::io::empty()), self.delimiter);
                Some((start.line + 1, Err(format!("the file cannot be read on ({error}); copy it again"))))
            }
            Ok(true) => {
                let line = record.position().map_or(start.line, |at| self.base.line + at.line() - 1) + 1;
                let lines = self.place().line.saturating_sub(line);
                if lines > MOST_LINES || record.as_slice().len() > LONGEST {
                    let begin = record.position().map_or(start.byte, |at| self.base.byte + at.byte());
                    return Some((line, Err(self.skip_line(begin, line))));
                }
                Some((line, self.cells(&record)))
            }
        }
    }

    fn cells(&self, record: &ByteRecord) -> Result<Vec<String>, String> {
        if record.len() != self.headers.len() {
            return Err(format!(
                "{} cells where the header has {}: a quote or separator too many or too few",
                record.len(),
                self.headers.len()
            ));
        }
        Ok(record.iter().map(|cell| decode::text(cell, None)).collect())
    }

    /// Goes on behind the line that opened a quote and never closed it.
    fn skip_line(&mut self, begin: u64, line: u64) -> String {
        let next = self.file.as_ref().and_then(|file| {
            let mut reader = BufReader::new(file.try_clone().ok()?);
            reader.seek(SeekFrom::Start(begin)).ok()?;
            let mut skipped = 0_u64;
            // an empty line may stand before the row
            loop {
                let mut bytes = Vec::new();
                let read = reader.read_until(b'\n', &mut bytes).ok()? as u64;
                skipped += read;
                if read == 0 || !bytes.trim_ascii().is_empty() {
                    return Some(Place { byte: begin + skipped, line });
                }
            }
        });
        let moved = next.is_some_and(|place| self.go_to(place).is_ok());
        if moved {
            "a quote is opened and never closed; this line was left out".into()
        } else {
            self.reader = build(Box::new(std::io::empty()), self.delimiter);
            "a quote is opened and never closed; nothing after it was read, correct it and read the file again".into()
        }
    }

    fn go_to(&mut self, place: Place) -> Result<(), csv::Error> {
        if let Some(file) = &self.file {
            let mut file = file.try_clone()?;
            file.seek(SeekFrom::Start(place.byte))?;
            self.reader = build(Box::new(file), self.delimiter);
            self.base = place;
        }
        Ok(())
    }
}

fn build(reader: Box<dyn Read + Send>, delimiter: u8) -> Reader<Box<dyn Read + Send>> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(reader)
}

/// What separates the cells of the first line most often.
fn delimiter(head: &str) -> u8 {
    let first = head.lines().next().unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',')
}
