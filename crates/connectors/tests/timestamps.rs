//! Timestamps by an authority as others check them: openssl on both sides.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod authority;

use authority::Authority;
use saring_connectors::evidence::timestamp;
use saring_connectors::{Allow, Client, Settings};

#[tokio::test]
async fn an_authority_gives_a_timestamp_that_openssl_verifies() {
    let Some(authority) = Authority::new() else { return };
    let allow = Allow::parse(&["127.0.0.0/8"]).unwrap();
    let client = Client::new(Settings { allow, ..Settings::new("humas@sukamaju.example") }).unwrap();
    let asleep = timestamp(&client, &authority.url(), b"manifes").await.unwrap_err().to_string();
    assert!(asleep.contains("503"), "{asleep}");
    authority.wake();

    let answer = timestamp(&client, &authority.url(), b"manifes").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    std::fs::write(&data, b"manifes").unwrap();
    std::fs::write(&kept, &answer).unwrap();
    assert!(authority.verifies(&data, &kept));
    std::fs::write(&data, b"manifez").unwrap();
    assert!(!authority.verifies(&data, &kept), "other bytes have no timestamp");

    for (at, bits, says) in [(30, 1, "for something else"), (60, 1, "another question"), (19, 3, "refuses")] {
        authority.bend(at, bits);
        let error = timestamp(&client, &authority.url(), b"manifes").await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
