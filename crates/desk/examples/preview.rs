//! Serves the desk over invented cases, to look at it: `cargo run -p saring-desk --example preview -- 8790`.
#![allow(clippy::unwrap_used, reason = "an example that cannot start says so by panicking")]

#[path = "../tests/bed/mod.rs"]
mod bed;

use jiff::SignedDuration;
use std::net::SocketAddr;

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8790);
    let bed = bed::Bed::new().await;
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
