//! The pages behind the entries of a feed.

use super::*;

fn article(number: usize) -> String {
    let words =
        "Warga dan petugas membersihkan saluran air bersama-sama sejak pagi hingga siang hari di desa itu. ";
    format!(
        "<!doctype html><html><head><title>Gotong royong {number} - Warta Desa</title>\
         <meta property='og:site_name' content='Warta Desa'><meta property='article:published_time' content='2026-11-20T07:00:00+07:00'></head>\
         <body><nav><a href='/'>Beranda</a></nav><article><h1>Gotong royong {number}</h1><p>Artikel {number}. {}</p>\
         <p>Baca juga: Judul lain</p><p>{}</p><p>Editor: Sri</p></article><footer>Hak cipta kami</footer></body></html>",
        words.repeat(3),
        words.repeat(3)
    )
}

/// A feed of so many entries with a page behind each; every third page is missing where `holes`.
async fn site(count: usize, holes: bool) -> Server {
    Server::start(move |asked| {
        let host = asked.header("host").unwrap().to_owned();
        if asked.path == "/feed" {
            let items: String = (0..count)
                .map(|n| format!("<item><guid>{n}</guid><title>Gotong royong {n}</title><link>http://{host}/a/{n}</link><description>Ringkasan {n}</description></item>"))
                .collect();
            let body = format!("<rss version='2.0'><channel>{items}</channel></rss>");
            return Some(Play::Say(200, vec!["ETag: \"v\"".into()], body.into()));
        }
        let number: usize = asked.path.strip_prefix("/a/")?.parse().ok()?;
        Some(if holes && number.is_multiple_of(3) { Play::status(404) } else { Play::page("text/html; charset=utf-8", article(number)) })
    })
    .await
}

#[tokio::test]
async fn the_page_behind_an_entry_gives_its_text_date_and_outlet() {
    let server = site(1, false).await;
    let fetched = source(&server.url("/feed"), true).fetch(&Cursor::default(), now()).await.unwrap();
    let (capture, item) = &fetched.captures[0];
    assert!(item.text.contains("Artikel 0. Warga dan petugas"), "{}", item.text);
    for word in ["Beranda", "Baca juga", "Hak cipta", "Editor", "Ringkasan"] {
        assert!(!item.text.contains(word), "{word} in {}", item.text);
    }
    assert_eq!(item.title.as_deref(), Some("Gotong royong 0"));
    assert_eq!(item.outlet.as_deref(), Some("Warta Desa"));
    assert_eq!(item.posted_at, "2026-11-20T00:00:00Z".parse().ok());
    assert_eq!(capture.media_type, "application/http; msgtype=response");
    assert!(
        String::from_utf8_lossy(&capture.raw).contains("Hak cipta kami"),
        "the whole page is the evidence"
    );
}

#[tokio::test]
async fn pages_are_read_in_parts_and_once_and_a_missing_one_keeps_the_words_of_the_feed() {
    let server = site(30, true).await;
    let warta = source(&server.url("/feed"), true);
    let first = warta.fetch(&Cursor::default(), now()).await.unwrap();
    assert_eq!((first.captures.len(), first.more, first.bad.len()), (PAGES_AT_ONCE, true, 1));
    assert!(
        first.bad[0].message.contains("7 entries") && first.bad[0].message.contains("404"),
        "{:?}",
        first.bad
    );
    assert!(first.captures.iter().any(|(_, item)| item.text == "Ringkasan 0"));
    let second = warta.fetch(&first.next, now()).await.unwrap();
    assert_eq!((second.captures.len(), second.more), (10, false));
    let third = warta.fetch(&second.next, now()).await.unwrap();
    assert_eq!((third.captures.len(), third.more), (0, false));
    let pages = server.asked().iter().filter(|asked| asked.path.starts_with("/a/")).count();
    assert_eq!(pages, 30, "each page once");
}

#[tokio::test]
async fn an_article_without_a_further_page_is_tried_again_and_then_says_so() {
    let status = std::sync::Arc::new(std::sync::atomic::AtomicU16::new(503));
    let says = status.clone();
    let server = Server::start(move |asked| {
        let item = |n: u8| {
            format!(
                "<item><guid>{n}</guid><title>Gotong royong {n}</title><link>http://{}/a/{n}</link></item>",
                asked.header("host").unwrap()
            )
        };
        let more =
            |n: usize| article(n).replace("<footer>", &format!("<a href='/a/{n}?page=2'>2</a><footer>"));
        Some(match asked.path.as_str() {
            "/feed" => Play::Say(
                200,
                vec!["ETag: \"v\"".into()],
                format!("<rss version='2.0'><channel>{}{}</channel></rss>", item(1), item(2)).into(),
            ),
            "/a/1" => Play::page("text/html; charset=utf-8", more(1)),
            "/a/2" => Play::page("text/html; charset=utf-8", more(2)),
            "/a/1?page=2" => Play::status(404),
            "/a/2?page=2" => match says.load(std::sync::atomic::Ordering::SeqCst) {
                200 => Play::page("text/html; charset=utf-8", article(20)),
                status => Play::status(status),
            },
            _ => return None,
        })
    })
    .await;
    let warta = source(&server.url("/feed"), true);
    let first = warta.fetch(&Cursor::default(), now()).await.unwrap();
    let [(gone, _)] = &first.captures[..] else { panic!("{:?}", first.captures.len()) };
    assert!(gone.incomplete() && gone.native_id == "1", "a page that is gone will not come back");
    assert_eq!(
        first.bad.iter().map(|bad| (bad.code, &*bad.about)).collect::<Vec<_>>(),
        [(TroubleCode::Incomplete, "2")]
    );
    // disturbed once more: kept as it is, and not asked for again
    let second = warta.fetch(&first.next, now()).await.unwrap();
    let [(half, item)] = &second.captures[..] else { panic!("{:?}", second.captures.len()) };
    assert!(half.incomplete() && item.text.contains("Artikel 2.") && second.bad.len() == 1);
    let third = warta.fetch(&second.next, now()).await.unwrap();
    assert!(third.captures.is_empty() && third.bad.is_empty());
    // and where the second try finds it, nothing is missing
    status.store(200, std::sync::atomic::Ordering::SeqCst);
    let healed = warta.fetch(&first.next, now()).await.unwrap();
    let [(whole, item)] = &healed.captures[..] else { panic!("{:?}", healed.captures.len()) };
    assert!(!whole.incomplete() && item.text.contains("Artikel 20.") && healed.bad.is_empty());
}

#[tokio::test]
async fn a_date_without_a_zone_is_of_the_zone_of_the_source() {
    let server = Server::start(move |asked| {
        let page = article(1).replace("07:00:00+07:00", "07:00:00");
        let item = format!(
            "<item><guid>1</guid><title>A</title><link>http://{}/a/1</link></item>",
            asked.header("host").unwrap()
        );
        match asked.path.as_str() {
            "/feed" => {
                Some(Play::page("text/xml", format!("<rss version='2.0'><channel>{item}</channel></rss>")))
            }
            "/a/1" => Some(Play::page("text/html; charset=utf-8", page)),
            _ => None,
        }
    })
    .await;
    for (zone, at) in [
        (None, "2026-11-20T00:00:00Z"),
        (Some("WITA"), "2026-11-19T23:00:00Z"),
        (Some("Asia/Jayapura"), "2026-11-19T22:00:00Z"),
    ] {
        let def = SourceDef { zone: zone.map(str::to_owned), ..def(&server.url("/feed"), true) };
        let fetched = crate::sources::build(&def, &crate::bed::client(), [0; 32])
            .unwrap()
            .fetch(&Cursor::default(), now())
            .await
            .unwrap();
        assert_eq!(fetched.captures[0].1.posted_at, at.parse().ok(), "{zone:?}");
    }
    let wrong = SourceDef { zone: Some("WITX".into()), ..def("http://a.example/", false) };
    let refused = crate::sources::build(&wrong, &crate::bed::client(), [0; 32]);
    assert!(refused.is_err_and(|error| error.to_string().contains("WITX")));
}
