//! The officer's path through the desk.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::{Bed, PASSWORD, now};
use saring_domain::Queue;
use saring_store::traits::{Cases, People};
use saring_store::views::Credentials;

#[tokio::test]
async fn signing_in_leads_to_the_page_asked_for() {
    let bed = Bed::new().await;
    let mut browser = bed.browser();
    browser.get("/antrean?antrean=hoax").await;
    assert_eq!(browser.location(), "/masuk?ke=%2Fantrean%3Fantrean%3Dhoax");
    let there = browser.location().to_owned();
    let (_, page) = browser.get(&there).await;
    assert!(page.contains("Kata sandi"), "{page}");
    let fields = [("login", "Dewi "), ("sandi", PASSWORD), ("ke", "/antrean?antrean=hoax")];
    let (status, _) = browser.post("/masuk", &fields).await;
    assert_eq!((status, browser.location()), (StatusCode::SEE_OTHER, "/antrean?antrean=hoax"));
    let (status, page) = browser.get("/antrean?antrean=hoax").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Air PDAM") && page.contains("0,93") && page.contains("Kecamatan Karangan"));
    assert!(!page.contains("0812-3456-7890") && !page.contains("@warga_karangan01"), "masked");
    assert!(!page.contains("usir saja"), "another queue");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_says_the_same_of_every_login() {
    let bed = Bed::new().await;
    let mut said = Vec::new();
    for login in ["dewi", "tidak-ada"] {
        let mut browser = bed.browser();
        browser.get("/masuk").await;
        let (status, page) = browser.post("/masuk", &[("login", login), ("sandi", "salah-sekali-ini")]).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        said.push(page.split("role=\"alert\">").nth(1).unwrap().split('<').next().unwrap().to_owned());
    }
    assert_eq!(said[0], said[1]);
    for _ in 0..8 {
        bed.store.count_failure(&format!("login:{}", bucket("sri")), now()).await.unwrap();
    }
    let mut browser = bed.browser();
    browser.get("/masuk").await;
    let (status, _) = browser.post("/masuk", &[("login", "sri"), ("sandi", PASSWORD)]).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "even the right password waits");
}

fn bucket(login: &str) -> String {
    saring_domain::ids::hex(&saring_desk::sha256_of(login))[..16].to_owned()
}

#[tokio::test]
async fn a_one_time_link_works_once() {
    let bed = Bed::new().await;
    let link =
        saring_desk::one_time_link(&bed.store, &"p-dewi".into(), jiff::SignedDuration::from_mins(5), now())
            .await
            .unwrap();
    for wanted in [StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED] {
        let mut browser = bed.browser();
        assert_eq!(browser.get(&link).await.0, StatusCode::OK, "looking does not use it up");
        assert_eq!(browser.post(&link, &[]).await.0, wanted);
    }
}

#[tokio::test]
async fn a_decision_leads_on_and_can_be_taken_back() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("dewi").await;
    let case = bed.case_with("PDAM").await;
    let (status, page) = browser.get(&format!("/kasus/{case}")).await;
    assert_eq!(status, StatusCode::OK);
    for wanted in [
        "PDAM tidak meracuni air",
        "tempat: karangan di teks, madiun di klaim",
        "class=\"m m-claim\"",
        "href=\"#sebab-1\"",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    let fields = [("kode", "known_hoax"), ("klaim", "k-air"), ("catatan", "pesan lama"), ("lanjut", "kasus")];
    let (status, _) = browser.post(&format!("/kasus/{case}/putusan"), &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let next = browser.location().to_owned();
    assert!(next.starts_with("/kasus/k") && !next.contains(&case), "{next}");
    let (_, page) = browser.get(&next).await;
    assert!(page.contains("Keputusan tersimpan: Hoaks dikenal."), "{page}");
    assert!(!bed.cases(Queue::Hoax).await.contains(&case));
    let undo = page.split("action=\"/putusan/").nth(1).unwrap().split('"').next().unwrap();
    browser.post(&format!("/putusan/{undo}"), &[]).await;
    assert_eq!(browser.location(), format!("/kasus/{case}?baru=batal"));
    assert!(bed.cases(Queue::Hoax).await.contains(&case));
    let history = bed.store.case(&"sukamaju".into(), &case.as_str().into()).await.unwrap().history;
    assert!(history.iter().any(|event| event.what == "undone"));
}

#[tokio::test]
async fn leaving_alone_is_one_press_with_the_reason_that_fits() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("dewi").await;
    let (_, page) = browser.get("/antrean?antrean=hate").await;
    let row = page.split("data-row").find(|row| row.contains("pencitraan")).unwrap();
    assert!(row.contains("value=\"R01\"") && row.contains("Dilindungi: kritik"), "{row}");
    assert!(!row.contains("value=\"hate_review\""), "protected speech is not escalated from the list");
    let case = bed.case_with("pencitraan").await;
    browser
        .post(
            &format!("/kasus/{case}/putusan"),
            &[("kode", "leave_alone"), ("alasan", "R01"), ("antrean", "hate")],
        )
        .await;
    assert!(browser.location().starts_with("/antrean?antrean=hate&putusan="), "{}", browser.location());
    let (_, page) = browser.get("/putusan").await;
    assert!(page.contains("pencitraan") && page.contains("Kritik"));
}

#[tokio::test]
async fn reviewing_protected_speech_takes_a_reason_and_a_second_person() {
    let bed = Bed::new().await;
    let case = bed.case_with("pencitraan").await;
    let path = format!("/kasus/{case}/putusan");
    let reason = "menyebut orang gunung, perlu dilihat";
    let mut first = bed.signed_in("dewi").await;
    let (status, page) = first.post(&path, &[("kode", "hate_review"), ("catatan", "pendek")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("sedikitnya 10 karakter") && page.contains(">pendek</textarea>"));
    assert_eq!(
        first.post(&path, &[("kode", "hate_review"), ("catatan", reason)]).await.0,
        StatusCode::SEE_OTHER
    );
    let (status, page) = first.post(&path, &[("kode", "hate_review"), ("catatan", reason)]).await;
    assert!(status == StatusCode::CONFLICT && page.contains("orang lain"));
    let mut second = bed.signed_in("sri").await;
    let (_, page) = second.get(&format!("/kasus/{case}")).await;
    assert!(page.contains("Rekan mengusulkan"));
    assert_eq!(
        second.post(&path, &[("kode", "hate_review"), ("catatan", reason)]).await.0,
        StatusCode::SEE_OTHER
    );
    assert!(!bed.cases(Queue::Hate).await.contains(&case));
}

#[tokio::test]
async fn what_was_typed_survives_the_end_of_the_session() {
    let bed = Bed::new().await;
    let case = bed.case_with("PDAM").await;
    let mut browser = bed.signed_in("dewi").await;
    browser.cookies.clear();
    let path = format!("/kasus/{case}/putusan");
    let (status, page) =
        browser.post(&path, &[("kode", "needs_check"), ("catatan", "tulisan panjang saya")]).await;
    assert!(status == StatusCode::UNAUTHORIZED && page.contains("tulisan panjang saya"));
    let again = [
        ("login", "dewi"),
        ("sandi", PASSWORD),
        ("untuk", path.as_str()),
        ("kode", "needs_check"),
        ("catatan", "tulisan panjang saya"),
    ];
    let (status, page) = browser.post("/masuk", &again).await;
    assert!(status == StatusCode::OK && page.contains(">tulisan panjang saya</textarea>"), "{page}");
    assert_eq!(
        browser.post(&path, &[("kode", "needs_check"), ("catatan", "tulisan panjang saya")]).await.0,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_code_is_asked_once_set_up_and_works_once() {
    let bed = Bed::new().await;
    let secret = [9_u8; 20];
    let known = bed.store.credentials("dewi").await.unwrap().unwrap();
    bed.store.put_person(&Credentials { totp: Some(secret.to_vec()), ..known }, now()).await.unwrap();
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::from(&secret[..])).build().unwrap();
    let code = totp.generate(u64::try_from(now().as_second()).unwrap()).to_string();
    for (code, wanted) in [
        ("", StatusCode::UNAUTHORIZED),
        (code.as_str(), StatusCode::SEE_OTHER),
        (code.as_str(), StatusCode::UNAUTHORIZED),
    ] {
        let mut browser = bed.browser();
        browser.get("/masuk").await;
        let fields = [("login", "dewi"), ("sandi", PASSWORD), ("kode_masuk", code)];
        assert_eq!(browser.post("/masuk", &fields).await.0, wanted, "{code}");
    }
}

#[tokio::test]
async fn a_new_password_ends_other_sessions_and_keeps_this_one() {
    let bed = Bed::new().await;
    let (mut here, mut elsewhere) = (bed.signed_in("dewi").await, bed.signed_in("dewi").await);
    let fields = [
        ("sandi", PASSWORD),
        ("sandi_baru", "kata sandi yang baru"),
        ("sandi_ulang", "kata sandi yang baru"),
    ];
    here.post("/akun/sandi", &fields).await;
    assert_eq!(here.location(), "/akun?baru=password");
    assert_eq!(here.get("/akun").await.0, StatusCode::OK);
    assert_eq!(elsewhere.get("/akun").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_page_opens_in_both_languages() {
    let bed = Bed::new().await;
    let case = bed.case_with("PDAM").await;
    let mut browser = bed.signed_in("dewi").await;
    for (locale, word) in [("id", "Hari ini"), ("en", "Today")] {
        browser.post("/akun/bahasa", &[("bahasa", locale)]).await;
        for path in [
            "/",
            "/antrean",
            "/putusan",
            "/klaim",
            "/klaim/k-air",
            "/sumber",
            "/laporan/2026-11-24",
            "/laporan/2026-11-20",
            "/akun",
            &format!("/kasus/{case}"),
        ] {
            let (status, page) = browser.get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(page.contains(word) && page.contains(&format!("lang=\"{locale}\"")), "{path}");
        }
        let (_, print) = browser.get("/laporan/2026-11-24/cetak").await;
        let policy = browser.headers["content-security-policy"].to_str().unwrap();
        assert!(print.contains("<style>") && policy.contains("style-src 'sha256-"), "{policy}");
    }
    let (_, page) = browser.get(&format!("/kasus/{case}")).await;
    assert!(page.contains("Recurring scam, aid: the same as 12 others"), "{page}");
    assert!(page.contains("also checked in") && page.contains("<a href=\"/klaim/k-sumur\">k-sumur</a>"));
    for (locale, words) in [("id", "menjawab 503: peladennya"), ("en", "answers 503: its server")] {
        browser.post("/akun/bahasa", &[("bahasa", locale)]).await;
        for path in ["/sumber", "/laporan/2026-11-24"] {
            assert!(browser.get(path).await.1.contains(words), "{path} in {locale}");
        }
    }
    let (status, page) = browser.get("/laporan/2027-01-01").await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("Not found"), "a day to come");
}

#[tokio::test]
async fn taking_marks_the_top_of_the_queue() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("dewi").await;
    browser.post("/antrean/ambil", &[("antrean", "hoax")]).await;
    assert_eq!(browser.location(), "/antrean?antrean=hoax&baru=ambil");
    let (_, page) = browser.get("/antrean?antrean=hoax").await;
    assert_eq!(page.matches("dipegang Dewi Larasati").count(), 2);
}

#[tokio::test]
async fn a_case_says_in_words_why_a_place_is_meant() {
    let bed = Bed::new().await;
    let case = bed.case_with("Karangan").await;
    let (_, page) = bed.signed_in("dewi").await.get(&format!("/kasus/{case}")).await;
    let why = "tempat: Kecamatan Karangan (jenisnya disebut di depan namanya, wilayah di atasnya disebut juga, masuk wilayah kantor)";
    assert!(page.contains(why), "{page}");
}
