//! A web server for tests on the loopback, as rude as it is told to be.

use crate::client::{Allow, Client, Settings};
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
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

/// Bytes packed with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
