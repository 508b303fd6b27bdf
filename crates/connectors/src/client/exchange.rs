//! One request and its answer, on a connection of its own.

use super::body::{self, BodyError};
use super::dial::Dialer;
use crate::error::FetchError;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

/// Caps on one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body, on the wire as well as unpacked.
    pub bytes: u64,
    /// From the first packet to the last, per hop.
    pub total: Duration,
    /// Without a byte.
    pub idle: Duration,
}

impl Default for Limits {
    /// 16 MiB, 60 s in all, 15 s of silence.
    fn default() -> Self {
        Self { bytes: 16 << 20, total: Duration::from_secs(60), idle: Duration::from_secs(15) }
    }
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Where it was read in the end, after redirects.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// Bytes of the body on the wire.
    pub wire: u64,
}

impl Reply {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The character set that Content-Type declares.
    pub fn charset(&self) -> Option<&str> {
        let parameters = self.header("content-type")?.split(';').skip(1);
        let mut pairs = parameters.filter_map(|part| part.split_once('='));
        let value = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?.1;
        Some(value.trim().trim_matches('"'))
    }

    /// Whether the server said that nothing changed.
    pub fn unchanged(&self) -> bool {
        self.status == 304
    }

    /// The reply as evidence: status line, the headers that date and describe it, and the body (unpacked). The
    /// media type of this form is `application/http; msgtype=response`.
    pub fn evidence(&self) -> Vec<u8> {
        const KEPT: [&str; 5] = ["content-type", "content-language", "date", "etag", "last-modified"];
        let mut out = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        out.extend_from_slice(format!("content-location: {}\r\n", self.url).as_bytes());
        for (name, value) in self.headers.iter().filter(|(name, _)| KEPT.contains(&name.as_str())) {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out
    }
}

/// The task that drives a connection; it ends with the exchange.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends one GET, or one POST where there is a body, and reads the whole answer within the limits.
pub(crate) async fn exchange(
    dialer: &Dialer,
    limits: &Limits,
    url: &Url,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Reply, FetchError> {
    let whole = async {
        let answer = send(dialer, limits, url, headers, body).await?;
        receive(limits, url, answer).await
    };
    let slow = || slow(url, format!("not done after {} s", limits.total.as_secs_f32()));
    timeout(limits.total, whole).await.map_err(|_| slow())?
}

async fn send(
    dialer: &Dialer,
    limits: &Limits,
    url: &Url,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<(Response<hyper::body::Incoming>, Driver), FetchError> {
    let silent = || slow(url, format!("no answer within {} s", limits.idle.as_secs_f32()));
    let broken = |error: hyper::Error| connection(url, error.to_string());
    let stream = timeout(limits.idle, dialer.dial(url)).await.map_err(|_| silent())??;
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.max_buf_size(64 << 10).max_headers(100).ignore_invalid_headers_in_responses(true);
    let (mut sender, drive) = builder.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driver = Driver(tokio::spawn(async move {
        let _ = drive.await; // what breaks the connection also fails the request
    }));
    let request = request(url, headers, body)?;
    let answer = timeout(limits.idle, sender.send_request(request)).await.map_err(|_| silent())?;
    Ok((answer.map_err(broken)?, driver))
}

fn request(url: &Url, headers: &HeaderMap, body: Bytes) -> Result<Request<Full<Bytes>>, FetchError> {
    let bad = |why: String| FetchError::Address { url: url.to_string(), why };
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let method = if body.is_empty() { Method::GET } else { Method::POST };
    let builder = Request::builder().method(method).uri(path).header(header::HOST, host);
    let mut request = builder.body(Full::new(body)).map_err(|e| bad(e.to_string()))?;
    request.headers_mut().extend(headers.clone());
    Ok(request)
}

async fn receive(
    limits: &Limits,
    url: &Url,
    (answer, _driver): (Response<hyper::body::Incoming>, Driver),
) -> Result<Reply, FetchError> {
    let (head, incoming) = answer.into_parts();
    let mut reply = Reply { url: url.to_string(), status: head.status.as_u16(), ..Reply::default() };
    for (name, value) in &head.headers {
        reply
            .headers
            .push((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let too_big = || FetchError::TooBig { url: url.to_string(), limit: limits.bytes };
    let declared = reply.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limits.bytes) {
        return Err(too_big());
    }
    if (300..400).contains(&reply.status) {
        return Ok(reply); // the body of a redirect or a 304 says nothing
    }
    let gzip = packed(&reply)?;
    let (body, wire) = body::read(incoming, gzip, limits.bytes, limits.idle).await.map_err(|e| match e {
        BodyError::TooBig => too_big(),
        BodyError::Idle => slow(url, format!("nothing came for {} s", limits.idle.as_secs_f32())),
        BodyError::Broken(why) => connection(url, why),
    })?;
    (reply.body, reply.wire) = (body, wire);
    Ok(reply)
}

/// Whether the body is packed with gzip, the only packing that was asked for.
fn packed(reply: &Reply) -> Result<bool, FetchError> {
    match reply.header("content-encoding").unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(false),
        "gzip" | "x-gzip" => Ok(true),
        other => {
            Err(FetchError::Unreadable { url: reply.url.clone(), why: format!("it is packed as '{other}'") })
        }
    }
}

fn slow(url: &Url, why: String) -> FetchError {
    FetchError::Slow { url: url.to_string(), why }
}

fn connection(url: &Url, why: String) -> FetchError {
    FetchError::Connection { host: url.host_str().unwrap_or_default().to_owned(), why }
}
