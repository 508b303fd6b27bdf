//! A source from the desk: an address is tried over the guarded client, added, read with the next round, and rests when it is
//! paused.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::pages::serve;
use saring::config::{Config, TEMPLATE};
use saring::services::patrol::{Patrol, Which};
use saring::services::trying::Trier;
use saring::wiring::{self, House};
use saring_desk::SourceTrier as _;
use saring_domain::{Outcome, Person, Role, SourceDef, SourceKind, TroubleCode};
use saring_store::traits::{Captures as _, DeskSources as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

const FRONT: &str =
    "<html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed\"></head></html>";
const FEED: &str = "<rss version=\"2.0\"><channel><title>Warta</title>\
    <item><title>Pasar Karangjati tutup</title><link>https://warta.example/1</link><guid>1</guid>\
    <pubDate>Tue, 24 Nov 2026 07:15:00 +0700</pubDate><description>Hubungi 0812-3456-7890</description></item>\
    <item><title>Jembatan diperbaiki</title><link>https://warta.example/2</link><guid>2</guid></item></channel></rss>";

/// A news site with a front page and its feed.
fn site() -> SocketAddr {
    serve(|path| match path {
        "/" => (200, "text/html", FRONT.into()),
        "/feed" => (200, "application/rss+xml", FEED.into()),
        "/masuk" => (401, "text/html", Vec::new()),
        _ => (404, "text/plain", Vec::new()),
    })
}

async fn house(folder: &Path, allow: &str) -> Arc<House> {
    let text = TEMPLATE
        .replace("contact = \"\"", "contact = \"humas@sukamaju.example\"")
        .replace("# host_pause_ms = 1000", "host_pause_ms = 0")
        .replace("# allow = []", &format!("allow = [{allow}]"));
    Arc::new(wiring::open(Config::parse(&text, folder).unwrap()).await.unwrap())
}

fn wulan() -> Person {
    Person {
        id: "wulan".into(),
        login: "wulan".into(),
        name: "Wulan".into(),
        role: Role::Admin,
        office: "kantor".into(),
        locale: "id".into(),
    }
}

#[tokio::test]
async fn a_source_is_tried_added_read_and_paused() {
    let (folder, at) = (tempfile::tempdir().unwrap(), site());
    let house = house(folder.path(), &format!("\"{at}\"")).await;
    let trier = Trier::new(&house).unwrap().unwrap();
    let found = trier.look(&format!("http://{at}/"), Some("WITA")).await.unwrap();
    let feed = found.iter().find(|tried| tried.kind == SourceKind::Feed).unwrap();
    let sample = feed.read.as_ref().unwrap();
    assert_eq!((sample.entries, sample.examples.len()), (2, 2));
    assert!(sample.examples.iter().any(|example| example.text.contains("Pasar Karangjati")), "{sample:?}");
    assert!(!format!("{sample:?}").contains("3456"), "numbers of people are masked: {sample:?}");
    assert!(house.store.sources(house.now()).await.unwrap().is_empty(), "trying stores nothing");

    let def = SourceDef::new("warta", "Warta", feed.kind, &feed.url);
    let id = house.store.add_source(&wulan(), &def, house.now()).await.unwrap();
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let due = patrol.due(&Which::Due, house.now()).await.unwrap();
    assert_eq!(due.iter().map(|def| &def.id).collect::<Vec<_>>(), [&id]);
    let visits = patrol.round(due, patrol.by_hand(1), |_| ()).await.unwrap();
    assert!(matches!(visits[0].outcome, Outcome::Read { new: 2, .. }), "{:?}", visits[0].outcome);
    assert_eq!(house.store.sources(house.now()).await.unwrap()[0].items, 2);

    house.store.pause_source(&wulan(), &id, true, house.now()).await.unwrap();
    assert!(patrol.due(&Which::All, house.now()).await.unwrap().is_empty());
    let error = patrol.due(&Which::One(id.clone()), house.now()).await.unwrap_err().to_string();
    assert!(error.contains("Wulan paused 'warta'"), "{error}");
    // the settings are read again at a restart: the source is still there, and still rests
    drop((patrol, house));
    let house = self::house(folder.path(), &format!("\"{at}\"")).await;
    assert!(house.store.sources(house.now()).await.unwrap()[0].paused.is_some());
    house.store.pause_source(&wulan(), &id, false, house.now()).await.unwrap();
    house.store.remove_source(&wulan(), &id, house.now()).await.unwrap();
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    assert!(patrol.due(&Which::All, house.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn neither_people_nor_logins_nor_the_inner_network_are_tried() {
    let (folder, at) = (tempfile::tempdir().unwrap(), site());
    let open = house(folder.path(), &format!("\"{at}\"")).await;
    let trier = Trier::new(&open).unwrap().unwrap();
    let error = trier.look(&format!("http://{at}/masuk"), None).await.unwrap_err();
    assert_eq!(error.code, TroubleCode::Closed, "{error}");
    let error = trier.look(&format!("http://{at}/@rukmini"), None).await.unwrap_err();
    assert_eq!(error.code, TroubleCode::Person, "{error}");
    let person = SourceDef::new("x", "X", SourceKind::Feed, &format!("http://{at}/@rukmini.rss"));
    assert_eq!(trier.read(&person).await.unwrap_err().code, TroubleCode::Person);
    let closed = tempfile::tempdir().unwrap();
    let trier = Trier::new(&*house(closed.path(), "").await).unwrap().unwrap();
    let error = trier.look(&format!("http://{at}/"), None).await.unwrap_err();
    assert_eq!(error.code, TroubleCode::Refused, "{error}");
}
