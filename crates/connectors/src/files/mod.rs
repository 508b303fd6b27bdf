//! Files of public posts: JSONL, CSV, 4CAT, Zeeschuimer, Telegram. Read as a stream, a bad line costs only itself.

mod fields;
mod lines;
mod objects;
mod table;
mod telegram;
#[cfg(test)]
mod tests;

pub use fields::{Field, Format, Mapping};

use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use fields::Record;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{AccountRef, Capture, CaptureId, Item, ItemId, ItemKind, SourceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Longer lines are named and left out.
pub const LONGEST: usize = 8 << 20;

/// How to read a file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Format; found out from the file where `None`.
    pub format: Option<Format>,
    /// Columns or keys that hold fields, where they are not guessed.
    pub maps: Vec<(Field, String)>,
    /// Source the items belong to.
    pub source: SourceId,
    /// The medium as the public knows it, for rows that name none.
    pub outlet: Option<String>,
    /// Key of the current epoch for pseudonyms.
    pub epoch_key: [u8; 32],
    /// When it is read.
    pub now: Timestamp,
    /// Where to go on.
    pub start: Place,
}

impl Options {
    /// Everything guessed, from the start of the file.
    pub fn new(source: SourceId, epoch_key: [u8; 32], now: Timestamp) -> Self {
        Self { format: None, maps: Vec::new(), source, outlet: None, epoch_key, now, start: Place::default() }
    }
}

/// How far a file was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bytes.
    pub byte: u64,
    /// Lines.
    pub line: u64,
}

/// A row of a file.
#[derive(Clone, Debug)]
pub enum Row {
    /// Evidence and content.
    Good(Box<(Capture, Item)>),
    /// A line that cannot be read.
    Bad {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        flaw: Flaw,
    },
}

/// The rows of a file, one after the other.
pub struct Rows {
    inner: Inner,
    options: Options,
    format: Format,
    mapping: Mapping,
    length: u64,
}

enum Inner {
    Lines(lines::Lines),
    Table(table::Table),
    Objects(objects::Objects),
}

fn cannot(path: &Path, why: String) -> FetchError {
    FetchError::File { path: path.display().to_string(), why }
}

/// The files behind a path: itself, or the data files of a folder by name.
///
/// # Errors
/// [`FetchError::File`] where it is not there.
pub fn list(path: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let failed = |error: std::io::Error| {
        cannot(path, format!("{error}; check the name and that this program may read it"))
    };
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let ending =
            file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if file.is_file() && ["jsonl", "ndjson", "json", "csv", "tsv"].contains(&ending.as_str()) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Opens a file: finds its format, encoding and columns.
///
/// # Errors
/// [`FetchError::File`] where it cannot be opened or nothing in it can be the text of a post.
pub fn open(path: &Path, options: &Options) -> Result<Rows, FetchError> {
    let failed = |error: std::io::Error| {
        cannot(path, format!("{error}; check the name and that this program may read it"))
    };
    let form = |why: String| cannot(path, why);
    let mut file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut head = Vec::new();
    file.by_ref().take(64 << 10).read_to_end(&mut head).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    if head.starts_with(&[0x1f, 0x8b]) || head.starts_with(b"PK") {
        return Err(form("it is packed; unpack it first".into()));
    }
    let sixteen = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let text = crate::decode::text(&head, None);
    let format = options.format.unwrap_or_else(|| Format::guess(&text));
    // a file that became shorter is another file
    let start = if options.start.byte > length || sixteen { Place::default() } else { options.start };
    let (inner, mapping) = if let Some(key) = format.array() {
        if format == Format::Telegram {
            telegram::open_to_all(&text).map_err(form)?;
        }
        let objects = objects::Objects::open(file, sixteen, start, key).map_err(failed)?;
        (Inner::Objects(objects), Mapping::keys(&options.maps))
    } else if format.is_table(&text) {
        let table =
            table::Table::open(file, sixteen, &text, start).map_err(|error| form(error.to_string()))?;
        let mapping = Mapping::of(table.headers(), &options.maps).map_err(form)?;
        (Inner::Table(table), mapping)
    } else {
        let mapping = Mapping::keys(&options.maps);
        (Inner::Lines(lines::Lines::open(file, sixteen, start).map_err(failed)?), mapping)
    };
    Ok(Rows { inner, options: options.clone(), format, mapping, length })
}

impl Rows {
    /// Format found or given.
    pub fn format(&self) -> Format {
        self.format
    }
    /// Which column holds which field.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
    /// How far the file was read.
    pub fn place(&self) -> Place {
        match &self.inner {
            Inner::Lines(lines) => lines.place(),
            Inner::Table(table) => table.place(),
            Inner::Objects(objects) => objects.place(),
        }
    }
    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn row(&self, line: u64, record: Result<Record, String>) -> Row {
        match record.map_err(Flaw::from).and_then(|record| self.item(record)) {
            Ok(entry) => Row::Good(Box::new(entry)),
            Err(flaw) => Row::Bad { line, flaw },
        }
    }

    /// Evidence keeps what the item is made of and nothing about who posted it.
    fn item(&self, record: Record) -> Result<(Capture, Item), Flaw> {
        let text = record.text.map(|text| html::plain(&text)).filter(|text| !text.is_empty());
        let Some(text) = text.or_else(|| record.title.clone()) else {
            return Err(Flaw::Empty);
        };
        let source = self.options.source.clone();
        let at = record
            .posted_at
            .as_deref()
            .and_then(|text| when::parse(text, &TimeZone::UTC))
            .filter(|at| *at <= self.options.now + jiff::SignedDuration::from_hours(24));
        let native_id = record.id.unwrap_or_else(|| {
            let parts = [
                record.url.as_deref().unwrap_or_default(),
                record.posted_at.as_deref().unwrap_or_default(),
                &text,
            ];
            saring_domain::ids::hex(&Sha256::digest(parts.join("\u{1f}").as_bytes())[..16])
        });
        let mut kept = Map::new();
        kept.insert("id".into(), native_id.clone().into());
        kept.insert("text".into(), text.clone().into());
        for (key, value) in [
            ("title", &record.title),
            ("url", &record.url),
            ("posted_at", &record.posted_at),
            ("outlet", &record.outlet),
        ] {
            if let Some(value) = value {
                kept.insert(key.into(), value.clone().into());
            }
        }
        let raw = Value::Object(kept).to_string().into_bytes();
        let sha256: [u8; 32] = Sha256::digest(&raw).into();
        let id = CaptureId::derive(&source, &native_id, &sha256);
        let account = record.author.filter(|author| !author.trim().is_empty());
        let item = Item {
            id: ItemId::derive(&source, &native_id),
            capture: id.clone(),
            source: source.clone(),
            kind: kind(record.kind.as_deref()),
            account: account.map(|handle| AccountRef::derive(&self.options.epoch_key, &source, &handle)),
            title: record.title.filter(|title| *title != text),
            text,
            url: record.url,
            outlet: record.outlet.or_else(|| self.options.outlet.clone()),
            posted_at: at,
            seen_at: self.options.now,
        };
        let capture = Capture {
            id,
            source,
            native_id,
            seen_at: self.options.now,
            media_type: "application/json".into(),
            raw,
            sha256,
        };
        Ok((capture, item))
    }
}

fn kind(name: Option<&str>) -> ItemKind {
    match name.unwrap_or_default().to_ascii_lowercase().as_str() {
        "article" => ItemKind::Article,
        "comment" | "reply" => ItemKind::Comment,
        "tip" => ItemKind::Tip,
        _ => ItemKind::Post,
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            let (line, record) = match &mut self.inner {
                Inner::Lines(lines) => {
                    let (line, bytes) = lines.next()?;
                    (line, bytes.and_then(|bytes| fields::json(&bytes, self.format, &self.mapping)))
                }
                Inner::Table(table) => {
                    let (line, cells) = table.next()?;
                    (line, cells.map(|cells| self.mapping.record(&cells)))
                }
                Inner::Objects(objects) => {
                    let (line, bytes) = objects.next()?;
                    let record = bytes.and_then(|bytes| match self.format {
                        Format::Telegram => telegram::record(&bytes),
                        _ => fields::json(&bytes, self.format, &self.mapping).map(Some),
                    });
                    match record.transpose() {
                        Some(record) => (line, record),
                        None => continue, // nothing in it that anybody said
                    }
                }
            };
            return Some(self.row(line, record));
        }
    }
}

/// A reader that gives UTF-8 whatever the file is in.
fn utf8(file: File, sixteen: bool) -> Box<dyn Read + Send> {
    if sixteen { Box::new(lines::Transcode::new(BufReader::new(file))) } else { Box::new(file) }
}
