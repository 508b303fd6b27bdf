//! Claims of fact-checkers' feeds: nothing is listed unseen, several at once, and back again.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use axum::http::StatusCode;
use bed::{Bed, now};
use saring_domain::{Claim, Offer, Queue, Reason};
use saring_store::traits::{Analyses as _, Claims as _, Jobs as _, Looks as _, Offers as _};
use saring_store::views::Judged;

fn claim(id: &str, title: &str, verdict: &str) -> Claim {
    let (text, url) = (String::new(), Some(format!("https://periksa.example/{id}")));
    let (verdict, source) = (Some(verdict.into()), Some("Periksa Lereng".into()));
    Claim { id: id.into(), title: title.into(), text, url, date: None, verdict, source }
}

async fn offer(bed: &Bed, claims: &[Claim]) -> Vec<Offer> {
    bed.store.offer_claims(&"periksa".into(), claims, now()).await.unwrap();
    bed.store.offers(0, 10).await.unwrap().0
}

async fn listed(bed: &Bed, id: &str) -> bool {
    bed.store.claim(&id.into()).await.unwrap().is_some()
}

#[tokio::test]
async fn a_claim_is_shown_accepted_and_taken_back() {
    let bed = Bed::new().await;
    let mut browser = bed.signed_in("dewi").await;
    assert!(!browser.get("/klaim").await.1.contains("/klaim-baru"), "nothing waits, nothing is said");
    let offers = offer(&bed, &[claim("o1", "Lumbung <desa> dibakar", "Salah")]).await;
    assert!(browser.get("/klaim").await.1.contains("1 klaim baru menunggu"));
    let (_, page) = browser.get("/klaim-baru").await;
    for part in ["Lumbung &#60;desa&#62; dibakar", "Salah", "periksa.example", "Periksa Lereng"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let id = offers[0].id.as_str();
    let (status, _) = browser.post("/klaim-baru", &[("putusan", "terima"), ("tawaran", id)]).await;
    assert_eq!((status, listed(&bed, "o1").await), (StatusCode::SEE_OTHER, true));
    let told = browser.location().to_owned();
    let (_, page) = browser.get(&told).await;
    let undo = format!("/klaim-baru/{}/batal", told.split('=').nth(1).unwrap());
    assert!(page.contains("Masuk daftar klaim") && page.contains(&undo), "{page}");
    let (status, _) = browser.post("/klaim-baru", &[("putusan", "tolak"), ("tawaran", id)]).await;
    assert_eq!(status, StatusCode::CONFLICT, "it is settled already");
    browser.post(&undo, &[]).await;
    assert!(!listed(&bed, "o1").await && browser.get("/klaim-baru").await.1.contains("Lumbung"));
}

#[tokio::test]
async fn several_are_refused_at_once_and_a_change_shows_before_and_after() {
    let bed = Bed::new().await;
    let before = claim("k9", "Pasar ditutup sebulan", "Salah");
    bed.store.import_claims(std::slice::from_ref(&before), now()).await.unwrap();
    let after = Claim { verdict: Some("Benar".into()), ..before };
    let offers = offer(&bed, &[after, claim("o2", "Retribusi naik", "Hoaks")]).await;
    let mut browser = bed.signed_in("sri").await;
    let (_, page) = browser.get("/klaim-baru").await;
    let (del, ins) = (page.find("</span>Salah</del>"), page.find("</span>Benar</ins>"));
    assert!(del.is_some() && del < ins, "{page}");
    let mut fields: Vec<(&str, &str)> = offers.iter().map(|offer| ("tawaran", offer.id.as_str())).collect();
    fields.push(("putusan", "tolak"));
    browser.post("/klaim-baru", &fields).await;
    let told = browser.location().to_owned();
    assert!(browser.get(&told).await.1.contains("2 klaim ditolak"));
    assert_eq!((bed.store.offers_waiting().await.unwrap(), listed(&bed, "o2").await), (0, false));
    assert_eq!(bed.store.claim(&"k9".into()).await.unwrap().unwrap().verdict.as_deref(), Some("Salah"));
    let (status, page) = browser.post("/klaim-baru", &[("putusan", "tolak")]).await;
    assert!(status.is_client_error() && page.contains("Centang"), "{page}");
}

#[tokio::test]
async fn an_auditor_sees_and_does_not_settle() {
    let bed = Bed::new().await;
    offer(&bed, &[claim("o1", "Lumbung dibakar", "Salah")]).await;
    let (status, page) = bed.signed_in("audit").await.get("/klaim-baru").await;
    assert!(status.is_success() && page.contains("Lumbung") && !page.contains("data-key=\"T\""));
}

#[tokio::test]
async fn a_claim_shows_what_repeats_it_and_how_far_looking_back_has_come() {
    let bed = Bed::new().await;
    let mut dewi = bed.signed_in("dewi").await;
    let case = bed.case_with("PDAM").await;
    let (_, page) = dewi.get("/klaim/k-air").await;
    assert!(page.contains("1 kasus di kantor ini mengulangnya") && page.contains(&case), "{page}");
    assert!(!page.contains("<progress") && !page.contains("data-again"), "nothing was looked at for it");
    bed.store.import_claims(&[claim("k-baru", "Lumbung desa dibakar", "Salah")], now()).await.unwrap();
    let (_, page) = dewi.get("/klaim/k-baru").await;
    for part in [
        "Belum ada kasus di kantor ini",
        "sedang diperiksa: 0 dari",
        "<progress",
        "id=\"ulang\"",
        "data-again",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let look = bed.store.next_look().await.unwrap().unwrap();
    let (items, place) = bed.store.look_items(&look, 500).await.unwrap();
    let mut thought = items.into_iter().find(|(item, _)| item.text.contains("pencitraan")).unwrap().1;
    thought.claims = vec![bed::same_claim("k-baru", "Lumbung desa dibakar")];
    (thought.queue, thought.priority.reasons) = (Queue::Hoax, vec![Reason::ClaimCameLater]);
    let judged = Judged {
        item: thought.id.as_str().into(),
        exact: 1,
        near: vec![1],
        judgement: Some(thought),
        unscored: None,
        watched: Vec::new(),
    };
    bed.store.save_looked(&look, &[judged], look.total, place, now()).await.unwrap();
    let jobs = bed.store.lease("assemble", 9, 60, now()).await.unwrap();
    bed.store.assemble(&jobs, &"sukamaju".into(), now()).await.unwrap();
    let (_, page) = dewi.get("/klaim/k-baru").await;
    for part in ["1 kasus di kantor ini", "sudah diperiksa", "pencitraan", "sesudah kiriman ini dibaca"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("data-again"), "all was looked at: nothing more is asked for");
    assert!(
        dewi.get("/antrean?antrean=hoax").await.1.contains("sesudah kiriman ini dibaca"),
        "and so in the queue"
    );
    let (_, page) = bed.signed_in("pengelola").await.get("/klaim/k-air").await;
    assert!(!page.contains(&case), "who runs the installation sees no cases");
}
