//! Public posts of Bluesky: a websocket that is listened to from where the last reading ended until it has caught up. Two
//! dialects are understood, that of Jetstream servers and the firehose of the repositories themselves. Only posts with a
//! term of the watch are kept; who posted becomes a pseudonym at once.

mod firehose;
mod jetstream;

use super::draft::Draft;
use super::{AT_ONCE, MOMENT, Parts, Source, Stream, parts_of, person, watched, web};
use crate::client::{Heard, STILL, Socket};
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use saring_domain::{AccountRef, Cursor, Fetched, ItemKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant};
use url::Url;

/// Collection of the records that are posts.
const POSTS: &str = "app.bsky.feed.post";
/// Events of one call; progress is saved in between.
const EVENTS: usize = 20_000;
/// Bytes of one call.
const BYTES: u64 = 32 << 20;
/// Longest listening of one call.
const LISTENING: Duration = Duration::from_secs(45);
/// Without an event for so long, nothing more is waiting.
const QUIET: Duration = Duration::from_secs(3);
/// How far a first reading goes back, where the stream can.
const FIRST: SignedDuration = SignedDuration::from_hours(1);
/// Clocks may differ by this.
const SLIP: SignedDuration = SignedDuration::from_hours(1);

/// How a stream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// JSON, with a place in microseconds.
    Jetstream,
    /// `com.atproto.sync.subscribeRepos`: binary, with a number as place.
    Firehose,
}

/// Where reading stopped, by the dialect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Jetstream's own clock, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_us: Option<i64>,
    /// Number of the firehose's event.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
}

/// One message of a stream.
#[derive(Debug, Default)]
struct Event {
    /// The place after it.
    place: Place,
    /// The server knows nothing of the place asked for, as after a restart from nothing.
    lost: bool,
    /// The stream's clock, where it told it.
    heard: Option<Timestamp>,
    /// Posts that were made; what else happened is passed over.
    posts: Vec<Post>,
}

#[derive(Debug)]
struct Post {
    did: String,
    /// Key of the record, the last part of its address.
    rkey: String,
    /// Hash of its content.
    cid: String,
    record: Result<Record, Flaw>,
}

/// A post as its author's program wrote it (`app.bsky.feed.post`); nothing else of it is read.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    text: String,
    langs: Vec<String>,
    created_at: Option<String>,
    reply: Option<serde::de::IgnoredAny>,
    embed: Option<Embed>,
}

/// What stands under a post.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Embed {
    images: Vec<Image>,
    media: Option<Box<Embed>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Image {
    alt: String,
}

struct Bluesky {
    parts: Parts,
    stream: Url,
    dialect: Dialect,
    languages: Vec<String>,
    /// Where a first reading of a firehose begins; without it, now.
    begin: Option<i64>,
}

/// A Bluesky source; the address is that of a Jetstream server, `wss://HOST/subscribe`, or the firehose of a relay or a
/// server of repositories, `wss://HOST/xrpc/com.atproto.sync.subscribeRepos`; with `?lang=id,jv` for posts in these
/// languages only, and for a firehose `cursor=0` for all that the server still has. The terms stand in its watch.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut stream = person::refused(&web(&parts.def.url))?;
    let asked =
        |name: &str| stream.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let (languages, begin) =
        (asked("lang").unwrap_or_default(), asked("cursor").and_then(|at| at.parse().ok()));
    let languages =
        languages.split(',').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    let dialect = match parts_of(&stream).last() {
        Some(last) if last == firehose::METHOD => Dialect::Firehose,
        _ => Dialect::Jetstream,
    };
    if stream.path() == "/" {
        stream.set_path("/subscribe");
    }
    Ok(Box::new(Bluesky { parts, stream, dialect, languages, begin }))
}

#[async_trait]
impl Source for Bluesky {
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        self.ear(cursor, now).await?.hear(true, &|| now).await
    }

    async fn open(&self, cursor: &Cursor, now: Timestamp) -> Result<Box<dyn Stream + '_>, FetchError> {
        Ok(Box::new(self.ear(cursor, now).await?))
    }
}

/// The stream while it is open.
struct Ear<'a> {
    source: &'a Bluesky,
    socket: Socket,
    pattern: Regex,
    /// Where it was opened: what is older was seen before.
    from: Place,
    place: Place,
}

#[async_trait]
impl Stream for Ear<'_> {
    async fn next(&mut self, now: &(dyn Fn() -> Timestamp + Sync)) -> Result<Fetched, FetchError> {
        self.hear(false, now).await
    }
}

impl Ear<'_> {
    /// Listens until it has caught up with the clock, or for a moment after the first event.
    async fn hear(
        &mut self,
        catch_up: bool,
        now: &(dyn Fn() -> Timestamp + Sync),
    ) -> Result<Fetched, FetchError> {
        let mut fetched = Fetched::default();
        let (mut began, mut events) = (Instant::now(), 0);
        fetched.more = loop {
            let wait = match events {
                _ if catch_up => QUIET,
                0 => STILL,
                _ => MOMENT.saturating_sub(began.elapsed()),
            };
            let event = match self.socket.next(wait).await? {
                Heard::Text(text) => {
                    fetched.bytes += text.len() as u64;
                    jetstream::event(&text)
                }
                Heard::Binary(bytes) => {
                    fetched.bytes += bytes.len() as u64;
                    firehose::event(&bytes).await
                }
                Heard::Quiet => break false,
                Heard::Ended if events > 0 => break false,
                Heard::Ended => {
                    let host = self.source.stream.host_str().unwrap_or_default().to_owned();
                    return Err(FetchError::Connection { host, why: "the stream ended at once".into() });
                }
            };
            if events == 0 {
                began = Instant::now();
            }
            events += 1;
            let now = now();
            let caught_up = match event {
                Ok(event) if event.lost => {
                    let flaw = Flaw::from("the server has begun to count anew; reading goes on from now");
                    (self.place, self.from) = (Place::default(), Place::default());
                    return Ok(Fetched {
                        bad: vec![flaw.trouble(format!("#{events}"))],
                        next: Cursor::of(&self.place),
                        ..fetched
                    });
                }
                Ok(event) => self.take(event, events, &mut fetched, now),
                Err(flaw) => {
                    fetched.bad.push(flaw.trouble(format!("#{events}")));
                    false
                }
            };
            fetched.bad.truncate(20);
            if catch_up && caught_up {
                break false;
            }
            let enough = if catch_up {
                events >= EVENTS || began.elapsed() >= LISTENING
            } else {
                events >= AT_ONCE || began.elapsed() >= MOMENT
            };
            if enough || fetched.bytes >= BYTES {
                break true;
            }
        };
        // a stream in which nothing makes sense is another protocol
        if fetched.captures.is_empty() && !fetched.bad.is_empty() && fetched.bad.len() == events.min(20) {
            let why = format!("it does not speak as {:?} does: {}", self.source.dialect, fetched.bad[0]);
            return Err(FetchError::Unreadable { url: self.source.stream.to_string(), why });
        }
        fetched.next = Cursor::of(&self.place);
        Ok(fetched)
    }

    /// Keeps what is to be kept of an event and moves the place behind it; whether it is as young as the clock.
    fn take(&mut self, event: Event, number: usize, fetched: &mut Fetched, now: Timestamp) -> bool {
        // a clock far ahead must not carry the cursor past everything that is still to come
        let sane = event.heard.filter(|heard| *heard <= now + SLIP);
        // Jetstream repeats the event at the cursor, and some before it
        let passed = event.place.time_us.is_some() && event.place.time_us <= self.from.time_us;
        for post in event.posts.into_iter().filter(|_| !passed) {
            match self.source.draft(post, &self.pattern, event.heard) {
                Ok(draft) => {
                    fetched.captures.extend(draft.map(|draft| draft.bind(&self.source.parts.def.id, now)));
                }
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{number}"))),
            }
        }
        self.place.seq = self.place.seq.max(event.place.seq);
        self.place.time_us = self.place.time_us.max(event.place.time_us.filter(|_| sane.is_some()));
        sane >= Some(now - SignedDuration::from_secs(1))
    }
}

impl Bluesky {
    /// Opens the stream after `cursor`, where it may be followed today.
    async fn ear(&self, cursor: &Cursor, now: Timestamp) -> Result<Ear<'_>, FetchError> {
        let def = &self.parts.def;
        let terms: Vec<&str> = def.watch.iter().flat_map(|watch| &watch.terms).map(String::as_str).collect();
        watched(def, &terms, now)?;
        let pattern =
            pattern(&terms).map_err(|e| FetchError::Address { url: def.url.clone(), why: e.to_string() })?;
        let from = self.from(cursor.place(), now);
        let socket = self.parts.client.listen(&self.address(from)).await?;
        Ok(Ear { source: self, socket, pattern, from, place: from })
    }

    /// Where this reading begins.
    fn from(&self, place: Place, now: Timestamp) -> Place {
        match self.dialect {
            Dialect::Jetstream => {
                Place { time_us: place.time_us.or(Some((now - FIRST).as_microsecond())), seq: None }
            }
            Dialect::Firehose => Place { time_us: None, seq: place.seq.or(self.begin) },
        }
    }

    fn address(&self, from: Place) -> Url {
        let mut url = self.stream.clone();
        url.set_query((self.dialect == Dialect::Jetstream).then_some("wantedCollections=app.bsky.feed.post"));
        if let Some(at) = from.time_us.or(from.seq) {
            url.query_pairs_mut().append_pair("cursor", &at.to_string());
        }
        url
    }

    /// The post, where it is one to keep.
    fn draft(&self, post: Post, pattern: &Regex, heard: Option<Timestamp>) -> Result<Option<Draft>, Flaw> {
        let Post { did, rkey, cid, record } = post;
        let record = record?;
        let parts = std::iter::once(html::plain(&record.text)).chain(described(&record));
        let words = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let understood = self.languages.is_empty()
            || record
                .langs
                .iter()
                .any(|tag| self.languages.iter().any(|own| tag.split('-').next() == Some(own)));
        if !understood || !pattern.is_match(&words) {
            return Ok(None);
        }
        let def = &self.parts.def;
        let heard_us = heard.map(Timestamp::as_microsecond);
        let raw = json!({ "cid": cid, "text": words, "langs": record.langs, "createdAt": record.created_at, "time_us": heard_us });
        Ok(Some(Draft {
            native_id: cid,
            kind: if record.reply.is_some() { ItemKind::Comment } else { ItemKind::Post },
            text: words,
            url: Some(format!("https://bsky.app/profile/{did}/post/{rkey}")),
            outlet: Some(def.medium()),
            posted_at: written(&record, heard),
            account: (!did.is_empty()).then(|| AccountRef::derive(&self.parts.epoch_key, &def.id, &did)),
            media_type: "application/json".into(),
            raw: raw.to_string().into_bytes(),
            ..Draft::default()
        }))
    }
}

/// What people wrote under their pictures.
fn described(record: &Record) -> impl Iterator<Item = String> {
    let embed = record.embed.as_ref();
    let images = embed.map(|embed| embed.media.as_deref().unwrap_or(embed)).map(|embed| &embed.images);
    images.into_iter().flatten().map(|image| html::plain(&image.alt))
}

/// When it was written, as the program of who posted says; where that is not near the stream's clock, the latter.
fn written(record: &Record, heard: Option<Timestamp>) -> Option<Timestamp> {
    let said = record.created_at.as_deref().and_then(|text| when::parse(text, &TimeZone::UTC));
    let near = |at: &Timestamp| {
        heard.is_none_or(|heard| heard.duration_since(*at).abs() < SignedDuration::from_hours(24))
    };
    said.filter(near).or(heard)
}

/// Whole words, whatever their case and spacing.
fn pattern(terms: &[&str]) -> Result<Regex, regex::Error> {
    let one = |term: &&str| term.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    let terms = terms.iter().map(one).collect::<Vec<_>>().join("|");
    Regex::new(&format!(r"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{terms})(?:$|[^\p{{L}}\p{{N}}])"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{now, round, shape, source};
    use saring_domain::{SourceDef, SourceKind, TroubleCode, Watch};
    use serde_json::Value;
    use std::net::SocketAddr;
    use std::sync::{Arc, Mutex};
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

    const EVENTS_SENT: &str = include_str!("../../../fixtures/bluesky/jetstream.ndjson");

    /// A server that speaks as Jetstream does: replays what is newer than the cursor, then waits or ends.
    struct Jetstream {
        at: SocketAddr,
        asked: Arc<Mutex<Vec<String>>>,
    }

    async fn jetstream(events: Vec<String>, ends: bool) -> Jetstream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (at, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (log, events) = (asked.clone(), Arc::new(events));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(speak(stream, log.clone(), events.clone(), ends));
            }
        });
        Jetstream { at, asked }
    }

    async fn speak(
        mut stream: TcpStream,
        log: Arc<Mutex<Vec<String>>>,
        events: Arc<Vec<String>>,
        ends: bool,
    ) {
        use futures::SinkExt;
        let mut head = [0; 15];
        while stream.peek(&mut head).await.unwrap_or(15) < 15 {}
        if &head == b"GET /robots.txt" {
            let _ = stream.write_all(b"HTTP/1.1 404 Word\r\nContent-Length: 0\r\n\r\n").await;
            return;
        }
        let mut path = String::new();
        #[allow(clippy::result_large_err, reason = "the library's own callback")]
        let seen = |request: &Request, answer: Response| {
            path = request.uri().to_string();
            Ok(answer)
        };
        let mut socket = tokio_tungstenite::accept_hdr_async(stream, seen).await.unwrap();
        let cursor: i64 = path.split("cursor=").nth(1).unwrap().parse().unwrap();
        log.lock().unwrap().push(path);
        for event in events.iter() {
            let time = serde_json::from_str::<Value>(event).ok().and_then(|event| event["time_us"].as_i64());
            if time.is_none_or(|time| time >= cursor)
                && socket.send(Message::text(event.clone())).await.is_err()
            {
                return;
            }
        }
        if ends {
            let _ = socket.close(None).await;
        } else {
            std::future::pending::<()>().await;
        }
    }

    fn def(at: SocketAddr, terms: &[&str]) -> SourceDef {
        let watch = Watch {
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            purpose: "kabar tanggul Karangjati".into(),
            owner: "Sri".into(),
            approved_by: "Budi".into(),
            until: "2026-12-10".parse().unwrap(),
            reason: None,
        };
        let url = format!("ws://{at}/subscribe?lang=id,jv");
        SourceDef { watch: Some(watch), ..SourceDef::new("bluesky", "Bluesky", SourceKind::Bluesky, &url) }
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn post(time_us: i64) -> String {
        json!({"did": "did:plc:contoh", "time_us": time_us, "kind": "commit", "commit": {"operation": "create", "collection": "app.bsky.feed.post",
               "rkey": "3k", "cid": format!("bafy{time_us}"), "record": {"text": format!("tanggul {time_us}"), "langs": ["id"], "createdAt": "2026-11-24T23:30:00Z"}}}).to_string()
    }

    /// So many microseconds before the tests' now.
    fn before(us: i64) -> i64 {
        now().as_microsecond() - us
    }

    #[tokio::test]
    async fn posts_with_a_term_are_kept_without_a_trace_of_who_posted() {
        let server = jetstream(lines(EVENTS_SENT), false).await;
        let fetched =
            round(&*source(&def(server.at, &["tanggul jebol", "pdam"])), &Cursor::default()).await.unwrap();
        assert_eq!(
            shape(&fetched),
            [
                "bafyreicontoh1 |  | Tanggul  jebol? Barusan lewat, aman kok. | 2026-11-24T23:30:02.102Z",
                "bafyreicontoh5 |  | iki banyune//Surat edaran PDAM soal air keruh | 2026-11-24T23:41:00Z",
            ],
            "not: another language, no term, a part of a word, a like, a deletion, an account"
        );
        assert!(fetched.bad.is_empty(), "{:?}", fetched.bad);
        for (capture, item) in &fetched.captures {
            let raw = String::from_utf8_lossy(&capture.raw);
            assert!(item.account.is_some() && !raw.contains("did:plc") && !raw.contains("rukmini"), "{raw}");
        }
        assert_eq!(fetched.captures[1].1.kind, ItemKind::Comment);
        let path = server.asked.lock().unwrap()[0].clone();
        assert!(path.starts_with("/subscribe?wantedCollections=app.bsky.feed.post&cursor=17"), "{path}");
    }

    #[tokio::test]
    async fn listening_resumes_from_its_cursor_and_gives_each_post_once() {
        let all: Vec<String> = (1..=50).rev().map(|n| post(before(n * 10_000_000))).collect();
        let first = jetstream(all[..30].to_vec(), true).await;
        let began = round(&*source(&def(first.at, &["tanggul"])), &Cursor::default()).await.unwrap();
        assert_eq!(began.captures.len(), 30);
        let later = jetstream(all, true).await;
        let went_on = round(&*source(&def(later.at, &["tanggul"])), &began.next).await.unwrap();
        assert_eq!(went_on.captures.len(), 20);
        assert_eq!(went_on.next.0["time_us"], before(10_000_000));
    }

    #[tokio::test]
    async fn a_burst_comes_in_parts_and_a_clock_ahead_moves_no_cursor() {
        let burst: Vec<String> = (0..25_000).map(|n| post(before(3_000_000_000) + n)).collect();
        let server = jetstream(burst, false).await;
        let bluesky = source(&def(server.at, &["tanggul"]));
        let first = bluesky.fetch(&Cursor::default(), now()).await.unwrap();
        assert_eq!((first.captures.len(), first.more), (EVENTS, true));
        let second = bluesky.fetch(&first.next, now()).await.unwrap();
        assert_eq!((second.captures.len(), second.more), (5_000, false));
        let ahead = jetstream(vec![post(before(10_000_000)), post(4_070_908_800_000_000)], true).await;
        let fetched = round(&*source(&def(ahead.at, &["tanggul"])), &Cursor::default()).await.unwrap();
        assert_eq!(fetched.next.0["time_us"], before(10_000_000), "2099");
        assert!(fetched.captures.iter().all(|(_, item)| item.posted_at.is_none_or(|at| at < now())));
    }

    #[tokio::test]
    async fn without_a_watch_nothing_is_asked() {
        let server = jetstream(Vec::new(), true).await;
        let code = async |def: SourceDef| {
            source(&def).fetch(&Cursor::default(), now()).await.unwrap_err().trouble().code
        };
        assert_eq!(code(SourceDef { watch: None, ..def(server.at, &[]) }).await, TroubleCode::WatchMissing);
        assert_eq!(code(def(server.at, &[])).await, TroubleCode::WatchRefused);
        assert_eq!(code(def(server.at, &["@rukmini"])).await, TroubleCode::WatchRefused);
        assert!(server.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn every_fault_ends_as_it_must() {
        let listening = |url: &str| SourceDef {
            url: url.replacen("http", "ws", 1),
            ..def("127.0.0.1:9".parse().unwrap(), &["tanggul"])
        };
        crate::bed::meets_every_fault(listening).await;
        let other = jetstream(vec!["halo".into(), "{}".into()], true).await;
        let error = source(&def(other.at, &["tanggul"])).fetch(&Cursor::default(), now()).await.unwrap_err();
        assert_eq!(error.trouble().code, TroubleCode::Unreadable);
        let ended = jetstream(Vec::new(), true).await;
        let error = source(&def(ended.at, &["tanggul"])).fetch(&Cursor::default(), now()).await.unwrap_err();
        assert_eq!((error.trouble().code, error.permanent()), (TroubleCode::Connection, false));
        let closed =
            crate::client::Client::new(crate::client::Settings::new("redaksi@saring.example")).unwrap();
        let inward = super::super::build(&def(ended.at, &["tanggul"]), &closed, [0; 32]).unwrap();
        let error = inward.fetch(&Cursor::default(), now()).await.unwrap_err();
        assert_eq!(error.trouble().code, TroubleCode::Refused);
    }
}
