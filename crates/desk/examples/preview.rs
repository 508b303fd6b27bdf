//! Serves the desk over invented cases, to look at it: `cargo run -p saring-desk --example preview -- 8790`.
#![allow(clippy::unwrap_used, reason = "an example that cannot start says so by panicking")]

#[path = "../tests/bed/mod.rs"]
mod bed;

use jiff::SignedDuration;
use saring_domain::Claim;
use saring_store::traits::{Claims as _, Offers as _};
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

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8790);
    let bed = bed::Bed::new().await;
    offers(&bed).await;
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
