//! The JSON export of Telegram Desktop (`result.json`) of one public channel or group. Private chats are not read.

use super::fields::Record;
use serde_json::Value;

/// What Telegram calls chats that anybody may read.
const PUBLIC: [&str; 2] = ["public_channel", "public_supergroup"];
/// What it calls the others.
const CLOSED: [&str; 8] = [
    "private_channel",
    "private_supergroup",
    "private_group",
    "personal_chat",
    "saved_messages",
    "bot_chat",
    "replies",
    "verification_codes",
];

/// The key of the list of messages.
pub(super) const MESSAGES: &str = "\"messages\"";

/// Whether a file that begins like this is such an export.
pub(super) fn is_export(head: &str) -> bool {
    let start = head.trim_start();
    let whole = start.starts_with('{') && head.contains(MESSAGES);
    (whole && kinds(head).next().is_some()) || (start.starts_with('{') && head.contains("\"chats\""))
}

/// Whether it may be read.
///
/// # Errors
/// Says why not and what to do.
pub(super) fn open_to_all(head: &str) -> Result<(), String> {
    let before = head.split(MESSAGES).next().unwrap_or_default();
    if before.contains("\"chats\"") {
        return Err("it holds all chats of an account; export one public channel alone".into());
    }
    match kinds(before).next() {
        Some(kind) if PUBLIC.contains(&kind) => Ok(()),
        kind => Err(format!(
            "it is a {} and not a public channel or group; only what is public is read",
            kind.unwrap_or("chat of an unknown kind")
        )),
    }
}

fn kinds(head: &str) -> impl Iterator<Item = &str> {
    let values = head.split("\"type\"").skip(1).filter_map(|rest| rest.split('"').nth(1));
    values.filter(|kind| PUBLIC.contains(kind) || CLOSED.contains(kind))
}

/// The fields of a message; `None` for what has no words: people coming and going, pictures alone.
pub(super) fn record(bytes: &[u8]) -> Result<Option<Record>, String> {
    let message: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("not a JSON object ({error})"))?;
    let text = words(&message["text"]);
    if message["type"] == "service" || text.trim().is_empty() {
        return Ok(None);
    }
    let number = |key: &str| message[key].as_i64().map(|n| n.to_string());
    let written = |key: &str| message[key].as_str().map(str::to_owned);
    let reply = message["reply_to_message_id"].is_number();
    Ok(Some(Record {
        id: Some(number("id").ok_or("it has no number")?),
        text: Some(text),
        posted_at: written("date_unixtime").or_else(|| written("date")),
        author: written("from_id"),
        kind: Some(if reply { "comment" } else { "post" }.into()),
        ..Record::default()
    }))
}

/// A text, or pieces of it with their form.
fn words(text: &Value) -> String {
    match text {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces.iter().map(words).collect(),
        Value::Object(piece) => piece.get("text").map(words).unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::files::{Options, Row, open};
    use jiff::Timestamp;
    use std::path::PathBuf;

    const EXPORT: &str = include_str!("../../fixtures/telegram/result.json");

    fn read(text: &str) -> Result<Vec<Row>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("result.json");
        std::fs::write(&path, text).unwrap();
        let options =
            Options::new("warga".into(), [1; 32], "2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap());
        let rows = open(&path, &options).map_err(|error| error.to_string())?;
        assert_eq!(rows.format().to_string(), "telegram");
        Ok(rows.collect())
    }

    #[test]
    fn an_export_of_a_public_group_is_read_without_names() {
        let rows = read(EXPORT).unwrap();
        let good: Vec<_> = rows
            .iter()
            .map(|row| match row {
                Row::Good(pair) => {
                    (pair.0.native_id.as_str(), pair.1.text.as_str(), pair.1.posted_at.unwrap().to_string())
                }
                Row::Bad { line, flaw } => panic!("{line}: {flaw}"),
            })
            .collect();
        assert_eq!(
            good,
            [
                (
                    "2",
                    "Air keruh lagi di Karangjati, ada yang tahu kenapa?",
                    "2026-11-23T23:00:00Z".to_owned()
                ),
                (
                    "3",
                    "Perbaikan pipa sampai sore, cek https://lereng.example/air ya",
                    "2026-11-23T23:04:10Z".to_owned()
                ),
            ]
        );
        for row in &rows {
            let Row::Good(pair) = row else { continue };
            let raw = String::from_utf8_lossy(&pair.0.raw).into_owned();
            assert!(pair.1.account.is_some() && !raw.contains("Warsini") && !raw.contains("user9"), "{raw}");
        }
    }

    #[test]
    fn private_chats_are_refused_and_a_broken_message_costs_only_itself() {
        for kind in ["personal_chat", "private_group", "private_supergroup", "saved_messages", "bot_chat"] {
            let why = read(&EXPORT.replace("public_supergroup", kind)).unwrap_err();
            assert!(why.contains("only what is public"), "{kind}: {why}");
        }
        let all = read(&format!("{{\"about\": \"x\", \"chats\": {{\"list\": [{EXPORT}]}}}}")).unwrap_err();
        assert!(all.contains("one public channel"), "{all}");
        let rows = read(&EXPORT.replace("\"id\": 2,", "\"id\": ,")).unwrap();
        assert!(matches!(rows[0], Row::Bad { .. }) && matches!(rows[1], Row::Good(_)), "{rows:?}");
        let rows = read(&EXPORT[..EXPORT.len() - 40]).unwrap();
        assert!(matches!(rows.last(), Some(Row::Bad { .. })), "a file cut off says so");
    }
}
