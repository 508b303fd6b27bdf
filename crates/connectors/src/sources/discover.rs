//! What could be read at an address: the thing itself, or what its page and its server point to.

use super::{claim_review, person};
use crate::client::{Client, Conditions, Reply};
use crate::decode;
use crate::error::FetchError;
use crate::html;
use jiff::Timestamp;
use saring_domain::SourceKind;
use scraper::{Html, Selector};
use serde_json::Value;
use std::sync::LazyLock;
use url::Url;

/// Feeds of one page that are named.
const MOST_FEEDS: usize = 3;
/// Programs of servers that speak Mastodon's interface.
const FEDIVERSE: &[&str] = &[
    "mastodon",
    "hometown",
    "glitch-soc",
    "pleroma",
    "akkoma",
    "gotosocial",
    "pixelfed",
    "friendica",
    "firefish",
    "iceshrimp",
    "sharkey",
    "snac",
    "takahe",
];

static LINK: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("link[rel][href]").ok());

/// Something that could become a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// How it would be read.
    pub kind: SourceKind,
    /// Where.
    pub url: String,
}

/// Looks at an address and says what could be read there, the surest first; empty where nothing could.
///
/// # Errors
/// When the address may not or cannot be read.
pub async fn discover(client: &Client, address: &str, now: Timestamp) -> Result<Vec<Lead>, FetchError> {
    if super::mailbox::is_address(address) {
        return Ok(vec![Lead { kind: SourceKind::Mailbox, url: address.to_owned() }]);
    }
    let url = person::refused(address)?;
    if let Some(kind) = by_address(&url) {
        return Ok(vec![Lead { kind, url: url.into() }]);
    }
    let reply = client.get(url.as_str(), &Conditions::default()).await?;
    let text = decode::text(&reply.body, reply.charset());
    if let Some(kind) = by_content(&text, &reply) {
        return Ok(vec![Lead { kind, url: url.into() }]);
    }
    let at = Url::parse(&reply.url).unwrap_or(url);
    let checked = {
        let reply = reply.clone();
        tokio::task::spawn_blocking(move || claim_review::has_checks(&reply, now)).await.unwrap_or_default()
    };
    let mut leads = Vec::new();
    if checked {
        leads.push(Lead { kind: SourceKind::ClaimReview, url: at.to_string() });
    }
    let linked = tokio::task::spawn_blocking({
        let at = at.clone();
        move || linked(&text, &at)
    })
    .await
    .unwrap_or_default();
    leads.extend(linked);
    leads.extend(fediverse(client, &at).await);
    if client.sitemaps(at.as_str()).await.is_ok_and(|maps| !maps.is_empty()) {
        let site = at[..url::Position::BeforePath].to_owned();
        leads.push(Lead { kind: SourceKind::Sitemap, url: format!("{site}/") });
    }
    Ok(leads)
}

fn by_address(url: &Url) -> Option<SourceKind> {
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase();
    match host.as_str() {
        "t.me" | "telegram.me" => Some(SourceKind::Telegram),
        "reddit.com" | "old.reddit.com" if url.path().starts_with("/r/") && !url.path().ends_with(".rss") => {
            Some(SourceKind::Reddit)
        }
        _ if url.path().starts_with("/tags/") => Some(SourceKind::Mastodon),
        _ => None,
    }
}

fn by_content(text: &str, reply: &Reply) -> Option<SourceKind> {
    let gzip = reply.body.starts_with(&[0x1f, 0x8b]);
    let start: String = text.trim_start().chars().take(2_000).collect::<String>().to_lowercase();
    let has = |tags: &[&str]| start.starts_with('<') && tags.iter().any(|tag| start.contains(tag));
    match () {
        () if gzip || has(&["<urlset", "<sitemapindex"]) => Some(SourceKind::Sitemap),
        () if has(&["<html", "<!doctype html"]) => None,
        () if has(&["<rss", "<feed", "<rdf:rdf"]) => Some(SourceKind::Feed),
        () if start.starts_with('{') && start.contains("jsonfeed.org/version") => Some(SourceKind::Feed),
        () => None,
    }
}

/// What the head of a page points to: feeds, the interface of WordPress.
fn linked(page: &str, at: &Url) -> Vec<Lead> {
    let Some(pattern) = LINK.as_ref().filter(|_| !html::too_deep(page)) else { return Vec::new() };
    let tree = Html::parse_document(page);
    let (mut feeds, mut wordpress) = (Vec::new(), Vec::new());
    for link in tree.select(pattern) {
        let attr = |name: &str| link.attr(name).unwrap_or_default().to_ascii_lowercase();
        let Some(url) = link.attr("href").and_then(|href| at.join(href.trim()).ok()) else { continue };
        let (rel, kind, title) = (attr("rel"), attr("type"), attr("title"));
        if rel == "https://api.w.org/" {
            wordpress.push(Lead { kind: SourceKind::WordPress, url: url.into() });
        } else if rel.split_whitespace().any(|word| word == "alternate")
            && ["rss+xml", "atom+xml", "feed+json"].iter().any(|end| kind.contains(end))
        {
            // answers to articles and single pages are no source, and neither is what one person writes
            let comments =
                ["comment", "komentar"].iter().any(|w| title.contains(w) || url.path().contains(w));
            let lead = Lead { kind: SourceKind::Feed, url: url.into() };
            if !comments && person::refused(&lead.url).is_ok() && !feeds.contains(&lead) {
                feeds.push(lead);
            }
        }
    }
    feeds.truncate(MOST_FEEDS);
    wordpress.truncate(1);
    [wordpress, feeds].concat()
}

/// The server itself where it says by NodeInfo that it speaks Mastodon's interface.
async fn fediverse(client: &Client, at: &Url) -> Option<Lead> {
    let json = async |url: &Url| {
        let reply = client.get(url.as_str(), &Conditions::default()).await.ok()?;
        serde_json::from_slice::<Value>(&reply.body).ok()
    };
    let index = json(&at.join("/.well-known/nodeinfo").ok()?).await?;
    let link = index["links"].as_array()?.iter().rev().find_map(|link| link["href"].as_str())?;
    let info = json(&at.join(link).ok()?).await?;
    let name = info["software"]["name"].as_str()?.to_lowercase();
    let site = format!("{}/", &at[..url::Position::BeforePath]);
    FEDIVERSE.contains(&name.as_str()).then_some(Lead { kind: SourceKind::Mastodon, url: site })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bed::{Play, Server, client, now};
    use serde_json::json;

    const FRONT: &str = include_str!("../../fixtures/discover/front.html");

    fn html(text: &str) -> Play {
        Play::page("text/html; charset=utf-8", text)
    }

    /// Kind and path of what is found at `path` of a server.
    async fn found(server: &Server, path: &str) -> Vec<(SourceKind, String)> {
        let leads = discover(&client(), &server.url(path), now()).await.unwrap();
        leads.into_iter().map(|lead| (lead.kind, lead.url.replace(&server.url(""), ""))).collect()
    }

    #[tokio::test]
    async fn a_page_leads_to_its_interface_feeds_and_sitemap() {
        let server = Server::start(|asked| match asked.path.as_str() {
            "/robots.txt" => {
                Some(Play::page("text/plain", "Sitemap: https://warta.example/sitemap_index.xml"))
            }
            "/" => Some(html(FRONT)),
            _ => None,
        })
        .await;
        assert_eq!(
            found(&server, "/").await,
            [
                (SourceKind::WordPress, "/wp-json/".to_owned()),
                (SourceKind::Feed, "/feed/".into()),
                (SourceKind::Feed, "/kategori/desa/feed/".into()),
                (SourceKind::Sitemap, "/".into()),
            ]
        );
    }

    #[tokio::test]
    async fn the_thing_itself_is_known_by_what_it_holds() {
        let server = Server::start(|asked| {
            Some(match asked.path.as_str() {
                "/rss" => Play::page("text/html", "<?xml version='1.0'?><rss version='2.0'><channel/></rss>"),
                "/atom" => Play::page("text/xml", "<feed xmlns='http://www.w3.org/2005/Atom'></feed>"),
                "/json" => Play::page(
                    "application/json",
                    r#"{"version":"https://jsonfeed.org/version/1.1","items":[]}"#,
                ),
                "/peta" => Play::page("text/xml", "<?xml version='1.0'?><urlset></urlset>"),
                "/kosong" => html("<html><body>hai</body></html>"),
                _ => return None,
            })
        })
        .await;
        for (path, kind) in [
            ("/rss", SourceKind::Feed),
            ("/atom", SourceKind::Feed),
            ("/json", SourceKind::Feed),
            ("/peta", SourceKind::Sitemap),
        ] {
            assert_eq!(found(&server, path).await, [(kind, path.to_owned())]);
        }
        assert!(found(&server, "/kosong").await.is_empty());
        let error = discover(&client(), &server.url("/tidak-ada"), now()).await.unwrap_err();
        assert_eq!(error.status(), Some(404));
    }

    #[tokio::test]
    async fn a_server_tells_its_program_by_nodeinfo() {
        let server = Server::start(|asked| {
            let host = asked.header("host")?.to_owned();
            Some(match asked.path.as_str() {
                "/" => html("<html><body>Lereng Social</body></html>"),
                "/.well-known/nodeinfo" => Play::page("application/json", json!({"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": format!("http://{host}/nodeinfo/2.0")}]}).to_string()),
                "/nodeinfo/2.0" => Play::page("application/json", json!({"version": "2.0", "software": {"name": "GoToSocial", "version": "0.20"}}).to_string()),
                _ => return None,
            })
        })
        .await;
        assert_eq!(found(&server, "/").await, [(SourceKind::Mastodon, "/".to_owned())]);
    }

    #[tokio::test]
    async fn people_and_closed_networks_are_refused_and_known_hosts_not_asked() {
        let closed = Client::new(crate::client::Settings::new("redaksi@saring.example")).unwrap();
        assert!(matches!(
            discover(&closed, "https://lereng.example/@rukmini", now()).await,
            Err(FetchError::Person { .. })
        ));
        assert!(matches!(
            discover(&closed, "http://127.0.0.1:9/", now()).await,
            Err(FetchError::Refused { .. })
        ));
        let leads = discover(&closed, "https://t.me/info_karangjati", now()).await.unwrap();
        assert_eq!(leads[0].kind, SourceKind::Telegram);
        assert_eq!(
            discover(&closed, "https://www.reddit.com/r/sukamaju", now()).await.unwrap()[0].kind,
            SourceKind::Reddit
        );
    }
}
