//! What the patrol holds on SQLite: a round over 1,000 hosts with and without one that hangs, its memory, and how long a
//! post of a stream waits until it is judged, at 200 a second and in a burst of 1,000 a second.
//!
//! The hosts and the stream are imitated by a process of their own on the loopback, which takes a fifth of a second for
//! each answer as a server far away does. `SARING_BENCH_SOURCES` takes another number of hosts, `SARING_BENCH_SECONDS` other
//! lengths of the stream's two stretches (0 leaves it out).
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made has no figure")]

use jiff::Timestamp;
use saring::config::{Config, TEMPLATE};
use saring::services::analyse::Judge;
use saring::services::patrol::{Patrol, Visit, Which};
use saring::wiring::{self, House};
use saring_domain::{RoundKind, RoundStart, SourceDef, SourceKind, Watch};
use sqlx::Row;
use std::cell::Cell;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// How long a host takes to answer.
const FAR: Duration = Duration::from_millis(200);
const NOBODY: usize = usize::MAX;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::args().any(|arg| arg == "imitate") {
        return runtime.block_on(imitate());
    }
    runtime.block_on(async {
        let mut others = Others::start();
        rounds(&mut others).await;
        if number("SARING_BENCH_SECONDS", 60) > 0 {
            stream(&mut others).await;
        }
        others.child.kill().unwrap();
    });
}

/// The process that plays the hosts.
struct Others {
    child: Child,
    orders: ChildStdin,
    hosts: Vec<SocketAddr>,
    stream: SocketAddr,
}

impl Others {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("imitate")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let many = number("SARING_BENCH_SOURCES", 1000) as usize;
        let mut at = lines.take(many + 1).map(|line| line.unwrap().parse().unwrap());
        let stream = at.next().unwrap();
        Self { hosts: at.collect(), stream, orders: child.stdin.take().unwrap(), child }
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
    }
}

async fn house(folder: &std::path::Path, sources: Vec<SourceDef>) -> Arc<House> {
    let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"");
    let mut config = Config::parse(&text, folder).unwrap();
    config.source = sources;
    config.patrol.allow = vec!["127.0.0.0/8".into()];
    config.patrol.shift.clear();
    Arc::new(wiring::open(config).await.unwrap())
}

async fn rounds(others: &mut Others) {
    let folder = tempfile::tempdir().unwrap();
    let def = |(n, at): (usize, &SocketAddr)| {
        let id = format!("situs-{n}");
        SourceDef::new(&id, &id, SourceKind::Feed, &format!("http://{at}/feed"))
    };
    let house = house(folder.path(), others.hosts.iter().enumerate().map(def).collect()).await;
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let (hosts, before) = (others.hosts.len(), memory("VmRSS"));
    let first = round(&patrol, hosts).await;
    println!(
        "{hosts} hosts, {} at a time: the first round, with robots.txt, {:.1} s",
        house.config.patrol.parallel, first.0
    );
    // one in the middle, the very last and the very first: where it stands must not matter
    let mut sums = (0.0, 0.0);
    for place in [hosts / 2, hosts - 1, 0] {
        others.order("hang nobody");
        let (well, _) = round(&patrol, hosts).await;
        others.order(&format!("hang {place}"));
        let (hanging, done) = round(&patrol, hosts).await;
        sums = (sums.0 + well, sums.1 + hanging);
        println!(
            "  all well {well:.1} s; with host {place} hanging {hanging:.1} s, {done:.1} s of which until all others were \
             done: it adds {:+.1} %",
            (hanging / done - 1.0) * 100.0
        );
    }
    others.order("hang nobody");
    println!(
        "  one of {hosts} hosts that hangs changes the rounds by {:+.1} %",
        (sums.1 / sums.0 - 1.0) * 100.0
    );
    println!(
        "  resident memory: {before} MB before the first round, at most {} MB (no claim index and no models are loaded)",
        memory("VmHWM")
    );
}

/// Seconds of a round over all sources, and until the last of those was done that did not hang.
async fn round(patrol: &Patrol, due: usize) -> (f64, f64) {
    tokio::time::sleep(Duration::from_millis(300)).await; // the order has come through
    let sources = patrol.due(&Which::All, Timestamp::now()).await.unwrap();
    let start = RoundStart { kind: RoundKind::Due, ..patrol.by_hand(sources.len()) };
    let (begun, done) = (Instant::now(), Cell::new(0.0));
    let read = |visit: &Visit| matches!(visit.outcome.code(), "read" | "nothing_new");
    let seen = |visit: &Visit| {
        if read(visit) {
            done.set(begun.elapsed().as_secs_f64());
        }
    };
    let visits = patrol.round(sources, start, seen).await.unwrap();
    let took = begun.elapsed().as_secs_f64();
    let unread = visits.iter().filter(|visit| !read(visit)).count();
    assert!(
        visits.len() == due && unread <= 1,
        "{} of {due} visits, {unread} without a reading",
        visits.len()
    );
    (took, done.get())
}

/// A line of the process's own status, MB.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|own| own.strip_prefix(line)?.strip_prefix(':'));
    found.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

async fn stream(others: &mut Others) {
    let folder = tempfile::tempdir().unwrap();
    let today = Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let watch = Watch {
        terms: vec!["tanggul".into()],
        purpose: "kabar tanggul".into(),
        owner: "Sri".into(),
        approved_by: "Budi".into(),
        until: today.saturating_add(jiff::Span::new().days(7)),
        reason: None,
    };
    let url = format!("ws://{}/subscribe", others.stream);
    let def = SourceDef { watch: Some(watch), ..SourceDef::new("arus", "Arus", SourceKind::Bluesky, &url) };
    let house = house(folder.path(), vec![def]).await;
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let mut judge = Judge::new(Arc::clone(&house)).await.unwrap();
    let seconds = number("SARING_BENCH_SECONDS", 60);
    patrol.attend().await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    others.order(&format!("stream {seconds}"));
    let until = Instant::now() + Duration::from_secs(seconds * 2 + 15);
    let (rounds, judging) = tokio::join!(
        async {
            let mut rounds = 0;
            while Instant::now() < until {
                tokio::time::sleep(Duration::from_secs(10)).await;
                patrol.attend().await.unwrap();
                let due = patrol.due(&Which::All, Timestamp::now()).await.unwrap();
                let start = RoundStart { kind: RoundKind::Due, ..patrol.by_hand(due.len()) };
                rounds += patrol.round(due, start, |_| ()).await.unwrap().len();
            }
            rounds
        },
        async {
            let mut judged = 0;
            while Instant::now() < until {
                judged += judge.drain(|_| ()).await.unwrap().judged;
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(500)) => {}
                    () = saring_store::traits::Jobs::wait(&house.store, Duration::from_secs(5)) => {}
                }
            }
            judged
        }
    );
    let database = format!("sqlite://{}", folder.path().join("data/saring.db").display());
    let pool = sqlx::SqlitePool::connect(&database).await.unwrap();
    let sql = "SELECT i.posted_at, j.at FROM items i JOIN judgements j ON j.item = i.seq AND j.latest = 1 ORDER BY i.posted_at";
    let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
    let times: Vec<(i64, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let logged: i64 =
        sqlx::query("SELECT SUM(new_items) FROM outcomes").fetch_one(&pool).await.unwrap().get(0);
    let expect = seconds as usize * 1200;
    println!(
        "stream: {expect} posts sent, {} stored and judged ({judging}), {logged} in the outcomes of {rounds} rounds",
        times.len()
    );
    assert_eq!((times.len(), logged), (expect, expect as i64));
    for (name, part) in [
        ("200 posts/s", &times[..seconds as usize * 200]),
        ("burst of 1,000 posts/s", &times[seconds as usize * 200..]),
    ] {
        let mut waits: Vec<i64> = part.iter().map(|(sent, judged)| judged - sent).collect();
        waits.sort_unstable();
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize] as f64 / 1e6;
        let span = (part[part.len() - 1].0 - part[0].0) as f64 / 1e6;
        println!(
            "  {name}, {span:.0} s: from sent to judged p50 {:.2} s, p95 {:.2} s, p99 {:.2} s, worst {:.2} s",
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0)
        );
    }
}

/// Plays the hosts and the stream until the other process is gone.
async fn imitate() {
    let (hanging, events) = (Arc::new(AtomicUsize::new(NOBODY)), Arc::new(Mutex::new(Vec::new())));
    let jetstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", jetstream.local_addr().unwrap());
    tokio::spawn(accept_stream(jetstream, Arc::clone(&events)));
    for n in 0..number("SARING_BENCH_SOURCES", 1000) as usize {
        let host = TcpListener::bind(format!("127.2.{}.{}:0", n / 250, n % 250 + 1)).await.unwrap();
        println!("{}", host.local_addr().unwrap());
        let hanging = Arc::clone(&hanging);
        tokio::spawn(async move {
            let mut asked = 0;
            while let Ok((stream, _)) = host.accept().await {
                asked += 1;
                tokio::spawn(answer(stream, n, asked, hanging.load(Ordering::SeqCst) == n));
            }
        });
    }
    let orders = tokio::task::spawn_blocking(move || {
        for order in std::io::stdin().lines().map_while(Result::ok) {
            match order.split_once(' ') {
                Some(("hang", who)) => hanging.store(who.parse().unwrap_or(NOBODY), Ordering::SeqCst),
                Some(("stream", seconds)) => post(&events, seconds.parse().unwrap()),
                _ => {}
            }
        }
    });
    orders.await.unwrap();
}

async fn answer(mut stream: TcpStream, host: usize, asked: usize, hangs: bool) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    if hangs {
        return std::future::pending().await;
    }
    tokio::time::sleep(FAR).await;
    let (status, body) = match head.starts_with(b"GET /robots.txt") {
        true => (404, String::new()),
        false => {
            let item = |n: usize| {
                format!(
                    "<item><guid>{host}-{n}</guid><title>Kabar {n}</title><link>http://situs-{host}.example/{n}</link>\
                    <description>Kabar {n} dari situs {host}: {}</description></item>",
                    words(n * 1009 + host)
                )
            };
            let items: String = (asked..asked + 20).map(item).collect();
            (
                200,
                format!(
                    "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Situs {host}</title>{items}</channel></rss>"
                ),
            )
        }
    };
    let head = format!(
        "HTTP/1.1 {status} Kata\r\nContent-Type: application/rss+xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes()).await;
}

/// Two dozen words that differ from post to post.
fn words(seed: usize) -> String {
    const WORDS: [&str; 24] = [
        "warga",
        "pasar",
        "jalan",
        "hujan",
        "sawah",
        "balai",
        "kader",
        "sekolah",
        "jembatan",
        "listrik",
        "panen",
        "rapat",
        "pupuk",
        "pos",
        "ronda",
        "sungai",
        "lampu",
        "truk",
        "beras",
        "puskesmas",
        "kebun",
        "irigasi",
        "koperasi",
        "bupati",
    ];
    let mut state = seed as u64 ^ 0x9e37_79b9;
    let word = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 33) as usize % WORDS.len()]
    };
    (0..24).map(word).collect::<Vec<_>>().join(" ")
}

type Events = Arc<Mutex<Vec<(i64, String)>>>;

/// 200 posts a second, then 1,000.
fn post(events: &Events, seconds: u64) {
    let mut n = 0_u64;
    for (pace, many) in [(200, seconds * 200), (1000, seconds * 1000)] {
        let begun = Instant::now();
        for at in 0..many {
            let due = Duration::from_secs_f64(at as f64 / pace as f64);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            n += 1;
            let now = Timestamp::now();
            let event = serde_json::json!({ "did": format!("did:plc:{}", n % 997), "time_us": now.as_microsecond(), "kind": "commit",
                "commit": { "operation": "create", "collection": "app.bsky.feed.post", "rkey": n.to_string(), "cid": format!("cid{n}"),
                    "record": { "text": format!("Kabar tanggul {n}: {}", words(n as usize)), "createdAt": now.to_string(), "langs": ["id"] } } });
            events.lock().unwrap().push((now.as_microsecond(), event.to_string()));
        }
    }
}

async fn accept_stream(listener: TcpListener, events: Events) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(speak_stream(stream, Arc::clone(&events)));
    }
}

async fn speak_stream(mut stream: TcpStream, events: Events) {
    use futures::SinkExt;
    let mut head = [0; 15];
    while stream.peek(&mut head).await.unwrap_or(15) < 15 {}
    if &head == b"GET /robots.txt" {
        let _ = stream.write_all(b"HTTP/1.1 404 Kata\r\nContent-Length: 0\r\n\r\n").await;
        return;
    }
    let mut cursor = 0;
    #[allow(clippy::result_large_err, reason = "the library's own callback")]
    let seen = |request: &Request, answer: Response| {
        cursor =
            request.uri().to_string().split("cursor=").nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(answer)
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, seen).await else { return };
    let mut next = 0;
    loop {
        let fresh: Vec<(i64, String)> = events.lock().unwrap()[next..].to_vec();
        next += fresh.len();
        for (_, event) in fresh.into_iter().filter(|(at, _)| *at > cursor) {
            if socket.feed(Message::text(event)).await.is_err() {
                return;
            }
        }
        if socket.flush().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
