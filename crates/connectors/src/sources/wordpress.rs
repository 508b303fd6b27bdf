//! WordPress over its REST interface, `/wp-json/wp/v2/posts`, newest change first.

use super::draft::{Draft, kept};
use super::{Parts, Source};
use crate::boilerplate;
use crate::client::{Conditions, Reply};
use crate::error::{FetchError, Flaw};
use crate::html;
use crate::when;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_domain::{Cursor, Fetched, ItemKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// Posts per page; the interface gives at most 100.
const PER_PAGE: usize = 50;
/// Pages of a site that was never read: older posts are not gone after.
const FIRST_PAGES: usize = 4;
/// Pages of one pass at most, so that a site that ignores the order ends too.
const MOST_PAGES: usize = 100;
/// What is kept of a post: no author among it.
const FIELDS: [&str; 8] = ["id", "date_gmt", "modified_gmt", "link", "title", "content", "excerpt", "type"];

/// Where reading stopped. A pass begins at the newest change and goes back to where the last one began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// Newest `modified_gmt` of the last whole pass.
    modified: Option<String>,
    /// Newest of the pass under way.
    newest: Option<String>,
    /// Pages of it that were read.
    pages: usize,
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
        let reply = match self.parts.client.get(self.page(page).as_str(), &Conditions::default()).await {
            // behind the last page
            Err(FetchError::Status { code: 400, .. }) if page > 1 => {
                return Ok(ended(place, Fetched::default()));
            }
            other => other?,
        };
        let posts: Vec<Value> = serde_json::from_slice(&reply.body).map_err(|e| self.no_posts(&e))?;
        let mut fetched = Fetched { bytes: reply.wire, ..Fetched::default() };
        let mut last = posts.len() < PER_PAGE || page >= total_pages(&reply);
        for post in &posts {
            let modified = post["modified_gmt"].as_str().map(str::to_owned);
            if place.modified.is_some() && modified.is_some() && modified < place.modified {
                last = true;
                break;
            }
            place.newest = place.newest.take().max(modified);
            match self.draft(post) {
                Ok(draft) => fetched.captures.push(draft.bind(&self.parts.def.id, now)),
                Err(flaw) => fetched.bad.push(flaw.trouble(format!("#{}", post["id"]))),
            }
        }
        fetched.captures.reverse();
        place.pages = page;
        let most = if place.modified.is_none() { FIRST_PAGES } else { MOST_PAGES };
        if last || page >= most {
            return Ok(ended(place, fetched));
        }
        fetched.more = true;
        fetched.next = Cursor::of(&place);
        Ok(fetched)
    }
}

/// The pass is over: the next one goes back to where this one began.
fn ended(place: Place, mut fetched: Fetched) -> Fetched {
    let modified = place.newest.max(place.modified);
    fetched.next = Cursor::of(&Place { modified, ..Place::default() });
    fetched
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

    fn page(&self, page: usize) -> Url {
        let mut url = self.posts.clone();
        url.query_pairs_mut()
            .append_pair("per_page", &PER_PAGE.to_string())
            .append_pair("page", &page.to_string())
            .append_pair("orderby", "modified")
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

    fn post(id: u64, modified: &str) -> Value {
        let body = "<p>Warga bergotong royong.[pos_terkait judul=\"baca juga\" jumlah=\"4\"] Jembatan selesai.</p>\n<p>Sumber:</p>";
        json!({"id": id, "author": 7, "date_gmt": "2026-11-20T01:00:00", "modified_gmt": modified,
               "link": format!("https://warta.example/{id}"), "title": {"rendered": format!("Jembatan &amp; jalan {id}")},
               "content": {"rendered": body, "protected": id == 13}, "excerpt": {"rendered": ""}})
    }

    fn source(url: &str) -> Box<dyn Source> {
        let def = SourceDef::new("warta", "Warta Sukamaju", SourceKind::WordPress, url);
        super::super::build(&def, &client(), [0; 32]).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-25T00:00:00Z".parse().unwrap()
    }

    /// 120 posts, the highest number changed last; `late` is one that changes afterwards.
    async fn site(late: bool) -> Server {
        Server::start(move |asked| {
            let query: Url = format!("http://x{}", asked.path).parse().ok()?;
            if !query.path().ends_with("/wp-json/wp/v2/posts") {
                return None;
            }
            let page: usize = query.query_pairs().find(|(key, _)| key == "page")?.1.parse().ok()?;
            let mut posts: Vec<Value> = (1..=120)
                .rev()
                .map(|id| post(id, &format!("2026-11-21T{:02}:{:02}:00", id / 60, id % 60)))
                .collect();
            if late {
                posts.insert(0, post(500, "2026-11-22T00:00:00"));
            }
            let part: Vec<Value> = posts.chunks(PER_PAGE).nth(page - 1)?.to_vec();
            let body = serde_json::to_vec(&part).unwrap();
            Some(Play::Say(200, vec!["X-WP-TotalPages: 3".into()], body))
        })
        .await
    }

    #[tokio::test]
    async fn posts_are_paged_back_to_where_the_last_pass_began() {
        let server = site(false).await;
        let warta = source(&server.url("/"));
        let (mut cursor, mut items, mut bad) = (Cursor::default(), Vec::new(), Vec::new());
        loop {
            let fetched = warta.fetch(&cursor, now()).await.unwrap();
            items.extend(fetched.captures);
            bad.extend(fetched.bad);
            cursor = fetched.next;
            if !fetched.more {
                break;
            }
        }
        assert_eq!((items.len(), server.asked().len()), (119, 3));
        assert!(bad.len() == 1 && bad[0].message.contains("password"), "{bad:?}");
        let (capture, item) = &items[0];
        assert_eq!(item.title.as_deref(), Some("Jembatan & jalan 71"));
        assert_eq!(item.text, "Warga bergotong royong. Jembatan selesai.");
        assert_eq!(item.outlet.as_deref(), Some("Warta Sukamaju"));
        assert_eq!(item.posted_at, "2026-11-20T01:00:00Z".parse().ok());
        assert!(!String::from_utf8_lossy(&capture.raw).contains("author"));
        // the next pass reads the first page only: what changed, and the newest again
        let later = site(true).await;
        let warta = source(&later.url("/situs/wp-json/"));
        let fetched = warta.fetch(&cursor, now()).await.unwrap();
        let ids: Vec<&str> = fetched.captures.iter().map(|(capture, _)| capture.native_id.as_str()).collect();
        assert_eq!((ids.as_slice(), fetched.more), (&["120", "500"][..], false));
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
