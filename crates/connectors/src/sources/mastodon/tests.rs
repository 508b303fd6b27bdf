//! Timelines in Mastodon's own wire format, page by page and streamed.

use super::*;
use crate::bed::{Play, Server, meets_every_fault, now, round, shape, source};
use saring_domain::{SourceDef, SourceKind, TroubleCode, Watch};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

const TIMELINE: &str = include_str!("../../../fixtures/mastodon/public.json");

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
    for left_alone in ["115400000000000004", "115400000000000008", "115400000000000006", "115400000000000005"]
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
async fn behind_a_post_that_was_taken_down_reading_goes_on() {
    // a server that looks ids up: behind one that it no longer has there is nothing
    let server = Server::start(|asked| {
        let url: Url = format!("http://x{}", asked.path).parse().ok()?;
        let named = |n: usize| json!({"id": format!("17957{n:040x}"), "content": format!("kabar {n}"), "visibility": "public"});
        let mut posts: Vec<Value> = (1..=30).rev().map(named).collect();
        if let Some((_, last)) = url.query_pairs().find(|(key, _)| key == "min_id") {
            posts.truncate(posts.iter().position(|post| post["id"] == *last).unwrap_or(0));
        }
        (url.path() == "/api/v1/timelines/public").then(|| Play::page("application/json", Value::from(posts).to_string()))
    })
    .await;
    let lereng = source(&def(&server.url("")));
    let lost = round(&*lereng, &Cursor(json!({"min_id": format!("17957{:040x}", 99)}))).await.unwrap();
    assert_eq!((lost.captures.len(), shape(&lost)[29].contains("kabar 30")), (30, true));
    let still = round(&*lereng, &lost.next).await.unwrap();
    assert!(still.captures.is_empty() && still.next == lost.next, "nothing comes twice");
}

/// A server whose ids are words, with posts 1 to `count`, one a minute from midnight: behind a post that it lost it has
/// nothing, before one it goes back.
async fn forgetful(count: usize) -> Server {
    Server::start(move |asked| {
        let url: Url = format!("http://x{}", asked.path).parse().ok()?;
        if url.path() != "/api/v1/timelines/public" {
            return None;
        }
        let name = |n: usize| format!("17957{n:040x}");
        let of = |key: &str| url.query_pairs().find(|(own, _)| own == key).map(|(_, id)| id.into_owned());
        let at = |id: String| (1..=count).find(|n| name(*n) == id);
        let numbers: Vec<usize> = match (of("min_id").map(at), of("max_id").map(at)) {
            (Some(None), _) | (_, Some(None)) => Vec::new(),
            (Some(Some(last)), _) => (last + 1..count + 1).take(PER_PAGE).rev().collect(),
            (_, Some(Some(first))) => (1..first).rev().take(PER_PAGE).collect(),
            (None, None) => (1..=count).rev().take(PER_PAGE).collect(),
        };
        let began: Timestamp = "2026-11-24T00:00:00Z".parse().ok()?;
        let post = |n: usize| {
            json!({"id": name(n), "content": format!("kabar {n}"), "visibility": "public",
                "created_at": (began + jiff::SignedDuration::from_mins(n as i64)).to_string()})
        };
        let posts: Vec<Value> = numbers.into_iter().map(post).collect();
        Some(Play::page("application/json", Value::from(posts).to_string()))
    })
    .await
}

#[tokio::test]
async fn what_came_since_a_lost_place_is_read_page_by_page_down_to_its_time() {
    let numbers = |fetched: &Fetched| -> Vec<usize> {
        let texts =
            fetched.captures.iter().map(|(_, item)| item.text.strip_prefix("kabar ").unwrap().parse());
        let mut numbers: Vec<usize> = texts.map(Result::unwrap).collect();
        numbers.sort_unstable();
        numbers
    };
    let lost = |minutes: usize| {
        let hour = format!("2026-11-24T{:02}:{:02}:00Z", minutes / 60, minutes % 60);
        Cursor(json!({"min_id": format!("17957{:040x}", 999_999), "at": hour}))
    };
    let server = forgetful(300).await;
    let lereng = source(&def(&server.url("")));
    let read = round(&*lereng, &lost(150)).await.unwrap();
    assert_eq!(numbers(&read), (150..=300).collect::<Vec<_>>(), "from the minute of the lost post on");
    assert_eq!(server.asked().len(), 1 + 4, "in vain, and four pages back");
    let still = round(&*lereng, &read.next).await.unwrap();
    assert!(
        still.captures.is_empty() && still.next == read.next,
        "it goes on from the newest: {:?}",
        read.next
    );
    // within a page it is one question, and down to the beginning where nothing older is left
    assert_eq!(numbers(&round(&*lereng, &lost(290)).await.unwrap()), (290..=300).collect::<Vec<_>>());
    assert_eq!(numbers(&round(&*lereng, &lost(0)).await.unwrap()), (1..=300).collect::<Vec<_>>());
    // a way that is too long is told
    let server = forgetful(1_300).await;
    let lereng = source(&def(&server.url("")));
    let (mut all, mut bad, mut cursor) = (Vec::new(), Vec::new(), lost(0));
    for _ in 0..4 {
        let read = round(&*lereng, &cursor).await.unwrap();
        all.extend(numbers(&read));
        bad.extend(read.bad);
        cursor = read.next;
    }
    all.sort_unstable();
    assert_eq!(all, (301..=1_300).collect::<Vec<_>>(), "each once");
    assert!(bad.len() == 1 && bad[0].message.contains("more than 1000 came since"), "{bad:?}");
}

#[tokio::test]
async fn a_server_without_a_stream_says_what_to_write_instead() {
    let server = server(3).await;
    let local = source(&def(&server.url("").replacen("http", "ws", 1)));
    let error = local.open(&Cursor::default(), now()).await.err().unwrap();
    assert!(error.permanent() && error.to_string().contains("with https:// in its address"), "{error}");
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
    assert_eq!(error(Some(Watch { approved_by: "Sri".into(), ..watch() })).await, TroubleCode::WatchRefused);
    assert!(server.asked().is_empty(), "nothing is asked without one");
    let fetched = round(&*source(&tagged(Some(watch()))), &Cursor::default()).await.unwrap();
    assert_eq!(fetched.captures.len(), 10);
    assert!(server.asked()[0].path.starts_with("/api/v1/timelines/tag/TanggulKarangjati?limit=40"));
}

#[tokio::test]
async fn the_page_of_an_account_is_refused() {
    for path in ["/@rukmini", "/@rukmini@lain.example", "/users/rukmini", "/web/@rukmini/1", "/@rukmini.rss"]
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
    let posts =
        json!([post(5), {"id": 7, "content": "<p>angka</p>", "visibility": "public"}, {"content": "x"}, 9]);
    let server = says(posts.to_string(), headers).await;
    let fetched = source(&def(&server.url(""))).fetch(&Cursor(json!({"min_id": "3"})), now()).await.unwrap();
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
        let fetched = round(&*source(&def(&server.url(""))), &Cursor(json!({"min_id": "1"}))).await.unwrap();
        assert_eq!(
            (fetched.captures.len(), fetched.captures[0].1.posted_at.is_some()),
            (1, expect),
            "{when}"
        );
    }
    let empty = says("[]", Vec::new()).await;
    let fetched = round(&*source(&def(&empty.url(""))), &Cursor(json!({"min_id": "8"}))).await.unwrap();
    assert!(fetched.captures.is_empty() && fetched.next.0["min_id"] == "8", "an empty page moves nothing");
}

/// A server that knows posts 1 to 50, says where it streams, and streams posts 49 to 60 and what else happens.
async fn streaming(members_only: bool) -> (Server, Arc<Mutex<Vec<String>>>) {
    use futures::SinkExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let log = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 15];
            while stream.peek(&mut head).await.unwrap_or(15) < 15 {}
            let robots = &head == b"GET /robots.txt";
            if members_only || robots {
                let status = if robots { 404 } else { 401 };
                let answer = format!("HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n");
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await;
                continue;
            }
            let log = log.clone();
            #[allow(clippy::result_large_err, reason = "the library's own callback")]
            let seen = |request: &Request, answer: Response| {
                log.lock().unwrap().push(request.uri().to_string());
                Ok(answer)
            };
            let mut socket = tokio_tungstenite::accept_hdr_async(stream, seen).await.unwrap();
            let boost = json!({"id": "61", "reblog": post(3), "content": ""});
            let events = (49..=60).map(|id| ("update", post(id).to_string())).chain([
                ("delete", "7".to_owned()),
                ("filters_changed", String::new()),
                ("update", boost.to_string()),
                ("update", "{".to_owned()),
            ]);
            for (name, payload) in events {
                let event = json!({"stream": ["public:local"], "event": name, "payload": payload});
                let _ = socket.send(Message::text(event.to_string())).await;
            }
            let _ = socket.close(None).await;
        }
    });
    let pages = server(50).await;
    let front = Server::start(move |asked| match asked.path.as_str() {
        "/api/v2/instance" => {
            let about = json!({"configuration": {"urls": {"streaming": format!("ws://{at}")}}});
            Some(Play::page("application/json", about.to_string()))
        }
        path if path.starts_with("/api/v1/timelines/") => Some(Play::redirect(&pages.url(path))),
        _ => None,
    })
    .await;
    (front, asked)
}

fn streamed(server: &Server, path: &str) -> SourceDef {
    def(&server.url(path).replacen("http", "ws", 1))
}

#[tokio::test]
async fn a_stream_is_heard_after_what_was_posted_before_it() {
    let (server, asked) = streaming(false).await;
    let def = streamed(&server, "");
    assert!(def.streams());
    let lereng = source(&def);
    let mut stream = lereng.open(&Cursor(json!({"min_id": "10"})), now()).await.unwrap();
    let (mut ids, mut bad, mut place) = (BTreeMap::new(), 0, Cursor::default());
    let ended = loop {
        match stream.next(&now).await {
            Ok(fetched) => {
                bad += fetched.bad.len();
                place = fetched.next;
                for (capture, item) in fetched.captures {
                    assert!(item.account.is_some());
                    ids.insert(capture.native_id.parse::<usize>().unwrap(), item.id);
                }
            }
            Err(error) => break error,
        }
    };
    assert_eq!(ids.into_keys().collect::<Vec<_>>(), (11..=60).collect::<Vec<_>>());
    assert_eq!((bad, place.0["min_id"].as_str()), (1, Some("61")), "and the broken one is told");
    assert!(ended.trouble().code == TroubleCode::Connection && !ended.permanent());
    assert_eq!(*asked.lock().unwrap(), ["/api/v1/streaming?stream=public%3Alocal"]);
    assert_eq!(
        round(&*lereng, &Cursor::default()).await.unwrap().captures.len(),
        PER_PAGE,
        "rounds read pages"
    );
}

#[tokio::test]
async fn a_stream_for_members_says_what_to_write_instead_and_a_hashtag_needs_its_watch() {
    let (server, _) = streaming(true).await;
    let error = async |def: SourceDef| source(&def).open(&Cursor::default(), now()).await.err().unwrap();
    let refused = error(streamed(&server, "/public")).await;
    assert!(refused.permanent() && refused.trouble().code == TroubleCode::Login);
    assert!(refused.to_string().contains("https://"), "{refused}");
    let (open, heard) = streaming(false).await;
    let tag = streamed(&open, "/tags/Tanggul");
    assert_eq!(error(tag.clone()).await.trouble().code, TroubleCode::WatchMissing);
    assert!(heard.lock().unwrap().is_empty());
    let tag = SourceDef { watch: Some(watch()), ..tag };
    source(&tag).open(&Cursor::default(), now()).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), ["/api/v1/streaming?stream=hashtag&tag=Tanggul"]);
}

#[tokio::test]
async fn every_fault_ends_as_it_must() {
    meets_every_fault(def).await;
}
