//! Sources against real servers on this machine, which `tests/servers/run` starts; each test skips where its server is absent.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use saring_connectors::client::Network;
use saring_connectors::{Allow, Client, Conditions, FetchError, Settings, sources};
use saring_domain::{Cursor, Fetched, ItemKind, SourceDef, SourceKind, Watch};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// What a server said of itself when it was ready.
fn server(name: &str) -> Option<Value> {
    let told = std::env::var("SARING_TEST_SERVERS").ok().and_then(|folder| {
        let text =
            std::fs::read_to_string(std::path::Path::new(&folder).join(format!("{name}.json"))).ok()?;
        serde_json::from_str(&text).ok()
    });
    if told.is_none() {
        eprintln!("skipped: no {name} runs here; tests/servers/run starts one");
    }
    told
}

/// Every name is this machine.
struct Here;

#[async_trait::async_trait]
impl saring_connectors::client::Resolve for Here {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
        Ok(vec![std::net::Ipv4Addr::LOCALHOST.into()])
    }
}

fn client() -> Client {
    Client::new(settings()).unwrap()
}

fn settings() -> Settings {
    let mut settings = Settings::new("redaksi@saring.example");
    settings.allow = Allow::parse(&["127.0.0.0/8"]).unwrap();
    settings.pause = Duration::ZERO;
    settings
}

fn watch(terms: &[&str]) -> Watch {
    let today = jiff::tz::TimeZone::UTC.to_datetime(Timestamp::now()).date();
    Watch {
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        purpose: "kabar bohong soal tanggul Karangjati".into(),
        owner: "Sri".into(),
        approved_by: "Budi".into(),
        until: today.checked_add(jiff::Span::new().days(7)).unwrap(),
        reason: None,
    }
}

/// Reads on until nothing more waits, as a round does.
async fn round(def: &SourceDef, cursor: &Cursor) -> Fetched {
    round_by(&client(), def, cursor).await
}

async fn round_by(client: &Client, def: &SourceDef, cursor: &Cursor) -> Fetched {
    let source = sources::build(def, client, [7; 32]).unwrap();
    let mut all = Fetched { next: cursor.clone(), ..Fetched::default() };
    for _ in 0..200 {
        let fetched = source.fetch(&all.next, Timestamp::now()).await.unwrap();
        all.captures.extend(fetched.captures);
        all.bad.extend(fetched.bad);
        all.next = fetched.next;
        if !fetched.more {
            return all;
        }
    }
    panic!("it never ends");
}

async fn ask(url: &Value) {
    client().get(url.as_str().unwrap(), &Conditions::default()).await.unwrap();
}

fn texts(fetched: &Fetched) -> Vec<&str> {
    fetched.captures.iter().map(|(_, item)| item.text.as_str()).collect()
}

#[tokio::test]
async fn the_firehose_of_a_real_server_of_repositories() {
    let Some(pds) = server("pds") else { return };
    let address = pds["pds"].as_str().unwrap().replacen("http", "ws", 1);
    let url = format!("{address}/xrpc/com.atproto.sync.subscribeRepos?lang=id&cursor=0");
    let def = SourceDef {
        watch: Some(watch(&["tanggul jebol"])),
        ..SourceDef::new("pds", "Server warga", SourceKind::Bluesky, &url)
    };
    // reading ends at the clock's last second; what is younger comes with the next reading
    let old = Duration::from_secs(1);
    tokio::time::sleep(old).await;
    let first = round(&def, &Cursor::default()).await;
    assert_eq!(
        texts(&first)[..2],
        [
            "Katanya tanggul jebol di Karangjati? Barusan lewat, aman kok.",
            "Tetap tenang, tunggu kabar resmi soal TANGGUL   JEBOL ya",
        ],
        "not: another topic, another language, what was taken back, a like, the page of a person"
    );
    assert!(first.bad.is_empty(), "{:?}", first.bad);
    assert_eq!(first.captures[1].1.kind, ItemKind::Comment);
    for (capture, item) in &first.captures {
        let raw = String::from_utf8_lossy(&capture.raw);
        assert!(item.account.is_some() && !raw.contains("did:plc") && !raw.contains("rukmini"), "{raw}");
        assert!(item.posted_at.is_some_and(|at| Timestamp::now().duration_since(at).as_hours() < 1));
    }
    assert!(round(&def, &first.next).await.captures.is_empty(), "nothing comes twice");
    ask(&pds["more"]).await;
    let second = round(&def, &first.next).await;
    tokio::time::sleep(old).await;
    let third = round(&def, &second.next).await;
    let later: Vec<_> = second.captures.iter().chain(&third.captures).collect();
    let ids: BTreeSet<_> = later.iter().map(|(capture, _)| &capture.native_id).collect();
    assert_eq!((later.len(), ids.len()), (30, 30), "each once");
    let account = |n: usize| &later[n].1.account;
    assert!(
        account(0) == account(2) && account(0) != account(1),
        "two people took turns, and nobody knows who"
    );
    assert_eq!(round(&def, &first.next).await.captures.len(), 30, "the same cursor gives the same");
    // listened to, posts come as they are made
    let source = sources::build(&def, &client(), [7; 32]).unwrap();
    let mut stream = source.open(&third.next, Timestamp::now()).await.unwrap();
    ask(&pds["more"]).await;
    let mut heard = BTreeSet::new();
    while heard.len() < 30 {
        let moment = stream.next(&Timestamp::now).await.unwrap();
        heard.extend(moment.captures.into_iter().map(|(capture, _)| capture.native_id));
    }
    let ahead = round(&def, &Cursor(serde_json::json!({"seq": 999_999}))).await;
    assert!(ahead.captures.is_empty() && ahead.bad.len() == 1, "a server that counts anew: {:?}", ahead.bad);
    assert_eq!(ahead.next, Cursor(serde_json::json!({})));
    // without a place the stream is heard from now on
    let live = SourceDef { url: url.replace("&cursor=0", ""), ..def };
    assert!(round(&live, &Cursor::default()).await.captures.is_empty());
}

#[tokio::test]
async fn a_static_site_of_two_thousand_pages() {
    let Some(site) = server("site") else { return };
    let url = site["site"].as_str().unwrap();
    let def = SourceDef::new("lereng", "Kabar Lereng", SourceKind::Sitemap, url);
    let (mut cursor, mut read, mut rounds) = (Cursor::default(), BTreeSet::new(), 0);
    loop {
        let fetched = round(&def, &cursor).await;
        rounds += 1;
        if fetched.captures.is_empty() {
            break;
        }
        for (capture, item) in &fetched.captures {
            assert!(read.insert(capture.native_id.clone()), "twice: {}", capture.native_id);
            assert!(item.text.contains("Kabar nomor") && !item.text.contains("Baca juga"), "{}", item.text);
            assert!(item.title.as_deref().is_some_and(|title| title.contains("catatan ke-")));
            assert!(item.posted_at.is_some());
        }
        cursor = fetched.next;
    }
    assert_eq!(read.len() as u64, site["pages"].as_u64().unwrap(), "in {rounds} rounds");
}

#[tokio::test]
async fn a_real_wordpress() {
    let Some(wordpress) = server("wordpress") else { return };
    let def = SourceDef::new(
        "kabupaten",
        "Kabar Kabupaten",
        SourceKind::WordPress,
        wordpress["site"].as_str().unwrap(),
    );
    let first = round(&def, &Cursor::default()).await;
    let ids = |fetched: &Fetched| -> BTreeSet<String> {
        fetched.captures.iter().map(|(capture, _)| capture.native_id.clone()).collect()
    };
    let known = ids(&first);
    assert_eq!((known.len(), first.captures.len()), (150, 150), "no draft, nothing behind a password");
    assert!(first.bad.len() <= 1, "{:?}", first.bad);
    for (capture, item) in &first.captures {
        assert!(
            item.text.contains("tanggul & jembatan") && item.text.contains("\u{201c}satu pintu\u{201d}"),
            "{}",
            item.text
        );
        assert!(!item.text.contains("[caption") && !item.text.contains("sandi"), "{}", item.text);
        assert!(item.account.is_none() && !String::from_utf8_lossy(&capture.raw).contains("redaksi"));
        assert!(item.posted_at.is_some_and(|at| Timestamp::now().duration_since(at).as_hours() < 48));
    }
    ask(&wordpress["more"]).await;
    let second = round(&def, &first.next).await;
    assert_eq!(ids(&second).difference(&known).count(), 14, "what is new comes");
    let titles: Vec<_> = second.captures.iter().filter_map(|(_, item)| item.title.as_deref()).collect();
    for late in ["Kabar yang dijadwalkan", "Kabar Kabupaten nomor 163"] {
        assert!(titles.contains(&late), "{late}: neither its change nor, once, its date is new");
    }
    let changed: Vec<_> = second
        .captures
        .iter()
        .filter(|(_, item)| item.title.as_deref() == Some("Kabar yang diralat"))
        .collect();
    assert!(
        changed.len() == 1 && known.contains(&changed[0].0.native_id),
        "and what was corrected, under its own id"
    );
    assert!(second.captures.len() < 20, "but not all of it again");
}

#[tokio::test]
async fn a_real_mail_server() {
    let Some(box_) = server("mailbox") else { return };
    let word = |name: &str| box_[name].as_str().unwrap().to_owned();
    let def = |url: &str| SourceDef {
        password_file: Some(word("password_file")),
        ..SourceDef::new("kotak", "Kotak aduan", SourceKind::Mailbox, url)
    };
    let (plain, tls) = (def(&word("plain")), def(&word("tls")));
    let authorities = std::fs::read(word("authority")).unwrap();
    let trusting = Client::on(settings(), Network { authorities, ..Network::default() }).unwrap();
    let first = round_by(&trusting, &tls, &Cursor::default()).await;
    let ids = |fetched: &Fetched| -> BTreeSet<String> {
        fetched.captures.iter().map(|(capture, _)| capture.native_id.clone()).collect()
    };
    let known = ids(&first);
    assert_eq!(known.len() as u64, box_["messages"].as_u64().unwrap(), "{:?}", first.bad);
    assert!(first.bad.is_empty() && first.bytes < 3 << 20, "{} bytes, {:?}", first.bytes, first.bad);
    for (capture, item) in &first.captures {
        let all = format!("{}{item:?}", String::from_utf8_lossy(&capture.raw));
        assert!(
            !all.contains("Rukmini") && !all.contains("Sastro") && !all.contains("surel.example"),
            "{all}"
        );
        assert_eq!(item.kind, ItemKind::Tip);
        assert!(item.posted_at.is_some_and(|at| Timestamp::now().duration_since(at).as_hours() < 48));
    }
    let texts = texts(&first);
    assert_eq!(
        texts[..2],
        ["Tanggul Karangjati jebol, kabar 1 “tutup” 5 €", "Tanggul Karangjati jebol, kabar 2 洪水警报"]
    );
    assert_eq!(first.captures[0].1.title.as_deref(), Some("kabar nomor 1"));
    assert_eq!(texts[texts.len() - 2..], ["", "Video ini benar?"], "a subject alone, and the words of 40 MB");
    assert!(round_by(&trusting, &tls, &first.next).await.captures.is_empty(), "nothing comes twice");
    ask(&box_["more"]).await;
    let second = round(&plain, &first.next).await;
    assert_eq!(
        (second.captures.len(), ids(&second).intersection(&known).count()),
        (3, 0),
        "only what is new"
    );
    ask(&box_["renumber"]).await;
    let anew = round(&plain, &second.next).await;
    let all: BTreeSet<String> = known.union(&ids(&second)).cloned().collect();
    assert_eq!(ids(&anew), all, "read anew, and known again by what each message is");
    assert_ne!(anew.next.0["validity"], second.next.0["validity"]);
    // a connection that begins in the open, and a folder named as people name one
    let network = || Network { resolver: std::sync::Arc::new(Here), ..Network::default() };
    let network = |authorities| Network { authorities, ..network() };
    let authorities = std::fs::read(word("authority")).unwrap();
    let start_tls = def(&word("start_tls"));
    let other =
        round_by(&Client::on(settings(), network(authorities)).unwrap(), &start_tls, &Cursor::default())
            .await;
    assert_eq!(self::texts(&other), ["Kabar di map lain"]);
    // what goes wrong says what to do
    let error = |client: Client, def: SourceDef| async move {
        let source = sources::build(&def, &client, [7; 32]).unwrap();
        source.fetch(&Cursor::default(), Timestamp::now()).await.unwrap_err()
    };
    let stranger = error(client(), tls.clone()).await;
    assert!(matches!(stranger, FetchError::Certificate { .. }), "{stranger}");
    let stranger = error(Client::on(settings(), network(Vec::new())).unwrap(), start_tls).await;
    assert!(matches!(stranger, FetchError::Certificate { .. }), "{stranger}");
    let folder = error(trusting.clone(), def(&word("tls").replace("INBOX", "Aduan"))).await;
    assert!(matches!(folder, FetchError::Folder { .. }), "{folder}");
    let wrong = error(trusting, def(&word("tls").replace("kotak%40", "lain%40"))).await;
    assert!(
        matches!(wrong, FetchError::Password { .. }) && wrong.to_string().contains("password_file"),
        "{wrong}"
    );
    let odd = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(odd.path(), "sandi señor").unwrap();
    let odd = SourceDef { password_file: Some(odd.path().display().to_string()), ..plain };
    let wrong = error(client(), odd).await;
    assert!(
        matches!(wrong, FetchError::Password { .. }) && !wrong.to_string().contains("sandi s"),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_real_server_of_the_fediverse() {
    let Some(snac) = server("snac") else { return };
    let site = snac["site"].as_str().unwrap();
    let def = |url: &str| SourceDef::new("snac", "Server warga", SourceKind::Mastodon, url);
    let (all, tag) =
        (def(site), SourceDef { watch: Some(watch(&["banjir"])), ..def(&format!("{site}/tags/banjir")) });
    let numbers = |fetched: &Fetched| -> Vec<usize> {
        let words =
            fetched.captures.iter().map(|(_, item)| item.text.split([' ', ':']).nth(1).unwrap().parse());
        words.map(Result::unwrap).collect()
    };
    // the newest page first, oldest of it first; then what came since, page by page
    let notes = snac["notes"].as_u64().unwrap() as usize;
    let first = round(&all, &Cursor::default()).await;
    assert_eq!(numbers(&first), (notes - 39..=notes).collect::<Vec<_>>());
    for (capture, item) in &first.captures {
        assert!(item.text.contains("katanya tanggul Karangjati jebol & parah"), "{}", item.text);
        assert!(item.account.is_some() && item.url.is_some());
        assert!(!String::from_utf8_lossy(&capture.raw).contains("rukmini"), "{:?}", capture.raw);
        assert!(item.posted_at.is_some_and(|at| Timestamp::now().duration_since(at).as_hours() < 1));
    }
    let tagged = round(&tag, &Cursor::default()).await;
    assert!(numbers(&tagged).len() == 40 && numbers(&tagged).iter().all(|number| number % 2 == 1));
    assert!(round(&all, &first.next).await.captures.is_empty(), "nothing comes twice");
    ask(&snac["more"]).await;
    ask(&snac["more"]).await;
    let second = round(&all, &first.next).await;
    assert_eq!(numbers(&second), (notes + 1..=notes + 60).collect::<Vec<_>>(), "each once, over two pages");
    let more = round(&tag, &tagged.next).await;
    assert_eq!(numbers(&more), (notes + 1..=notes + 60).filter(|number| number % 2 == 1).collect::<Vec<_>>());
    // a post that its author took down is no place to go on from for this server: it would answer with nothing for ever
    let lost = Cursor(serde_json::json!({"min_id": "1795703219ffffffffffffffffffffffffffffffff"}));
    assert_eq!(round(&all, &lost).await.captures.len(), 40);
    // nor is the page that it is found on: back to the time of what was read last
    let all_numbers: Vec<usize> = {
        let mut lost = lost.clone();
        lost.0["at"] = first.captures[0].1.posted_at.unwrap().to_string().into();
        let mut numbers = numbers(&round(&all, &lost).await);
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(all_numbers.last(), Some(&(notes + 60)));
    assert!(
        all_numbers.len() > 40 && all_numbers.windows(2).all(|two| two[1] == two[0] + 1),
        "{all_numbers:?}"
    );
    let known = round(&all, &second.next).await;
    assert!(known.captures.is_empty() && known.next == second.next);
    // no stream, and by its own robots.txt no reading: both are said
    let stream = sources::build(&def(&site.replace("http", "ws")), &client(), [7; 32]).unwrap();
    let error = stream.open(&Cursor::default(), Timestamp::now()).await.err().unwrap();
    assert!(error.permanent() && error.to_string().contains("with https://"), "{error}");
    let closed = sources::build(&def(snac["closed"].as_str().unwrap()), &client(), [7; 32]).unwrap();
    let error = closed.fetch(&Cursor::default(), Timestamp::now()).await.unwrap_err();
    assert!(matches!(error, FetchError::Robots { .. }), "{error}");
    // and from its bare address it is found
    let leads = sources::discover(&client(), site, Timestamp::now()).await.unwrap();
    assert!(leads.iter().any(|lead| lead.kind == SourceKind::Mastodon), "{leads:?}");
}
