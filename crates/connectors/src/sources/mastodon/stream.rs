//! A timeline as it is posted, over a websocket.

use super::super::draft::Draft;
use super::super::{AT_ONCE, MOMENT, Stream, person, web};
use super::{Line, Mastodon, Place, id};
use crate::client::{Conditions, Heard, STILL, Socket};
use crate::error::{FetchError, Flaw};
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{Cursor, Fetched};
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, Instant};
use url::Url;

/// A timeline that is listened to. What was posted before is read page by page once the stream is open, so that nothing
/// falls between the two; what comes by both collapses, since both give the same ids.
pub(super) struct Ear<'a> {
    pub(super) source: &'a Mastodon,
    pub(super) socket: Socket,
    pub(super) place: Place,
    /// Whether there may be older posts that were not read yet.
    pub(super) behind: bool,
    /// The pause that the server asks for.
    pub(super) held: Option<Duration>,
}

#[async_trait]
impl Stream for Ear<'_> {
    async fn next(&mut self, now: &(dyn Fn() -> Timestamp + Sync)) -> Result<Fetched, FetchError> {
        if let Some(again_in) = self.held.take() {
            return Err(FetchError::Held { host: self.source.host(), again_in });
        }
        let mut fetched = if self.behind {
            let (fetched, full) = self.source.turn(&mut self.place, now()).await?;
            self.behind = full;
            self.held = fetched.again_in.filter(|_| full);
            fetched
        } else {
            self.hear(now).await?
        };
        fetched.next = Cursor::of(&self.place);
        Ok(fetched)
    }
}

/// One message of a stream.
#[derive(Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    payload: String,
}

impl Ear<'_> {
    /// What is posted within a moment of the first post.
    async fn hear(&mut self, now: &(dyn Fn() -> Timestamp + Sync)) -> Result<Fetched, FetchError> {
        let mut fetched = Fetched::default();
        let (mut began, mut events) = (Instant::now(), 0);
        while events < AT_ONCE {
            let wait = if events == 0 { STILL } else { MOMENT.saturating_sub(began.elapsed()) };
            let text = match self.socket.next(wait).await? {
                Heard::Text(text) => text,
                Heard::Binary(_) => String::new(),
                Heard::Quiet => break,
                Heard::Ended if events > 0 => break,
                Heard::Ended => {
                    return Err(FetchError::Connection {
                        host: self.source.host(),
                        why: "the stream ended".into(),
                    });
                }
            };
            if events == 0 {
                began = Instant::now();
            }
            events += 1;
            fetched.bytes += text.len() as u64;
            match self.source.event(&text) {
                Ok(Some((id, draft))) => {
                    let newer = |own: &String| (own.len(), own) < (id.len(), &id);
                    if self.place.min_id.as_ref().is_none_or(newer) {
                        self.place.min_id = Some(id);
                        self.place.at = draft.as_ref().and_then(|draft| draft.posted_at).or(self.place.at);
                    }
                    fetched.captures.extend(draft.map(|draft| draft.bind(&self.source.parts.def.id, now())));
                }
                Ok(None) => {}
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{events}"))),
            }
            fetched.bad.truncate(20);
        }
        Ok(fetched)
    }
}

impl Mastodon {
    /// Where the timeline is streamed: on a host of its own, where the server says so.
    pub(super) async fn stream(&self) -> Url {
        let told = async |path: &str, at: &str| {
            let page = self.api.join(path).ok()?;
            let reply = self.parts.client.get(page.as_str(), &Conditions::default()).await.ok()?;
            let about: Value = serde_json::from_slice(&reply.body).ok()?;
            person::refused(&web(about.pointer(at)?.as_str()?)).ok()
        };
        let told = match told("/api/v2/instance", "/configuration/urls/streaming").await {
            Some(url) => Some(url),
            None => told("/api/v1/instance", "/urls/streaming_api").await,
        };
        let mut url = told.unwrap_or_else(|| self.api.clone());
        url.set_path("/api/v1/streaming");
        url.set_query(None);
        let (stream, tag) = match &self.line {
            Line::Local => ("public:local", None),
            Line::Public => ("public", None),
            Line::Tag(tag) => ("hashtag", Some(tag)),
        };
        url.query_pairs_mut().append_pair("stream", stream).extend_pairs(tag.map(|tag| ("tag", tag)));
        url
    }

    /// The id of a post that is new or was edited, and the post where it is read; `None` for all else that happens.
    fn event(&self, text: &str) -> Result<Option<(String, Option<Draft>)>, Flaw> {
        let broken = |e: serde_json::Error| Flaw::from(format!("it is no event of a stream ({e})"));
        let event: Event = serde_json::from_str(text).map_err(broken)?;
        if !matches!(event.event.as_str(), "update" | "status.update") {
            return Ok(None);
        }
        let post: Value = serde_json::from_str(&event.payload).map_err(broken)?;
        Ok(Some((id(&post).ok_or("it has no id")?, self.draft(&post)?)))
    }
}
