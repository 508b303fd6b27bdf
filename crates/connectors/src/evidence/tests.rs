//! Pages taken from real servers on the loopback, honest and hostile, and the files that come of it.

use super::*;
use crate::bed::{Play, Server, client, gzip, settings};
use crate::client::{Allow, Limits};
use std::process::Command;

const PAGE: &str = r#"<!doctype html><link rel="stylesheet" href="/gaya.css"><script src="/s.js"></script>
    <h1>Tanggul Karangjati kokoh</h1><img src="/foto.png"><img src="/hilang.png">"#;

const FIELDS: &[(&str, &str)] = &[("software", "Saring"), ("operator", "Kantor Informasi Sukamaju")];

fn play(path: &str) -> Play {
    match path {
        "/berita" => Play::redirect("/berita/1"),
        "/berita/1" => Play::Say(
            200,
            vec!["Content-Type: text/html; charset=utf-8".into(), "Content-Encoding: gzip".into()],
            gzip(PAGE.as_bytes()),
        ),
        "/gaya.css" => Play::page("text/css", "h1 { color: red }"),
        "/s.js" => Play::page("text/javascript", "1"),
        "/foto.png" => Play::page("image/png", vec![0x89, b'P', b'N', b'G', 0, 13, 10]),
        _ => Play::status(404),
    }
}

async fn server() -> Server {
    Server::start(|asked| Some(play(&asked.path))).await
}

async fn take(client: &Client, url: &str, caps: &Caps) -> Result<Archive, FetchError> {
    let own = Own { uri: "urn:x:1", media_type: "text/plain", at: Timestamp::UNIX_EPOCH, bytes: b"kabar" };
    archive(client, "halaman.warc.gz", url, Some(own), FIELDS, caps).await
}

/// Path, status and trouble of every part.
fn told(archive: &Archive) -> Vec<(String, Option<u16>, bool)> {
    let path = |url: &str| Url::parse(url).unwrap().path().to_owned();
    archive.parts.iter().map(|part| (path(&part.url), part.status, part.trouble.is_some())).collect()
}

#[tokio::test]
async fn a_page_is_taken_with_its_redirects_and_what_it_needs() {
    let server = server().await;
    let archive = take(&client(), &server.url("/berita"), &Caps::default()).await.unwrap();
    let expect = [
        ("/berita", Some(302), false),
        ("/berita/1", Some(200), false),
        ("/gaya.css", Some(200), false),
        ("/s.js", Some(200), false),
        ("/foto.png", Some(200), false),
        ("/hilang.png", Some(404), false),
    ];
    assert_eq!(told(&archive), expect.map(|(path, status, lost)| (path.to_owned(), status, lost)));
    assert_eq!((archive.url, archive.left_out), (server.url("/berita/1"), 0));
}

#[tokio::test]
async fn what_is_not_there_or_not_ours_to_read_is_an_error_that_says_so() {
    let server = server().await;
    let gone = take(&client(), &server.url("/tiada"), &Caps::default()).await.unwrap_err();
    assert!(gone.page_is_gone() && gone.permanent(), "{gone}");
    let closed = Server::start(|asked| {
        Some(if asked.path == "/robots.txt" {
            Play::page("text/plain", "User-agent: *\nDisallow: /")
        } else {
            Play::Hang
        })
    });
    let robots = take(&client(), &closed.await.url("/x"), &Caps::default()).await.unwrap_err();
    assert!(matches!(robots, FetchError::Robots { .. }), "{robots}");
}

#[tokio::test]
async fn hostile_requisites_cost_no_more_than_the_caps_and_lose_nothing_else() {
    let inner = Server::start(|_| Some(Play::page("text/plain", "rahasia"))).await;
    let inside = format!("http://[::ffff:127.0.0.1]:{}/", inner.at.port());
    let bomb = gzip(&vec![0_u8; 8 << 20]);
    let images: String = (0..10_000).map(|n| format!("<img src='/banyak/{n}'>")).collect();
    let page = format!(
        "<img src='{inside}'><img src='http://169.254.169.254/latest'><img src='/masuk'><img src='/tetes'>\
         <img src='/tanpa-akhir'><img src='/bom'><img src='/putar'>{images}<img src='/akhir'>"
    );
    let server = Server::start(move |asked| {
        Some(match asked.path.as_str() {
            "/" => Play::page("text/html", page.clone()),
            "/masuk" => Play::redirect(&inside),
            "/tetes" => Play::Drip("HTTP/1.1 200 OK\r\n\r\n".into(), Duration::from_millis(20)),
            "/tanpa-akhir" => Play::Endless("HTTP/1.1 200 OK\r\n\r\n".into(), vec![b'x'; 4096]),
            "/bom" => Play::Say(200, vec!["Content-Encoding: gzip".into()], bomb.clone()),
            "/putar" => Play::redirect("/putar"),
            "/robots.txt" => Play::status(404),
            _ => Play::page("image/png", vec![b'p'; 1000]),
        })
    })
    .await;
    let mut settings = settings();
    settings.allow = Allow::parse(&[&server.at.to_string()]).unwrap();
    settings.limits = Limits { bytes: 1 << 20, total: Duration::from_millis(600), ..Limits::default() };
    let caps = Caps { parts: 20, bytes: 400_000, time: Duration::from_secs(30) };
    let archive = take(&Client::new(settings).unwrap(), &server.url("/"), &caps).await.unwrap();
    let lost: Vec<&Part> = archive.parts.iter().filter(|part| part.trouble.is_some()).collect();
    assert_eq!((lost.len(), archive.parts.len(), archive.left_out), (7, 21, 10_008 - 20), "{lost:?}");
    assert!(inner.all().is_empty(), "{:?}", inner.all());
    let kept: u64 = archive.parts.iter().map(|part| part.bytes).sum();
    assert!(kept <= caps.bytes, "{kept}");
}

#[tokio::test]
async fn a_page_that_is_too_much_or_leads_inside_is_not_taken() {
    let inner = Server::start(|_| Some(Play::page("text/plain", "rahasia"))).await;
    let inside = format!("http://localhost:{}/", inner.at.port());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    let huge = format!("{head}Content-Length: 209715200\r\n\r\n");
    let server = Server::start(move |asked| {
        Some(match asked.path.as_str() {
            "/dalam" => Play::redirect(&inside),
            "/200-mb" => Play::Endless(huge.clone(), vec![b'x'; 1 << 16]),
            "/tanpa-akhir" => Play::Endless(format!("{head}\r\n"), vec![b'x'; 1 << 16]),
            "/tetes" => Play::Drip(format!("{head}\r\n"), Duration::from_millis(50)),
            "/putar" => Play::redirect("/putar"),
            _ => Play::status(404),
        })
    })
    .await;
    let mut settings = settings();
    settings.allow = Allow::parse(&[&server.at.to_string()]).unwrap();
    settings.limits = Limits { total: Duration::from_secs(3), ..Limits::default() };
    let client = Client::new(settings).unwrap();
    let take = async |path: &str| take(&client, &server.url(path), &Caps::default()).await.unwrap_err();
    assert!(matches!(take("/dalam").await, FetchError::Refused { .. }));
    assert!(inner.all().is_empty(), "{:?}", inner.all());
    for path in ["/200-mb", "/tanpa-akhir"] {
        assert!(matches!(take(path).await, FetchError::TooBig { limit, .. } if limit == 16 << 20), "{path}");
    }
    assert!(matches!(take("/tetes").await, FetchError::Slow { .. }));
    assert!(matches!(take("/putar").await, FetchError::Redirects { .. }));
}

#[tokio::test]
async fn style_sheets_bring_what_they_name_within_the_same_caps() {
    let server = Server::start(|asked| {
        Some(match asked.path.as_str() {
            "/" => Play::page("text/html", "<link rel=stylesheet href=/gaya/a.css><img src=/a.png>"),
            "/gaya/a.css" => Play::page("text/css", "@import 'b.css'; h1 { background: url(../latar.png) }"),
            // each names the next, without end
            path if path.ends_with(".css") => {
                Play::page("text/css", format!("@import '{}x.css'; ", path.trim_end_matches(".css")))
            }
            _ => Play::page("image/png", "gambar"),
        })
    })
    .await;
    let caps = Caps { parts: 6, ..Caps::default() };
    let archive = take(&client(), &server.url("/"), &caps).await.unwrap();
    let paths: Vec<String> = told(&archive).into_iter().map(|(path, ..)| path).collect();
    let expect = ["/", "/gaya/a.css", "/a.png", "/gaya/b.css", "/latar.png", "/gaya/bx.css", "/gaya/bxx.css"];
    assert_eq!((paths, archive.left_out), (expect.map(str::to_owned).to_vec(), 1));
    assert_eq!(archive.hops.len(), 7, "what was read is there for a picture");
}

#[tokio::test]
async fn the_caps_in_bytes_and_time_end_the_taking() {
    let server = server().await;
    let caps = |bytes, time| Caps { bytes, time, ..Caps::default() };
    let small = caps(PAGE.len() as u64 + 18, Duration::from_secs(60));
    let archive = take(&client(), &server.url("/berita"), &small).await.unwrap();
    let lost: Vec<bool> = archive.parts.iter().map(|part| part.trouble.is_some()).collect();
    assert_eq!(lost, [false, false, false, false, true, true], "{:?}", archive.parts);
    let late = take(&client(), &server.url("/berita"), &caps(1 << 20, Duration::ZERO)).await.unwrap();
    assert_eq!(late.parts.iter().filter(|part| part.trouble.is_some()).count(), 4);
}

#[tokio::test]
async fn warcio_reads_the_file_without_a_complaint() {
    let Ok(warcio) = std::env::var("SARING_TEST_WARCIO") else {
        println!("skipped: SARING_TEST_WARCIO names no warcio");
        return;
    };
    let server = server().await;
    let archive = take(&client(), &server.url("/berita"), &Caps::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("halaman.warc.gz");
    let run = |command: &str| {
        let out = Command::new(&warcio).args([command, "-v"]).arg(&path).output().unwrap();
        (out.status.success(), String::from_utf8(out.stdout).unwrap())
    };
    std::fs::write(&path, &archive.warc).unwrap();
    let (sound, said) = run("check");
    assert!(sound, "{said}");
    assert_eq!(said.matches("digest pass").count(), 15, "{said}");
    // a file in which a byte of a picture was changed is found out
    let mut warc = Warc::begin("x", archive.at, FIELDS).unwrap();
    let record = Record {
        kind: Kind::Resource,
        target: "urn:x:2",
        at: archive.at,
        media_type: "image/png",
        block: b"gambar",
        payload_at: None,
        concurrent_to: None,
    };
    warc.put(&record).unwrap();
    let mut plain = String::new();
    let bytes = warc.finish();
    std::io::Read::read_to_string(&mut flate2::bufread::MultiGzDecoder::new(&bytes[..]), &mut plain).unwrap();
    std::fs::write(&path, plain.replace("gambar", "gambir")).unwrap();
    let (sound, said) = run("check");
    assert!(!sound && said.contains("digest failed"), "{said}");
}
