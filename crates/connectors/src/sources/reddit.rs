//! Public communities of Reddit by the JSON form of their pages, newest first. Who posted becomes a pseudonym at
//! once. Reddit turns many programs away; then the source says that it stays off.

use super::draft::{Draft, kept};
use super::{Parts, Source, parts_of, person};
use crate::client::Conditions;
use crate::error::{FetchError, Flaw};
use crate::html;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{AccountRef, Cursor, Fetched, ItemKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// Posts per page; the interface gives at most 100.
const PER_PAGE: usize = 100;
/// Pages of one round; a listing ends after 1,000 posts anyway.
const PAGES: usize = 10;
/// What is kept of a post: nobody's name among it.
const FIELDS: [&str; 10] = [
    "name",
    "title",
    "selftext",
    "body",
    "created_utc",
    "permalink",
    "url",
    "subreddit",
    "edited",
    "over_18",
];

/// Where reading stopped. A pass begins at the newest and goes back to where the last one began.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Newest second of the last whole pass.
    newest: Option<i64>,
    /// Newest second of the pass under way.
    next: Option<i64>,
    /// The page to go on with.
    after: Option<String>,
    pages: usize,
}

struct Reddit {
    parts: Parts,
    listing: Url,
}

/// A Reddit source; the address is that of a community, `https://www.reddit.com/r/NAME`, or of its `/comments`.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut listing = person::refused(&parts.def.url)?;
    let path = parts_of(&listing);
    let (Some("r"), Some(name)) = (path.first().map(String::as_str), path.get(1)) else {
        let why = "it names no community; write https://www.reddit.com/r/NAME".into();
        return Err(FetchError::Address { url: parts.def.url, why });
    };
    let what = if path.get(2).is_some_and(|part| part.starts_with("comments")) { "comments" } else { "new" };
    listing.set_path(&format!("/r/{name}/{what}.json"));
    listing.set_query(None);
    Ok(Box::new(Reddit { parts, listing }))
}

#[async_trait]
impl Source for Reddit {
    /// One page per call, so that progress is saved in between.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut place: Place = cursor.place();
        let mut url = self.listing.clone();
        url.query_pairs_mut().append_pair("limit", &PER_PAGE.to_string()).append_pair("raw_json", "1");
        if let Some(after) = &place.after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let reply = self.parts.client.get(url.as_str(), &Conditions::default()).await;
        let reply = reply.map_err(|error| error.closed_by(&[401, 403], &self.listing))?;
        let no_list = |why: String| FetchError::Unreadable { url: self.listing.to_string(), why };
        let listing: Value = serde_json::from_slice(&reply.body)
            .map_err(|e| no_list(format!("it does not answer as Reddit does ({e})")))?;
        let posts =
            listing["data"]["children"].as_array().ok_or_else(|| no_list("it is no listing".into()))?;
        let mut fetched = Fetched { bytes: reply.wire, ..Fetched::default() };
        let mut reached = false;
        for post in posts {
            let data = &post["data"];
            let second = data["created_utc"].as_f64().map(|second| second as i64);
            let pinned = data["stickied"] == true;
            reached |= !pinned && place.newest.is_some() && second < place.newest;
            // a clock that is ahead must not close the listing for what comes after
            let sane = second.filter(|second| *second <= now.as_second() + 86_400 && !pinned);
            place.next = place.next.max(sane);
            match self.draft(data, second) {
                Ok(Some(draft)) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                Ok(None) => {}
                Err(flaw) => {
                    fetched.bad.push(flaw.trouble(format!("#{}", data["name"].as_str().unwrap_or_default())));
                }
            }
        }
        fetched.captures.reverse();
        place.pages += 1;
        place.after = listing["data"]["after"].as_str().map(str::to_owned);
        let first = place.newest.is_none();
        fetched.more = place.after.is_some() && !reached && !first && place.pages < PAGES;
        if !fetched.more {
            place = Place { newest: place.next.max(place.newest), ..Place::default() };
        }
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

impl Reddit {
    /// `None` for what was taken down.
    fn draft(&self, data: &Value, second: Option<i64>) -> Result<Option<Draft>, Flaw> {
        let name = data["name"].as_str().filter(|name| !name.is_empty()).ok_or("it has no name")?;
        let text = html::plain(data["selftext"].as_str().or(data["body"].as_str()).unwrap_or_default());
        let gone =
            !data["removed_by_category"].is_null() || matches!(text.as_str(), "[removed]" | "[deleted]");
        if gone {
            return Ok(None);
        }
        let title = data["title"].as_str().map(html::line).filter(|title| !title.is_empty());
        let kept = kept(data, &FIELDS);
        let author = data["author"].as_str().filter(|author| *author != "[deleted]");
        let url = data["permalink"].as_str().and_then(|path| self.listing.join(path).ok());
        let def = &self.parts.def;
        let draft = Draft {
            native_id: name.to_owned(),
            kind: if name.starts_with("t1_") { ItemKind::Comment } else { ItemKind::Post },
            title,
            text,
            url: url.map(String::from),
            outlet: Some(def.medium()),
            posted_at: second.and_then(|second| Timestamp::from_second(second).ok()),
            account: author.map(|name| AccountRef::derive(&self.parts.epoch_key, &def.id, name)),
            media_type: "application/json".into(),
            raw: Value::Object(kept).to_string().into_bytes(),
        };
        if draft.is_empty() { Err(Flaw::Empty) } else { Ok(Some(draft)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{Play, Server, meets_every_fault, now, round, shape, source};
    use saring_domain::{SourceDef, SourceKind, TroubleCode};
    use serde_json::json;

    const LISTING: &str = include_str!("../../fixtures/reddit/new.json");

    fn def(url: &str) -> SourceDef {
        SourceDef::new("r-sukamaju", "r/sukamaju", SourceKind::Reddit, url)
    }

    /// A community with so many posts, one a minute, the last one at 1795478400 + `count` minutes.
    async fn community(count: usize) -> Server {
        Server::start(move |asked| {
            let url: Url = format!("http://x{}", asked.path).parse().ok()?;
            let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            let from: usize = of("after").and_then(|name| name.strip_prefix("t3_")?.parse().ok()).unwrap_or(count + 1);
            let ids: Vec<usize> = (1..from).rev().take(PER_PAGE).collect();
            let posts: Vec<Value> = ids.iter().map(|n| json!({"kind": "t3", "data": {"name": format!("t3_{n}"), "title": format!("kabar {n}"), "selftext": "", "created_utc": (1_795_478_400 + n * 60) as f64, "author": "warga"}})).collect();
            let after = ids.last().filter(|last| **last > 1).map(|last| format!("t3_{last}"));
            let body = json!({"kind": "Listing", "data": {"after": after, "children": posts}});
            (url.path() == "/r/sukamaju/new.json").then(|| Play::page("application/json", body.to_string()))
        })
        .await
    }

    #[tokio::test]
    async fn a_community_is_read_without_a_trace_of_who_posted() {
        let server = Server::start(|asked| {
            asked
                .path
                .starts_with("/r/sukamaju/new.json?limit=100")
                .then(|| Play::page("application/json; charset=UTF-8", LISTING))
        })
        .await;
        let fetched = round(&*source(&def(&server.url("/r/sukamaju/"))), &Cursor::default()).await.unwrap();
        assert_eq!(
            shape(&fetched),
            [
                "t3_1a2b3c | Jalan ke Lerengwungu longsor? | Tadi pagi lewat & masih aman.//Ada yang punya kabar? | 2026-11-24T00:00:00Z",
                "t3_1a2b3d | Foto pasar pagi |  | 2026-11-24T01:00:00Z",
            ],
            "what was taken down is left alone"
        );
        assert!(fetched.bad.is_empty(), "{:?}", fetched.bad);
        let (capture, item) = &fetched.captures[0];
        let raw = String::from_utf8_lossy(&capture.raw);
        assert!(item.account.is_some() && !raw.contains("warga_lereng") && !raw.contains("flair"), "{raw}");
        assert!(
            item.url
                .as_deref()
                .unwrap()
                .ends_with("/r/sukamaju/comments/1a2b3c/jalan_ke_lerengwungu_longsor/")
        );
    }

    #[tokio::test]
    async fn a_pass_goes_back_to_where_the_last_one_began() {
        let first = community(150).await;
        let began = round(&*source(&def(&first.url("/r/sukamaju"))), &Cursor::default()).await.unwrap();
        assert_eq!((began.captures.len(), first.asked().len()), (PER_PAGE, 1), "no digging in the past");
        let later = community(380).await;
        let sukamaju = source(&def(&later.url("/r/sukamaju/new")));
        let went_on = round(&*sukamaju, &began.next).await.unwrap();
        let new = went_on
            .captures
            .iter()
            .filter(|(capture, _)| !began.captures.iter().any(|(own, _)| own.native_id == capture.native_id));
        assert_eq!((new.count(), later.asked().len()), (230, 3));
        round(&*sukamaju, &went_on.next).await.unwrap();
        assert_eq!(later.asked().len(), 4, "one page where nothing is new");
        let much = community(10_000).await;
        let part = round(&*source(&def(&much.url("/r/sukamaju"))), &went_on.next).await.unwrap();
        assert_eq!((part.captures.len(), much.asked().len()), (PAGES * PER_PAGE, PAGES));
    }

    #[tokio::test]
    async fn odd_dates_and_entries_do_no_harm() {
        let post = |name: &str, at: f64| json!({"kind": "t3", "data": {"name": name, "title": "kabar", "created_utc": at}});
        let body = json!({"data": {"after": null, "children": [post("t3_a", 4_070_908_800.0), post("t3_b", 0.0), {"data": {}}, 7, {"data": {"name": "t3_c"}}]}});
        let server = Server::start(move |asked| {
            asked.path.starts_with("/r/").then(|| Play::page("application/json", body.to_string()))
        })
        .await;
        let fetched = round(&*source(&def(&server.url("/r/sukamaju"))), &Cursor::default()).await.unwrap();
        assert_eq!((fetched.captures.len(), fetched.bad.len()), (2, 3), "{:?}", fetched.bad);
        assert!(fetched.captures[1].1.posted_at.is_none(), "2099 is no date");
        assert!(fetched.next.0["newest"].as_i64().unwrap() < 1_000, "and does not close the listing");
    }

    #[tokio::test]
    async fn people_and_closed_communities_are_refused() {
        for (path, code) in [
            ("/user/rukmini", TroubleCode::Person),
            ("/u/rukmini/submitted.json", TroubleCode::Person),
            ("/", TroubleCode::Address),
            ("/search.json?q=x", TroubleCode::Address),
        ] {
            let url = format!("https://reddit.example{path}");
            let error = super::super::build(&def(&url), &crate::bed::client(), [0; 32]).err().unwrap();
            assert_eq!(error.trouble().code, code, "{path}");
        }
        let closed = Server::start(|asked| {
            (asked.path != "/robots.txt").then(|| {
                Play::Say(
                    403,
                    Vec::new(),
                    br#"{"reason":"private","message":"Forbidden","error":403}"#.to_vec(),
                )
            })
        })
        .await;
        let error =
            source(&def(&closed.url("/r/tertutup"))).fetch(&Cursor::default(), now()).await.unwrap_err();
        assert!(error.permanent() && error.trouble().code == TroubleCode::Login, "{error}");
    }

    #[tokio::test]
    async fn every_fault_ends_as_it_must() {
        meets_every_fault(|server| def(&format!("{server}/r/sukamaju"))).await;
    }
}
