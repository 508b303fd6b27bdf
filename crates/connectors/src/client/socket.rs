//! A websocket to read from, over the same guarded dialling as everything else: nothing is sent but the greeting.

use super::{Client, asked_pause, checked, exchange::Reply};
use crate::error::FetchError;
use futures::{SinkExt, StreamExt};
use hyper::header;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use url::Url;

/// Bytes of one message; a post with all its parts has a few thousand, a commit to a repository at most five million.
const MOST_BYTES: usize = 6 << 20;
/// After a wait as long as this a server owes a sign of life; shorter ones say nothing of it.
pub(crate) const STILL: Duration = Duration::from_secs(60);

/// An open websocket.
pub(crate) struct Socket {
    inner: WebSocketStream<Box<dyn super::dial::Stream>>,
    host: String,
    /// Whether a ping waits for its answer.
    pinged: bool,
}

/// What came next.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message in words.
    Text(String),
    /// A message in bytes.
    Binary(bytes::Bytes),
    /// Nothing within the time.
    Quiet,
    /// The server ended it.
    Ended,
}

impl Client {
    /// Opens a websocket at the `http` or `https` form of its address. Robots.txt, turns and the pauses a host asks for
    /// are kept to as with any other question.
    pub(crate) async fn listen(&self, url: &Url) -> Result<Socket, FetchError> {
        let at = checked(url.as_str())?;
        let host = self.0.hosts.of(&at);
        let robots = self.0.robots(&host, &at).await?;
        if !robots.allows(&at[url::Position::BeforePath..url::Position::AfterQuery]) {
            return Err(FetchError::Robots { url: at.to_string() });
        }
        let name = at.host_str().unwrap_or_default().to_owned();
        let mut turn = host.turn(&name).await?;
        let idle = self.0.limits.idle;
        let slow = || FetchError::Slow {
            url: at.to_string(),
            why: format!("no answer within {} s", idle.as_secs_f32()),
        };
        let opened = timeout(idle, self.greet(&at)).await.map_err(|_| slow());
        let opened = opened.and_then(|opened| opened);
        let asked = opened.as_ref().err().and_then(FetchError::again_in);
        turn.done(self.0.pause.max(robots.delay.unwrap_or_default()), asked);
        Ok(Socket { inner: opened?, host: name, pinged: false })
    }

    async fn greet(&self, at: &Url) -> Result<WebSocketStream<Box<dyn super::dial::Stream>>, FetchError> {
        let stream = self.0.dialer.dial(at).await?;
        let address = at.as_str().replacen("http", "ws", 1);
        let bad = |e: Error| FetchError::Address { url: at.to_string(), why: e.to_string() };
        let mut request = address.into_client_request().map_err(bad)?;
        request.headers_mut().insert(header::USER_AGENT, self.0.agent.clone());
        let config =
            WebSocketConfig::default().max_message_size(Some(MOST_BYTES)).max_frame_size(Some(MOST_BYTES));
        let opened = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| socket).map_err(|error| match error {
            Error::Http(answer) => {
                let mut reply =
                    Reply { url: at.to_string(), status: answer.status().as_u16(), ..Reply::default() };
                for (name, value) in answer.headers() {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    reply.headers.push((name.as_str().to_owned(), value));
                }
                match reply.status {
                    200..=299 => {
                        let why = "it is no stream: it answers without a websocket".into();
                        FetchError::Unreadable { url: reply.url, why }
                    }
                    code => FetchError::Status { again_in: asked_pause(&reply), url: reply.url, code },
                }
            }
            other => FetchError::Connection {
                host: at.host_str().unwrap_or_default().to_owned(),
                why: other.to_string(),
            },
        })
    }
}

impl Socket {
    /// The next message within `wait`. Where none comes in a wait of [`STILL`] the server is asked for a sign of life, which it
    /// owes before the next such wait is over.
    pub(crate) async fn next(&mut self, wait: Duration) -> Result<Heard, FetchError> {
        match timeout(wait, self.message()).await {
            Ok(heard) => heard,
            Err(_) if wait < STILL => Ok(Heard::Quiet),
            Err(_) if self.pinged => Err(self.broken("no sign of life")),
            Err(_) => {
                self.pinged = true;
                let asked = self.inner.send(Message::Ping(bytes::Bytes::new())).await;
                asked.map(|()| Heard::Quiet).map_err(|error| self.broken(&error.to_string()))
            }
        }
    }

    async fn message(&mut self) -> Result<Heard, FetchError> {
        loop {
            let message = self.inner.next().await;
            self.pinged = false;
            match message {
                None | Some(Ok(Message::Close(_))) => return Ok(Heard::Ended),
                Some(Ok(Message::Text(text))) => return Ok(Heard::Text(text.as_str().to_owned())),
                Some(Ok(Message::Binary(bytes))) => return Ok(Heard::Binary(bytes)),
                Some(Ok(_)) => {} // pings are answered by the library
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => return Ok(Heard::Ended),
                Some(Err(error)) => return Err(self.broken(&error.to_string())),
            }
        }
    }

    fn broken(&self, why: &str) -> FetchError {
        FetchError::Connection { host: self.host.clone(), why: why.to_owned() }
    }
}
