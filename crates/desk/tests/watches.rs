//! Watches at the desk: opened, agreed to by another person, looked at, ended.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::{Bed, now};
use saring_domain::{Span, Watch};
use saring_store::traits::{Captures as _, Watches as _};
use saring_store::views::Watched;

const GOOD: [(&str, &str); 4] = [
    ("istilah", "air pdam\nPDAM beracun"),
    ("tujuan", "Kabar air beracun"),
    ("alasan", ""),
    ("sampai", "2026-12-01"),
];

/// Opens a watch as Dewi; gives the address of its page.
async fn opened(bed: &Bed) -> String {
    let mut dewi = bed.signed_in("dewi").await;
    let (status, _) = dewi.post("/pantauan", &GOOD).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    dewi.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_claim_becomes_a_watch_in_one_click_and_runs_when_another_person_agrees() {
    let bed = Bed::new().await;
    let mut dewi = bed.signed_in("dewi").await;
    let link = "/pantauan/baru?klaim=k-air";
    assert!(dewi.get("/klaim").await.1.contains(link) && dewi.get("/klaim/k-air").await.1.contains(link));
    let (_, form) = dewi.get(link).await;
    for part in [
        "meracuni air",
        "PDAM meracuni air ledeng warga Madiun",
        "value=\"2026-12-08\"",
        "name=\"klaim\" value=\"k-air\"",
    ] {
        assert!(form.contains(part), "{part} is not in {form}");
    }
    dewi.post("/pantauan", &[&GOOD[..], &[("klaim", "k-air")]].concat()).await;
    let page = dewi.location().split('?').next().unwrap().to_owned();
    let (_, body) = dewi.get(&page).await;
    assert!(body.contains("Menunggu persetujuan") && !body.contains("value=\"setuju\""), "{body}");
    let word = format!("{page}/putusan");
    let (status, _) = dewi.post(&word, &[("putusan", "setuju")]).await;
    assert_eq!(status, StatusCode::CONFLICT, "nobody approves their own watch");
    let mut bagus = bed.signed_in("bagus").await;
    assert!(bagus.get(&page).await.1.contains("value=\"setuju\""));
    assert_eq!(bagus.post(&word, &[("putusan", "setuju")]).await.0, StatusCode::SEE_OTHER);
    let running = bed.store.running_watches(now()).await.unwrap();
    assert_eq!(running[0].draft.claim, Some("k-air".into()));
    let (_, list) = bed.signed_in("audit").await.get("/pantauan").await;
    assert!(list.contains("1 berjalan, 0 menunggu") && !list.contains("/pantauan/baru"), "{list}");
    bagus.post(&word, &[("putusan", "akhiri")]).await;
    assert!(bagus.get(&page).await.1.contains("Diakhiri Bagus Prakoso"));
    assert!(bed.store.running_watches(now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_bad_form_is_refused_field_by_field_and_nothing_is_lost() {
    let bed = Bed::new().await;
    let mut dewi = bed.signed_in("dewi").await;
    let bad = [
        ("istilah", "@warga\n0812 3456 7890\nBupati Sukamaju\nair pdam"),
        ("tujuan", ""),
        ("alasan", ""),
        ("sampai", "2027-05-01"),
    ];
    let (status, body) = dewi.post("/pantauan", &bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "5 hal perlu diperbaiki",
        "“@warga” menunjuk sebuah akun",
        "“0812 3456 7890” nomor milik seseorang",
        "“Bupati Sukamaju” menyebut tokoh",
        "Tulis tujuannya.",
        "paling jauh 30 hari",
        "air pdam</textarea>",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(bed.store.watches(&"sukamaju".into()).await.unwrap().is_empty());
    let named =
        [("istilah", "Bupati Sukamaju"), ("tujuan", "akun palsu"), ("alasan", "dicatut penipu"), GOOD[3]];
    assert_eq!(dewi.post("/pantauan", &named).await.0, StatusCode::SEE_OTHER);
    assert_eq!(dewi.post("/pantauan", &[]).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(dewi.get("/pantauan/baru?klaim=tidak-ada").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_caught_is_shown_masked_and_what_was_missed_is_looked_at() {
    let bed = Bed::new().await;
    let page = opened(&bed).await;
    let mut bagus = bed.signed_in("bagus").await;
    bagus.post(&format!("{page}/putusan"), &[("putusan", "setuju")]).await;
    let id = page.rsplit('/').next().unwrap();
    let (items, _) = bed.store.kept_items(0, 5).await.unwrap();
    for (at, (item, _)) in items.iter().enumerate() {
        let hit = Watched {
            watch: id.into(),
            caught: at == 0,
            spans: vec![Span { start: 0, end: 3 }],
            words: vec!["sumur".into(), "pdam".into()],
        };
        bed.store.save_watched(&[(item.id.clone(), vec![hit])], now()).await.unwrap();
    }
    let (_, body) = bagus.get(&page).await;
    let first: String = items[0].0.full_text().chars().take(3).collect();
    assert!(
        body.contains(&format!("<mark>{first}</mark>")) && body.contains("1 kiriman tertangkap"),
        "{body}"
    );
    assert!(body.contains("Belum diketahui") && body.contains("<rect"));
    let names: Vec<String> = items[1..3].iter().map(|(item, _)| format!("butir-{}", item.id)).collect();
    assert!(names.iter().all(|name| body.contains(name)), "the sample shows them");
    let check = format!("{page}/cek");
    assert_eq!(bagus.post(&check, &[]).await.0, StatusCode::CONFLICT, "nothing was said");
    let said: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "ya")).collect();
    assert_eq!(bagus.post(&check, &said).await.0, StatusCode::SEE_OTHER);
    let (_, body) = bagus.get(&page).await;
    // one caught, all of four misses about it as far as anybody looked
    for part in ["kira-kira 20 %", "2 terbukti luput", "<li>sumur</li>"] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(!body.contains("<li>pdam</li>"), "a term has it already");
    assert_eq!(bagus.post(&check, &said).await.0, StatusCode::CONFLICT, "looked at already");
    // what it caught is marked, counted and taken back
    let item = items[0].0.id.as_str();
    let tanda = format!("{page}/tanda");
    let mark = |word: &'static str| {
        [("butir", item.to_owned()), ("nilai", word.to_owned()), ("hal", "1".to_owned())]
    };
    let form = mark("tidak");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(bagus.post(&tanda, &form).await.0, StatusCode::SEE_OTHER);
    assert_eq!(bagus.post(&tanda, &form).await.0, StatusCode::CONFLICT, "said already");
    let (_, body) = bagus.get(&format!("{page}?baru=tidak&butir={item}")).await;
    for part in ["Tepat 0 %: semua yang tertangkap sudah dinilai", "Ditandai tidak relevan", "data-key=\"Z\""]
    {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    let form = mark("batal");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(bagus.post(&tanda, &form).await.0, StatusCode::SEE_OTHER);
    assert!(bagus.get(&page).await.1.contains("belum diketahui: tandai"));
    assert_eq!(bed.signed_in("asing").await.post(&tanda, &form).await.0, StatusCode::NOT_FOUND);
    let mut stranger = bed.signed_in("asing").await;
    assert_eq!(stranger.get(&page).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        stranger.post(&format!("{page}/putusan"), &[("putusan", "akhiri")]).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_report_counts_watches_and_sources_show_what_they_follow() {
    let bed = Bed::new().await;
    let mut dewi = bed.signed_in("dewi").await;
    assert!(!dewi.get("/laporan/2026-11-24").await.1.contains("Berjalan pada akhir hari"));
    opened(&bed).await;
    assert!(dewi.get("/laporan/2026-11-24").await.1.contains("Berjalan pada akhir hari"));
    let mut sources: Vec<_> =
        bed.store.sources(now()).await.unwrap().into_iter().map(|source| source.def).collect();
    sources[0].watch = Some(Watch {
        terms: vec!["tanggul jebol".into()],
        purpose: "kabar tanggul".into(),
        owner: "Sri".into(),
        approved_by: "Bagus".into(),
        until: "2026-11-30".parse().unwrap(),
        reason: None,
    });
    bed.store.set_sources(&sources).await.unwrap();
    let (_, list) = dewi.get("/pantauan").await;
    for part in ["tanggul jebol", "diminta Sri, disetujui Bagus", "saring.toml"] {
        assert!(list.contains(part), "{part} is not in {list}");
    }
}
