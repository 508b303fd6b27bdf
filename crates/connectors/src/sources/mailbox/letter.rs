//! A message taken apart: subject, words, date, and of what is attached the kinds alone.

use super::forwarded;
use crate::decode;
use crate::error::Flaw;
use crate::html;
use jiff::Timestamp;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use saring_domain::ids::hex;
use sha2::{Digest, Sha256};

/// Messages within messages that are opened.
const DEEPEST: usize = 4;
/// Marks of a message within a message, above which nobody means it well.
const MOST_WITHIN: usize = 64;
/// Characters that are kept of one message.
const MOST_CHARS: usize = 100_000;

/// What is kept of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Letter {
    /// Of its Message-ID, by which it is known again after a move; empty where it has none.
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) text: String,
    /// As its sender's clock stood.
    pub(super) at: Option<Timestamp>,
    /// Kinds of what is attached, such as `video/mp4`.
    pub(super) attached: Vec<String>,
}

/// Reads a message, whole or its beginning.
pub(super) fn read(raw: &[u8]) -> Result<Letter, Flaw> {
    // nested messages are freed one within the other: without end they would end the stack
    if within(raw) > MOST_WITHIN {
        return Err("it holds messages within messages without end".into());
    }
    let message = MessageParser::default().parse(raw).ok_or("it is no message")?;
    let mut names = Vec::new();
    let mut texts = Vec::new();
    let mut attached = Vec::new();
    gather(&message, 0, &mut names, &mut texts, &mut attached);
    let subject = forwarded::subject(&html::plain(message.subject().unwrap_or_default()), &names);
    let text = forwarded::words(&texts.join("\n\n"), &subject, &names);
    Ok(Letter {
        id: message.message_id().map(identity).unwrap_or_default(),
        text: text.chars().take(MOST_CHARS).collect(),
        at: message.date().and_then(|at| Timestamp::from_second(at.to_timestamp()).ok()),
        subject,
        attached,
    })
}

fn within(raw: &[u8]) -> usize {
    let count = |mark: &[u8]| raw.windows(mark.len()).filter(|part| part.eq_ignore_ascii_case(mark)).count();
    count(b"rfc822") + count(b"/global") + count(b"/digest")
}

/// The Message-ID names the sender's provider: only its print is kept.
fn identity(id: &str) -> String {
    format!("mail:{}", &hex(&Sha256::digest(id.as_bytes()))[..32])
}

fn gather(
    message: &Message<'_>,
    depth: usize,
    names: &mut Vec<String>,
    texts: &mut Vec<String>,
    attached: &mut Vec<String>,
) {
    let people = [message.from(), message.to(), message.cc(), message.reply_to(), message.sender()];
    names.extend(people.into_iter().flatten().flat_map(names_of));
    if depth > 0 {
        texts.extend(message.subject().map(str::to_owned));
    }
    texts.extend(message.text_bodies().filter_map(|part| words(message, part)));
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) if depth < DEEPEST => gather(inner, depth + 1, names, texts, attached),
            // a part whose end is missing is set aside by the parser, be it the words themselves
            _ if part.is_encoding_problem && kind(part).starts_with("text/") && texts.is_empty() => {
                texts.extend(words(message, part));
            }
            _ => attached.push(kind(part)),
        }
    }
}

fn names_of(people: &Address<'_>) -> Vec<String> {
    people.iter().filter_map(|one| one.name.as_deref()).map(str::to_owned).collect()
}

fn kind(part: &MessagePart<'_>) -> String {
    let kind = part.content_type().map(|kind| (kind.ctype(), kind.subtype().unwrap_or("*")));
    let (kind, sub) = kind.unwrap_or(("application", "octet-stream"));
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "-+.*".contains(*c)).take(60).collect()
    };
    format!("{}/{}", plain(kind), plain(sub))
}

/// The words of a text part, whatever character set it claims.
fn words(message: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    let (is_html, own) = match &part.body {
        PartType::Text(text) => (false, text),
        PartType::Html(text) => (true, text),
        _ => return None,
    };
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize);
    let bytes = raw.and_then(|raw| match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    });
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    let text = bytes.map_or_else(|| own.to_string(), |bytes| decode::text(&bytes, charset));
    Some(if is_html { html::text(&text) } else { html::plain(&text) })
}
