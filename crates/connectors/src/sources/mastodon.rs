//! Servers that speak Mastodon's interface: their public timelines and their hashtags, without a login. Who posted
//! becomes a pseudonym at once; boosts, posts that are not public and those of people who opted out are left alone.

use super::draft::{Draft, kept};
use super::{Parts, Source, parts_of, person, watched};
use crate::client::{Conditions, Reply};
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{AccountRef, Cursor, Fetched, ItemKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Posts per page; the interface gives at most 40.
const PER_PAGE: usize = 40;
/// Pages of one round; what is left waits for the next one.
const PAGES: usize = 25;
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
    /// Pages of the round under way.
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

/// A Mastodon source; the address is that of the server, of its public timeline or of a hashtag as browsers show it.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut api = person::refused(&parts.def.url)?;
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
        if let Line::Tag(tag) = &self.line {
            watched(&self.parts.def, &[tag.as_str()], now)?;
        }
        let mut place: Place = cursor.place();
        let reply = self.parts.client.get(self.page(&place).as_str(), &Conditions::default()).await;
        // servers that show their timelines to members only say so in several ways
        let reply = reply.map_err(|error| error.closed_by(&[401, 403, 422], &self.api))?;
        let posts: Vec<Value> = serde_json::from_slice(&reply.body).map_err(|e| self.no_posts(&e))?;
        let mut fetched = Fetched { bytes: reply.wire, again_in: spent(&reply, now), ..Fetched::default() };
        for post in &posts {
            match self.draft(post) {
                Ok(Some(draft)) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                Ok(None) => {}
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{}", id(post).unwrap_or_default()))),
            }
        }
        fetched.captures.reverse();
        let began = place.min_id.is_none();
        let newest = newest(&posts, &reply);
        let stands = newest.is_none() || newest == place.min_id;
        place.min_id = newest.or(place.min_id);
        place.pages += 1;
        // a first read takes the newest page only: older posts are not gone after
        fetched.more = !began
            && !stands
            && posts.len() >= PER_PAGE / 2
            && place.pages < PAGES
            && fetched.again_in.is_none();
        if !fetched.more {
            place.pages = 0;
        }
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

impl Mastodon {
    fn page(&self, place: &Place) -> Url {
        let mut url = self.api.clone();
        url.query_pairs_mut().append_pair("limit", &PER_PAGE.to_string());
        if let Some(id) = &place.min_id {
            url.query_pairs_mut().append_pair("min_id", id);
        }
        url
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
            posted_at: post["created_at"].as_str().and_then(|text| when::parse(text, &TimeZone::UTC)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{Play, Server, meets_every_fault, now, round, shape, source};
    use saring_domain::{SourceDef, SourceKind, TroubleCode, Watch};
    use serde_json::json;

    const TIMELINE: &str = include_str!("../../fixtures/mastodon/public.json");

    fn def(url: &str) -> SourceDef {
        SourceDef::new("lereng-social", "Lereng Social", SourceKind::Mastodon, url)
    }

    fn watch() -> Watch {
        Watch {
            purpose: "kabar tanggul Karangjati".into(),
            owner: "Sri".into(),
            approved_by: "Budi".into(),
            until: "2026-12-10".parse().unwrap(),
            ..Watch::default()
        }
    }

    fn post(id: usize) -> Value {
        json!({"id": id.to_string(), "created_at": "2026-11-24T01:00:00.000Z", "visibility": "public", "reblog": null,
               "content": format!("<p>kabar {id}</p>"), "account": {"acct": "warga@lain.example"}})
    }

    /// A server with posts 1 to `count` that pages by `min_id` as Mastodon does.
    async fn server(count: usize) -> Server {
        Server::start(move |asked| {
            let url: Url = format!("http://x{}", asked.path).parse().ok()?;
            if !url.path().starts_with("/api/v1/timelines/") {
                return None;
            }
            let of = |name: &str| url.query_pairs().find(|(key, _)| key == name)?.1.parse::<usize>().ok();
            let limit = of("limit")?;
            let from = of("min_id").unwrap_or(count.saturating_sub(limit));
            let mut page: Vec<Value> = (from + 1..=count).take(limit).map(post).collect();
            page.reverse();
            let headers = vec![
                "X-RateLimit-Remaining: 250".into(),
                "X-RateLimit-Reset: 2026-11-25T00:05:00.000000Z".into(),
            ];
            Some(Play::Say(200, headers, serde_json::to_vec(&page).ok()?))
        })
        .await
    }

    async fn says(body: impl Into<Vec<u8>>, headers: Vec<String>) -> Server {
        let body = body.into();
        Server::start(move |asked| {
            (asked.path != "/robots.txt").then(|| Play::Say(200, headers.clone(), body.clone()))
        })
        .await
    }

    #[tokio::test]
    async fn a_public_timeline_is_read_without_a_trace_of_who_posted() {
        let server = says(TIMELINE, Vec::new()).await;
        let fetched = round(&*source(&def(&server.url(""))), &Cursor::default()).await.unwrap();
        assert_eq!(
            shape(&fetched),
            [
                "115400000000000007 |  | Pasokan air ke Lerengwungu sudah lancar lagi? Di rumah belum. https://lereng.example/berita/air | 2026-11-23T23:02:11.118Z",
                "115400000000000009 |  | soal tanggul//Katanya tanggul Karangjati jebol, padahal saya di sini & kering.//Tolong jangan #hoaks.//Foto tanggul dari jembatan, airnya rendah | 2026-11-24T00:10:42.512Z",
            ]
        );
        assert!(fetched.bad.is_empty() && server.asked()[0].path.contains("local=true"), "{:?}", fetched.bad);
        assert!(fetched.captures.iter().all(|(_, item)| item.account.is_some()));
        let kinds: Vec<_> = fetched.captures.iter().map(|(_, item)| item.kind).collect();
        assert_eq!(kinds, [ItemKind::Comment, ItemKind::Post]);
        for (capture, item) in &fetched.captures {
            let raw = String::from_utf8_lossy(&capture.raw).to_lowercase();
            for word in ["display_name", "acct", "avatar", "followers", "Rukmini", "bio_rukmini"] {
                assert!(!raw.contains(&word.to_lowercase()) && !item.text.contains(word), "{word} in {raw}");
            }
        }
        let ids = fetched.captures.iter().map(|(capture, _)| capture.native_id.as_str()).collect::<Vec<_>>();
        for left_alone in
            ["115400000000000004", "115400000000000008", "115400000000000006", "115400000000000005"]
        {
            assert!(!ids.contains(&left_alone), "a boost, an unlisted post, two who opted out");
        }
    }

    #[tokio::test]
    async fn reading_goes_on_from_where_it_stopped_page_by_page() {
        let first = server(100).await;
        let lereng = source(&def(&first.url("")));
        let began = round(&*lereng, &Cursor::default()).await.unwrap();
        assert_eq!((began.captures.len(), first.asked().len()), (PER_PAGE, 1), "no digging in the past");
        assert!(round(&*lereng, &began.next).await.unwrap().captures.is_empty());
        let later = server(300).await;
        let lereng = source(&def(&later.url("")));
        let went_on = round(&*lereng, &began.next).await.unwrap();
        let ids: Vec<usize> =
            went_on.captures.iter().map(|(capture, _)| capture.native_id.parse().unwrap()).collect();
        assert_eq!(ids, (101..=300).collect::<Vec<_>>(), "each once, oldest first");
        assert!(later.asked()[1].path.contains("min_id=140"));
    }

    #[tokio::test]
    async fn ten_thousand_posts_at_once_come_in_several_rounds() {
        let server = server(10_000).await;
        let lereng = source(&def(&server.url("")));
        let cursor = Cursor(json!({"min_id": "1"}));
        let first = round(&*lereng, &cursor).await.unwrap();
        assert_eq!((first.captures.len(), server.asked().len()), (PAGES * PER_PAGE, PAGES));
        let second = round(&*lereng, &first.next).await.unwrap();
        assert_eq!(second.captures[0].0.native_id, "1002");
    }

    #[tokio::test]
    async fn a_hashtag_is_a_term_and_needs_a_watch() {
        let server = server(10).await;
        let tagged = |watch| SourceDef { watch, ..def(&server.url("/tags/TanggulKarangjati")) };
        let error = async |watch| {
            source(&tagged(watch)).fetch(&Cursor::default(), now()).await.unwrap_err().trouble().code
        };
        assert_eq!(error(None).await, TroubleCode::WatchMissing);
        let ended = Watch { until: "2026-11-24".parse().unwrap(), ..watch() };
        assert_eq!(error(Some(ended)).await, TroubleCode::WatchEnded);
        assert_eq!(
            error(Some(Watch { approved_by: "Sri".into(), ..watch() })).await,
            TroubleCode::WatchRefused
        );
        assert!(server.asked().is_empty(), "nothing is asked without one");
        let fetched = round(&*source(&tagged(Some(watch()))), &Cursor::default()).await.unwrap();
        assert_eq!(fetched.captures.len(), 10);
        assert!(server.asked()[0].path.starts_with("/api/v1/timelines/tag/TanggulKarangjati?limit=40"));
    }

    #[tokio::test]
    async fn the_page_of_an_account_is_refused() {
        for path in
            ["/@rukmini", "/@rukmini@lain.example", "/users/rukmini", "/web/@rukmini/1", "/@rukmini.rss"]
        {
            let url = format!("https://lereng.example{path}");
            let error = super::super::build(&def(&url), &crate::bed::client(), [0; 32]).err().unwrap();
            assert_eq!(error.trouble().code, TroubleCode::Person, "{path}");
        }
        let lines = [
            "/",
            "/public/local",
            "/public",
            "/explore",
            "/timeline/federated",
            "/tags/banjir",
            "/web/timelines/tag/banjir",
        ];
        let got: Vec<Line> =
            lines.iter().map(|path| line(&format!("https://a.example{path}").parse().unwrap())).collect();
        let tag = || Line::Tag("banjir".into());
        assert_eq!(got, [Line::Local, Line::Local, Line::Public, Line::Local, Line::Local, tag(), tag()]);
    }

    #[tokio::test]
    async fn the_servers_own_limits_and_links_are_kept_to() {
        let headers = vec![
            "X-RateLimit-Remaining: 0".into(),
            "X-RateLimit-Reset: 2026-11-25T00:05:00.000000Z".into(),
            "Link: <https://lereng.example/api/v1/timelines/public?max_id=2>; rel=\"next\", <https://lereng.example/api/v1/timelines/public?min_id=AbC9>; rel=\"prev\"".into(),
        ];
        let posts = json!([post(5), {"id": 7, "content": "<p>angka</p>", "visibility": "public"}, {"content": "x"}, 9]);
        let server = says(posts.to_string(), headers).await;
        let fetched =
            source(&def(&server.url(""))).fetch(&Cursor(json!({"min_id": "3"})), now()).await.unwrap();
        assert_eq!(fetched.again_in, Some(Duration::from_secs(300)));
        assert_eq!((fetched.captures.len(), fetched.bad.len(), fetched.more), (2, 2, false));
        assert_eq!(fetched.next.0["min_id"], "AbC9");
    }

    #[tokio::test]
    async fn a_server_for_members_only_says_that_it_stays_off() {
        for status in [401, 403, 422] {
            let body = r#"{"error":"This method requires an authenticated user"}"#;
            let server = Server::start(move |asked| {
                (asked.path != "/robots.txt").then(|| Play::Say(status, Vec::new(), body.into()))
            })
            .await;
            let error = source(&def(&server.url(""))).fetch(&Cursor::default(), now()).await.unwrap_err();
            assert!(error.permanent() && error.trouble().code == TroubleCode::Login, "{error}");
        }
    }

    #[tokio::test]
    async fn odd_dates_and_repeats_do_no_harm() {
        let at = |when: &str| json!([{"id": "1", "content": "<p>isi</p>", "visibility": "public", "created_at": when}]);
        for (when, expect) in
            [("1970-01-01T00:00:00.000Z", true), ("2099-01-01T00:00:00.000Z", false), ("kapan-kapan", false)]
        {
            let server = says(at(when).to_string(), Vec::new()).await;
            let fetched =
                round(&*source(&def(&server.url(""))), &Cursor(json!({"min_id": "1"}))).await.unwrap();
            assert_eq!(
                (fetched.captures.len(), fetched.captures[0].1.posted_at.is_some()),
                (1, expect),
                "{when}"
            );
        }
        let empty = says("[]", Vec::new()).await;
        let fetched = round(&*source(&def(&empty.url(""))), &Cursor(json!({"min_id": "8"}))).await.unwrap();
        assert!(
            fetched.captures.is_empty() && fetched.next.0["min_id"] == "8",
            "an empty page moves nothing"
        );
    }

    #[tokio::test]
    async fn every_fault_ends_as_it_must() {
        meets_every_fault(def).await;
    }
}
