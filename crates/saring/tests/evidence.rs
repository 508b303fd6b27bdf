//! Evidence end to end with the real program: from a post that repeats a hoax to a sealed page.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};

const CLAIM: &str = "Air ledeng di Kampung Baru bercampur racun tikus";

/// A web server on the loopback with one page, its picture, and nothing else.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap_or_default();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let (status, media, body) = match first.split(' ').nth(1).unwrap_or_default() {
                "/1" => (200, "text/html", "<h1>Racun tikus</h1><img src='/foto.png'>"),
                "/foto.png" => (200, "image/png", "gambar"),
                _ => (404, "text/plain", ""),
            };
            let head =
                format!("HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {}", body.len());
            let _ = write!(stream, "{head}\r\nConnection: close\r\n\r\n{body}");
        }
    });
    at
}

/// An office with two cases: the page behind the first is there, that behind the second is gone.
fn office() -> TestOffice {
    let at = server();
    let office = TestOffice::new("");
    let path = office.path("saring.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let settings = settings.replace("# allow = []", &format!("allow = [\"{at}\"]\nhost_pause_ms = 0"));
    std::fs::write(&path, settings.replace("# host_pause_ms", "# pause")).unwrap();
    let claim = json!({ "id": "c1", "title": CLAIM, "verdict": "Salah", "date": "2026-01-02" });
    office.write("claims.jsonl", &format!("{claim}\n"));
    office.says(0, &["claims", "import", "claims.jsonl"]);
    let post = |id: &str, text: &str| json!({ "id": id, "text": text, "url": format!("http://{at}/{id}") });
    let posts = [
        post("1", &format!("{CLAIM}! Sebarkan!")),
        post("2", "Dasar polisi lambat, jalan rusak tidak diurus"),
    ];
    office.write("posts.jsonl", &posts.map(|post| format!("{post}\n")).concat());
    office.says(0, &["import", "posts.jsonl"]);
    office
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn case_of(office: &TestOffice) -> String {
    let store = office.path("data/saring.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", store.display())).await.unwrap();
        let sql = "SELECT c.id FROM cases c JOIN items i ON i.id = c.about WHERE i.url LIKE '%/1'";
        let id: String = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        pool.close().await;
        id
    })
}

#[test]
fn a_page_is_sealed_and_a_flipped_bit_is_found_and_named() {
    let office = office();
    let case = case_of(&office);
    let taken = lines(&office.says(0, &["evidence", "take", &case, "--json"]));
    assert_eq!((taken.len(), &taken[0]["state"]), (1, &json!("sealed")), "{taken:?}");
    let id = taken[0]["id"].as_str().unwrap();
    let listed = office.says(0, &["evidence", "list"]);
    assert!(listed.contains(id) && listed.contains("sealed"), "{listed}");
    assert!(office.says(0, &["evidence", "verify"]).contains("1 pieces of sealed evidence are whole"));
    let folder = office.path("data/evidence").join(id);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!((&manifest["parts"], &manifest["lost"]), (&json!(2), &json!([])), "{manifest}");
    let page = folder.join("page.warc.gz");
    let mut bytes = std::fs::read(&page).unwrap();
    bytes[40] ^= 4;
    let mut writable = std::fs::metadata(&folder).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut writable, 0o700);
    std::fs::set_permissions(&folder, writable).unwrap();
    std::fs::remove_file(&page).unwrap();
    std::fs::write(&page, bytes).unwrap();
    let said = office.says(1, &["evidence", "verify", id]);
    assert!(said.contains("page.warc.gz: its SHA-256 is") && said.contains("tell the auditor"), "{said}");
    assert!(office.says(1, &["check"]).contains("page.warc.gz"));
    assert!(office.says(2, &["evidence", "take", "k0"]).contains("no case 'k0'"));
}
