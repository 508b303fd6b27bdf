//! WordPress over its REST interface, `/wp-json/wp/v2/posts`: newest change first, then newest date and newest number.
//!
//! A post that was planned keeps the change of the day it was written and comes with the date it was planned for; one that was
//! brought over from elsewhere may bear old dates only, but has a new number.

use super::draft::{Draft, kept};
use super::{Parts, Source};
use crate::boilerplate;
use crate::client::{Conditions, Reply};
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use saring_domain::{Cursor, Fetched, ItemKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// Posts per page; the interface gives at most 100.
const PER_PAGE: usize = 50;
/// Pages of a site that was never read: older posts are not gone after.
const FIRST_PAGES: usize = 4;
/// Pages of one pass at most, so that a site that ignores the order ends too.
const MOST_PAGES: usize = 100;
/// What is kept of a post: no author among it.
const FIELDS: [&str; 8] = ["id", "date_gmt", "modified_gmt", "link", "title", "content", "excerpt", "type"];

/// So far behind the newest date of the last look another one may still come out: planned posts wait for a visitor.
const LATE: SignedDuration = SignedDuration::from_hours(24);
/// Numbers that are remembered of what was read by its date.
const REMEMBERED: usize = 500;

/// By what the posts are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Modified,
    Date,
    Id,
}

impl Order {
    /// As the interface calls it.
    fn key(self) -> &'static str {
        match self {
            Self::Modified => "modified",
            Self::Date => "date",
            Self::Id => "id",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Modified => Self::Date,
            Self::Date => Self::Id,
            Self::Id => Self::Modified,
        }
    }

    /// Where a post stands in it.
    fn of(self, post: &Value) -> Option<String> {
        match self {
            Self::Modified => post["modified_gmt"].as_str().map(str::to_owned),
            Self::Date => post["date_gmt"].as_str().map(str::to_owned),
            Self::Id => post["id"].as_u64().map(|id| format!("{id:020}")),
        }
    }
}

/// Where reading stopped. A look in each order begins at the newest and goes back to where the last one began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Newest `modified_gmt` of the last whole look.
    modified: Option<String>,
    /// Newest `date_gmt` likewise.
    dated: Option<String>,
    /// Highest number likewise, with leading zeros.
    id: Option<String>,
    /// What was read and is not older than [`LATE`] before `dated`: number and date.
    recent: BTreeMap<u64, String>,
    /// The order of the look under way.
    order: Order,
    /// The newest it found.
    newest: Option<String>,
    /// Pages of it that were read.
    pages: usize,
}

impl Place {
    /// The newest of the last look in the order of this one.
    fn mark(&mut self) -> &mut Option<String> {
        match self.order {
            Order::Modified => &mut self.modified,
            Order::Date => &mut self.dated,
            Order::Id => &mut self.id,
        }
    }

    /// Whether the last look had a post at this place of the order, and so all behind it.
    fn known(&mut self, at: &str) -> bool {
        let order = self.order;
        self.mark().as_deref().is_some_and(|mark| match order {
            Order::Modified => at < mark,
            Order::Date => *at < *before(mark),
            Order::Id => at <= mark,
        })
    }

    /// Notes a post of the look under way; whether it is to be read, as changed ones are always.
    fn note(&mut self, post: &Value, at: Option<String>) -> bool {
        self.newest = self.newest.take().max(at);
        let date = post["date_gmt"].as_str().map(str::to_owned);
        let noted = post["id"].as_u64().zip(date).map(|(id, date)| self.recent.insert(id, date));
        self.order == Order::Modified || !matches!(noted, Some(Some(_)))
    }

    /// The look is over: the next order comes (`true`), or the next pass.
    fn end(mut self) -> (Self, bool) {
        let newest = self.newest.take();
        let mark = self.mark();
        *mark = newest.max(mark.take());
        if let Some(since) = self.dated.as_deref().map(before).filter(|_| self.order == Order::Id) {
            self.recent.retain(|_, date| *date >= since);
        }
        while self.recent.len() > REMEMBERED {
            self.recent.pop_first();
        }
        (self.pages, self.order) = (0, self.order.next());
        let more = self.order != Order::Modified;
        (self, more)
    }
}

/// [`LATE`] before a moment as the interface writes it.
fn before(at: &str) -> String {
    at.parse().map_or_else(|_| at.to_owned(), |at: DateTime| at.saturating_sub(LATE).to_string())
}

struct WordPress {
    parts: Parts,
    posts: Url,
}

/// A WordPress source; the address may be the site or its `wp-json` folder.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let mut posts = super::person::refused(&parts.def.url)?;
    let site = posts.path().split("/wp-json").next().unwrap_or_default().trim_end_matches('/').to_owned();
    posts.set_path(&format!("{site}/wp-json/wp/v2/posts"));
    posts.set_query(None);
    Ok(Box::new(WordPress { parts, posts }))
}

#[async_trait]
impl Source for WordPress {
    /// One page per call, so that progress is saved in between.
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut place: Place = cursor.place();
        let page = place.pages + 1;
        let reply =
            self.parts.client.get(self.page(place.order, page).as_str(), &Conditions::default()).await;
        let mut fetched = Fetched::default();
        let (mut posts, mut last) = (Vec::<Value>::new(), true); // behind the last page there is none
        if !matches!(reply, Err(FetchError::Status { code: 400, .. }) if page > 1) {
            let reply = reply?;
            posts = serde_json::from_slice(&reply.body).map_err(|e| self.no_posts(&e))?;
            fetched.bytes = reply.wire;
            last = posts.len() < PER_PAGE || page >= total_pages(&reply);
        }
        let most = match (place.order, place.mark().is_none()) {
            (Order::Modified, true) => FIRST_PAGES,
            (_, true) => 1, // the look by changes was whole or is as far as we go
            _ => MOST_PAGES,
        };
        for post in &posts {
            let at = place.order.of(post);
            if at.as_deref().is_some_and(|at| place.known(at)) {
                last = true;
                break;
            }
            if !place.note(post, at) {
                continue;
            }
            match self.draft(post) {
                Ok(draft) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{}", post["id"]))),
            }
        }
        fetched.captures.reverse();
        place.pages = page;
        (place, fetched.more) = if last || page >= most { place.end() } else { (place, true) };
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

fn total_pages(reply: &Reply) -> usize {
    reply.header("x-wp-totalpages").and_then(|pages| pages.trim().parse().ok()).unwrap_or(usize::MAX)
}

impl WordPress {
    fn no_posts(&self, error: &serde_json::Error) -> FetchError {
        let why = format!(
            "it does not answer as WordPress does ({error}); its REST interface may be closed, try its feed"
        );
        FetchError::Unreadable { url: self.posts.to_string(), why }
    }

    fn page(&self, order: Order, page: usize) -> Url {
        let mut url = self.posts.clone();
        url.query_pairs_mut()
            .append_pair("per_page", &PER_PAGE.to_string())
            .append_pair("page", &page.to_string())
            .append_pair("orderby", order.key())
            .append_pair("order", "desc")
            .append_pair("_fields", &FIELDS.join(","));
        url
    }

    fn draft(&self, post: &Value) -> Result<Draft, Flaw> {
        let id = post["id"].as_u64().ok_or("it has no number")?;
        if post["content"]["protected"].as_bool() == Some(true) {
            return Err(Flaw::Closed);
        }
        let rendered = |field: &str| {
            let text = post[field]["rendered"].as_str().or(post[field].as_str());
            boilerplate::article(&html::text(text.unwrap_or_default()))
        };
        let (content, excerpt) = (rendered("content"), rendered("excerpt"));
        let title = post["title"]["rendered"].as_str().or(post["title"].as_str()).unwrap_or_default();
        let kept = kept(post, &FIELDS);
        let def = &self.parts.def;
        let draft = Draft {
            native_id: id.to_string(),
            kind: ItemKind::Article,
            title: Some(html::line(title)),
            text: if content.is_empty() { excerpt } else { content },
            url: post["link"].as_str().map(str::to_owned),
            outlet: Some(def.medium()),
            posted_at: post["date_gmt"].as_str().and_then(|text| when::parse(text, &TimeZone::UTC)),
            account: None,
            media_type: "application/json".into(),
            raw: Value::Object(kept).to_string().into_bytes(),
        };
        if draft.is_empty() { Err(Flaw::Empty) } else { Ok(draft) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{Play, Server, client};
    use saring_domain::{SourceDef, SourceKind};
    use serde_json::json;

    fn post(id: u64, date: &str, modified: &str) -> Value {
        let body = "<p>Warga bergotong royong.[pos_terkait judul=\"baca juga\" jumlah=\"4\"] Jembatan selesai.</p>\n<p>Sumber:</p>";
        json!({"id": id, "author": 7, "date_gmt": date, "modified_gmt": modified,
               "link": format!("https://warta.example/{id}"), "title": {"rendered": format!("Jembatan &amp; jalan {id}")},
               "content": {"rendered": body, "protected": id == 1_013}, "excerpt": {"rendered": ""}})
    }

    fn source(url: &str) -> Box<dyn Source> {
        let def = SourceDef::new("warta", "Warta Sukamaju", SourceKind::WordPress, url);
        super::super::build(&def, &client(), [0; 32]).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-25T00:00:00Z".parse().unwrap()
    }

    /// A site with these posts that puts them in order as WordPress does.
    async fn site(posts: Vec<Value>) -> Server {
        Server::start(move |asked| {
            let query: Url = format!("http://x{}", asked.path).parse().ok()?;
            if !query.path().ends_with("/wp-json/wp/v2/posts") {
                return None;
            }
            let field = |name: &str| query.query_pairs().find(|(key, _)| key == name).map(|pair| pair.1);
            let (page, order) = (field("page")?.parse::<usize>().ok()?, field("orderby")?);
            let mut posts = posts.clone();
            posts.sort_by_key(|post| match &*order {
                "id" => (post["id"].as_u64(), String::new()),
                by => (None, post[format!("{by}_gmt")].as_str().unwrap().to_owned()),
            });
            posts.reverse();
            let Some(part) = posts.chunks(PER_PAGE).nth(page - 1) else {
                return Some(Play::Say(400, Vec::new(), b"{}".to_vec()));
            };
            let total = format!("X-WP-TotalPages: {}", posts.len().div_ceil(PER_PAGE));
            Some(Play::Say(200, vec![total], serde_json::to_vec(part).unwrap()))
        })
        .await
    }

    /// 120 posts, the highest number published and changed last.
    fn posts() -> Vec<Value> {
        let at = |n: u64| format!("2026-11-2{}T{:02}:{:02}:00", n / 60, n / 10 % 6, n % 60);
        (1..=120).map(|n| post(1_000 + n, &at(n), &at(n))).collect()
    }

    /// Reads on until nothing more waits: numbers in the order they came, messages, the next cursor.
    async fn pass(server: &Server, cursor: &Cursor) -> (Vec<Fetched>, Vec<String>, Cursor) {
        let (warta, mut cursor, mut all) =
            (source(&server.url("/situs/wp-json/")), cursor.clone(), Vec::new());
        loop {
            let fetched = warta.fetch(&cursor, now()).await.unwrap();
            cursor = fetched.next.clone();
            let more = fetched.more;
            all.push(fetched);
            if !more {
                break;
            }
        }
        let captures = all.iter().flat_map(|fetched| &fetched.captures);
        (all.clone(), captures.map(|(capture, _)| capture.native_id.clone()).collect(), cursor)
    }

    #[tokio::test]
    async fn posts_are_paged_back_to_where_the_last_pass_began() {
        let server = site(posts()).await;
        let (fetched, ids, cursor) = pass(&server, &Cursor::default()).await;
        let bad: Vec<_> = fetched.iter().flat_map(|fetched| &fetched.bad).collect();
        assert!(bad.len() == 1 && bad[0].message.contains("password"), "{bad:?}");
        let unlike: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!((unlike.len(), ids.len()), (119, 119), "each once");
        assert_eq!(server.asked().len(), 5, "three pages by change, one by date, one by number");
        let (capture, item) = &fetched[0].captures[0];
        assert_eq!(item.title.as_deref(), Some("Jembatan & jalan 1071"));
        assert_eq!(item.text, "Warga bergotong royong. Jembatan selesai.");
        assert_eq!(item.outlet.as_deref(), Some("Warta Sukamaju"));
        assert_eq!(item.posted_at, "2026-11-21T01:11:00Z".parse().ok());
        assert!(!String::from_utf8_lossy(&capture.raw).contains("author"));
        // the next pass reads no further back: what changed and the newest again, two pages of a day by date
        let mut later = posts();
        later.push(post(1_500, "2026-11-22T10:00:00", "2026-11-22T10:00:00"));
        let later = site(later).await;
        let (_, ids, _) = pass(&later, &cursor).await;
        assert_eq!((ids, later.asked().len()), (vec!["1120".to_owned(), "1500".to_owned()], 4));
    }

    #[tokio::test]
    async fn a_planned_post_and_one_brought_over_are_found() {
        let mut posts = posts();
        let before = site(posts.clone()).await;
        let (_, _, cursor) = pass(&before, &Cursor::default()).await;
        // written before the last pass and planned for after it; planned a little earlier than what came out meanwhile; and
        // brought over with all its old dates
        posts.push(post(7, "2026-11-23T08:00:00", "2026-11-20T00:30:00"));
        posts.push(post(8, "2026-11-21T23:00:00", "2026-11-20T00:10:00"));
        posts.push(post(2_000, "2019-05-01T00:00:00", "2019-05-01T00:00:00"));
        let after = site(posts).await;
        let (_, mut ids, cursor) = pass(&after, &cursor).await;
        ids.sort();
        assert_eq!(ids, ["1120", "2000", "7", "8"]);
        let (_, again, _) = pass(&after, &cursor).await;
        assert_eq!(again, ["1120"], "each once; the newest change is asked for again");
    }

    #[tokio::test]
    async fn a_site_without_the_interface_says_what_to_do() {
        let server = Server::start(|asked| {
            (asked.path != "/robots.txt").then(|| Play::page("text/html", "<html>hai</html>"))
        })
        .await;
        let error = source(&server.url("/")).fetch(&Cursor::default(), now()).await.unwrap_err();
        assert!(error.permanent() && error.to_string().contains("REST interface"), "{error}");
        let none = Server::start(|_| None).await;
        assert_eq!(
            source(&none.url("/")).fetch(&Cursor::default(), now()).await.unwrap_err().status(),
            Some(404)
        );
    }
}
