//! Lines of the stream: from bytes to items, and what is said of those that are none.

use crate::json;
use jiff::Timestamp;
use saring_connectors::json::read;
use saring_domain::Item;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::{BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender};

/// A line longer than this is refused; the longest texts are a few megabytes.
const LONGEST: usize = 64 << 20;
/// A line longer than this is read ahead alone.
pub(super) const LONG: usize = 1 << 20;

/// A line as it came, with its number from 1.
pub(super) struct Line {
    number: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

/// Hands the lines of a stream on until it ends, breaks, or nobody takes them any more; blank lines are counted and left out. Behind a
/// [`LONG`] line it waits until that is `taken`, so that long ones do not pile up.
pub(super) fn hand_on(
    mut input: impl BufRead,
    lines: &SyncSender<std::io::Result<Line>>,
    taken: &Receiver<()>,
) {
    for number in 1.. {
        let Some(line) = next(&mut input, number).transpose() else { return };
        if line.as_ref().is_ok_and(|line| line.bytes.trim_ascii().is_empty()) {
            continue;
        }
        let (broken, long) = (line.is_err(), line.as_ref().is_ok_and(|line| line.len() > LONG));
        if lines.send(line).is_err() || broken || long && taken.recv().is_err() {
            return;
        }
    }
}

fn next(input: &mut impl BufRead, number: u64) -> std::io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(LONGEST as u64).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    let too_long = read == LONGEST && bytes.last() != Some(&b'\n');
    if too_long {
        bytes.truncate(1);
        input.skip_until(b'\n')?;
    }
    Ok(Some(Line { number, bytes, too_long }))
}

/// What a line holds.
pub(super) enum Parsed {
    Item(Box<Item>),
    Bad(BadLine),
}

/// The object that stands in place of a bad line.
#[derive(Debug, Serialize)]
pub(super) struct BadLine {
    id: Option<Box<RawValue>>,
    error: Error,
}

#[derive(Debug, Serialize)]
struct Error {
    line: u64,
    message: String,
}

/// What is read of a line that is bad.
#[derive(Deserialize)]
struct Named {
    id: Option<Box<RawValue>>,
    qid: Option<Box<RawValue>>,
}

/// The fields that are read; all others are ignored, and so are values of `kind`, `url` and `source` that say nothing
/// here, because files of research data use these names in their own ways.
#[derive(Deserialize)]
struct Input {
    id: Option<Box<RawValue>>,
    qid: Option<Box<RawValue>>,
    text: Option<String>,
    query: Option<String>,
    posted_at: Option<String>,
    url: Option<Value>,
    source: Option<Value>,
    kind: Option<Value>,
}

impl Line {
    /// Its length in bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn parse(&self) -> Parsed {
        if self.too_long {
            return self.bad(None, format!("longer than {} MiB; split it", LONGEST >> 20));
        }
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        match read::<Input>(bytes) {
            Ok(mut input) => {
                let id = input.id.take().or_else(|| input.qid.take());
                match item(id.as_deref(), input) {
                    Ok(item) => Parsed::Item(Box::new(item)),
                    Err(message) => self.bad(id, message),
                }
            }
            Err(error) => {
                let named = read::<Named>(String::from_utf8_lossy(bytes).as_bytes()).ok();
                let id = named.and_then(|named| named.id.or(named.qid));
                self.bad(id, format!("not a JSON object of the expected form: {error}"))
            }
        }
    }

    fn bad(&self, id: Option<Box<RawValue>>, message: String) -> Parsed {
        Parsed::Bad(BadLine { id, error: Error { line: self.number, message } })
    }
}

fn item(id: Option<&RawValue>, input: Input) -> Result<Item, String> {
    let id = json::id(id.ok_or("`id` is missing")?).ok_or("`id` must be a string that is not empty")?;
    let text = input.text.or(input.query).ok_or("`text` is missing")?;
    let posted_at = match input.posted_at.filter(|at| !at.trim().is_empty()) {
        Some(at) => Some(at.parse::<Timestamp>().map_err(|_| {
            format!("`posted_at` is '{at}'; write RFC 3339, for instance 2026-11-24T08:30:00+07:00")
        })?),
        None => None,
    };
    Ok(Item {
        capture: id.as_str().into(),
        id: id.into(),
        source: input.source.as_ref().and_then(Value::as_str).unwrap_or_default().into(),
        kind: input.kind.and_then(|kind| serde_json::from_value(kind).ok()).unwrap_or_default(),
        account: None,
        title: None,
        text,
        url: input.url.as_ref().and_then(Value::as_str).map(str::to_owned),
        outlet: None,
        posted_at,
        seen_at: posted_at.unwrap_or(Timestamp::UNIX_EPOCH),
    })
}
