//! A web server for tests on the loopback, as rude as it is told to be.

use crate::client::{Allow, Client, Settings};
use crate::error::FetchError;
use crate::sources::Source;
use jiff::Timestamp;
use saring_domain::{Cursor, Fetched, SourceDef};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
pub(crate) enum Play {
    /// Status, header lines, body; the length is added.
    Say(u16, Vec<String>, Vec<u8>),
    /// A head, then this part again and again until the client goes away.
    Endless(String, Vec<u8>),
    /// These bytes and no others, then the end of the connection.
    Raw(Vec<u8>),
    /// A head, then one byte at a time.
    Drip(String, Duration),
    /// Nothing at all.
    Hang,
}

impl Play {
    pub(crate) fn page(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Say(200, vec![format!("Content-Type: {media_type}")], body.into())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Say(status, Vec::new(), Vec::new())
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::Say(302, vec![format!("Location: {to}")], Vec::new())
    }
}

/// A request as it came: first line and headers.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) head: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Starts a server; `/robots.txt` is answered with 404 unless `play` answers it (gives `Some`).
    pub(crate) async fn start(play: impl Fn(&Asked) -> Option<Play> + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", play).await
    }

    /// The same on an address of its own.
    pub(crate) async fn start_at(
        address: &str,
        play: impl Fn(&Asked) -> Option<Play> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let at = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, play) = (asked.clone(), Arc::new(play));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, play) = (log.clone(), play.clone());
                tokio::spawn(async move { serve(stream, &log, &*play).await });
            }
        });
        Self { at, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// What was asked so far, robots.txt left out.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.all().into_iter().filter(|asked| asked.path != "/robots.txt").collect()
    }

    /// All that was asked.
    pub(crate) fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    play: &(dyn Fn(&Asked) -> Option<Play> + Sync),
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let asked = Asked { path, head };
    log.lock().unwrap().push(asked.clone());
    let answer = play(&asked).unwrap_or_else(|| Play::status(404));
    let _ = perform(&mut stream, answer).await;
}

async fn perform(stream: &mut TcpStream, play: Play) -> std::io::Result<()> {
    match play {
        Play::Say(status, headers, body) => {
            let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
            let head = format!("HTTP/1.1 {status} Word\r\n{lines}Content-Length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await
        }
        Play::Raw(bytes) => stream.write_all(&bytes).await,
        Play::Endless(head, part) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&part).await?;
            }
        }
        Play::Drip(head, every) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(b"x").await?;
                tokio::time::sleep(every).await;
            }
        }
        Play::Hang => std::future::pending().await,
    }
}

/// Settings for tests: the loopback open, no pause between requests.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new("redaksi@saring.example");
    settings.allow = Allow::parse(&["127.0.0.0/8"]).unwrap();
    settings.pause = Duration::ZERO;
    settings
}

/// A client with [`settings`].
pub(crate) fn client() -> Client {
    Client::new(settings()).unwrap()
}

/// When tests take place.
pub(crate) fn now() -> Timestamp {
    "2026-11-25T00:00:00Z".parse().unwrap()
}

/// The source of a definition, at the tests' client.
pub(crate) fn source(def: &SourceDef) -> Box<dyn Source> {
    crate::sources::build(def, &client(), [7; 32]).unwrap()
}

/// Reads on until nothing more waits, as a round does: all that came, and the cursor behind it.
pub(crate) async fn round(source: &dyn Source, cursor: &Cursor) -> Result<Fetched, FetchError> {
    let mut all = Fetched { next: cursor.clone(), ..Fetched::default() };
    for _ in 0..50 {
        let fetched = source.fetch(&all.next, now()).await?;
        all.captures.extend(fetched.captures);
        all.claims.extend(fetched.claims);
        all.bad.extend(fetched.bad);
        (all.next, all.again_in, all.unchanged) = (fetched.next, fetched.again_in, fetched.unchanged);
        if !fetched.more {
            return Ok(all);
        }
    }
    panic!("it never ends");
}

/// Native id, headline, text and time of every entry.
pub(crate) fn shape(fetched: &Fetched) -> Vec<String> {
    let line = |(capture, item): &(saring_domain::Capture, saring_domain::Item)| {
        let at = item.posted_at.map(|at| at.to_string()).unwrap_or_default();
        let title = item.title.as_deref().unwrap_or_default();
        format!("{} | {title} | {} | {at}", capture.native_id, item.text.replace('\n', "/"))
    };
    fetched.captures.iter().map(line).collect()
}

/// Its name, and what the server does.
type Fault = (&'static str, fn() -> Play);

/// The faults that every source meets, and how each must end: told, and right about who has to act.
pub(crate) async fn meets_every_fault(def: impl Fn(&str) -> SourceDef) {
    const CLEANING: &str = "<!doctype html><html><head><title>Sebentar</title></head>\
        <body><p>Situs sedang dirawat.</p></body></html>";
    let plays: [Fault; 11] = [
        ("401", || Play::status(401)),
        ("403", || Play::status(403)),
        ("404", || Play::status(404)),
        ("410", || Play::status(410)),
        ("429", || Play::status(429)),
        ("429 with a pause", || Play::Say(429, vec!["Retry-After: 120".into()], Vec::new())),
        ("500", || Play::status(500)),
        ("503", || Play::status(503)),
        ("a web page", || Play::page("text/html; charset=utf-8", CLEANING)),
        ("nothing", || Play::page("application/json", "")),
        ("half of it", || Play::page("application/json", "{\"data\": [{\"id\"")),
    ];
    for (name, play) in plays {
        let server = Server::start(move |asked| (asked.path != "/robots.txt").then(play)).await;
        let error = source(&def(&server.url(""))).fetch(&Cursor::default(), now()).await.expect_err(name);
        let (held, permanent) = (error.held(), error.permanent());
        let expect = match name {
            "401" | "403" | "404" | "410" => !held && permanent,
            "429" => held && error.again_in() == Some(Duration::from_secs(15 * 60)),
            "429 with a pause" => held && error.again_in() == Some(Duration::from_secs(120)),
            "500" | "503" => !held && !permanent,
            _ => !held,
        };
        assert!(expect, "{name}: {error} (held {held}, permanent {permanent})");
        assert!(!error.trouble().about.is_empty(), "{name}: {error}");
    }
}

/// Bytes packed with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
