//! Bad input of every kind in one round: each source ends with its state, since when, when it is tried next and what to do,
//! and the round with all of them.

use crate::time::{Still, moment, stepping};
use flate2::Compression;
use jiff::{SignedDuration, Timestamp};
use saring::config::{Config, TEMPLATE};
use saring::services::patrol::{Patrol, Which};
use saring::wiring::{self, Clock};
use saring_domain::{Outcome, SourceDef, SourceKind, TroubleCode};
use saring_store::traits::{Captures, Rounds};
use std::cell::Cell;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server does.
#[derive(Clone)]
enum Play {
    /// Head lines behind the status, and a body; the length is added.
    Say(&'static str, Vec<u8>),
    /// These bytes and the end.
    Raw(Vec<u8>),
    Endless,
    Drip,
    Hang,
    /// The feed of one entry, after ten seconds.
    Slow,
}

/// What the office must say of it.
struct Expect {
    code: &'static str,
    trouble: Option<TroubleCode>,
    /// Minutes until it is tried again.
    next: i64,
    items: u64,
}

fn bad(trouble: TroubleCode, next: i64) -> Expect {
    let code = if trouble == TroubleCode::Busy { "held" } else { "failed" };
    Expect { code, trouble: Some(trouble), next, items: 0 }
}

fn good(items: u64) -> Expect {
    Expect { code: "read", trouble: None, next: 30, items }
}

fn ok(body: impl Into<Vec<u8>>) -> Play {
    Play::Say("200 Baik\r\nContent-Type: application/xml", body.into())
}

fn status(head: &'static str) -> Play {
    Play::Say(head, Vec::new())
}

fn rss(charset: &str, entries: impl Iterator<Item = (String, &'static str)>) -> String {
    let entry = |(id, date): (String, &str)| {
        format!("<item><guid>{id}</guid><title>Kabar {id} caf\u{e9}</title><pubDate>{date}</pubDate></item>")
    };
    let items: String = entries.map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"{charset}\"?><rss version=\"2.0\"><channel><title>K</title>{items}</channel></rss>"
    )
}

fn one(charset: &str) -> String {
    rss(charset, std::iter::once(("1".to_owned(), "Tue, 24 Nov 2026 08:00:00 +0700")))
}

const YEARS: [&str; 3] =
    ["Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT", "Mon, 24 Nov 2025 08:00:00 +0700"];

fn packed(bytes: usize) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![b' '; bytes]).unwrap();
    packer.finish().unwrap()
}

/// Name, kind of source, what the server does, and what must come of it.
fn cases() -> Vec<(&'static str, SourceKind, Play, Expect)> {
    use SourceKind::{Feed, Mastodon, Sitemap, Telegram, WordPress};
    use TroubleCode as Code;
    let page = || {
        Play::Say(
            "200 Baik\r\nContent-Type: text/html",
            b"<!doctype html><html><body>Dirawat</body></html>".to_vec(),
        )
    };
    let old = || rss("utf-8", (0..25).map(|n| (format!("lama-{n}"), YEARS[2])));
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(one("utf-16").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = one("windows-1252").chars().map(|c| c as u32 as u8).collect();
    let towers = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\">{}]><rss version=\"2.0\"><channel><title>&z9;</title><item><guid>1</guid><title>&z9;</title></item></channel></rss>",
        (0..10)
            .map(|n| {
                let before = if n == 0 { "a".to_owned() } else { format!("z{}", n - 1) };
                format!("<!ENTITY z{n} \"{}\">", format!("&{before};").repeat(10))
            })
            .collect::<String>()
    );
    vec![
        ("hanging", Feed, Play::Hang, bad(Code::Slow, 30)),
        ("one-byte-at-a-time", Feed, Play::Drip, bad(Code::Slow, 30)),
        ("endless", Feed, Play::Endless, bad(Code::TooBig, 360)),
        (
            "lying-of-a-gigabyte",
            Feed,
            Play::Raw(b"HTTP/1.1 200 Baik\r\nContent-Length: 1073741824\r\n\r\nx".to_vec()),
            bad(Code::TooBig, 360),
        ),
        (
            "lying-of-its-length",
            Feed,
            Play::Raw(b"HTTP/1.1 200 Baik\r\nContent-Length: 5000\r\n\r\n<rss".to_vec()),
            bad(Code::Connection, 30),
        ),
        (
            "bombing",
            Feed,
            Play::Say("200 Baik\r\nContent-Encoding: gzip", packed(64 << 20)),
            bad(Code::TooBig, 360),
        ),
        ("towers-of-entities", Feed, ok(towers), Expect { next: 30, ..good(1) }),
        (
            "deep",
            Feed,
            ok(format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(1_000_000))),
            bad(Code::Broken, 30),
        ),
        (
            "redirecting-inwards",
            Feed,
            status("302 Lihat\r\nLocation: http://169.254.169.254/latest/meta-data/"),
            bad(Code::Refused, 360),
        ),
        ("redirecting-for-ever", Feed, status("302 Lihat\r\nLocation: /lagi"), bad(Code::Redirects, 360)),
        ("not-http", Feed, Play::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()), bad(Code::Connection, 30)),
        ("page-for-a-feed", Feed, page(), bad(Code::NotAFeed, 360)),
        ("page-for-posts", WordPress, page(), bad(Code::Unreadable, 360)),
        ("page-for-a-timeline", Mastodon, page(), bad(Code::Unreadable, 360)),
        ("page-for-a-channel", Telegram, page(), bad(Code::Unreadable, 360)),
        ("page-for-a-sitemap", Sitemap, page(), bad(Code::Unreadable, 360)),
        ("busy", Feed, status("429 Sibuk"), bad(Code::Busy, 30)),
        ("busy-for-two-hours", Feed, status("429 Sibuk\r\nRetry-After: 7200"), bad(Code::Busy, 120)),
        ("down", Feed, status("500 Rusak"), bad(Code::Down, 30)),
        ("down-for-an-hour", Feed, status("503 Rusak\r\nRetry-After: 3600"), bad(Code::Down, 60)),
        ("closed", Feed, status("401 Tutup"), bad(Code::Closed, 360)),
        ("forbidden", Feed, status("403 Tutup"), bad(Code::Closed, 360)),
        ("nowhere", Feed, status("404 Tiada"), bad(Code::Gone, 360)),
        ("gone", Feed, status("410 Hilang"), bad(Code::Gone, 360)),
        ("last-year-again", Feed, ok(old()), good(25)),
        (
            "wrong-clocks",
            Feed,
            ok(rss("utf-8", YEARS.iter().enumerate().map(|(n, date)| (n.to_string(), *date)))),
            good(3),
        ),
        ("ten-thousand", Feed, ok(rss("utf-8", (0..10_000).map(|n| (n.to_string(), YEARS[2])))), good(5_000)),
        ("windows-1252", Feed, ok(latin), good(1)),
        ("utf-16", Feed, ok(wide), good(1)),
        ("broken-utf-8", Feed, ok([one("utf-8").as_bytes(), b"\xff\xfe\x00"].concat()), good(1)),
        ("another-dress", Feed, ok(one("utf-8")), good(1)),
    ]
}

/// What the servers are at.
#[derive(Default)]
struct Others {
    /// Nights that went by.
    night: AtomicUsize,
    /// Grows with all that they do.
    moved: AtomicU64,
    /// Visitors that are kept waiting.
    hanging: AtomicUsize,
}

/// Serves a case.
async fn serve(play: Play, address: &str, others: Arc<Others>) -> String {
    let listener = TcpListener::bind(address).await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, play.clone(), Arc::clone(&others)));
        }
    });
    host
}

async fn speak(mut stream: TcpStream, play: Play, others: Arc<Others>) {
    others.moved.fetch_add(1, Ordering::SeqCst);
    let night = others.night.load(Ordering::SeqCst);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    if head.starts_with(b"GET /robots.txt") {
        let _ = stream.write_all(b"HTTP/1.1 404 Tiada\r\nContent-Length: 0\r\n\r\n").await;
        return;
    }
    match play {
        // overnight the last case changes its dress, and the night after into a page
        Play::Say(..) if night > 0 && head.starts_with(b"GET /another-dress") => {
            let body = match night {
                1 => {
                    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>K</title><entry><id>1</id><title>Kabar 1 caf\u{e9}</title></entry>\
                      <entry><id>2</id><title>Kabar 2</title></entry></feed>"
                }
                _ => "<!doctype html><html><body>Situs baru</body></html>",
            };
            let _ = stream
                .write_all(
                    format!("HTTP/1.1 200 Baik\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
                )
                .await;
        }
        Play::Say(lines, body) => {
            let head = format!("HTTP/1.1 {lines}\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        }
        Play::Raw(bytes) => drop(stream.write_all(&bytes).await),
        Play::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 Baik\r\n\r\n").await;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {
                others.moved.fetch_add(1, Ordering::SeqCst);
            }
        }
        Play::Drip => {
            others.hanging.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 Baik\r\nContent-Length: 5000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::select! {
                    _ = stream.read_u8() => break, // the visitor went away
                    () = tokio::time::sleep(Duration::from_secs(10)) => {}
                }
            }
            others.hanging.fetch_sub(1, Ordering::SeqCst);
        }
        Play::Slow => {
            others.hanging.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(10)).await;
            others.hanging.fetch_sub(1, Ordering::SeqCst);
            let body = one("utf-8");
            let head = format!("HTTP/1.1 200 Baik\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
        }
        Play::Hang => {
            others.hanging.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read_u8().await; // until the visitor goes away
            others.hanging.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

const WORDS: [&str; 2] =
    [include_str!("../../../../locales/id/desk.ftl"), include_str!("../../../../locales/en/desk.ftl")];

#[test]
fn every_bad_input_ends_as_a_recorded_outcome_and_no_round_stops() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(bad_input());
}

async fn bad_input() {
    let _still = Still::new();
    let start: Timestamp = "2026-11-24T08:00:00+07:00".parse().unwrap();
    let (folder, others) = (tempfile::tempdir().unwrap(), Arc::new(Others::default()));
    let (mut sources, mut expected) = (Vec::new(), Vec::new());
    for (name, kind, play, expect) in cases() {
        let host = serve(play, "127.0.0.1:0", Arc::clone(&others)).await;
        let path = if kind == SourceKind::Telegram { "s/saluran" } else { name };
        sources.push(SourceDef::new(name, name, kind, &format!("http://{host}/{path}")));
        expected.push(expect);
    }
    if let Ok(free) = TcpListener::bind("[::1]:0").await {
        drop(free);
        let host = serve(ok(one("utf-8")), "[::1]:0", Arc::clone(&others)).await;
        sources.push(SourceDef::new(
            "ipv6-only",
            "ipv6-only",
            SourceKind::Feed,
            &format!("http://{host}/feed"),
        ));
        expected.push(good(1));
    }
    // a name that only looks like another, a name that nobody knows, and one inside the office
    let closed = [
        ("look-alike", "http://w\u{430}rta.invalid/feed", TroubleCode::Name, 30),
        ("inside", "http://10.0.0.7/feed", TroubleCode::Refused, 360),
        ("no-address", "file:///etc/passwd", TroubleCode::Address, 360),
    ];
    for (name, url, code, next) in closed {
        sources.push(SourceDef::new(name, name, SourceKind::Feed, url));
        expected.push(bad(code, next));
    }
    let mut config = Config::parse(
        &TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\""),
        folder.path(),
    )
    .unwrap();
    config.source = sources;
    config.patrol.allow = vec!["127.0.0.0/8".into(), "::1".into()];
    (config.patrol.host_pause_ms, config.patrol.parallel) = (0, 64);
    let begun = tokio::time::Instant::now();
    let mut house = wiring::open(config).await.unwrap();
    house.clock = Clock::new(move || start + SignedDuration::try_from(begun.elapsed()).unwrap());
    let house = Arc::new(house);
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let round = async || {
        let due = patrol.due(&Which::All, house.now()).await.unwrap();
        let hand = patrol.by_hand(due.len());
        let (visits, many) = (Cell::new(0), due.len());
        let look = || {
            let hangs = visits.get() + others.hanging.load(Ordering::SeqCst) >= many;
            Some((others.moved.load(Ordering::SeqCst) + visits.get() as u64, hangs))
        };
        stepping(patrol.round(due, hand, |_| visits.set(visits.get() + 1)), Duration::from_secs(5), look)
            .await
            .unwrap()
            .unwrap()
    };
    let visits = round().await;
    assert_eq!(visits.len(), expected.len(), "each source has an outcome");
    let store = &house.store;
    let first = store.sources(house.now()).await.unwrap();
    for (health, expect) in first.iter().zip(&expected) {
        let name = health.def.id.as_str();
        let last = health.last.as_ref().unwrap();
        assert_eq!(last.code(), expect.code, "{name}: {last:?}");
        assert_eq!(health.items, expect.items, "{name}");
        let told = match last {
            Outcome::Failed { trouble, permanent } => {
                assert_eq!(*permanent, expect.next == 360, "{name}");
                assert_eq!(health.failing_since, health.last_at, "{name}: since when");
                Some(trouble)
            }
            Outcome::Held { trouble } => Some(trouble),
            _ => None,
        };
        assert_eq!(told.map(|trouble| trouble.code), expect.trouble, "{name}: {told:?}");
        let visited = health.last_at.unwrap_or(house.now());
        let next = health.next_at.unwrap().duration_since(visited).as_mins();
        let held = expect.code == "held"; // its own last reading does not count, so to a minute or two
        assert!(
            next == expect.next || (held && (next - expect.next).abs() <= 2),
            "{name}: next try in {next} min"
        );
        if let Some(trouble) = told {
            assert!(
                trouble.message.contains(';') || trouble.message.contains(','),
                "{name}: {trouble} says what to do"
            );
            let key = format!("\ntrouble-{} = ", trouble.code.key());
            assert!(WORDS.iter().all(|words| words.contains(&key)), "{name}: no words for {key}");
            assert!(!trouble.about.is_empty() && !trouble.message.contains('\u{430}'), "{name}: {trouble}");
        }
    }
    // what is beyond the cap is told
    let many = first.iter().find(|health| health.def.id.as_str() == "ten-thousand").unwrap();
    assert_eq!(many.troubles[0].1.code, TroubleCode::TooMany);
    let named = |name: &str| first.iter().position(|health| health.def.id.as_str() == name).unwrap();
    let alike = first[named("look-alike")].last.clone().unwrap();
    assert!(matches!(alike, Outcome::Failed { trouble, .. } if trouble.about.starts_with("xn--")));
    // a day later: the first failure stays the first, what was read once is not read twice, a new dress is seen through
    others.night.store(1, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    round().await;
    let second = store.sources(house.now()).await.unwrap();
    for (before, after) in first.iter().zip(&second).filter(|pair| pair.0.failing_since.is_some()) {
        assert_eq!(after.failing_since, before.failing_since, "{}", after.def.id);
    }
    for name in ["last-year-again", "wrong-clocks", "ten-thousand", "utf-16"] {
        assert_eq!(second[named(name)].items, first[named(name)].items, "{name}");
        let code = second[named(name)].last.as_ref().unwrap().code();
        assert!(matches!(code, "nothing_new" | "silent"), "{name}: {code}");
    }
    assert_eq!(second[named("another-dress")].items, 2, "one of the two was there");
    others.night.store(2, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    round().await;
    let third = store.sources(house.now()).await.unwrap();
    let dress = &third[named("another-dress")];
    assert!(
        matches!(&dress.last, Some(Outcome::Failed { trouble, .. }) if trouble.code == TroubleCode::NotAFeed)
    );
    assert!(dress.failing_since > second[0].last_at && dress.items == 2);
    let office = house.config.own_office();
    for row in store.rounds(&office.id, start, start + SignedDuration::from_hours(24 * 4)).await.unwrap() {
        let tally = row.tally;
        let outcomes = tally.read + tally.nothing_new + tally.failed + tally.silent + tally.held;
        assert_eq!((outcomes, row.round.ended_at.is_some()), (row.round.start.due, true));
    }
}

#[test]
fn a_round_every_minute_does_not_wait_for_who_is_slow_and_loses_nothing_of_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(every_minute());
}

async fn every_minute() {
    let _still = Still::new();
    let start: Timestamp = "2026-11-24T08:00:00+07:00".parse().unwrap();
    let (folder, others) = (tempfile::tempdir().unwrap(), Arc::new(Others::default()));
    let mut config = Config::parse(
        &TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\""),
        folder.path(),
    )
    .unwrap();
    for (name, play) in [("quick", ok(one("utf-8"))), ("slow", Play::Slow), ("hanging", Play::Hang)] {
        let host = serve(play, "127.0.0.1:0", Arc::clone(&others)).await;
        let def = SourceDef::new(name, name, SourceKind::Feed, &format!("http://{host}/feed"));
        config.source.push(SourceDef { every_minutes: 1, ..def });
    }
    config.patrol.allow = vec!["127.0.0.0/8".into()];
    config.patrol.host_pause_ms = 0;
    config.patrol.shift.truncate(1);
    config.patrol.shift[0].every_minutes = 1;
    let begun = tokio::time::Instant::now();
    let mut house = wiring::open(config).await.unwrap();
    house.clock = Clock::new(move || start + SignedDuration::try_from(begun.elapsed()).unwrap());
    let house = Arc::new(house);
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let minute = SignedDuration::from_mins(1);
    let round = async |began: Timestamp| {
        let (due, planned) = patrol.next(began, house.now()).await.unwrap().unwrap();
        let (visits, many) = (Cell::new(0), due.len());
        let look = || {
            let hangs = visits.get() + others.hanging.load(Ordering::SeqCst) >= many;
            Some((others.moved.load(Ordering::SeqCst) + visits.get() as u64, hangs))
        };
        let seen = |_: &saring::services::patrol::Visit| visits.set(visits.get() + 1);
        let before = house.now();
        let visits =
            stepping(patrol.round(due, planned, seen), Duration::from_secs(1), look).await.unwrap().unwrap();
        let mut told: Vec<_> = visits.into_iter().map(|visit| (visit.source.id.0, visit.outcome)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        (told, house.now().duration_since(before))
    };
    let late =
        |outcome: &Outcome| matches!(outcome, Outcome::Held { trouble } if trouble.code == TroubleCode::Late);
    let new = |outcome: &Outcome| *outcome == Outcome::Read { new: 1, repeated: 0, bad: 0 };
    let (told, took) = round(start - minute).await;
    assert!(took < SignedDuration::from_secs(6), "{took:?} of the minute until the next round");
    assert!(late(&told[0].1) && new(&told[1].1) && late(&told[2].1), "{told:?}");
    // they are read on beside the rounds
    for _ in 0..30 {
        tokio::time::advance(Duration::from_secs(2)).await;
        for _ in 0..4 {
            moment().await;
        }
    }
    let items: Vec<u64> =
        house.store.sources(house.now()).await.unwrap().iter().map(|health| health.items).collect();
    assert_eq!(items, [1, 1, 0]);
    let (told, _) = round(house.now() - minute).await;
    assert!(
        matches!(&told[0].1, Outcome::Failed { trouble, .. } if trouble.code == TroubleCode::Slow),
        "{told:?}"
    );
    assert!(new(&told[2].1), "{told:?}");
}
