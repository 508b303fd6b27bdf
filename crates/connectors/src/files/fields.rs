//! What the fields of a row are called in the formats people export.

use super::telegram;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// Formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// A table with a header.
    Csv,
    /// Export of 4CAT, CSV or NDJSON.
    FourCat,
    /// NDJSON of the browser extension Zeeschuimer.
    Zeeschuimer,
    /// One JSON array of objects, as platforms export them.
    Json,
    /// JSON export of a public Telegram channel or group.
    Telegram,
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Ok(Self::Jsonl),
            "csv" | "tsv" => Ok(Self::Csv),
            "4cat" => Ok(Self::FourCat),
            "zeeschuimer" => Ok(Self::Zeeschuimer),
            "json" => Ok(Self::Json),
            "telegram" => Ok(Self::Telegram),
            other => {
                Err(format!("unknown format '{other}': use jsonl, csv, 4cat, zeeschuimer, json or telegram"))
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::FourCat => "4cat",
            Self::Zeeschuimer => "zeeschuimer",
            Self::Json => "json",
            Self::Telegram => "telegram",
        })
    }
}

impl Format {
    /// Guesses from the first lines.
    pub(super) fn guess(head: &str) -> Self {
        let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if telegram::is_export(head) {
            Self::Telegram
        } else if first.trim_start().starts_with('[') {
            Self::Json
        } else if first.trim_start().starts_with('{') {
            if first.contains("\"source_platform\"") && first.contains("\"data\"") {
                Self::Zeeschuimer
            } else if first.contains("\"__import_meta\"") {
                Self::FourCat
            } else {
                Self::Jsonl
            }
        } else {
            let has =
                |name: &str| first.split([',', ';', '\t']).any(|cell| cell.trim().trim_matches('"') == name);
            if has("thread_id") && has("body") && has("timestamp") { Self::FourCat } else { Self::Csv }
        }
    }

    /// The key of the array that holds everything, where the format is one; empty where the file is the array.
    pub(super) fn array(self) -> Option<&'static str> {
        match self {
            Self::Json => Some(""),
            Self::Telegram => Some(telegram::MESSAGES),
            _ => None,
        }
    }

    /// Whether a file of this format with this beginning is a table.
    pub(super) fn is_table(self, head: &str) -> bool {
        match self {
            Self::Csv => true,
            Self::Jsonl | Self::Zeeschuimer | Self::Json | Self::Telegram => false,
            Self::FourCat => !head.trim_start().starts_with('{'),
        }
    }
}

/// A field of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "named after the fields of an item")]
pub enum Field {
    Text,
    Id,
    Url,
    PostedAt,
    Author,
    Title,
    Outlet,
    Kind,
}

/// Fields with the names they go by, the likeliest first.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Text,
        &[
            "text",
            "query",
            "body",
            "content",
            "full_text",
            "message",
            "isi",
            "teks",
            "pesan",
            "tweet",
            "caption",
            "description",
            "komentar",
            "comment",
            "kiriman",
            "konten",
            "post",
            "isi_berita",
        ],
    ),
    (Field::Id, &["id", "qid", "id_str", "cid", "post_id", "tweet_id", "item_id", "nomor", "no", "guid"]),
    (Field::Url, &["url", "link", "permalink", "post_url", "mcl_url", "tautan", "alamat"]),
    (
        Field::PostedAt,
        &[
            "posted_at",
            "timestamp",
            "created_at",
            "creation_time",
            "post created",
            "publishedat",
            "time_parsed",
            "date",
            "published",
            "published_at",
            "tanggal",
            "waktu",
            "datetime",
            "time",
            "created_utc",
            "unix_timestamp",
        ],
    ),
    (
        Field::Author,
        &[
            "author",
            "username",
            "user name",
            "post_owner.username",
            "authorchannelid",
            "authorname",
            "user",
            "handle",
            "akun",
            "penulis",
            "screen_name",
            "author_id",
            "from",
            "pengirim",
        ],
    ),
    (Field::Title, &["title", "judul", "headline", "subject"]),
    (Field::Outlet, &["outlet", "platform", "source", "media", "sumber", "group_name"]),
    (Field::Kind, &["kind", "type", "jenis"]),
];

impl FromStr for Field {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(_, names)| names[0] == text.to_ascii_lowercase());
        found.map(|(field, _)| *field).ok_or_else(|| {
            format!("unknown field '{text}': use text, id, url, posted_at, author, title, outlet or kind")
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.iter().find(|(field, _)| field == self);
        f.write_str(names.map_or("", |(_, names)| names[0]))
    }
}

/// The fields of one row, as text.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "named after the fields of an item")]
pub(super) struct Record {
    pub text: Option<String>,
    pub id: Option<String>,
    pub url: Option<String>,
    pub posted_at: Option<String>,
    pub author: Option<String>,
    pub title: Option<String>,
    pub outlet: Option<String>,
    pub kind: Option<String>,
}

impl Record {
    fn slot(&mut self, field: Field) -> &mut Option<String> {
        match field {
            Field::Text => &mut self.text,
            Field::Id => &mut self.id,
            Field::Url => &mut self.url,
            Field::PostedAt => &mut self.posted_at,
            Field::Author => &mut self.author,
            Field::Title => &mut self.title,
            Field::Outlet => &mut self.outlet,
            Field::Kind => &mut self.kind,
        }
    }

    fn put(&mut self, field: Field, value: String) {
        let slot = self.slot(field);
        if slot.is_none() && !value.trim().is_empty() {
            *slot = Some(value);
        }
    }
}

/// Which column or key holds which field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// Field, name of the column or key, its position where the file is a table.
    columns: Vec<(Field, String, usize)>,
}

impl fmt::Display for Mapping {
    /// For showing: `text=pesan id=nomor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<_> = self.columns.iter().map(|(field, name, _)| format!("{field}={name}")).collect();
        f.write_str(&pairs.join(" "))
    }
}

impl Mapping {
    /// Columns of a table: as given, else guessed from the headers.
    pub(super) fn of(headers: &[String], given: &[(Field, String)]) -> Result<Self, String> {
        let position =
            |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
        let mut columns = Vec::new();
        for (field, name) in given {
            let at = position(name)
                .ok_or_else(|| format!("no column '{name}'; the columns are: {}", headers.join(", ")))?;
            columns.push((*field, name.clone(), at));
        }
        for (field, names) in NAMES {
            let free = |at: usize| columns.iter().all(|(_, _, taken)| *taken != at);
            if columns.iter().any(|(mapped, ..)| mapped == field) {
                continue;
            }
            let found = names.iter().find_map(|name| position(name).filter(|at| free(*at)));
            if let Some(at) = found {
                columns.push((*field, headers[at].clone(), at));
            }
        }
        if columns.iter().any(|(field, ..)| matches!(field, Field::Text | Field::Title)) {
            Ok(Self { columns })
        } else {
            let shown = headers.join(", ");
            Err(format!(
                "no column looks like the text of a post; name it with --map text=COLUMN, the columns are: {shown}"
            ))
        }
    }

    /// Keys of JSON lines that stand beside the usual names.
    pub(super) fn keys(given: &[(Field, String)]) -> Self {
        Self { columns: given.iter().map(|(field, name)| (*field, name.clone(), 0)).collect() }
    }

    /// The fields of a row of a table.
    pub(super) fn record(&self, cells: &[String]) -> Record {
        let mut record = Record::default();
        for (field, _, at) in &self.columns {
            record.put(*field, cells.get(*at).cloned().unwrap_or_default());
        }
        record
    }
}

/// The fields of a JSON line. `source` of our own format names a source, not a medium, and is passed over.
pub(super) fn json(line: &[u8], format: Format, mapping: &Mapping) -> Result<Record, String> {
    let text = crate::decode::text(line, None);
    let value: Value =
        crate::json::read(text.as_bytes()).map_err(|error| format!("not a JSON object ({error})"))?;
    if !value.is_object() {
        return Err("not a JSON object".into());
    }
    let mut record = Record::default();
    for (field, path, _) in &mapping.columns {
        if let Some(found) = at(&value, path) {
            record.put(*field, found);
        }
    }
    if format == Format::Zeeschuimer {
        platform(&value, &mut record);
    }
    for (field, names) in NAMES {
        for name in names.iter().filter(|name| **name != "source") {
            if let Some(found) = at(&value, name) {
                record.put(*field, found);
            }
        }
    }
    Ok(record)
}

/// Paths within the `data` of a Zeeschuimer row, over the platforms it collects from.
const PATHS: &[(Field, &[&str])] = &[
    (
        Field::Text,
        &[
            "data.desc",
            "data.note_tweet.note_tweet_results.result.text",
            "data.legacy.full_text",
            "data.full_text",
            "data.caption.text",
            "data.edge_media_to_caption.edges.0.node.text",
            "data.text",
            "data.body",
            "data.commentary.text.text",
            "data.message.text",
            "data.title",
        ],
    ),
    (Field::Id, &["data.id", "data.rest_id", "data.pk", "item_id", "data.urn"]),
    (Field::Url, &["data.permalink", "data.url", "data.post_url", "data.shareUrl"]),
    (
        Field::PostedAt,
        &[
            "data.createTime",
            "data.legacy.created_at",
            "data.taken_at",
            "data.taken_at_timestamp",
            "data.created_at",
            "data.timestamp",
            "data.created_utc",
        ],
    ),
    (
        Field::Author,
        &[
            "data.author.uniqueId",
            "data.core.user_results.result.legacy.screen_name",
            "data.user.username",
            "data.owner.username",
            "data.author",
        ],
    ),
];

fn platform(value: &Value, record: &mut Record) {
    for (field, paths) in PATHS {
        for path in *paths {
            if let Some(found) = at(value, path) {
                record.put(*field, found);
            }
        }
    }
    if let Some(name) = at(value, "source_platform") {
        record.put(Field::Outlet, name);
    }
}

/// A text or number behind a dotted path.
fn at(value: &Value, path: &str) -> Option<String> {
    let mut value = value;
    if let Some(direct) = value.get(path) {
        value = direct;
    } else {
        for step in path.split('.') {
            value = match step.parse::<usize>() {
                Ok(index) if value.is_array() => value.get(index)?,
                _ => value.get(step)?,
            };
        }
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_guessed_and_can_be_given() {
        let headers = ["No", "Pesan", "Tanggal", "Akun"].map(String::from);
        assert_eq!(
            Mapping::of(&headers, &[]).unwrap().to_string(),
            "text=Pesan id=No posted_at=Tanggal author=Akun"
        );
        let given = [(Field::Text, "akun".to_owned())];
        assert_eq!(Mapping::of(&headers, &given).unwrap().to_string(), "text=akun id=No posted_at=Tanggal");
        assert!(Mapping::of(&["a".into(), "b".into()], &[]).unwrap_err().contains("--map text="));
        assert!(Mapping::of(&headers, &[(Field::Text, "x".into())]).unwrap_err().contains("no column 'x'"));
    }

    #[test]
    fn half_an_emoji_costs_no_line() {
        let line = r#"{"text":"a \ud83d b \ud83d\ude00 \\ud83d"}"#;
        let record = json(line.as_bytes(), Format::Jsonl, &Mapping::default()).unwrap();
        assert_eq!(record.text.as_deref(), Some("a \u{fffd} b \u{1f600} \\ud83d"));
    }

    #[test]
    fn the_fields_of_collected_rows_are_found() {
        let line = r#"{"source_platform":"tiktok.com","item_id":"7","data":{"id":"7","desc":"halo","createTime":1795507200,"author":{"uniqueId":"x"}}}"#;
        assert_eq!(Format::guess(line), Format::Zeeschuimer);
        let record = json(line.as_bytes(), Format::Zeeschuimer, &Mapping::default()).unwrap();
        assert_eq!(
            (record.text.as_deref(), record.id.as_deref(), record.author.as_deref()),
            (Some("halo"), Some("7"), Some("x"))
        );
        assert_eq!(record.outlet.as_deref(), Some("tiktok.com"));
        assert!(json(b"[1]", Format::Jsonl, &Mapping::default()).is_err());
    }
}
