//! Pictures by the Chromium of this machine, where there is one, and by browsers that misbehave.

#![cfg(unix)]

use super::*;
use crate::client::Reply;
use jiff::Timestamp;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::net::TcpListener;

const PAGE: &str = "https://warta.example/berita";

fn hop(url: &str, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Hop {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let reply = Reply { url: url.into(), status, headers, body: body.to_vec(), wire: 0 };
    Hop { at: Timestamp::UNIX_EPOCH, request: Vec::new(), reply }
}

fn html(body: &str) -> Hop {
    hop(PAGE, 200, &[("content-type", "text/html; charset=utf-8")], body.as_bytes())
}

/// The browser of this machine; `None` where there is none.
fn chromium(limits: Limits) -> Option<Browser> {
    let found = Browser::find("", limits);
    if found.is_none() {
        println!("skipped: there is no Chromium");
    }
    found
}

/// Programs still running with a word in what they were started with.
fn running(word: &str) -> usize {
    let lines = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = lines.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(word)).count()
}

/// The colour of a pixel, as `python3` with nothing but its standard library reads the picture.
fn pixels(png: &[u8], at: &[(u32, u32)]) -> Vec<String> {
    const READ: &str = r#"
import sys, zlib, struct
data = sys.stdin.buffer.read(); at = 8; body = b''
while at < len(data):
    size, kind = struct.unpack('>I4s', data[at:at+8])
    if kind == b'IHDR': width, height, depth, colour = struct.unpack('>IIBB', data[at+8:at+18])
    if kind == b'IDAT': body += data[at+8:at+8+size]
    at += 12 + size
raw = zlib.decompress(body); n = {2: 3, 6: 4}[colour]; line = width * n; rows = []; last = bytearray(line); p = 0
for y in range(height):
    f = raw[p]; row = bytearray(raw[p+1:p+1+line]); p += 1 + line
    for x in range(line):
        a = row[x-n] if x >= n else 0; b = last[x]; c = last[x-n] if x >= n else 0
        if f == 1: row[x] = row[x] + a & 255
        elif f == 2: row[x] = row[x] + b & 255
        elif f == 3: row[x] = row[x] + (a + b) // 2 & 255
        elif f == 4:
            q = a + b - c; d = (abs(q-a), abs(q-b), abs(q-c))
            row[x] = row[x] + (a if d[0] <= d[1] and d[0] <= d[2] else b if d[1] <= d[2] else c) & 255
    rows.append(row); last = row
for spot in sys.argv[1:]:
    x, y = map(int, spot.split(',')); print(rows[y][x*n:x*n+3].hex())
"#;
    use std::io::Write;
    use std::process::{Command, Stdio};
    let spots: Vec<String> = at.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let mut python = Command::new("python3");
    python.args(["-c", READ]).args(spots).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(png).unwrap();
    let said = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_whole_page_is_shown_as_it_was_captured() {
    let Some(browser) = chromium(Limits::default()) else { return };
    let page = html(
        "<!doctype html><link rel=stylesheet href=/lama.css><body><div id=a></div><div id=b></div><img src='/c.svg'>\
         <noscript><div style='height:50px;background:#00ffff'></div></noscript>\
         <script>document.body.innerHTML = '<h1>lain</h1>'</script><img src=/tiada.png>",
    );
    let css =
        "body { margin: 0 } div { height: 2000px } #a { background: #ff0000 } #b { background: #00ff00 }
               img { display: block } @import url(tak-ada.css);";
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='100'><rect width='300' height='100' fill='#0000ff'/></svg>";
    let hops = [
        page,
        hop("https://warta.example/lama.css", 302, &[("location", "/baru.css")], b""),
        hop(
            "https://warta.example/baru.css",
            200,
            &[("content-type", "text/css"), ("content-encoding", "gzip")],
            css.as_bytes(),
        ),
        // named with http on the page, or asked for with https by the browser: it is the same capture
        hop("http://warta.example/c.svg", 200, &[("content-type", "image/svg+xml")], svg.as_bytes()),
    ];
    let picture = browser.picture(PAGE, &hops).await.unwrap();
    assert!(picture.tool.starts_with("Chrome"), "{}", picture.tool);
    assert_eq!((picture.width, picture.cut, picture.missing), (1280, false, 1));
    assert!((4150..4200).contains(&picture.height), "{}", picture.height);
    let seen = pixels(&picture.png, &[(5, 5), (1270, 1999), (5, 2001), (5, 4050), (600, 4050), (5, 4120)]);
    assert_eq!(seen, ["ff0000", "ff0000", "00ff00", "0000ff", "ffffff", "00ffff"]);
}

#[tokio::test]
async fn a_hostile_page_reaches_nothing_and_leads_nowhere() {
    let Some(browser) = chromium(Limits::default()) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, calls) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let port = at.port();
    let inside = format!(
        "<!doctype html><meta http-equiv=refresh content='0;url=http://{at}/pindah'>
         <link rel=preconnect href='http://{at}'><link rel=dns-prefetch href='//localhost:{port}'>
         <link rel=prefetch href='http://{at}/a'><link rel=stylesheet href='http://localhost:{port}/b.css'>
         <link rel=manifest href='http://{at}/m.json'><link rel=icon href='http://{at}/i.ico'>
         <style>@import 'http://{at}/c.css'; @font-face {{ font-family: x; src: url(http://{at}/f.woff) }}
         body {{ font-family: x; background: url(http://[::1]:{port}/d.png) }}</style>
         <img src='http://{at}/e.png'><img src='//localtest.example:{port}/g.png'><iframe src='http://{at}/h'></iframe>
         <iframe src='file:///etc/passwd'></iframe><iframe srcdoc=\"<img src='http://{at}/s.png'>\"></iframe>
         <object data='http://{at}/o'></object><embed src='http://{at}/p'><video src='http://{at}/v' autoplay></video>
         <audio src='http://{at}/w' autoplay></audio><iframe src='https://lain.example/bingkai'></iframe>
         <script>fetch('http://{at}/x'); new WebSocket('ws://{at}/y'); navigator.sendBeacon('http://{at}/z');
         new RTCPeerConnection({{iceServers:[{{urls:'stun:{at}'}}]}}).createDataChannel('x')</script>
         <body style='margin:0'><div style='height:500px;background:#123456'></div>"
    );
    let framed = format!("<script>fetch('http://{at}/bingkai')</script><img src='http://{at}/bingkai.png'>");
    let answers = [("content-type", "text/html"), ("link", "<http://127.0.0.1/x>; rel=preload")];
    let hops = [html(&inside), hop("https://lain.example/bingkai", 200, &answers, framed.as_bytes())];
    let picture = browser.picture(PAGE, &hops).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 0, "something was dialled");
    assert!(picture.missing >= 8, "{}", picture.missing);
    assert!(picture.height >= 500);
}

#[tokio::test]
async fn a_page_without_end_is_cut_and_what_is_no_page_gives_none() {
    let Some(browser) = chromium(Limits { height: 3000, ..Limits::default() }) else { return };
    let page =
        html("<!doctype html><body style='margin:0'><div style='height:900000px;background:#fedcba'></div>");
    let picture = browser.picture(PAGE, &[page]).await.unwrap();
    assert_eq!((picture.width, picture.height, picture.cut), (1280, 3000, true));
    let none = browser.picture(PAGE, &[hop(PAGE, 200, &[("content-type", "application/zip")], b"PK")]).await;
    assert_eq!(none.unwrap_err().code(), "no-page");
}

#[tokio::test]
async fn the_limits_in_time_memory_and_bytes_end_the_browser() {
    let few = Limits { bytes: 100, ..Limits::default() };
    let small = Limits { memory: 60, ..Limits::default() };
    let short = Limits { time: Duration::from_millis(300), ..Limits::default() };
    for (limits, code) in [(few, "too-big"), (small, "memory"), (short, "slow")] {
        let Some(browser) = chromium(limits) else { return };
        let error = browser.picture(PAGE, &[html("<h1>Kabar</h1>")]).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

/// A browser of a few lines of shell.
fn fake(folder: &Path, lines: &str, limits: Limits) -> Browser {
    let program = folder.join("peramban");
    std::fs::write(&program, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    Browser::find(program.to_str().unwrap(), limits).unwrap()
}

#[tokio::test]
async fn a_browser_that_hangs_crashes_or_babbles_is_told_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let word = format!("86{}", std::process::id());
    let hangs = format!("trap '' TERM HUP; sleep {word} & sleep {word}");
    let limits = Limits { time: Duration::from_secs(2), ..Limits::default() };
    for (lines, code, says) in [
        (hangs.as_str(), "slow", "longer than 2 seconds"),
        ("echo 'FATAL: No usable sandbox' >&2; exit 1", "crashed", "No usable sandbox"),
        ("kill -SEGV $$", "crashed", "before there was a picture"),
        ("echo halo >&4; printf '\\0' >&4; sleep 9", "unusable", "JSON"),
        ("head -c 300000000 /dev/zero | tr '\\0' x >&4; sleep 9", "too-big", "more than"),
        ("yes '' | tr '\\n' '\\0' >&4", "unusable", "JSON"),
    ] {
        let began = Instant::now();
        let error = fake(folder.path(), lines, limits).picture(PAGE, &[html("x")]).await.unwrap_err();
        assert!(error.code() == code && error.to_string().contains(says), "{lines}: {error}");
        assert!(began.elapsed() < Duration::from_secs(20), "{lines}");
    }
    assert_eq!(running(&format!("sleep\0{word}")), 0, "the group was killed");
    assert!(
        Browser::find("/tidak/ada", limits).is_none() && Browser::find("tak-ada-peramban", limits).is_none()
    );
}

#[tokio::test]
async fn the_browser_sees_nothing_of_our_environment() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("lingkungan");
    std::fs::write(&out, "").unwrap();
    std::fs::set_permissions(&out, std::fs::Permissions::from_mode(0o666)).unwrap();
    let lines = format!("env > {0}; id -u >> {0}", out.display());
    let _ = fake(folder.path(), &lines, Limits::default()).picture(PAGE, &[html("x")]).await;
    let said = std::fs::read_to_string(&out).unwrap();
    assert!(said.contains("HOME=/tmp/saring-page-") || said.contains("/saring-page-"), "{said}");
    assert!(
        !said.contains("CARGO") && !said.contains("SARING") && !said.contains("SECONDS_OF_CPU"),
        "{said}"
    );
    assert_ne!(said.lines().last(), Some("0"), "never as root");
}
