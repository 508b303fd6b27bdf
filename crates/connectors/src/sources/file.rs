//! A file or a folder of files as a source: exports that someone puts there, read on from where reading stopped.

use super::{Parts, Source};
use crate::error::FetchError;
use crate::files::{self, Options, Place, Row, Rows};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::ids::hex;
use saring_domain::{Cursor, Fetched};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Rows per call; more waits behind the cursor.
const ROWS: usize = 2_000;
/// Bytes at the start of a file that tell it from another of the same name.
const MARK: u64 = 1_024;

/// How far each file was read, by name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    files: BTreeMap<String, Known>,
}

/// A file as it was when it was read last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    place: Place,
    length: u64,
    /// SHA-256 of its first `marked` bytes.
    mark: String,
    marked: u64,
}

struct FileSource(Parts);

/// A file source; the address is a path, perhaps as `file://`.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    Ok(Box::new(FileSource(parts)))
}

#[async_trait]
impl Source for FileSource {
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let def = &self.0.def;
        let path = PathBuf::from(def.url.strip_prefix("file://").unwrap_or(&def.url));
        let progress: Progress = cursor.place();
        let options =
            Options { outlet: Some(def.medium()), ..Options::new(def.id.clone(), self.0.epoch_key, now) };
        let read = tokio::task::spawn_blocking(move || read(&path, progress, &options)).await;
        read.map_err(|error| FetchError::Broken { url: def.url.clone(), why: error.to_string() })?
    }
}

fn read(path: &Path, mut progress: Progress, options: &Options) -> Result<Fetched, FetchError> {
    let mut fetched = Fetched::default();
    for file in files::list(path)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let before = progress.files.get(&name).cloned().unwrap_or_default();
        match read_file(&file, &name, &before, options, &mut fetched) {
            Ok(after) => {
                progress.files.insert(name, after);
            }
            // a file that cannot be read costs only itself
            Err(error) => fetched.bad.push(error.trouble()),
        }
        if fetched.more {
            break;
        }
    }
    fetched.next = Cursor::of(&progress);
    Ok(fetched)
}

fn read_file(
    file: &Path,
    name: &str,
    before: &Known,
    options: &Options,
    fetched: &mut Fetched,
) -> Result<Known, FetchError> {
    let failed =
        |error: std::io::Error| FetchError::File { path: file.display().to_string(), why: error.to_string() };
    let same = mark(file, before.marked).map_err(failed)? == before.mark;
    let start = if same { before.place } else { Place::default() };
    let mut rows = files::open(file, &Options { start, ..options.clone() })?;
    let grown = !same || rows.length() > before.length;
    let mut place = start;
    while fetched.captures.len() + fetched.bad.len() < ROWS {
        match rows.next() {
            None => {
                place = rows.place();
                break;
            }
            // whoever writes the file is not done with this line
            Some(Row::Bad { .. }) if grown && unfinished(file, &rows) => break,
            Some(Row::Good(entry)) => fetched.captures.push(*entry),
            Some(Row::Bad { line, flaw }) => fetched.bad.push(flaw.trouble(format!("{name}:{line}"))),
        }
        place = rows.place();
    }
    fetched.more = fetched.captures.len() + fetched.bad.len() >= ROWS;
    fetched.bytes += place.byte.saturating_sub(start.byte);
    let marked = place.byte.min(MARK);
    Ok(Known { place, length: rows.length(), mark: mark(file, marked).map_err(failed)?, marked })
}

fn mark(file: &Path, bytes: u64) -> std::io::Result<String> {
    let mut head = Vec::new();
    File::open(file)?.take(bytes).read_to_end(&mut head)?;
    Ok(if bytes == 0 { String::new() } else { hex(&Sha256::digest(&head)) })
}

/// Whether reading stands at the end of a file whose last line has no line feed.
fn unfinished(file: &Path, rows: &Rows) -> bool {
    let last = || {
        let mut file = File::open(file).ok()?;
        file.seek(SeekFrom::Start(rows.length().checked_sub(1)?)).ok()?;
        let mut byte = [0];
        file.read_exact(&mut byte).ok()?;
        Some(byte[0])
    };
    rows.place().byte >= rows.length() && last().is_some_and(|byte| byte != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::client;
    use saring_domain::{SourceDef, SourceKind};
    use std::io::Write;

    fn source(path: &Path) -> Box<dyn Source> {
        let def = SourceDef::new("berkas", "Berkas", SourceKind::File, &path.display().to_string());
        super::super::build(&def, &client(), [1; 32]).unwrap()
    }

    fn append(path: &Path, text: &str) {
        let mut file = File::options().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Native ids and messages of one call, and the cursor after it.
    async fn step(source: &dyn Source, cursor: &Cursor) -> (Vec<String>, Vec<String>, Cursor) {
        let fetched = source.fetch(cursor, "2026-11-25T00:00:00Z".parse().unwrap()).await.unwrap();
        let ids = fetched.captures.iter().map(|(capture, _)| capture.native_id.clone()).collect();
        let bad = fetched.bad.into_iter().map(|trouble| trouble.message).collect();
        (ids, bad, fetched.next)
    }

    fn line(id: usize) -> String {
        format!("{{\"id\":\"{id}\",\"text\":\"isi {id}\"}}\n")
    }

    #[tokio::test]
    async fn a_growing_folder_is_read_on_from_where_reading_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let (first, table) = (folder.path().join("a.jsonl"), folder.path().join("b.csv"));
        append(&first, &(line(1) + &line(2)));
        append(&table, "id,text\n10,sepuluh\n");
        append(&folder.path().join("notes.txt"), "not ours");
        let source = source(folder.path());
        let (ids, bad, cursor) = step(&*source, &Cursor::default()).await;
        assert_eq!((ids, bad.len()), (vec!["1".to_owned(), "2".into(), "10".into()], 0));
        assert!(step(&*source, &cursor).await.0.is_empty(), "nothing new, nothing read");
        append(&first, &line(3));
        append(&table, "11,\"sebelas\nbaris\"\n");
        let (ids, _, cursor) = step(&*source, &cursor).await;
        assert_eq!(ids, ["3", "11"]);
        // half a line waits for its other half
        let whole = line(4);
        let (half, rest) = whole.split_at(9);
        append(&first, half);
        let (ids, bad, cursor) = step(&*source, &cursor).await;
        assert!(ids.is_empty() && bad.is_empty(), "{bad:?}");
        append(&first, rest);
        let (ids, _, cursor) = step(&*source, &cursor).await;
        assert_eq!(ids, ["4"]);
        // and is named where it never comes
        append(&first, "{\"id\":\"5\"");
        let (_, bad, cursor) = step(&*source, &cursor).await;
        assert!(bad.is_empty());
        let (_, bad, cursor) = step(&*source, &cursor).await;
        assert!(bad.len() == 1 && bad[0].contains("a.jsonl:5"), "{bad:?}");
        // another file under the old name is read from its start
        std::fs::write(&first, line(7) + &line(8) + &"\n".repeat(200)).unwrap();
        assert_eq!(step(&*source, &cursor).await.0, ["7", "8"]);
    }

    #[tokio::test]
    async fn a_large_file_comes_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("besar.jsonl");
        append(&path, &(0..5_000).map(line).collect::<String>());
        let source = source(&path);
        let (mut cursor, mut seen, mut calls) = (Cursor::default(), 0, 0);
        loop {
            let fetched = source.fetch(&cursor, Timestamp::UNIX_EPOCH).await.unwrap();
            seen += fetched.captures.len();
            calls += 1;
            cursor = fetched.next;
            if !fetched.more {
                break;
            }
        }
        assert_eq!((seen, calls), (5_000, 3));
    }

    #[tokio::test]
    async fn what_is_not_there_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error =
            source(&folder.path().join("none.csv")).fetch(&Cursor::default(), Timestamp::UNIX_EPOCH).await;
        assert!(matches!(error, Err(FetchError::File { .. })));
        std::fs::write(folder.path().join("a.csv"), [0x1f, 0x8b, 8, 0]).unwrap();
        append(&folder.path().join("b.jsonl"), &line(1));
        let (ids, bad, _) = step(&*source(folder.path()), &Cursor::default()).await;
        assert!(ids == ["1"] && bad.len() == 1 && bad[0].contains("unpack"), "{bad:?}");
    }
}
