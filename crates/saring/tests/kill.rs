//! A patrol that is killed again and again: nothing lost, nothing doubled.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use saring_store::traits::{Captures, Jobs};
use saring_store::{Options, Store};
use serde_json::json;
use std::fmt::Write;
use std::process::Stdio;
use std::time::Duration;

const ROWS: usize = 12_000;
const SOURCE: &str =
    "\n[[source]]\nid = \"ekspor\"\nname = \"Ekspor\"\nkind = \"file\"\nurl = \"ekspor.jsonl\"\n";

#[test]
fn a_patrol_killed_at_any_moment_loses_and_doubles_nothing() {
    let office = TestOffice::new(SOURCE);
    let lines = (0..ROWS).fold(String::new(), |mut out, n| {
        let _ = writeln!(
            out,
            "{}",
            json!({ "id": n, "text": format!("Kabar {n}: jalan desa ke-{} ramai pedagang", n % 977) })
        );
        out
    });
    office.write("ekspor.jsonl", &lines);
    let (mut killed, mut wait) = (0, Duration::from_millis(60));
    // ever later, so that the blow falls on opening, reading, storing, judging and assembling
    loop {
        let mut patrol = office
            .command(&["patrol", "--once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        wait = wait.mul_f32(1.4);
        if let Some(status) = patrol.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        patrol.kill().unwrap();
        patrol.wait().unwrap();
        killed += 1;
    }
    assert!(killed >= 3, "killed only {killed} times: nothing was tested");
    office.says(0, &["patrol", "--once"]);
    office.says(0, &["audit", "verify"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = office.path("data/saring.db").display().to_string();
        let store = Store::open(&database, Options::default()).await.unwrap();
        let health = store.sources(jiff::Timestamp::now()).await.unwrap();
        assert_eq!(health.len(), 1);
        assert_eq!(health[0].items, ROWS as u64, "items stored after {killed} kills");
        assert_eq!(store.waiting("analyse").await.unwrap() + store.waiting("assemble").await.unwrap(), 0);
    });
}
