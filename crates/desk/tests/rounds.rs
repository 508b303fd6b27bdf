//! The log of rounds, and going on and off duty.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::Bed;

#[tokio::test]
async fn a_missed_round_is_shown_and_says_so() {
    let bed = Bed::new().await;
    let (status, body) = bed.signed_in("audit").await.get("/ronde").await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "1 terlewat",
        "Terlewat: tidak dijalankan",
        "Terputus",
        "Berikutnya 15.00 WIB (regu siang)",
        "Regu pagi",
    ] {
        assert!(body.contains(words), "{words}");
    }
    assert!(!body.contains("action=\"/ronde/tugas\""), "an auditor goes on no duty");
    let (_, yesterday) = bed.signed_in("audit").await.get("/ronde?tanggal=2026-11-23").await;
    assert!(yesterday.contains("Tidak ada putaran pada hari ini."));
}

#[tokio::test]
async fn a_round_names_each_source_with_what_it_gave() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("dewi").await;
    let (_, list) = browser.get("/ronde").await;
    let path = list.split("href=\"").find(|part| part.starts_with("/ronde/r")).unwrap();
    let (status, body) = browser.get(path.split('"').next().unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    for words in ["Warta Sukamaju", "Gagal dibaca", "kabar-timur.example", "Diam"] {
        assert!(body.contains(words), "{words}");
    }
    let (status, _) = bed.signed_in("asing").await.get(path.split('"').next().unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a round of another office");
}

#[tokio::test]
async fn duty_passes_from_one_to_the_next_with_a_note() {
    let bed = Bed::new().await;
    let mut dewi = bed.signed_in("dewi").await;
    let (_, body) = dewi.get("/ronde").await;
    assert!(body.contains("Isu sumur beracun mulai ramai") && body.contains("Bagus Prakoso, sejak"));
    assert!(body.contains("action=\"/ronde/tugas\"") && !body.contains("action=\"/ronde/serah\""));
    let (_, refused) = dewi.post("/ronde/serah", &[("catatan", "tulisan saya")]).await;
    assert!(
        refused.contains("Anda tidak tercatat bertugas") && refused.contains("tulisan saya"),
        "nothing is lost"
    );
    assert_eq!(dewi.post("/ronde/tugas", &[]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(
        dewi.post("/ronde/serah", &[("catatan", "Semua <b>tenang</b>.")]).await.0,
        StatusCode::SEE_OTHER
    );
    let (_, body) = dewi.get("/ronde").await;
    assert!(body.contains("Semua &#60;b&#62;tenang"), "a note is text");
    assert!(!body.contains("Dewi Larasati, sejak"));
}
