//! Servers that speak Mastodon's interface: their public timelines and their hashtags, without a login, page by page or, at
//! the address of a websocket, as they are posted. Who posted becomes a pseudonym at once; boosts, posts that are not public and those of people who opted out are left alone.

mod stream;
#[cfg(test)]
mod tests;

use self::stream::Ear;
use super::draft::{Draft, kept};
use super::{Parts, Source, Stream, parts_of, person, watched, web};
use crate::client::{Conditions, Reply};
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{AccountRef, Cursor, Fetched, ItemKind, Trouble, TroubleCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Posts per page; the interface gives at most 40.
const PER_PAGE: usize = 40;
/// Pages of one round; what is left waits for the next one.
const PAGES: usize = 25;
/// Pages back to a place that was lost: a thousand posts.
const PAGES_BACK: usize = 25;
/// What is kept of a post: no account among it, nor an address that spells one.
const FIELDS: [&str; 9] = [
    "id",
    "created_at",
    "edited_at",
    "language",
    "content",
    "spoiler_text",
    "in_reply_to_id",
    "sensitive",
    "visibility",
];

/// Where reading stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Newest post read, by the server's own id.
    min_id: Option<String>,
    /// When that was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    /// Pages of the round under way.
    pages: usize,
    /// The way back to a place that the server lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    back: Option<Back>,
}

/// The server no longer knows the post that was read last: its newest posts are read page by page, the newest first, down to
/// the time of that post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Back {
    /// Oldest post read on the way.
    max_id: String,
    /// Down to here.
    until: Timestamp,
    /// Pages read on the way.
    pages: usize,
}

/// Which timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// What people of this server post.
    Local,
    /// What this server knows.
    Public,
    /// Posts with a hashtag.
    Tag(String),
}

struct Mastodon {
    parts: Parts,
    line: Line,
    api: Url,
}

/// A Mastodon source; the address is that of the server, of its public timeline or of a hashtag as browsers show it; with
/// `wss://` instead of `https://` it is listened to while a patrol goes on.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut api = person::refused(&web(&parts.def.url))?;
    let line = line(&api);
    let path = match &line {
        Line::Tag(tag) => format!("/api/v1/timelines/tag/{tag}"),
        _ => "/api/v1/timelines/public".into(),
    };
    api.set_path(&path);
    api.set_query((line == Line::Local).then_some("local=true"));
    Ok(Box::new(Mastodon { parts, line, api }))
}

/// `/tags/banjir`, `/public`, `/public/local`, `/` and the like; what is none of these is the server itself.
fn line(url: &Url) -> Line {
    let path = parts_of(url);
    let tag = path.windows(2).find(|pair| matches!(pair[0].as_str(), "tags" | "tag" | "hashtag"));
    let has = |name: &str| path.iter().any(|part| part == name);
    match tag {
        Some(pair) => Line::Tag(pair[1].trim_start_matches("%23").to_owned()),
        None if has("public") && !has("local") && url.query() != Some("local=true") => Line::Public,
        None => Line::Local,
    }
}

#[async_trait]
impl Source for Mastodon {
    /// One page per call, oldest first from where the last one ended.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut place: Place = cursor.place();
        let (mut fetched, full) = self.turn(&mut place, now).await?;
        place.pages += 1;
        fetched.more = full && place.pages < PAGES && fetched.again_in.is_none();
        if !fetched.more {
            place.pages = 0;
        }
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }

    async fn open(&self, cursor: &Cursor, now: Timestamp) -> Result<Box<dyn Stream + '_>, FetchError> {
        self.allowed(now)?;
        let url = self.stream().await;
        let socket = self.parts.client.listen(&url).await.map_err(|error| match error.status() {
            Some(401 | 403) => FetchError::Login {
                url: url.to_string(),
                why: "its stream is for members; with https:// in its address its timeline is read by rounds"
                    .into(),
            },
            Some(404 | 405 | 501) => FetchError::Unreadable {
                url: url.to_string(),
                why: "it has no stream; with https:// in its address its timeline is read by rounds".into(),
            },
            _ => error,
        })?;
        let place = Place { pages: 0, ..cursor.place() };
        Ok(Box::new(Ear { source: self, socket, place, behind: true, held: None }))
    }
}

impl Mastodon {
    fn host(&self) -> String {
        self.api.host_str().unwrap_or_default().to_owned()
    }

    fn allowed(&self, now: Timestamp) -> Result<(), FetchError> {
        match &self.line {
            Line::Tag(tag) => watched(&self.parts.def, &[tag.as_str()], now),
            _ => Ok(()),
        }
    }

    /// One page, oldest first, and the place behind it; with whether more may wait there.
    async fn turn(&self, place: &mut Place, now: Timestamp) -> Result<(Fetched, bool), FetchError> {
        self.allowed(now)?;
        if let Some(back) = place.back.take() {
            return self.turn_back(back, place, now).await;
        }
        let asked = place.min_id.as_deref().map(|id| ("min_id", id));
        let (mut reply, mut posts) = self.posts(asked).await?;
        let began = place.min_id.is_none();
        let mut lost = None;
        if posts.is_empty() && place.min_id.as_deref().is_some_and(looked_up) {
            // behind a post that was taken down there would be nothing for ever
            (reply, posts) = self.posts(None).await?;
            match posts.iter().position(|post| id(post) == place.min_id) {
                Some(known) => posts.truncate(known),
                None => lost = place.at.and_then(|until| way_back(&mut posts, until, 1)),
            }
        }
        let fetched = self.fetched(&reply, &posts, now);
        let newest = newest(&posts, &reply);
        let stands = newest.is_none() || newest == place.min_id;
        place.at = posts.iter().filter_map(posted).max().or(place.at);
        place.min_id = newest.or(place.min_id.take());
        if lost.is_some() {
            place.back = lost;
            return Ok((fetched, true));
        }
        // a first read takes the newest page only: older posts are not gone after
        Ok((fetched, !began && !stands && posts.len() >= PER_PAGE / 2))
    }

    /// One page further back. Where the way is too long it is told that posts were missed.
    async fn turn_back(
        &self,
        back: Back,
        place: &mut Place,
        now: Timestamp,
    ) -> Result<(Fetched, bool), FetchError> {
        let (reply, mut posts) = match self.posts(Some(("max_id", &back.max_id))).await {
            Ok(page) => page,
            Err(error) => {
                place.back = Some(back);
                return Err(error);
            }
        };
        let further = way_back(&mut posts, back.until, back.pages + 1);
        let mut fetched = self.fetched(&reply, &posts, now);
        // a server that knows no way back gives the same page again
        let further = further.filter(|next| next.max_id != back.max_id);
        if further.as_ref().is_some_and(|next| next.pages >= PAGES_BACK) {
            fetched.bad.push(Trouble {
                code: TroubleCode::TooMany,
                about: (PAGES_BACK * PER_PAGE).to_string(),
                detail: String::new(),
                message: format!(
                    "{} lost the post that was read last, and more than {} came since; older ones were not read",
                    self.host(),
                    PAGES_BACK * PER_PAGE
                ),
            });
            return Ok((fetched, false));
        }
        place.back = further;
        Ok((fetched, place.back.is_some()))
    }

    /// What a page of posts, newest first, gives.
    fn fetched(&self, reply: &Reply, posts: &[Value], now: Timestamp) -> Fetched {
        let mut fetched = Fetched { bytes: reply.wire, again_in: spent(reply, now), ..Fetched::default() };
        for post in posts {
            match self.draft(post) {
                Ok(Some(draft)) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                Ok(None) => {}
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{}", id(post).unwrap_or_default()))),
            }
        }
        fetched.captures.reverse();
        fetched
    }

    /// A page of posts: the newest, or those before or after one.
    async fn posts(&self, from: Option<(&str, &str)>) -> Result<(Reply, Vec<Value>), FetchError> {
        let mut url = self.api.clone();
        url.query_pairs_mut().append_pair("limit", &PER_PAGE.to_string()).extend_pairs(from);
        let reply = self.parts.client.get(url.as_str(), &Conditions::default()).await;
        // servers that show their timelines to members only say so in several ways
        let reply = reply.map_err(|error| error.closed_by(&[401, 403, 422], &self.api))?;
        let posts = serde_json::from_slice(&reply.body).map_err(|e| self.no_posts(&e))?;
        Ok((reply, posts))
    }

    fn no_posts(&self, error: &serde_json::Error) -> FetchError {
        let why = format!("it does not answer as a Mastodon server does ({error})");
        FetchError::Unreadable { url: self.api.to_string(), why }
    }

    /// `None` for what is not read.
    fn draft(&self, post: &Value) -> Result<Option<Draft>, Flaw> {
        let id = id(post).ok_or("it has no id")?;
        let hidden = post["visibility"].as_str().is_some_and(|seen| seen != "public");
        if !post["reblog"].is_null() || hidden || opted_out(&post["account"]) {
            return Ok(None);
        }
        let mut kept = kept(post, &FIELDS);
        let pictures = described(post);
        kept.insert("media_descriptions".into(), pictures.clone().into());
        let warning = html::line(post["spoiler_text"].as_str().unwrap_or_default());
        let content = html::text(post["content"].as_str().unwrap_or_default());
        let parts: Vec<String> =
            [vec![warning, content], pictures].concat().into_iter().filter(|part| !part.is_empty()).collect();
        let def = &self.parts.def;
        let draft = Draft {
            native_id: id,
            kind: if post["in_reply_to_id"].is_null() { ItemKind::Post } else { ItemKind::Comment },
            text: parts.join("\n\n"),
            url: post["url"].as_str().or(post["uri"].as_str()).map(str::to_owned),
            outlet: Some(def.medium()),
            posted_at: posted(post),
            account: self.account(&post["account"]),
            media_type: "application/json".into(),
            raw: Value::Object(kept).to_string().into_bytes(),
            ..Draft::default()
        };
        // a picture without a word says nothing to us, and is no fault of the server
        Ok((!draft.is_empty()).then_some(draft))
    }

    fn account(&self, account: &Value) -> Option<AccountRef> {
        let handle = account["acct"].as_str().filter(|handle| !handle.is_empty())?;
        Some(AccountRef::derive(&self.parts.epoch_key, &self.parts.def.id, handle))
    }
}

/// Leaves the posts since `until`; where all of the page are, the way further back.
fn way_back(posts: &mut Vec<Value>, until: Timestamp, pages: usize) -> Option<Back> {
    let all = posts.len();
    let oldest = posts.last().and_then(id);
    posts.retain(|post| posted(post).is_none_or(|at| at >= until));
    oldest.filter(|_| posts.len() == all).map(|max_id| Back { max_id, until, pages })
}

fn posted(post: &Value) -> Option<Timestamp> {
    when::parse(post["created_at"].as_str()?, &TimeZone::UTC)
}

/// Whether the person asked not to be read by programs.
fn opted_out(account: &Value) -> bool {
    let note = account["note"].as_str().unwrap_or_default().to_lowercase();
    let asked = ["#nobot", "#noindex", "#noarchive"].iter().any(|word| html::line(&note).contains(word));
    asked || account["noindex"] == true
}

/// What people wrote under their pictures.
fn described(post: &Value) -> Vec<String> {
    let media = post["media_attachments"].as_array().into_iter().flatten();
    media
        .filter_map(|one| one["description"].as_str())
        .map(html::plain)
        .filter(|text| !text.is_empty())
        .collect()
}

/// Mastodon's ids are digits in a string; some servers give numbers or words.
fn id(post: &Value) -> Option<String> {
    let id = &post["id"];
    id.as_str()
        .map(str::to_owned)
        .or_else(|| id.as_u64().map(|id| id.to_string()))
        .filter(|id| !id.is_empty())
}

/// Whether an id is no number: a server that has such ids can only say what came after a post that it still has.
fn looked_up(id: &str) -> bool {
    id.len() > 20 || !id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The id to go on from: what the server's Link header says, else the first of the page, which is the newest.
fn newest(posts: &[Value], reply: &Reply) -> Option<String> {
    let link = reply.header("link").into_iter().flat_map(|link| link.split(','));
    let before = link.filter(|part| part.contains("rel=\"prev\"")).find_map(|part| {
        let url = Url::parse(part.split(['<', '>']).nth(1)?).ok()?;
        url.query_pairs().find(|(key, _)| key == "min_id").map(|(_, id)| id.into_owned())
    });
    before.or_else(|| posts.first().and_then(id))
}

/// How long to wait where this was the last question the server allows.
fn spent(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let left: i64 = reply.header("x-ratelimit-remaining")?.trim().parse().ok()?;
    let reset = when::parse(reply.header("x-ratelimit-reset")?, &TimeZone::UTC)?;
    let wait = u64::try_from(reset.duration_since(now).as_secs()).unwrap_or(0);
    (left <= 1 && wait > 0).then(|| Duration::from_secs(wait.min(3600)))
}
