//! Feeds of every kind from a server on the loopback, whole and broken.

use super::super::{Parts, Source};
use super::*;
use crate::bed::{Play, Server, client, gzip, settings};
use crate::client::Limits;
use saring_domain::SourceKind;

mod pages;

fn def(url: &str, article_pages: bool) -> SourceDef {
    SourceDef { article_pages, ..SourceDef::new("warta", "Warta Sukamaju", SourceKind::Feed, url) }
}

fn now() -> Timestamp {
    "2026-11-25T00:00:00Z".parse().unwrap()
}

fn source_with(client: Client, url: &str, pages: bool) -> Box<dyn Source> {
    build(Parts { def: def(url, pages), client, epoch_key: [7; 32] }).unwrap()
}

fn source(url: &str, pages: bool) -> Box<dyn Source> {
    source_with(client(), url, pages)
}

async fn serve(media_type: &'static str, body: impl Into<Vec<u8>>) -> Server {
    let body = body.into();
    Server::start(move |asked| (asked.path != "/robots.txt").then(|| Play::page(media_type, body.clone())))
        .await
}

/// Reads a feed that consists of these bytes.
async fn read(body: impl Into<Vec<u8>>) -> Result<Fetched, FetchError> {
    let server = serve("application/xml", body).await;
    source(&server.url("/feed"), false).fetch(&Cursor::default(), now()).await
}

/// Native id, headline, text, address and time of every entry.
fn shape(fetched: &Fetched) -> Vec<String> {
    let entry = |(capture, item): &(saring_domain::Capture, saring_domain::Item)| {
        let at = item.posted_at.map(|at| at.to_string()).unwrap_or_default();
        let (title, url) =
            (item.title.as_deref().unwrap_or_default(), item.url.as_deref().unwrap_or_default());
        format!("{} | {title} | {} | {url} | {at}", capture.native_id, item.text.replace('\n', "/"))
    };
    fetched.captures.iter().map(entry).collect()
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Warta</title><link>https://warta.example</link><ttl>45</ttl>
<item><guid isPermaLink="false">w-2</guid><title>Pasar &amp; terminal dibuka</title><link>https://warta.example/2</link>
<pubDate>Tue, 24 Nov 2026 08:00:00 +0700</pubDate><dc:creator>Bu Ani</dc:creator><description>Ringkas saja.</description>
<content:encoded><![CDATA[<p>Pasar dibuka <b>bupati</b>.</p><p>Pedagang senang.</p><p>The post Pasar dibuka appeared first on Warta.</p>]]></content:encoded></item>
<item><title>Tanpa guid</title><link>https://warta.example/1</link><pubDate>Sen, 23 Nov 2026 08:00:00 +0700</pubDate>
<description>&lt;p&gt;Air&amp;nbsp;aman &amp;amp; jernih&lt;/p&gt; & lancar &nbsp;</description></item>
</channel></rss>"#;

#[tokio::test]
async fn rss_is_read_with_evidence_and_without_authors() {
    let fetched = read(RSS).await.unwrap();
    assert_eq!(
        shape(&fetched),
        [
            "https://warta.example/1 | Tanpa guid | Air aman & jernih//& lancar | https://warta.example/1 | 2026-11-23T01:00:00Z",
            "w-2 | Pasar & terminal dibuka | Pasar dibuka bupati.//Pedagang senang. | https://warta.example/2 | 2026-11-24T01:00:00Z",
        ]
    );
    assert!(fetched.bad.is_empty() && !fetched.more && !fetched.unchanged, "{:?}", fetched.bad);
    assert_eq!(fetched.again_in, Some(Duration::from_secs(45 * 60)));
    assert_eq!(fetched.bytes, RSS.len() as u64);
    let (capture, item) = &fetched.captures[1];
    let raw = String::from_utf8(capture.raw.clone()).unwrap();
    assert!(raw.starts_with("<item><guid") && raw.ends_with("</item>") && !raw.contains("Ani"), "{raw}");
    assert_eq!(capture.sha256, <[u8; 32]>::from(Sha256::digest(&capture.raw)));
    assert_eq!(
        (capture.media_type.as_str(), item.outlet.as_deref()),
        ("application/rss+xml", Some("Warta Sukamaju"))
    );
    assert!(item.account.is_none());
}

#[tokio::test]
async fn every_kind_of_feed_is_read() {
    let cases = [
        (
            r#"<rss version="0.91"><channel><title>T</title><item><title>A</title><link>http://a.example/1</link><description>isi</description></item></channel></rss>"#,
            "http://a.example/1 | A | isi | http://a.example/1 | ",
        ),
        (
            r#"<rss version="0.92"><channel><item><description>hanya isi</description></item></channel></rss>"#,
            "sha256:",
        ),
        (r#"<rss><channel><item><guid>1</guid><title>A</title></item></channel></rss>"#, "1 | A |  |  | "),
        (
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel><item><title>A</title><link>http://a.example/1</link></item></rdf:RDF>"#,
            "http://a.example/1 | A |  | http://a.example/1 | ",
        ),
        (
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><items/></channel><item rdf:about="x"><title>A</title><link>http://a.example/1</link><description>isi</description><dc:date>2026-11-24T01:00:00Z</dc:date></item></rdf:RDF>"#,
            "http://a.example/1 | A | isi | http://a.example/1 | 2026-11-24T01:00:00Z",
        ),
        (
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id><title type="html">A &amp;amp; B</title><link href="/1"/><updated>2026-11-24T01:00:00Z</updated><author><name>X</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>isi</p></div></content></entry></feed>"#,
            "urn:1 | A & B | isi | http://SERVER/1 | 2026-11-24T01:00:00Z",
        ),
        (
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":7,"url":"http://a.example/7","title":"A","content_html":"<p>isi</p>","date_published":"2026-11-24T08:00:00+07:00","authors":[{"name":"X"}]}]}"#,
            "7 | A | isi | http://a.example/7 | 2026-11-24T01:00:00Z",
        ),
        (
            r#"{"version":"https://jsonfeed.org/version/1","items":[{"content_text":"isi saja","url":"http://a.example/8"}]}"#,
            "http://a.example/8 |  | isi saja | http://a.example/8 | ",
        ),
    ];
    for (body, expect) in cases {
        let server = serve("text/plain", body).await;
        let fetched = source(&server.url("/feed"), false).fetch(&Cursor::default(), now()).await.unwrap();
        let expect = expect.replace("SERVER", &server.at.to_string());
        let got = shape(&fetched);
        assert!(
            got.len() == 1 && (got[0] == expect || expect == "sha256:" && got[0].starts_with("sha256:")),
            "{got:?} for {body}"
        );
        assert!(
            !String::from_utf8_lossy(&fetched.captures[0].0.raw).contains("name"),
            "an author in the evidence of {body}"
        );
    }
}

#[tokio::test]
async fn channels_forums_and_aggregators_are_read_as_what_they_carry() {
    let fixture = async |text: &str| read(text).await.unwrap();
    let video = fixture(include_str!("../../../fixtures/feed/youtube.xml")).await;
    assert_eq!(
        shape(&video),
        [
            "yt:video:kArAnGjAtI1 | Musyawarah desa soal jadwal air & pompa | Rekaman musyawarah di balai desa./Pompa kedua menyala mulai Kamis. | https://www.youtube.com/watch?v=kArAnGjAtI1 | 2026-11-24T02:00:05Z"
        ]
    );
    assert_eq!(video.captures[0].1.kind, saring_domain::ItemKind::Post);
    let taken = fixture(include_str!("../../../fixtures/feed/aggregator.xml")).await;
    assert_eq!(
        shape(&taken),
        [
            "https://warta.example/pasar?p=2 | Pasar Tirtakarya ramai lagi | Pedagang mulai berjualan sejak subuh. | https://warta.example/pasar?p=2 | 2026-11-23T22:00:00Z",
            "CBMiXkFVX3lxTE9 | Tanggul Karangjati Aman, Kata Dinas |  | https://news.penghimpun.example/rss/articles/CBMiXkFVX3lxTE9?oc=5 | 2026-11-24T02:10:00Z",
        ]
    );
    let outlets: Vec<_> = taken.captures.iter().map(|(_, item)| item.outlet.as_deref().unwrap()).collect();
    assert_eq!(outlets, ["Warta Sukamaju", "Suara Lereng"]);
    let forums = [
        (
            include_str!("../../../fixtures/feed/phpbb.xml"),
            "Di kios Lerengwungu masih harga lama, stok tinggal sedikit.",
            "paijo",
        ),
        (
            include_str!("../../../fixtures/feed/discourse.xml"),
            "Mari susun jadwal ronda supaya sungai ikut dipantau.",
            "tukiman",
        ),
    ];
    for (feed, text, name) in forums {
        let fetched = fixture(feed).await;
        let (capture, item) = &fetched.captures[0];
        assert_eq!((item.text.as_str(), item.outlet.as_deref()), (text, Some("Warta Sukamaju")));
        assert!(
            !String::from_utf8_lossy(&capture.raw).to_lowercase().contains(name),
            "{name} in the evidence"
        );
    }
}

#[tokio::test]
async fn the_feed_of_a_search_needs_a_watch() {
    let server = serve("application/xml", RSS).await;
    let error = source(&server.url("/rss/search?q=tanggul"), false).fetch(&Cursor::default(), now()).await;
    assert_eq!(error.unwrap_err().trouble().code, TroubleCode::WatchMissing);
    assert!(server.asked().is_empty());
    assert!(source(&server.url("/?feed=rss2&p=7"), false).fetch(&Cursor::default(), now()).await.is_ok());
}

#[tokio::test]
async fn one_broken_entry_costs_only_itself() {
    let broken = RSS.replace("<title>Tanpa guid</title>", "<title>Tanpa <b>guid</title>");
    let fetched = read(broken).await.unwrap();
    assert_eq!((fetched.captures.len(), fetched.bad.len()), (1, 1));
    assert!(
        fetched.bad[0].message.contains("#2 (") && fetched.bad[0].message.contains("repair"),
        "{:?}",
        fetched.bad
    );
    let cut = &RSS[..RSS.find("<description>&lt;").unwrap()];
    let fetched = read(cut).await.unwrap();
    assert_eq!((fetched.captures.len(), fetched.bad.len()), (1, 1));
    assert!(fetched.bad[0].message.contains("does not end"), "{:?}", fetched.bad);
    let json = r#"{"items":[{"id":"1","title":"A"},7,{"id":"2"}]}"#;
    let fetched = read(json).await.unwrap();
    assert_eq!((fetched.captures.len(), fetched.bad.len()), (1, 2), "{:?}", fetched.bad);
}

#[tokio::test]
async fn what_is_no_feed_says_so() {
    let cases = [
        ("<!DOCTYPE html><html><body>hai</body></html>", true, "web page"),
        ("<rss version='2.0'><channel><title>x</oops>", false, "broken XML"),
        ("<rss version='2.0'><channel><item><title>x</channel></rss>", false, "broken XML"),
        ("{\"items\": [", false, "broken JSON"),
        ("{\"version\": 1}", false, "items"),
        ("halo", false, "neither XML nor JSON"),
        ("", false, "empty"),
    ];
    for (body, permanent, word) in cases {
        let error = read(body).await.unwrap_err();
        assert_eq!(error.permanent(), permanent, "{body}: {error}");
        assert!(error.to_string().contains(word), "{body}: {error}");
    }
    let none = read("<rss version='2.0'><channel><title>T</title></channel></rss>").await.unwrap();
    assert!(none.captures.is_empty() && none.bad.is_empty(), "a feed without entries is a good feed");
}

#[tokio::test]
async fn wrong_encodings_are_seen_through() {
    let feed = |declared: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"{declared}\"?><rss version=\"2.0\"><channel><item><guid>1</guid><title>Caf\u{e9} \u{201c}desa\u{201d}</title></item></channel></rss>"
        )
    };
    let latin = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let wide =
        |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let bodies = [
        feed("ISO-8859-1").into_bytes(),
        latin(&feed("UTF-8")),
        latin(&feed("iso-8859-1")),
        wide(&feed("UTF-16")),
        wide(&feed("UTF-8")),
        [vec![0xfe, 0xff], feed("UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        encoding_rs::GB18030.encode(&feed("GB18030")).0.into_owned(),
        [b"\xef\xbb\xbf".to_vec(), feed("UTF-8").into_bytes()].concat(),
    ];
    for (at, body) in bodies.into_iter().enumerate() {
        let fetched = read(body).await.unwrap();
        assert_eq!(fetched.captures[0].1.title.as_deref(), Some("Caf\u{e9} \u{201c}desa\u{201d}"), "{at}");
    }
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again() {
    let server = Server::start(|asked| {
        let same = asked.header("if-none-match") == Some("\"7\"");
        let page = || Play::Say(200, vec!["ETag: \"7\"".into()], RSS.into());
        (asked.path != "/robots.txt").then(|| if same { Play::status(304) } else { page() })
    })
    .await;
    let warta = source(&server.url("/feed"), false);
    let first = warta.fetch(&Cursor::default(), now()).await.unwrap();
    let second = warta.fetch(&first.next, now()).await.unwrap();
    assert_eq!(
        (first.captures.len(), first.unchanged, second.captures.len(), second.unchanged),
        (2, false, 0, true)
    );
    assert_eq!(second.next, first.next);
}

#[tokio::test]
async fn hostile_feeds_are_bounded() {
    let mut small = settings();
    small.limits = Limits { bytes: 200_000, ..Limits::default() };
    let small = Client::new(small).unwrap();
    let get = async |play: fn() -> Play| {
        let server = Server::start(move |asked| (asked.path != "/robots.txt").then(play)).await;
        source_with(small.clone(), &server.url("/feed"), false).fetch(&Cursor::default(), now()).await
    };
    let endless = || {
        Play::Endless(
            "HTTP/1.0 200 OK\r\n\r\n<rss><channel>".into(),
            b"<item><guid>1</guid></item>".repeat(100),
        )
    };
    assert!(matches!(get(endless).await, Err(FetchError::TooBig { .. })));
    let bomb =
        || Play::Say(200, vec!["Content-Encoding: gzip".into()], gzip(&b"<item></item>".repeat(1_000_000)));
    assert!(matches!(get(bomb).await, Err(FetchError::TooBig { .. })));
    let laughs = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><rss version='2.0'><channel><item><guid>1</guid><title>&b;</title></item></channel></rss>";
    let fetched = read(laughs).await.unwrap();
    assert_eq!(fetched.captures[0].1.title.as_deref(), Some("&b;"), "no entity is unfolded");
    let deep = format!(
        "<rss version='2.0'><channel><item><guid>1</guid><title>A</title>{}{}</item></channel></rss>",
        "<a>".repeat(50_000),
        "</a>".repeat(50_000)
    );
    assert_eq!(read(deep).await.unwrap().captures.len(), 1);
    let deep = format!("{{\"items\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(matches!(read(deep).await, Err(FetchError::Broken { .. })));
    let nul = "<rss version='2.0'><channel><item><guid>1</guid><title>A\u{0}B\u{202e}C</title></item></channel></rss>";
    assert_eq!(read(nul).await.unwrap().captures[0].1.title.as_deref(), Some("AB\u{202e}C"));
}

#[tokio::test]
async fn the_same_feed_twice_gives_the_same_ids() {
    let (first, second) = (read(RSS).await.unwrap(), read(RSS).await.unwrap());
    let ids = |fetched: &Fetched| {
        fetched.captures.iter().map(|(c, i)| (c.id.clone(), i.id.clone())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ids(&second));
}
