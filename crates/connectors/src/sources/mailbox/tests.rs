//! The mailbox against servers that behave as they should not; `tests/servers.rs` reads a real one.

mod post;
mod wire;

use self::post::{Act, Post};
use super::*;
use crate::bed::{client, now, settings, shape};
use crate::client::Client;
use saring_domain::{SourceDef, SourceKind};
use std::time::Duration;
use tokio::net::TcpListener;

const SECRET: &str = "rahasia \"sekali\\";

fn secret(text: &str) -> tempfile::NamedTempFile {
    // temporary files are readable by their owner alone
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn def(url: &str, file: &tempfile::NamedTempFile) -> SourceDef {
    SourceDef {
        password_file: Some(file.path().display().to_string()),
        ..SourceDef::new("kotak", "Kotak aduan", SourceKind::Mailbox, url)
    }
}

async fn step(client: &Client, def: &SourceDef, cursor: &Cursor) -> Result<Fetched, FetchError> {
    super::super::build(def, client, [7; 32])?.fetch(cursor, now()).await
}

/// A round: all that came.
async fn round(def: &SourceDef, cursor: &Cursor) -> Result<Fetched, FetchError> {
    crate::bed::round(&*super::super::build(def, &client(), [7; 32])?, cursor).await
}

fn plain(text: &str) -> Act {
    Act::Give(
        format!("Subject: kabar\r\nDate: Thu, 5 Nov 2026 08:00:00 +0700\r\n\r\n{text}\r\n").into_bytes(),
    )
}

/// The one item of a message.
async fn one(raw: impl Into<Vec<u8>>) -> saring_domain::Item {
    let file = secret(SECRET);
    let url = Post::with([(1, Act::Give(raw.into()))]).start().await;
    let fetched = round(&def(&url, &file), &Cursor::default()).await.unwrap();
    assert!(fetched.bad.is_empty(), "{:?}", fetched.bad);
    assert_eq!(fetched.captures.len(), 1);
    fetched.captures.into_iter().next().unwrap().1
}

#[tokio::test]
async fn what_was_forwarded_is_kept_and_who_sent_it_is_not() {
    let file = secret(&format!("{SECRET}\n"));
    let raw = include_bytes!("../../../fixtures/mailbox/forwarded.eml");
    let html = include_bytes!("../../../fixtures/mailbox/outlook.eml");
    let inner = include_bytes!("../../../fixtures/mailbox/attached.eml");
    let post = Post::with([
        (3, Act::Give(raw.to_vec())),
        (9, Act::Give(html.to_vec())),
        (12, Act::Give(inner.to_vec())),
    ]);
    let url = post.start().await;
    let fetched = round(&def(&url, &file), &Cursor::default()).await.unwrap();
    assert!(fetched.bad.is_empty(), "{:?}", fetched.bad);
    let told = shape(&fetched)
        .into_iter()
        .map(|line| line[line.find('|').unwrap()..].to_owned())
        .collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            "| Awas tanggul jebol | Mohon dicek, beredar di grup RT.//*SEBARKAN* Tanggul Karangjati jebol jam 3 pagi, hubungi posko ••• sekarang!/Sumber: grup sebelah | 2026-11-05T01:00:00Z",
            "| Bantuan tunai 5 juta | Apakah ini benar?//Daftar bantuan lewat tautan ini sebelum Jumat.//Kirim ke ••• ya | 2026-11-05T03:30:00Z",
            "| dari warga | Tolong dicek//Vaksin & chip//Vaksin berisi chip, kata petugas. | 2026-11-05T05:00:00Z",
        ]
    );
    for (capture, item) in &fetched.captures {
        let all = format!("{} {} {:?}", String::from_utf8_lossy(&capture.raw), capture.native_id, item);
        for gone in ["Rukmini", "Sastro", "Wage", "@", "0812", "3456", "surel", "kantor.example"] {
            assert!(!all.contains(gone), "{gone}: {all}");
        }
        assert!(item.kind == ItemKind::Tip && item.account.is_none() && item.url.is_none());
        assert!(capture.native_id.starts_with("mail:"), "{}", capture.native_id);
    }
    let raw = String::from_utf8_lossy(&fetched.captures[0].0.raw);
    assert!(raw.contains(r#""attached":["image/jpeg"]"#) && !raw.contains("foto"), "{raw}");
    let heard = post.heard.lock().unwrap().join("\n");
    assert!(!heard.contains("STORE") && !heard.contains("SELECT"), "nothing is changed: {heard}");
    // nothing comes twice, and what is new comes
    let nothing = round(&def(&url, &file), &fetched.next).await.unwrap();
    assert!(nothing.captures.is_empty() && nothing.next == fetched.next);
    // with another UIDVALIDITY all is read anew, and known again
    let moved = Post { validity: 8, ..Post::with([(1, Act::Give(raw_of(12, &post))), (2, plain("baru"))]) };
    let again = round(&def(&moved.start().await, &file), &fetched.next).await.unwrap();
    assert_eq!(again.captures[0].1.id, fetched.captures[2].1.id);
    assert_eq!(again.captures.len(), 2);
}

fn raw_of(uid: u32, post: &Post) -> Vec<u8> {
    match &post.messages.iter().find(|(own, _)| *own == uid).unwrap().1 {
        Act::Give(raw) => raw.clone(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn every_way_to_write_a_message_is_read() {
    let head = "Date: Thu, 5 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\nSubject: kabar\r\n";
    let typed = |kind: &str, encoding: &str, body: &[u8]| {
        let mut raw = format!("{head}Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n")
            .into_bytes();
        raw.extend_from_slice(body);
        raw
    };
    let base64 = |bytes: &[u8]| data_encoding::BASE64_MIME.encode(bytes).into_bytes();
    let windows = encoding_rs::WINDOWS_1252.encode("“Café” – naik 5 €").0.into_owned();
    let chinese = encoding_rs::GB18030.encode("洪水警报 banjir").0.into_owned();
    let cases = [
        (typed("text/plain; charset=windows-1252", "8bit", &windows), "“Café” – naik 5 €"),
        (typed("text/plain; charset=\"gb18030\"", "base64", &base64(&chinese)), "洪水警报 banjir"),
        (typed("text/plain; charset=gb18030", "8bit", &chinese), "洪水警报 banjir"),
        (typed("text/plain", "8bit", &windows), "“Café” – naik 5 €"),
        (typed("text/plain; charset=us-ascii", "8bit", "“Café”".as_bytes()), "“Café”"),
        (typed("text/plain; charset=utf-8", "base64", &base64("Tanggul aman".as_bytes())), "Tanggul aman"),
        (
            typed("text/plain; charset=utf-8", "quoted-printable", b"Harga =E2=82=AC5 =\r\nnaik"),
            "Harga €5 naik",
        ),
        (typed("text/html; charset=utf-8", "7bit", b"<p>Satu &amp; dua</p><script>x</script>"), "Satu & dua"),
        // broken: no end of the parts, a part without a head, an encoding that is none, a letter cut off
        (
            typed(
                "multipart/mixed; boundary=x",
                "7bit",
                b"--x\r\nContent-Type: text/plain\r\n\r\nisi tanpa akhir",
            ),
            "isi tanpa akhir",
        ),
        (typed("multipart/mixed; boundary=x", "7bit", b"tidak ada bagian"), ""),
        (typed("text/plain", "x-aneh", b"isi aneh"), "isi aneh"),
        (typed("text/plain; charset=tak-dikenal", "7bit", b"isi asing"), "isi asing"),
        (typed("text/plain", "base64", b"VGFuZ2d1bCBhbWFu**VGFuZ"), ""),
        (b"Subject: kabar\n\nbaris tanpa CR".to_vec(), "baris tanpa CR"),
        (b"Subject: kabar\r\n".to_vec(), ""),
    ];
    for (raw, expect) in cases {
        let item = one(raw.clone()).await;
        let shown = String::from_utf8_lossy(&raw).into_owned();
        if !expect.is_empty() {
            assert_eq!(item.text, expect, "{shown}");
        }
        assert_eq!(item.title.as_deref(), Some("kabar"), "{shown}");
    }
    let subject = one(b"Subject: =?gb18030?B?uumLrg==?= =?utf-8?Q?Fwd:_awas?=\r\n\r\nisi".to_vec()).await;
    assert!(subject.title.unwrap().contains("awas"));
}

#[tokio::test]
async fn dates_that_no_clock_shows_give_way_to_the_arrival() {
    let dated = |date: &str| one(format!("Subject: x\r\n{date}\r\nisi").into_bytes());
    let arrival: Timestamp = "2026-11-05T02:00:00Z".parse().unwrap();
    for date in [
        "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n",
        "Date: Thu, 1 Jan 2099 00:00:00 +0000\r\n",
        "Date: kemarin\r\n",
        "",
    ] {
        assert_eq!(dated(date).await.posted_at, Some(arrival), "{date}");
    }
    let own = dated("Date: Wed, 4 Nov 2026 10:00:00 +0700\r\n").await.posted_at;
    assert_eq!(own, Some("2026-11-04T03:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn ten_thousand_messages_come_over_several_rounds() {
    let file = secret(SECRET);
    let post = Post::with((1..=10_000).map(|uid| (uid * 3, plain(&format!("kabar nomor {uid}")))));
    let def = def(&post.start().await, &file);
    let (mut cursor, mut seen, mut rounds) = (Cursor::default(), std::collections::BTreeSet::new(), 0);
    loop {
        let fetched = round(&def, &cursor).await.unwrap();
        if fetched.captures.is_empty() {
            break;
        }
        rounds += 1;
        assert!(fetched.captures.len() <= PER_CALL * CALLS);
        for (_, item) in &fetched.captures {
            assert!(seen.insert(item.id.clone()), "twice: {}", item.text);
        }
        cursor = fetched.next;
    }
    assert_eq!((seen.len(), rounds), (10_000, 10_000 / (PER_CALL * CALLS)));
}

#[tokio::test]
async fn answers_in_another_order_go_with_their_questions() {
    let file = secret(SECRET);
    let late = |number: u32| {
        (number, Act::Late(format!("Subject: kabar {number}\r\n\r\nisi {number}").into_bytes()))
    };
    let post = Post::with([late(1), late(2), (3, plain("tiga")), late(4), (5, plain("lima"))]);
    let fetched = round(&def(&post.start().await, &file), &Cursor::default()).await.unwrap();
    let texts: Vec<&str> = fetched.captures.iter().map(|(_, item)| item.text.as_str()).collect();
    assert_eq!(texts, ["isi 1", "isi 2", "tiga", "isi 4", "lima"]);
}

#[tokio::test]
async fn of_a_huge_message_its_words_are_read() {
    let file = secret(SECRET);
    let head = "Subject: video\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
                Content-Type: text/plain\r\n\r\nVideo ini hoaks?\r\n--x\r\nContent-Type: video/mp4; name=\"rukmini.mp4\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n";
    let line = [b'A'; 76].iter().chain(b"\r\n").copied().collect::<Vec<u8>>();
    let huge = [head.as_bytes(), &line.repeat(50 * 1024 * 1024 / line.len())].concat();
    let wordless = [
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec(),
        line.repeat(30_000),
    ]
    .concat();
    let post = Post::with([(1, Act::Give(huge)), (2, Act::Give(wordless)), (3, plain("sesudahnya"))]);
    let fetched = round(&def(&post.start().await, &file), &Cursor::default()).await.unwrap();
    let texts: Vec<&str> = fetched.captures.iter().map(|(_, item)| item.text.as_str()).collect();
    assert_eq!(texts, ["Video ini hoaks?", "sesudahnya"]);
    assert!(fetched.bytes < 3 << 20, "{} bytes", fetched.bytes);
    let raw = String::from_utf8_lossy(&fetched.captures[0].0.raw);
    assert!(raw.contains("video/mp4") && raw.contains("\"cut\":true") && !raw.contains("rukmini"), "{raw}");
    assert_eq!(fetched.bad.len(), 1);
    assert_eq!((fetched.bad[0].code, fetched.bad[0].about.as_str()), (TroubleCode::EntryTooBig, "INBOX #2"));
}

#[tokio::test]
async fn a_bad_message_costs_only_itself() {
    let file = secret(SECRET);
    let lie = |length: &str| format!("* 1 FETCH (UID 2 BODY[]<0> {{{length}}}\r\npendek").into_bytes();
    let nested = |depth: usize| Act::Give("Content-Type: message/rfc822\r\n\r\n".repeat(depth).into_bytes());
    let cases = [
        (
            "a number nobody asked for",
            Act::Say(b"* 1 FETCH (UID 77 BODY[]<0> {3}\r\nabc)\r\n* 2 FETCH (???)\r\n".to_vec()),
            TroubleCode::LetterLost,
            true,
        ),
        ("empty", Act::Give(b"\r\n".to_vec()), TroubleCode::EntryEmpty, true),
        ("nothing", Act::Say(b"* 1 FETCH (UID 2 BODY[]<0> \"\")\r\n".to_vec()), TroubleCode::Entry, true),
        ("endless messages within", nested(30_000), TroubleCode::Entry, true),
        ("refused", Act::Refuse, TroubleCode::LetterLost, true),
        ("a length beyond all", Act::Close(lie("99999999999999999999")), TroubleCode::LetterLost, true),
        ("a length of 500 MB", Act::Close(lie("500000000")), TroubleCode::LetterLost, true),
        ("closed within", Act::Close(lie("5000")), TroubleCode::LetterLater, false),
        ("closed before", Act::Close(Vec::new()), TroubleCode::LetterLater, false),
        ("a line without end", Act::Close(vec![b'x'; 5 << 20]), TroubleCode::LetterLost, true),
        ("silence", Act::Hang, TroubleCode::LetterLater, false),
    ];
    let mut settings = settings();
    settings.limits.idle = Duration::from_millis(300);
    let client = Client::new(settings).unwrap();
    for (name, act, code, passed) in cases {
        let post = Post::with([(1, plain("sebelumnya")), (2, act), (3, plain("sesudahnya"))]);
        let def = def(&post.start().await, &file);
        let (mut cursor, mut texts, mut codes) = (Cursor::default(), Vec::new(), Vec::new());
        // a round ends where nothing more waits; three of them at most
        let mut rounds = 0;
        while rounds < TRIES {
            let fetched =
                step(&client, &def, &cursor).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            texts.extend(fetched.captures.iter().map(|(_, item)| item.text.clone()));
            codes.extend(fetched.bad.iter().map(|trouble| trouble.code));
            cursor = fetched.next;
            rounds += u32::from(!fetched.more);
            if texts.len() == 2 {
                break;
            }
        }
        assert_eq!(texts, ["sebelumnya", "sesudahnya"], "{name}: {codes:?}");
        assert_eq!(codes[0], code, "{name}");
        if !passed {
            assert_eq!(codes, [code, code, TroubleCode::LetterLost], "{name}");
        }
    }
}

#[tokio::test]
async fn servers_that_do_not_speak_are_told_apart() {
    let file = secret(SECRET);
    let mut settings = settings();
    settings.limits.idle = Duration::from_millis(300);
    let client = Client::new(settings).unwrap();
    let greeted = |greeting| Post { greeting: Some(greeting), ..Post::with([]) };
    let cases = [
        (greeted(""), TroubleCode::Slow),
        (greeted("* BYE sedang dirawat\r\n"), TroubleCode::Connection),
        (greeted("HTTP/1.1 400 Bad Request\r\n\r\n"), TroubleCode::Unreadable),
        (Post { refusal: "NO [UNAVAILABLE] nanti", ..Post::with([]) }, TroubleCode::Connection),
        (Post { refusal: "NO sandi salah, señor", ..Post::with([]) }, TroubleCode::Password),
        (Post { refusal: "BAD", ..Post::with([]) }, TroubleCode::Password),
    ];
    let wrong = secret("salah-sekali");
    for (post, code) in cases {
        let file = if code == TroubleCode::Slow { &file } else { &wrong };
        let error = step(&client, &def(&post.start().await, file), &Cursor::default()).await.unwrap_err();
        assert_eq!(error.trouble().code, code, "{error}");
        assert!(!format!("{error} {error:?}").contains("salah-sekali"), "{error}");
        assert!(!error.trouble().about.is_empty());
    }
    let url = Post::with([]).start().await;
    let error = step(&client, &def(&url.replace("INBOX", "Aduan%20warga"), &file), &Cursor::default())
        .await
        .unwrap_err();
    assert!(error.permanent() && error.to_string().contains("no folder Aduan warga"), "{error}");
    assert!(step(&client, &def(&url, &file), &Cursor::default()).await.unwrap().captures.is_empty());
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error =
        step(&client, &def(&format!("imap://a@{dead}/"), &file), &Cursor::default()).await.unwrap_err();
    assert!(matches!(error, FetchError::Connection { .. }), "{error}");
}

#[tokio::test]
async fn addresses_and_secrets_that_will_not_do_say_so() {
    let file = secret(SECRET);
    for (url, says) in [
        ("imaps://mail.example/INBOX", "%40"),
        ("imaps://kotak:geheim@mail.example/INBOX", "password_file"),
        ("https://mail.example/", "imaps://USER@HOST"),
        ("imaps://kotak@mail.example/Kotak%0DMasuk", "no letters"),
        ("imaps://kotak@/INBOX", ""),
    ] {
        let error = step(&client(), &def(url, &file), &Cursor::default()).await.unwrap_err();
        let told = format!("{error} {:?}", error.trouble());
        assert!(error.trouble().code == TroubleCode::Address && told.contains(says), "{url}: {told}");
        assert!(!told.contains("geheim"), "{told}");
    }
    // a public mail port is open to mail alone, an inside one to nobody
    let inside =
        step(&client(), &def("imaps://kotak@10.1.2.3/INBOX", &file), &Cursor::default()).await.unwrap_err();
    assert!(matches!(inside, FetchError::Refused { .. }), "{inside}");
    let web = client().get("https://1.1.1.1:993/", &crate::client::Conditions::default()).await.unwrap_err();
    assert!(matches!(web, FetchError::Refused { .. }), "{web}");
    let url = "imap://kotak@127.0.0.1:9/INBOX";
    let none = SourceDef { password_file: None, ..def(url, &file) };
    let gone = SourceDef { password_file: Some("/tidak/ada".into()), ..def(url, &file) };
    assert!(
        step(&client(), &none, &Cursor::default()).await.unwrap_err().to_string().contains("password_file")
    );
    assert!(matches!(step(&client(), &gone, &Cursor::default()).await, Err(FetchError::File { .. })));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = step(&client(), &def(url, &file), &Cursor::default()).await.unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[test]
fn no_damage_to_a_message_upsets_the_reader() {
    let fixtures: [&[u8]; 3] = [
        include_bytes!("../../../fixtures/mailbox/forwarded.eml"),
        include_bytes!("../../../fixtures/mailbox/outlook.eml"),
        include_bytes!("../../../fixtures/mailbox/attached.eml"),
    ];
    let nested: String = (0..9_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n"))
        .collect();
    for line in [
        "--",
        "Dari: Siti Aminah <siti@surel.example>",
        "Untuk:",
        "Siti Aminah",
        "> ",
        "[4/11/26, 20.10] Siti: ya",
        "<div><b>",
    ] {
        let long = format!(
            "Content-Type: text/html\r\n\r\n{}",
            format!("{line}\n").repeat((1 << 17) / (line.len() + 1))
        );
        assert!(letter::read(long.as_bytes()).is_ok(), "{line}");
        assert!(letter::read(long.replacen("html", "plain", 1).as_bytes()).is_ok(), "{line}");
    }
    assert!(letter::read(nested.as_bytes()).is_ok());
    for whole in fixtures {
        for at in (0..whole.len()).step_by(5) {
            let _ = letter::read(&whole[..at]);
            for byte in [0, b'\n', b'-', b'=', 0xff] {
                let mut hurt = whole.to_vec();
                hurt[at] = byte;
                assert!(letter::read(&hurt).is_ok(), "byte {at} as {byte}");
            }
        }
    }
}
