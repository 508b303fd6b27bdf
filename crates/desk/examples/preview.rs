//! Serves the desk over invented cases, to look at it: `cargo run -p saring-desk --example preview -- 8790`.
#![allow(clippy::unwrap_used, reason = "an example that cannot start says so by panicking")]

#[path = "../tests/bed/mod.rs"]
mod bed;

use jiff::SignedDuration;
use saring_domain::{Claim, Span, WatchDraft, WatchWord};
use saring_store::traits::{Claims as _, Offers as _, People as _, Watches as _};
use saring_store::views::{WatchPart, Watched};
use std::net::SocketAddr;

/// Claims of an invented fact-checker that wait, one of them a change.
async fn offers(bed: &bed::Bed) {
    let claim = |id: &str, title: &str, verdict: Option<&str>, text: &str| Claim {
        id: id.into(),
        title: title.into(),
        text: text.into(),
        url: Some(format!("https://periksa-lereng.example/cek/{id}")),
        date: "2026-11-23".parse().ok(),
        verdict: verdict.map(str::to_owned),
        source: Some("Periksa Lereng".into()),
    };
    let listed = claim(
        "libur",
        "Sekolah di Sukamaju libur dua bulan mulai Desember",
        Some("Salah"),
        "Tidak ada libur.",
    );
    bed.store.import_claims(std::slice::from_ref(&listed), bed::now()).await.unwrap();
    let text =
        "Dinas pendidikan menetapkan libur dua pekan untuk sekolah di tiga desa yang terdampak banjir.";
    let changed = Claim { verdict: Some("Sebagian benar".into()), text: text.into(), ..listed };
    let new = [
        changed,
        claim(
            "lumbung",
            "Lumbung Desa Karangjati sengaja dibakar oleh pendatang",
            Some("[HOAKS]"),
            "Api berasal dari korsleting; tidak ada orang di dalam lumbung, kata pemadam.",
        ),
        claim("jembatan", "Benarkah jembatan Watulawang ditutup untuk truk sampai akhir tahun?", None, ""),
    ];
    bed.store.offer_claims(&"warta".into(), &new, bed::now() - SignedDuration::from_mins(40)).await.unwrap();
}

/// A watch that ran for a week with posts of the bed, and one that waits.
async fn watches(bed: &bed::Bed) {
    let office = bed.store.offices().await.unwrap().remove(0);
    let proven = async |login| saring_desk::proven(&bed.store, login, bed::PASSWORD).await.unwrap().unwrap();
    let [owner, second] = [proven("dewi").await, proven("bagus").await];
    let ago = |days: i64| bed::now() - SignedDuration::from_hours(24 * days);
    let draft = |claim: Option<&str>, terms: &[&str], purpose: &str| WatchDraft {
        claim: claim.map(Into::into),
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        purpose: purpose.into(),
        reason: String::new(),
        until: "2026-12-04".parse().unwrap(),
    };
    let (items, _) = bed.store.kept_items(0, 50).await.unwrap();
    let purpose = "Mengikuti sebaran klaim: PDAM tidak meracuni air";
    let running = draft(Some("k-air"), &["air pdam", "pdam beracun"], purpose);
    let running = running.propose(&owner, &office, ago(7)).unwrap();
    let id = bed.store.open_watch(&running, ago(7)).await.unwrap();
    bed.store.settle_watch(&second, &id, WatchWord::Approve, ago(7)).await.unwrap();
    for (at, (item, _)) in items.into_iter().enumerate() {
        // every other copy is one that the terms did not catch
        let text = item.full_text();
        let place = text.find("PDAM").map(|place| text[..place].chars().count()).filter(|_| at % 2 == 0);
        let start = place.and_then(|place| u32::try_from(place).ok());
        let spans: Vec<Span> = start.map(|start| Span { start, end: start + 4 }).into_iter().collect();
        let caught = !spans.is_empty();
        let words = ["racun", "sumur", "warga"].map(str::to_owned).into();
        let hit = Watched { watch: id.clone(), caught, spans, words };
        bed.store
            .save_watched(&[(item.id, vec![hit])], ago(i64::try_from(at * at % 7).unwrap()))
            .await
            .unwrap();
    }
    let sample = bed.store.watch_items(&office.id, &id, WatchPart::Sample, 0, 3).await.unwrap();
    let said: Vec<_> = sample.into_iter().enumerate().map(|(at, one)| (one.item.id, at != 1)).collect();
    bed.store.check_watch(&second, &id, &said, ago(0)).await.unwrap();
    let waiting =
        draft(None, &["lumbung dibakar", "kebakaran lumbung"], "Kabar kebakaran lumbung di Karangjati");
    let waiting = waiting.propose(&second, &office, ago(0)).unwrap();
    bed.store.open_watch(&waiting, ago(0)).await.unwrap();
}

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8790);
    let bed = bed::Bed::new().await;
    offers(&bed).await;
    watches(&bed).await;
    for login in ["dewi", "audit", "pengelola"] {
        let person = format!("p-{login}").into();
        let valid = SignedDuration::from_hours(1);
        let link = saring_desk::one_time_link(&bed.store, &person, valid, bed::now()).await.unwrap();
        println!("{login}: http://127.0.0.1:{port}{link}");
    }
    println!("password of everyone: {}", bed::PASSWORD);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await.unwrap();
    let service = bed.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.unwrap();
}
