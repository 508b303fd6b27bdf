//! A conversation in IMAP (RFC 3501): reading only, and never more bytes or time than it was given. The framing is our own, since
//! a server may claim any length before it sends a byte, and since clients that are ready made write what they send to the log, the
//! password with it; what stands in a frame is told by `imap-proto`.

use crate::client::{Client, Wire};
use crate::error::FetchError;
use data_encoding::{BASE64, BASE64_NOPAD};
use imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, Status};
use std::collections::BTreeMap;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::{Instant, timeout};
use url::Url;

/// Bytes of a message that are asked for: its words stand before what is attached to it.
pub(super) const PART: usize = 1 << 20;
/// Bytes of an answer: a part with its frame, or the numbers of half a million messages.
const ANSWER: usize = 4 << 20;
/// Ports of mail: plain and over TLS.
const PORTS: &[u16] = &[143, 993];
/// Where a server says that it cannot tell now whether a password is right.
const LATER: [&str; 4] = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];

/// An open conversation.
pub(super) struct Talk {
    wire: BufReader<Box<dyn Wire>>,
    host: String,
    idle: std::time::Duration,
    until: Instant,
    tag: usize,
    /// Bytes received.
    pub(super) bytes: u64,
}

/// A message as the server gives it.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Its first [`PART`] bytes.
    pub(super) raw: Vec<u8>,
    /// All its bytes, as the server says.
    pub(super) size: usize,
    /// When it came in, as the server spells it.
    pub(super) came: Option<String>,
}

/// What is said of a message.
#[derive(Debug)]
pub(super) enum Answer {
    Given(Given),
    /// It was taken away meanwhile.
    Gone,
    /// Why it is not given, in the words of the server.
    Odd(String),
}

impl Talk {
    /// Dials and waits for the greeting; with `start_tls` nothing more is said before the rest is over TLS.
    pub(super) async fn open(client: &Client, at: &Url, start_tls: bool) -> Result<Self, FetchError> {
        let (wire, limits) = client.wire(at, PORTS).await?;
        let host = at.host_str().unwrap_or_default().to_owned();
        let (wire, idle, until) = (BufReader::new(wire), limits.idle, Instant::now() + limits.total);
        let mut talk = Self { wire, host, idle, until, tag: 0, bytes: 0 };
        match parsed(&talk.answer().await?) {
            Some(Response::Data { status: Status::Ok, .. }) if start_tls => talk.start_tls(client, at).await,
            Some(Response::Data { status: Status::Ok, .. }) => Ok(talk),
            Some(Response::Data { outcome, .. }) => {
                Err(talk.broken(&format!("it turns us away: {}", words(outcome.information.as_deref()))))
            }
            _ => Err(talk.unreadable("it does not greet as a mail server does (IMAP)")),
        }
    }

    /// The rest over TLS. What came in the open behind the answer was put there by somebody on the way, and is not heard.
    async fn start_tls(mut self, client: &Client, at: &Url) -> Result<Self, FetchError> {
        let tag = self.ask("STARTTLS").await?;
        if self.done(&tag, |_| {}, &mut Vec::new()).await? != Status::Ok {
            return Err(self.unreadable(
                "it offers no encryption (STARTTLS), and a password is sent over an encrypted connection only; write \
                 imaps:// where it has a port for that, or ask those who run it",
            ));
        }
        if !self.wire.buffer().is_empty() {
            return Err(self.broken("something was said between the lines before encryption began"));
        }
        let wait = self.wait()?;
        let slow = self.slow("encryption does not begin");
        let wire = timeout(wait, client.encrypt(at, self.wire.into_inner())).await.map_err(|_| slow)??;
        Ok(Self { wire: BufReader::new(wire), ..self })
    }

    /// Signs in. No error repeats what was sent, whatever the server said.
    pub(super) async fn sign_in(&mut self, user: &str, password: &str) -> Result<(), FetchError> {
        let plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        let tag = if plain(user) && plain(password) {
            let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
            self.ask(&format!("LOGIN \"{}\" \"{}\"", quoted(user), quoted(password))).await?
        } else {
            let tag = self.ask("AUTHENTICATE PLAIN").await?;
            if matches!(parsed(&self.answer().await?), Some(Response::Continue(_))) {
                self.send(&BASE64.encode(format!("\0{user}\0{password}").as_bytes())).await?;
            }
            tag
        };
        let mut end = Vec::new();
        let done = self.done(&tag, |_| {}, &mut end).await?;
        match done {
            Status::Ok => Ok(()),
            _ if LATER.iter().any(|word| String::from_utf8_lossy(&end).contains(&format!("[{word}"))) => {
                Err(self.broken("it cannot sign anybody in just now"))
            }
            Status::No => Err(self.refused("NO")),
            _ => Err(self.refused("BAD")),
        }
    }

    /// Opens a folder to read from, and gives its UIDVALIDITY.
    pub(super) async fn examine(&mut self, folder: &str) -> Result<u32, FetchError> {
        let quoted = on_the_wire(folder).replace('\\', "\\\\").replace('"', "\\\"");
        let tag = self.ask(&format!("EXAMINE \"{quoted}\"")).await?;
        let mut validity = None;
        let note = |answer: Response<'_>| {
            if let Response::Data { outcome, .. } = answer
                && let Some(ResponseCode::UidValidity(number)) = outcome.code
            {
                validity = Some(number);
            }
        };
        match self.done(&tag, note, &mut Vec::new()).await? {
            Status::Ok => validity.ok_or_else(|| self.unreadable("its folder has no UIDVALIDITY")),
            _ => Err(FetchError::Folder { host: self.host.clone(), folder: folder.to_owned() }),
        }
    }

    /// The UIDs of the open folder above `last`, ascending.
    pub(super) async fn above(&mut self, last: u32) -> Result<Vec<u32>, FetchError> {
        let tag = self.ask(&format!("UID SEARCH UID {}:*", last.saturating_add(1))).await?;
        let mut uids = Vec::new();
        let note = |answer: Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = answer {
                uids.extend(found);
            }
        };
        let status = self.done(&tag, note, &mut Vec::new()).await?;
        if status != Status::Ok {
            return Err(self.unreadable("it cannot list its messages"));
        }
        // `n:*` holds the last message even where nothing is above n
        uids.retain(|uid| *uid > last);
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Asks for messages, without marking them as read, and takes what is said of each into `got`. Servers answer several
    /// questions in any order they like.
    pub(super) async fn take(
        &mut self,
        uids: &[u32],
        got: &mut BTreeMap<u32, Answer>,
    ) -> Result<(), FetchError> {
        let mut open: Vec<(String, u32)> = uids.iter().map(|uid| (self.tag(), *uid)).collect();
        let what = format!("(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{PART}>)");
        // in one piece: the network holds small ones back
        let lines: Vec<String> =
            open.iter().map(|(tag, uid)| format!("{tag} UID FETCH {uid} {what}")).collect();
        self.send(&lines.join("\r\n")).await?;
        let mut odd = false;
        while !open.is_empty() {
            let answer = self.answer().await?;
            match parsed(&answer) {
                Some(Response::Fetch(_, values)) => got.extend(given(values)),
                Some(Response::Done { tag, status, .. }) => {
                    let Some(at) = open.iter().position(|(own, _)| *own == tag.0) else { continue };
                    let (_, uid) = open.remove(at);
                    let none = match status {
                        Status::Ok if odd => Answer::Odd("its answer cannot be read".into()),
                        Status::Ok => Answer::Gone,
                        _ => Answer::Odd(words(std::str::from_utf8(&answer).ok())),
                    };
                    got.entry(uid).or_insert(none);
                }
                Some(Response::Data { status: Status::Bye, .. }) => {
                    return Err(self.broken("it ended the conversation"));
                }
                Some(_) => {}
                None if answer.starts_with(b"* ") => odd = true,
                None => return Err(self.unreadable("its answer is none")),
            }
        }
        Ok(())
    }

    /// Says goodbye; nobody waits for the answer.
    pub(super) async fn leave(mut self) {
        let _ = self.ask("LOGOUT").await;
    }

    /// Reads up to the end of what `tag` asked for; `note` sees the answers before it, `end` becomes the last one.
    async fn done(
        &mut self,
        tag: &str,
        mut note: impl FnMut(Response<'_>) + Send,
        end: &mut Vec<u8>,
    ) -> Result<Status, FetchError> {
        loop {
            let answer = self.answer().await?;
            match parsed(&answer) {
                Some(Response::Done { tag: own, status, .. }) if own.0 == tag => {
                    *end = answer;
                    return Ok(status);
                }
                Some(Response::Data { status: Status::Bye, .. }) => {
                    return Err(self.broken("it ended the conversation"));
                }
                Some(answer) => note(answer),
                // an extension nobody asked for; but an end that cannot be read would be waited for in vain
                None if answer.starts_with(format!("{tag} ").as_bytes()) => {
                    return Err(self.unreadable("its answer is none"));
                }
                None => {}
            }
        }
    }

    fn tag(&mut self) -> String {
        self.tag += 1;
        format!("a{}", self.tag)
    }

    async fn ask(&mut self, what: &str) -> Result<String, FetchError> {
        let tag = self.tag();
        self.send(&format!("{tag} {what}")).await?;
        Ok(tag)
    }

    async fn send(&mut self, line: &str) -> Result<(), FetchError> {
        let line = format!("{line}\r\n");
        let sent = timeout(self.wait()?, self.wire.write_all(line.as_bytes())).await;
        let sent = sent.map_err(|_| self.slow("it takes nothing"))?;
        sent.map_err(|error| self.broken(&error.to_string()))
    }

    /// One answer with everything in it: lines, and between them the bytes they announce.
    async fn answer(&mut self) -> Result<Vec<u8>, FetchError> {
        let mut whole = Vec::new();
        loop {
            let from = whole.len();
            while !whole[from..].ends_with(b"\r\n") {
                self.some(&mut whole, 1, true).await?;
            }
            // some servers speak in the words of their country, which the grammar has no place for
            whole[from..].iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
            let Some(announced) = announced(&whole[from..]) else { return Ok(whole) };
            if announced > (ANSWER - whole.len()) as u64 {
                return Err(self.too_big());
            }
            // memory grows with what comes, not with what is claimed
            let end = whole.len() + announced as usize;
            while whole.len() < end {
                let left = end - whole.len();
                self.some(&mut whole, left, false).await?;
            }
        }
    }

    /// Takes up to `most` bytes more, or up to the end of a line.
    async fn some(&mut self, whole: &mut Vec<u8>, most: usize, line: bool) -> Result<(), FetchError> {
        let wait = self.wait()?;
        let taken = match timeout(wait, self.wire.fill_buf()).await {
            Err(_) => return Err(self.slow("it fell silent")),
            Ok(Err(error)) => return Err(self.broken(&error.to_string())),
            Ok(Ok([])) => return Err(self.broken("it closed the connection")),
            Ok(Ok(came)) => {
                let end = came.iter().position(|byte| *byte == b'\n').map_or(came.len(), |at| at + 1);
                let taken = if line { end } else { most.min(came.len()) };
                whole.extend_from_slice(&came[..taken]);
                taken
            }
        };
        self.wire.consume(taken);
        self.bytes += taken as u64;
        if whole.len() > ANSWER { Err(self.too_big()) } else { Ok(()) }
    }

    fn wait(&self) -> Result<std::time::Duration, FetchError> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(self.slow("it takes too long in all")) } else { Ok(left.min(self.idle)) }
    }

    fn slow(&self, why: &str) -> FetchError {
        FetchError::Slow { url: self.host.clone(), why: why.to_owned() }
    }

    fn broken(&self, why: &str) -> FetchError {
        FetchError::Connection { host: self.host.clone(), why: why.to_owned() }
    }

    fn unreadable(&self, why: &str) -> FetchError {
        FetchError::Unreadable { url: self.host.clone(), why: why.to_owned() }
    }

    fn refused(&self, why: &str) -> FetchError {
        FetchError::Password { host: self.host.clone(), why: why.to_owned() }
    }

    fn too_big(&self) -> FetchError {
        FetchError::TooBig { url: self.host.clone(), limit: ANSWER as u64 }
    }
}

/// The message in an answer; `None` where it tells of flags alone.
fn given(values: Vec<AttributeValue<'_>>) -> Option<(u32, Answer)> {
    let (mut given, mut uid, mut has_body) = (Given::default(), None, false);
    for value in values {
        match value {
            AttributeValue::BodySection { data, .. } => {
                (given.raw, has_body) = (data.map(|data| data.into_owned()).unwrap_or_default(), true);
            }
            AttributeValue::Rfc822Size(size) => given.size = size as usize,
            AttributeValue::InternalDate(at) => given.came = Some(at.into_owned()),
            AttributeValue::Uid(number) => uid = Some(number),
            _ => {}
        }
    }
    uid.filter(|_| has_body).map(|uid| (uid, Answer::Given(given)))
}

fn parsed(answer: &[u8]) -> Option<Response<'_>> {
    Response::parse(answer).ok().map(|(_, response)| response)
}

/// How many bytes follow a line, where it announces some: `{123}` at its end.
fn announced(line: &[u8]) -> Option<u64> {
    let inner = line.strip_suffix(b"}\r\n")?;
    let open = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = std::str::from_utf8(&inner[open + 1..]).ok()?;
    let digits = digits.strip_suffix('+').unwrap_or(digits);
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// The name of a folder as IMAP spells it: other letters than ASCII in modified UTF-7 (RFC 3501, 5.1.3).
pub(super) fn on_the_wire(folder: &str) -> String {
    let mut out = String::with_capacity(folder.len());
    let mut rest = folder;
    while let Some(first) = rest.chars().next() {
        let plain = |c: char| matches!(c, ' '..='~');
        let end = rest.find(|c: char| plain(c) != plain(first)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        if plain(first) {
            out.push_str(&run.replace('&', "&-"));
        } else {
            let units: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            out.push('&');
            out.push_str(&BASE64_NOPAD.encode(&units).replace('/', ","));
            out.push('-');
        }
        rest = behind;
    }
    out
}

/// A few words of a server.
fn words(text: Option<&str>) -> String {
    crate::sources::draft::shown(text.unwrap_or("nothing"))
}
