//! A stream is listened to beside the rounds while a shift lasts; each post is stored once, whatever ends and begins again.

use jiff::Timestamp;
use saring::config::{Config, TEMPLATE};
use saring::services::patrol::{Patrol, Which};
use saring::wiring::{self, Clock};
use saring_domain::{Outcome, SourceDef, SourceKind, Watch};
use saring_store::traits::Captures;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

type Events = Arc<Mutex<Vec<(i64, String)>>>;

fn at(text: &str) -> i64 {
    format!("{text}+07:00").parse::<Timestamp>().unwrap().as_microsecond()
}

/// Posts with the word that is followed, from `time` on.
fn post(events: &Events, time: i64, many: usize) {
    let mut events = events.lock().unwrap();
    for n in 0..many {
        let (time, id) = (time + n as i64, events.len());
        let event = serde_json::json!({ "did": "did:plc:a", "time_us": time, "commit": { "operation": "create",
            "collection": "app.bsky.feed.post", "rkey": id.to_string(), "cid": format!("cid{id}"), "record": { "text": format!("tanggul {id}") } } });
        events.push((time, event.to_string()));
    }
}

/// Speaks as Jetstream does: what is newer than the cursor, then what comes.
async fn speak(mut stream: TcpStream, events: Events) {
    use futures::SinkExt;
    let mut head = [0; 15];
    while stream.peek(&mut head).await.unwrap_or(15) < 15 {}
    if &head == b"GET /robots.txt" {
        let _ = stream.write_all(b"HTTP/1.1 404 Tiada\r\nContent-Length: 0\r\n\r\n").await;
        return;
    }
    let mut cursor: i64 = 0;
    #[allow(clippy::result_large_err, reason = "the library's own callback")]
    let seen = |request: &Request, answer: Response| {
        cursor = request.uri().to_string().split("cursor=").nth(1).unwrap().parse().unwrap();
        Ok(answer)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(stream, seen).await.unwrap();
    let mut next = 0;
    loop {
        let fresh: Vec<(i64, String)> = events.lock().unwrap()[next..].to_vec();
        next += fresh.len();
        // events at the cursor come again, as from the real one
        for (_, event) in fresh.into_iter().filter(|(time, _)| *time >= cursor) {
            if socket.send(Message::text(event)).await.is_err() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn patrol(folder: &Path, url: &str, clock: &Arc<AtomicI64>) -> Patrol {
    let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"");
    let mut config = Config::parse(&text, folder).unwrap();
    let watch = Watch {
        terms: vec!["tanggul".into()],
        purpose: "kabar tanggul".into(),
        owner: "Sri".into(),
        approved_by: "Budi".into(),
        until: "2026-12-10".parse().unwrap(),
        reason: None,
    };
    config.source =
        vec![SourceDef { watch: Some(watch), ..SourceDef::new("arus", "Arus", SourceKind::Bluesky, url) }];
    config.patrol.allow = vec!["127.0.0.0/8".into()];
    config.patrol.host_pause_ms = 0;
    config.patrol.shift[1].to = "23:00".parse().unwrap(); // a pause at night
    let mut house = wiring::open(config).await.unwrap();
    let clock = Arc::clone(clock);
    house.clock = Clock::new(move || Timestamp::from_microsecond(clock.load(Ordering::SeqCst)).unwrap());
    Patrol::new(Arc::new(house)).unwrap()
}

/// Waits until so many posts are stored.
async fn stored(patrol: &Patrol, many: u64) {
    for _ in 0..1000 {
        let items = patrol.house().store.sources(patrol.now()).await.unwrap()[0].items;
        assert!(items <= many, "{items} instead of {many}");
        if items == many {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{many} posts never came");
}

async fn round(patrol: &Patrol) -> Outcome {
    let due = patrol.due(&Which::All, patrol.now()).await.unwrap();
    let start = patrol.by_hand(due.len());
    patrol.round(due, start, |_| ()).await.unwrap().remove(0).outcome
}

#[tokio::test]
async fn a_stream_is_heard_by_day_and_each_post_is_stored_once() {
    let (folder, events) = (tempfile::tempdir().unwrap(), Events::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/subscribe", listener.local_addr().unwrap());
    let told = Arc::clone(&events);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, Arc::clone(&told)));
        }
    });
    let clock = Arc::new(AtomicI64::new(at("2026-11-24T10:00:00")));
    let office = patrol(folder.path(), &url, &clock).await;
    office.attend().await.unwrap();
    post(&events, at("2026-11-24T10:00:01"), 5);
    stored(&office, 5).await; // and no round was needed
    assert_eq!(round(&office).await, Outcome::Read { new: 5, repeated: 0, bad: 0 });
    post(&events, at("2026-11-24T10:00:02"), 2);
    stored(&office, 7).await;
    assert_eq!(round(&office).await, Outcome::Read { new: 2, repeated: 0, bad: 0 });
    assert_eq!(round(&office).await, Outcome::NothingNew { repeated: 0, bad: 0 });
    // at night nobody listens
    clock.store(at("2026-11-24T23:30:00"), Ordering::SeqCst);
    office.attend().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    post(&events, at("2026-11-24T23:31:00"), 3);
    tokio::time::sleep(Duration::from_millis(700)).await;
    stored(&office, 7).await;
    // in the morning it goes on where it was
    clock.store(at("2026-11-25T06:00:30"), Ordering::SeqCst);
    round(&office).await;
    office.attend().await.unwrap();
    stored(&office, 10).await;
    assert_eq!(round(&office).await, Outcome::Read { new: 3, repeated: 0, bad: 0 });
    // the process dies while posts come, and another one goes on
    post(&events, at("2026-11-25T06:00:31"), 50);
    tokio::time::sleep(Duration::from_millis(30)).await;
    drop(office);
    post(&events, at("2026-11-25T06:00:32"), 4);
    let office = patrol(folder.path(), &url, &clock).await;
    office.attend().await.unwrap();
    stored(&office, 64).await;
    // the log adds up though that process told nothing
    assert!(matches!(round(&office).await, Outcome::Read { new: 54, .. }));
    assert_eq!(super::logged(&folder.path().join("data")).await, 64);
}
