//! Sources at the desk: tried, added, paused, taken away; by whom, and what is refused.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use async_trait::async_trait;
use axum::http::StatusCode;
use bed::{Bed, now};
use saring_desk::{Example, Sample, SourceTrier, Tried};
use saring_domain::{SourceDef, SourceKind, Trouble, TroubleCode};
use saring_store::traits::Captures as _;
use std::sync::Arc;

/// The web as the desk sees it: one news site, one page of an account, and a site that answers never again.
struct Web;

fn trouble(code: TroubleCode, about: &str) -> Trouble {
    Trouble { code, about: about.into(), detail: "x".into(), message: "x".into() }
}

#[async_trait]
impl SourceTrier for Web {
    async fn look(&self, address: &str, zone: Option<&str>) -> Result<Vec<Tried>, Trouble> {
        if address.contains("/@") {
            return Err(trouble(TroubleCode::Person, address));
        }
        assert_eq!(zone, Some("WITA"));
        let feed = SourceDef::new("x", "x", SourceKind::Feed, "https://warta.example/feed/");
        let broken = trouble(TroubleCode::Broken, "warta.example");
        let lead = |kind, url: &str, read| Tried { kind, url: url.into(), read };
        Ok(vec![
            lead(SourceKind::Feed, &feed.url, self.read(&feed).await),
            lead(SourceKind::Sitemap, "https://warta.example/", Err(broken)),
            lead(SourceKind::Mailbox, "imaps://surel.example/", Ok(Sample::default())),
        ])
    }

    async fn read(&self, def: &SourceDef) -> Result<Sample, Trouble> {
        if def.url.contains("mati") {
            return Err(trouble(TroubleCode::Name, "mati.example"));
        }
        let example = Example { at: Some(now()), text: "Harga cabai <b>naik</b>".into(), verdict: None };
        Ok(Sample { entries: 12, examples: vec![example], ..Sample::default() })
    }
}

async fn bed() -> Bed {
    Bed::with(|config| config.trier = Some(Arc::new(Web))).await
}

const ADDED: [(&str, &str); 6] = [
    ("jenis", "feed"),
    ("alamat", "https://warta.example/feed/"),
    ("zona", "WITA"),
    ("nama", "Warta Lereng"),
    ("tiap", "15"),
    ("halaman", "ya"),
];

async fn def(bed: &Bed, name: &str) -> Option<SourceDef> {
    let all = bed.store.sources(now()).await.unwrap();
    all.into_iter().map(|source| source.def).find(|def| def.name == name)
}

#[tokio::test]
async fn an_administrator_tries_an_address_and_adds_what_it_gives() {
    let bed = bed().await;
    let mut browser = bed.signed_in("pengelola").await;
    let (_, page) = browser.get("/sumber").await;
    assert!(page.contains("href=\"/sumber/baru\""));
    let (status, page) = browser.get("/sumber/baru").await;
    assert!(status.is_success() && page.contains("name=\"alamat\"") && page.contains("jam kantor (WIB)"));
    let (status, page) = browser.post("/sumber/coba", &[("alamat", "warta.example"), ("zona", "WITA")]).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "3 cara",
        "Umpan",
        "Memberi 12 kiriman",
        "cabai &#60;b&#62;naik",
        "warta.example",
        "<option selected>WITA",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert_eq!(page.matches("action=\"/sumber\"").count(), 1, "only what was read and may be added here");
    assert!(def(&bed, "Warta Lereng").await.is_none(), "trying stores nothing");
    let (status, _) = browser.post("/sumber", &ADDED).await;
    assert_eq!((status, browser.location()), (StatusCode::SEE_OTHER, "/sumber?baru=tambah"));
    let added = def(&bed, "Warta Lereng").await.unwrap();
    assert_eq!(
        (added.id.as_str(), added.every_minutes, added.zone.as_deref()),
        ("warta-example", 15, Some("WITA"))
    );
    assert!(added.article_pages && added.kind == SourceKind::Feed);
    let (_, page) = browser.get("/sumber?baru=tambah").await;
    for part in
        ["Sumber ditambahkan", "tiap 15 menit · WITA", "Ditambahkan Pengelola Uji", "Tertulis di saring.toml"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let (status, page) = browser.post("/sumber", &ADDED).await;
    assert!(status == StatusCode::CONFLICT && page.contains("sudah dibaca"), "{page}");
}

#[tokio::test]
async fn a_source_is_paused_resumed_and_removed() {
    let bed = bed().await;
    let mut browser = bed.signed_in("sri").await;
    browser.post("/sumber", &ADDED).await;
    for (word, says) in
        [("jeda", "menjedanya"), ("lanjut", "Menunggu putaran pertama"), ("hapus", "Sumber dihapus")]
    {
        let (status, _) = browser.post("/sumber/warta-example", &[("ubah", word)]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{word}");
        let told = browser.location().to_owned();
        let (_, page) = browser.get(&told).await;
        assert!(page.contains(says), "{says} is not in {page}");
    }
    assert!(def(&bed, "Warta Lereng").await.is_none());
    let configured = bed.store.sources(now()).await.unwrap().remove(0).def.id;
    let path = format!("/sumber/{configured}");
    assert_eq!(
        browser.post(&path, &[("ubah", "hapus")]).await.0,
        StatusCode::CONFLICT,
        "it stands in the settings"
    );
    assert_eq!(browser.post("/sumber/lain", &[("ubah", "jeda")]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_may_not_be_read_is_refused_with_the_reason() {
    let bed = bed().await;
    let mut browser = bed.signed_in("pengelola").await;
    for (address, says) in [
        ("file:///etc/passwd", "bukan alamat web"),
        ("https://sri:geheim@warta.example/", "kata sandi"),
        ("https://lereng.example/@rukmini", "satu akun"),
    ] {
        let (_, page) = browser.post("/sumber/coba", &[("alamat", address), ("zona", "WITA")]).await;
        assert!(page.contains(says) && !page.contains("action=\"/sumber\""), "{says} is not in {page}");
    }
    // a form that was made by hand: neither a file of this machine, nor what cannot be read
    for (kind, url, status) in [
        ("file", "/etc/passwd", StatusCode::CONFLICT),
        ("mailbox", "imaps://surel.example/", StatusCode::CONFLICT),
        ("feed", "https://mati.example/feed", StatusCode::UNPROCESSABLE_ENTITY),
        ("apa", "https://warta.example/", StatusCode::BAD_REQUEST),
    ] {
        let before = bed.store.sources(now()).await.unwrap().len();
        let form = [("jenis", kind), ("alamat", url), ("nama", "X"), ("tiap", "30")];
        assert_eq!(browser.post("/sumber", &form).await.0, status, "{url}");
        assert_eq!(bed.store.sources(now()).await.unwrap().len(), before, "{url}");
    }
    let (_, page) = bed.signed_in("dewi").await.get("/sumber").await;
    assert!(!page.contains("/sumber/baru") && !page.contains("name=\"ubah\""), "an operator only looks");
}

#[tokio::test]
async fn without_a_contact_nothing_is_tried() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("pengelola").await;
    assert!(browser.get("/sumber/baru").await.1.contains("patrol.contact"));
    let (status, page) = browser.post("/sumber/coba", &[("alamat", "warta.example")]).await;
    assert!(status == StatusCode::CONFLICT && page.contains("patrol.contact"), "{page}");
}
