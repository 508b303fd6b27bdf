//! Pages, data feeds, feeds and WordPress of an invented fact-checker, well and badly made.

use super::title::{self, Told};
use crate::bed::{self, Play, Server, client, now, round};
use crate::sources::{checks, discover};
use saring_domain::{Claim, Cursor, Fetched, Rating, SourceDef, SourceKind};
use serde_json::json;

const PAGE: &str = include_str!("../../../fixtures/claim_review/page.html");
const DATA_FEED: &str = include_str!("../../../fixtures/claim_review/data_feed.json");
const INTERFACE: &str = include_str!("../../../fixtures/claim_review/interface.json");

fn def(url: &str) -> SourceDef {
    SourceDef::new("periksa", "Periksa Lereng", SourceKind::ClaimReview, url)
}

async fn serving(media_type: &'static str, body: impl Into<Vec<u8>>) -> Server {
    let body = body.into();
    Server::start(move |asked| (asked.path == "/cek").then(|| Play::page(media_type, body.clone()))).await
}

async fn read(server: &Server) -> Fetched {
    round(&*bed::source(&def(&server.url("/cek"))), &Cursor::default()).await.unwrap()
}

/// Title, verdict and day of every claim.
fn lines(claims: &[Claim]) -> Vec<String> {
    let line = |claim: &Claim| {
        let day = claim.date.map(|day| day.to_string()).unwrap_or_default();
        format!("{} | {} | {day}", claim.title, claim.verdict.as_deref().unwrap_or_default())
    };
    claims.iter().map(line).collect()
}

#[tokio::test]
async fn every_check_of_a_page_is_read_and_bad_ones_are_told() {
    let fetched = read(&serving("text/html", PAGE).await).await;
    assert!(fetched.captures.is_empty(), "checks are no items");
    assert_eq!(
        lines(&fetched.claims),
        [
            "Air sumur Karangjati beracun sejak gempa | Salah | 2026-11-20",
            "Pasar Sukamaju ditutup sebulan | half true (Setengahnya tepat) | ",
            "Retribusi pasar naik tiga kali | true | ",
        ]
    );
    let first = &fetched.claims[0];
    assert!(first.url.as_deref().is_some_and(|url| url.ends_with("/cek/air-sumur")), "{first:?}");
    assert_eq!(first.text, "Hasil uji puskesmas menunjukkan air layak minum. Warga dapat memakai sumur.");
    let ids: std::collections::BTreeSet<&str> =
        fetched.claims.iter().map(|claim| claim.id.as_str()).collect();
    assert_eq!(ids.len(), 3, "two checks at one address are two claims");
    assert_eq!(fetched.claims[1].rating(), Rating::Misleading);
    let told: Vec<&str> = fetched.bad.iter().map(|trouble| trouble.code.key()).collect();
    assert_eq!(told, ["entry", "entry", "entry", "entry-empty", "entry"], "{:?}", fetched.bad);
    let all = format!("{:?} {:?}", fetched.claims, fetched.bad);
    for name in ["Wagiman", "Rukmini", "@", "wagiman"] {
        assert!(!all.contains(name), "{name} in {all}");
    }
}

#[tokio::test]
async fn data_feeds_and_interfaces_give_their_checks() {
    let fetched = read(&serving("application/json", DATA_FEED).await).await;
    assert_eq!(
        lines(&fetched.claims),
        [
            "Air sumur Karangjati beracun sejak gempa | Salah | 2026-11-20",
            "Jembatan Watulawang ambruk | partly false | 2026-11-21",
        ]
    );
    assert_eq!(fetched.bad.len(), 1, "{:?}", fetched.bad);
    let fetched = read(&serving("application/json", INTERFACE).await).await;
    assert_eq!(lines(&fetched.claims), ["Sekolah di Sukamaju libur dua bulan | Hoaks | 2026-11-19"]);
    let list =
        json!([{"claimReviewed": "Kabar satu", "url": "https://periksa.example/1"}, 5, [null]]).to_string();
    assert_eq!(lines(&read(&serving("application/json", list).await).await.claims), ["Kabar satu |  | "]);
}

#[tokio::test]
async fn an_unchanged_document_makes_no_work_and_a_changed_one_is_read() {
    let server = serving("application/json", DATA_FEED).await;
    let source = bed::source(&def(&server.url("/cek")));
    let first = source.fetch(&Cursor::default(), now()).await.unwrap();
    let again = source.fetch(&first.next, now()).await.unwrap();
    assert_eq!((again.claims.len(), again.unchanged, &again.next), (0, true, &first.next));
    let changed = serving("application/json", DATA_FEED.replace("\"Salah\"", "\"Benar\"")).await;
    let fetched = bed::source(&def(&changed.url("/cek"))).fetch(&first.next, now()).await.unwrap();
    assert_eq!(
        (fetched.claims[0].verdict.as_deref(), &fetched.claims[0].id),
        (Some("Benar"), &first.claims[0].id)
    );
}

#[tokio::test]
async fn a_feed_leads_to_its_pages_and_titles_tell_where_pages_do_not() {
    let server = Server::start(|asked| {
        let host = asked.header("host")?.to_owned();
        let item = |path: &str, title: &str| {
            format!(
                "<item><guid>{path}</guid><title>{title}</title><link>http://{host}{path}</link>\
                 <pubDate>Fri, 20 Nov 2026 09:00:00 +0700</pubDate><description>Isi.</description></item>"
            )
        };
        let items = [
            item("/a", "Air sumur Karangjati"),
            item("/b", "[HOAKS] Lumbung desa dibakar"),
            item("/c", "Warga kerja bakti"),
        ];
        Some(match asked.path.as_str() {
            "/cek" => Play::page(
                "application/rss+xml",
                format!("<rss version='2.0'><channel>{}</channel></rss>", items.concat()),
            ),
            "/a" => Play::page("text/html", PAGE),
            _ => return None,
        })
    })
    .await;
    let source = bed::source(&def(&server.url("/cek")));
    let fetched = round(&*source, &Cursor::default()).await.unwrap();
    assert_eq!(lines(&fetched.claims)[3], "Lumbung desa dibakar | HOAKS | 2026-11-20");
    assert_eq!((fetched.claims.len(), fetched.captures.len()), (4, 0));
    assert!(fetched.bad.iter().any(|trouble| trouble.code.key() == "pages"), "{:?}", fetched.bad);
    let asked = server.asked().len();
    let again = round(&*source, &fetched.next).await.unwrap();
    assert_eq!(
        (again.claims.len(), server.asked().len() - asked),
        (0, 1),
        "pages that are known are not read again"
    );
}

#[tokio::test]
async fn a_fact_checkers_wordpress_tells_its_checks_by_their_titles() {
    let post = |id: u32, title: &str, body: &str| {
        json!({"id": id, "date_gmt": "2026-11-20T01:00:00", "modified_gmt": "2026-11-20T01:00:00",
               "link": format!("https://periksa.example/{id}"), "title": {"rendered": title}, "content": {"rendered": body}})
    };
    let body = "<p>Beredar unggahan akun Wagiman Pradopo.</p><p>Kesimpulan</p><p>Air layak minum. Akun Wagiman Pradopo \
                menghapus unggahannya.</p><p>Referensi</p><p>https://periksa.example</p>";
    let posts = json!([
        post(3, "[SALAH] &#8220;Air sumur beracun&#8221;", body),
        post(2, "CEK FAKTA: Tidak Benar Pasar Ditutup Sebulan", ""),
        post(1, "Pelatihan menulis untuk warga", "<p>Mari ikut.</p>"),
    ]);
    let server = Server::start(move |asked| {
        asked
            .path
            .starts_with("/wp-json/wp/v2/posts")
            .then(|| Play::page("application/json", posts.to_string()))
    })
    .await;
    let wordpress = SourceDef { kind: SourceKind::WordPress, ..def(&server.url("/wp-json/")) };
    assert!(checks(&round(&*bed::source(&wordpress), &Cursor::default()).await.unwrap()));
    let fetched = round(&*bed::source(&def(&server.url("/wp-json/"))), &Cursor::default()).await.unwrap();
    assert_eq!(
        lines(&fetched.claims),
        ["Pasar Ditutup Sebulan | Tidak Benar | 2026-11-20", "Air sumur beracun | SALAH | 2026-11-20"]
    );
    assert_eq!(fetched.claims[1].text, "Air layak minum.");
}

#[test]
fn titles_tell_claim_and_verdict() {
    let told =
        |title: &str| title::read(title).map(|Told { claim, verdict }| (claim, verdict.unwrap_or_default()));
    for (title, claim, verdict) in [
        ("[SALAH] Lumbung dibakar", "Lumbung dibakar", "SALAH"),
        ("(Hoaks) Lumbung dibakar", "Lumbung dibakar", "Hoaks"),
        ("[HOAKS] [DISINFORMASI] Lumbung dibakar", "Lumbung dibakar", "HOAKS"),
        ("SALAH: Lumbung dibakar", "Lumbung dibakar", "SALAH"),
        ("Hoaks! Lumbung dibakar", "Lumbung dibakar", "Hoaks"),
        ("[Cek Fakta] Benarkah lumbung dibakar?", "Benarkah lumbung dibakar?", ""),
        ("CEK FAKTA: Hoaks Lumbung Dibakar", "Lumbung Dibakar", "Hoaks"),
        ("Cek Fakta: [KLARIFIKASI] Lumbung dibakar", "[KLARIFIKASI] Lumbung dibakar", ""),
        ("Cek Fakta | Keliru, Klaim Lumbung Dibakar", "Lumbung Dibakar", "Keliru"),
        ("Periksa Fakta: Menyesatkan, Video lumbung", "Video lumbung", "Menyesatkan"),
    ] {
        assert_eq!(told(title), Some((claim.to_owned(), verdict.to_owned())), "{title}");
    }
    for title in [
        "Hoaks Makin Marak di Grup Warga",
        "Salah Paham di Pasar Berakhir Damai",
        "[VIDEO] Lumbung desa",
        "Cek Fakta",
        "[SALAH]",
        "Cek faktanya di sini",
        "",
        "ſALAH: x",
    ] {
        assert_eq!(told(title), None, "{title}");
    }
}

#[tokio::test]
async fn what_is_no_check_is_refused_with_the_reason() {
    let error = async |media_type: &'static str, body: &str| {
        let server = serving(media_type, body).await;
        bed::source(&def(&server.url("/cek"))).fetch(&Cursor::default(), now()).await.unwrap_err()
    };
    let html = "<!doctype html><html><body>Masuk dahulu</body></html>";
    assert!(error("application/json", html).await.to_string().contains("says that it is JSON"));
    assert!(error("text/html", html).await.to_string().contains("no ClaimReview"));
    assert!(error("application/json", "{\"a\":").await.to_string().contains("broken JSON"));
    assert!(error("application/json", &"[".repeat(100_000)).await.to_string().contains("broken JSON"));
    assert!(error("application/json", "[]").await.to_string().contains("no ClaimReview"));
}

#[tokio::test]
async fn every_fault_is_told() {
    bed::meets_every_fault(|url| def(&format!("{url}/cek"))).await;
    bed::meets_every_fault(|url| def(&format!("{url}/wp-json/"))).await;
}

#[tokio::test]
async fn an_address_with_checks_is_recognised() {
    for (media_type, body) in [("text/html", PAGE), ("application/json", DATA_FEED)] {
        let server = serving(media_type, body).await;
        let leads = discover(&client(), &server.url("/cek"), now()).await.unwrap();
        assert_eq!(leads.iter().map(|lead| lead.kind).collect::<Vec<_>>(), [SourceKind::ClaimReview]);
    }
}
