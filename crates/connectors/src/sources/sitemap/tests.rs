//! Sitemaps from a server on the loopback: fresh pages once, the archive never.

use crate::bed::{Play, Server, gzip, meets_every_fault, now, round, shape, source};
use crate::client::Limits;
use jiff::Timestamp;
use saring_domain::{Cursor, Fetched, SourceDef, SourceKind, TroubleCode};

const NEWS: &str = include_str!("../../../fixtures/sitemap/news.xml");
const INDEX: &str = include_str!("../../../fixtures/sitemap/index.xml");
const PAGES: &str = include_str!("../../../fixtures/sitemap/pages.xml");
const ARTICLE: &str = include_str!("../../../fixtures/sitemap/article.html");
const FRONT: &str = include_str!("../../../fixtures/sitemap/front.html");

fn def(url: &str) -> SourceDef {
    SourceDef::new("lereng", "Suara Lereng", SourceKind::Sitemap, url)
}

fn xml(text: &str, site: &str) -> Play {
    Play::page("application/xml", text.replace("SITE", site))
}

fn html(text: impl Into<String>) -> Play {
    Play::page("text/html; charset=utf-8", text.into())
}

/// A site whose sitemaps are `map` gives by path; pages below `/berita` and the sections of news are articles.
async fn site(map: impl Fn(&str, &str) -> Option<Play> + Send + Sync + 'static) -> Server {
    Server::start(move |asked| {
        let host = format!("http://{}", asked.header("host")?);
        if let Some(play) = map(&asked.path, &host) {
            return Some(play);
        }
        match asked.path.as_str() {
            "/robots.txt" => None,
            "/" => Some(html(FRONT)),
            "/berita/404" => Some(Play::status(404)),
            "/berita/500" => Some(Play::status(500)),
            "/berita/lama" => Some(html(ARTICLE.replace("2026-11-24T", "2025-11-24T"))),
            path if path.matches('/').count() > 1 => Some(html(ARTICLE.replace("NOMOR", path))),
            _ => None,
        }
    })
    .await
}

/// A sitemap of addresses with dates of change.
fn list(site: &str, pages: &[(&str, &str)]) -> Play {
    let urls: String = pages
        .iter()
        .map(|(path, at)| format!("<url><loc>{site}{path}</loc><lastmod>{at}</lastmod></url>"))
        .collect();
    Play::page("text/xml", format!("<urlset>{urls}</urlset>"))
}

fn paths(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.path).collect()
}

async fn read(server: &Server, path: &str) -> Fetched {
    round(&*source(&def(&server.url(path))), &Cursor::default()).await.unwrap()
}

fn codes(fetched: &Fetched) -> Vec<TroubleCode> {
    fetched.bad.iter().map(|trouble| trouble.code).collect()
}

#[tokio::test]
async fn a_news_sitemap_is_read_with_its_pages_and_each_page_once() {
    let server = site(|path, host| (path == "/news.xml").then(|| xml(NEWS, host))).await;
    let lereng = source(&def(&server.url("/news.xml")));
    let first = round(&*lereng, &Cursor::default()).await.unwrap();
    let lines = shape(&first);
    assert_eq!(lines.len(), 3);
    assert!(
        lines[2].contains("| Posyandu Lerengwungu buka lagi, warga: \"Akhirnya\" | Kader menimbang"),
        "{lines:?}"
    );
    assert!(lines[2].ends_with("| 2026-11-24T01:15:00Z"), "{lines:?}");
    let (capture, item) = &first.captures[2];
    for word in ["Beranda", "Baca juga", "Hak cipta", "Sulastri"] {
        assert!(!item.text.contains(word), "{word} in {}", item.text);
    }
    assert_eq!(item.outlet.as_deref(), Some("Suara Lereng"));
    assert!(item.account.is_none() && item.url.as_deref() == Some(capture.native_id.as_str()));
    assert!(first.bad.is_empty(), "{:?}", first.bad);
    let second = round(&*lereng, &first.next).await.unwrap();
    assert_eq!((second.captures.len(), second.next.0["waiting"].as_array().map(Vec::len)), (0, Some(0)));
    assert_eq!(paths(&server).len(), 5, "the map twice, each page once");
}

#[tokio::test]
async fn an_index_is_followed_to_fresh_articles_packed_ones_too() {
    let server = site(|path, host| match path {
        "/robots.txt" => {
            Some(Play::page("text/plain", format!("User-agent: *\nDisallow: /tertutup\nSitemap: {host}/index.xml\n")))
        }
        "/index.xml" => Some(xml(INDEX, host)),
        "/berita-sitemap.xml" => Some(xml(PAGES, host)),
        "/liputan-sitemap.xml.gz" => {
            let map = format!("<urlset><url><loc>{host}/tertutup/1</loc></url><url><loc>{host}/liputan/1</loc></url></urlset>");
            Some(Play::page("application/x-gzip", gzip(map.as_bytes())))
        }
        _ => None,
    })
    .await;
    let fetched = read(&server, "").await;
    let mut got: Vec<String> =
        fetched.captures.iter().map(|(c, _)| c.native_id.replace(&server.url(""), "")).collect();
    got.sort();
    // the front page is no article; last year's and another site's are left alone; dates of 1970 and 2099 are slips
    assert_eq!(got, ["/berita/1", "/berita/2", "/berita/4", "/berita/5", "/liputan/1"]);
    let asked = paths(&server);
    for never in [
        "/author-sitemap.xml",
        "/category-sitemap.xml",
        "/berita-2025-sitemap.xml.gz",
        "/berita/3",
        "/tertutup/1",
    ] {
        assert!(!asked.iter().any(|path| path == never), "{never}");
    }
    assert_eq!(codes(&fetched), [TroubleCode::Entry, TroubleCode::PagesLost], "{:?}", fetched.bad);
    assert!(fetched.bad[1].message.contains("robots.txt"), "{:?}", fetched.bad);
}

#[tokio::test]
async fn a_page_is_read_again_when_it_changes_and_when_it_was_only_disturbed() {
    let server = site(|path, host| match path {
        "/a.xml" => Some(list(
            host,
            &[("/berita/1", "2026-11-24"), ("/berita/404", "2026-11-24"), ("/berita/500", "2026-11-23")],
        )),
        "/b.xml" => Some(list(
            host,
            &[
                ("/berita/1", "2026-11-24T20:00:00Z"),
                ("/berita/404", "2026-11-24"),
                ("/berita/500", "2026-11-23"),
            ],
        )),
        _ => None,
    })
    .await;
    let first = read(&server, "/a.xml").await;
    assert_eq!((first.captures.len(), codes(&first)), (1, vec![TroubleCode::PagesLost]));
    assert_eq!(first.bad[0].about, "2");
    let before = paths(&server).len();
    let second = round(&*source(&def(&server.url("/b.xml"))), &first.next).await.unwrap();
    assert_eq!(second.captures[0].1.id, first.captures[0].1.id, "the same item, changed");
    assert_eq!(paths(&server)[before + 1..], ["/berita/500", "/berita/1"]);
}

#[tokio::test]
async fn last_years_pages_under_a_new_date_are_not_news() {
    let server = site(|path, host| {
        (path == "/s.xml").then(|| list(host, &[("/berita/lama", "2026-11-24"), ("/berita/1", "2026-11-24")]))
    })
    .await;
    let fetched = read(&server, "/s.xml").await;
    assert_eq!(fetched.captures.len(), 1);
    assert!(fetched.captures[0].0.native_id.ends_with("/berita/1"));
}

#[tokio::test]
async fn ten_thousand_pages_at_once_are_read_in_rounds_newest_first() {
    let server = site(|path, host| {
        let page = |n: usize| {
            format!(
                "<url><loc>{host}/berita/{n}</loc><lastmod>2026-11-24T{:02}:{:02}:{:02}Z</lastmod></url>",
                n / 3600,
                n / 60 % 60,
                n % 60
            )
        };
        (path == "/s.xml").then(|| {
            Play::page("text/xml", format!("<urlset>{}</urlset>", (0..10_000).map(page).collect::<String>()))
        })
    })
    .await;
    let lereng = source(&def(&server.url("/s.xml")));
    let first = round(&*lereng, &Cursor::default()).await.unwrap();
    assert_eq!((first.captures.len(), codes(&first)), (super::PAGES, vec![TroubleCode::Later]));
    assert_eq!((first.bad[0].about.as_str(), first.bad[0].detail.as_str()), ("9900", "100"));
    assert!(first.captures.iter().any(|(capture, _)| capture.native_id.ends_with("/9999")));
    let size = first.next.0.to_string().len();
    assert!(size < 20_000, "a small cursor: {size}");
    let second = round(&*lereng, &first.next).await.unwrap();
    assert!(
        second
            .captures
            .iter()
            .all(|(capture, _)| !first.captures.iter().any(|(own, _)| own.id == capture.id))
    );
    assert_eq!(second.captures.len(), super::PAGES);
}

#[tokio::test]
async fn after_an_outage_the_window_is_as_long_as_the_outage() {
    let server = site(|path, host| {
        (path == "/s.xml").then(|| list(host, &[("/berita/1", "2026-11-17"), ("/berita/2", "2026-11-24")]))
    })
    .await;
    let ids = async |whole: &str| {
        let cursor = Cursor(serde_json::json!({ "whole": whole }));
        round(&*source(&def(&server.url("/s.xml"))), &cursor).await.unwrap().captures.len()
    };
    assert_eq!((ids("2026-11-16T00:00:00Z").await, ids("2026-11-24T20:00:00Z").await), (2, 1));
}

#[tokio::test]
async fn a_host_that_asks_for_a_pause_in_the_middle_gets_it_and_what_was_read_is_kept() {
    let server = site(|path, host| match path {
        "/s.xml" => Some(list(
            host,
            &[
                ("/berita/1", "2026-11-24T05:00:00Z"),
                ("/berita/2", "2026-11-24T04:00:00Z"),
                ("/berita/3", "2026-11-24T03:00:00Z"),
            ],
        )),
        "/berita/2" => Some(Play::Say(429, vec!["Retry-After: 300".into()], Vec::new())),
        _ => None,
    })
    .await;
    let fetched = read(&server, "/s.xml").await;
    assert_eq!((fetched.captures.len(), fetched.again_in), (1, Some(std::time::Duration::from_secs(300))));
    assert_eq!(paths(&server), ["/s.xml", "/berita/3", "/berita/2"], "the third waits");
}

#[tokio::test]
async fn a_page_that_cannot_be_read_keeps_the_headline_of_a_news_sitemap() {
    let server = site(|path, host| match path {
        "/news.xml" => Some(xml(NEWS, host)),
        path if path.starts_with("/kesehatan") => Some(Play::status(403)),
        _ => None,
    })
    .await;
    let fetched = read(&server, "/news.xml").await;
    assert_eq!(fetched.captures.len(), 3);
    let (capture, item) = &fetched.captures[2];
    assert!(item.text.is_empty() && item.title.as_deref().is_some_and(|title| title.starts_with("Posyandu")));
    assert_eq!(capture.media_type, "application/json");
}

#[tokio::test]
async fn an_unchanged_map_is_not_sent_again() {
    let server = site(|path, host| {
        (path == "/news.xml")
            .then(|| Play::Say(200, vec!["ETag: \"7\"".into()], NEWS.replace("SITE", host).into_bytes()))
    })
    .await;
    let first = read(&server, "/news.xml").await;
    assert_eq!(first.next.0["etag"], "\"7\"");
    let same =
        Server::start(|asked| (asked.header("if-none-match") == Some("\"7\"")).then(|| Play::status(304)))
            .await;
    let second = round(&*source(&def(&same.url("/news.xml"))), &first.next).await.unwrap();
    assert!(second.unchanged && second.captures.is_empty() && second.next.0["etag"] == "\"7\"");
}

#[tokio::test]
async fn every_fault_ends_as_it_must() {
    meets_every_fault(|server| def(&format!("{server}/sitemap.xml"))).await;
}

#[tokio::test]
async fn hostile_maps_are_bounded() {
    let bomb = gzip(&b"<url><loc>http://x.example/</loc></url>".repeat(1_500_000));
    assert!(bomb.len() < Limits::default().bytes as usize);
    let server = site(move |path, host| match path {
        "/bomb.xml.gz" => Some(Play::page("application/gzip", bomb.clone())),
        "/loop.xml" => Some(Play::page("text/xml", format!("<sitemapindex>{}</sitemapindex>", format!("<sitemap><loc>{host}/loop.xml</loc></sitemap>").repeat(30)))),
        "/dalam.xml" => Some(Play::page("text/xml", "<urlset><url><loc>http://169.254.169.254/latest/</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>")),
        _ => None,
    })
    .await;
    let error = source(&def(&server.url("/bomb.xml.gz"))).fetch(&Cursor::default(), now()).await.unwrap_err();
    assert_eq!(error.trouble().code, TroubleCode::TooBig);
    let fetched = read(&server, "/loop.xml").await;
    assert!(fetched.captures.is_empty());
    assert_eq!(paths(&server).iter().filter(|path| *path == "/loop.xml").count(), super::MAPS);
    let fetched = read(&server, "/dalam.xml").await;
    assert_eq!((fetched.captures.len(), codes(&fetched)), (0, vec![TroubleCode::Entry]));
    let _: Timestamp = now();
}

/// A page of the article on the market: its own paragraphs between those that all pages repeat, and what it links to.
fn part(number: usize, links: &str) -> Play {
    let long = "Warga datang sejak pagi dan para pedagang menata dagangan di kios yang baru selesai dicat. "
        .repeat(4);
    html(format!(
        "<!doctype html><html><head><meta property='og:type' content='article'><meta property='og:title' content='Pasar'>\
         <meta property='article:published_time' content='2026-11-24T07:15:00+07:00'>\
         <link rel='canonical' href='/news/pasar'></head><body><article><h1>Pasar</h1><p>Pembuka yang sama. {long}</p>\
         <p>Isi bagian {number}. {long}</p></article><nav>{links}</nav></body></html>"
    ))
}

#[tokio::test]
async fn an_article_of_several_pages_is_one_item_with_every_paragraph_once() {
    let on = "<a href='?page=2'>2</a><a href='?page=3'>3</a><a href='/news/lain?page=2'>Selanjutnya</a>";
    let server = site(move |path, site| match path {
        "/map.xml" => Some(list(site, &[("/news/pasar", "2026-11-24"), ("/news/pasar?amp=1", "2026-11-24")])),
        "/news/pasar" | "/news/pasar?amp=1" => Some(part(1, on)),
        "/news/pasar?page=2" => Some(part(2, on)),
        "/news/pasar?page=3" => Some(part(3, on)),
        _ => None,
    })
    .await;
    let fetched = read(&server, "/map.xml").await;
    assert_eq!(fetched.captures.len(), 1, "{:?}", shape(&fetched));
    let (capture, item) = &fetched.captures[0];
    for (said, times) in [("Pembuka", 1), ("Isi bagian 1", 1), ("Isi bagian 2", 1), ("Isi bagian 3", 1)] {
        assert_eq!(item.text.matches(said).count(), times, "{said}: {}", item.text);
    }
    assert_eq!(item.url.as_deref(), Some(&*server.url("/news/pasar")));
    let evidence = String::from_utf8_lossy(&capture.raw);
    assert_eq!(evidence.matches("HTTP/1.1 200").count(), 3, "every page is evidence");
    assert!(
        !paths(&server).iter().any(|path| path.starts_with("/news/lain")),
        "another article is not a further page"
    );
}

#[tokio::test]
async fn the_page_with_everything_goes_before_page_after_page_and_robots_end_it() {
    let links = "<a href='?page=2'>2</a><a href='?page=all'>Tampilkan semua</a>";
    let server = site(move |path, site| match path {
        "/map.xml" => Some(list(site, &[("/news/pasar", "2026-11-24")])),
        "/news/pasar" => Some(part(1, links)),
        "/news/pasar?page=all" => Some(part(12_345, links)),
        _ => None,
    })
    .await;
    let fetched = read(&server, "/map.xml").await;
    assert!(fetched.captures[0].1.text.contains("Isi bagian 12345"));
    assert_eq!(paths(&server), ["/map.xml", "/news/pasar", "/news/pasar?page=all"]);

    let next = "<a rel=next href='?page=2'>2</a>";
    let server = site(move |path, site| match path {
        "/robots.txt" => Some(Play::page("text/plain", "User-agent: *\nDisallow: /*?page=")),
        "/map.xml" => Some(list(site, &[("/news/pasar", "2026-11-24")])),
        "/news/pasar" => Some(part(1, next)),
        _ => None,
    })
    .await;
    let fetched = read(&server, "/map.xml").await;
    assert!(fetched.captures[0].1.text.contains("Isi bagian 1") && fetched.captures[0].0.incomplete());
    assert_eq!(paths(&server), ["/map.xml", "/news/pasar"]);

    // a site that always has one more page
    let server = site(move |path, site| {
        let at = path.strip_prefix("/news/pasar").map(|end| end.trim_start_matches("?page="));
        match (path, at) {
            ("/map.xml", _) => Some(list(site, &[("/news/pasar", "2026-11-24")])),
            (_, Some(at)) => {
                let at = at.parse().unwrap_or(1);
                Some(part(at, &format!("<a href='?page={}'>Selanjutnya</a>", at + 1)))
            }
            _ => None,
        }
    })
    .await;
    let fetched = read(&server, "/map.xml").await;
    assert_eq!(paths(&server).len(), 11, "one sitemap and ten pages");
    assert!(fetched.captures[0].0.incomplete());
}

#[tokio::test]
async fn an_article_without_a_further_page_is_tried_again_and_then_says_so() {
    let server = site(|path, host| match path {
        "/map.xml" => Some(list(host, &[("/berita/panjang", "2026-11-24T01:00:00Z")])),
        "/berita/panjang" => {
            Some(html(ARTICLE.replace("</body>", "<a href='/berita/panjang?page=2'>2</a></body>")))
        }
        "/berita/panjang?page=2" => Some(Play::status(502)),
        _ => None,
    })
    .await;
    let lereng = source(&def(&server.url("/map.xml")));
    let first = round(&*lereng, &Cursor::default()).await.unwrap();
    assert_eq!((first.captures.len(), codes(&first)), (0, vec![TroubleCode::Incomplete]));
    let second = lereng.fetch(&first.next, now() + jiff::SignedDuration::from_mins(31)).await.unwrap();
    assert_eq!((second.captures.len(), codes(&second)), (1, vec![TroubleCode::Incomplete]));
    assert!(second.captures[0].0.incomplete());
    let third = lereng.fetch(&second.next, now() + jiff::SignedDuration::from_mins(62)).await.unwrap();
    assert_eq!((third.captures.len(), codes(&third)), (0, vec![]));
}
