//! Evidence end to end with the real program: from a post that repeats a hoax to a sealed page.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};

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
    // an authority that gives no timestamp is told, and the page is sealed all the same
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    let address = settings.split("allow = [\"").nth(1).unwrap().split('"').next().unwrap();
    let authority = format!("timestamp_authority = \"http://{address}/1\"");
    office.write("saring.toml", &settings.replace("# timestamp_authority = \"\"", &authority));
    let taken = lines(&office.says(0, &["evidence", "take", &case, "--json"]));
    assert_eq!((taken.len(), &taken[0]["state"]), (2, &json!("sealed")), "{taken:?}");
    assert_eq!(taken[0]["files"].as_array().unwrap().len(), 2);
    assert!(office.says(2, &["evidence", "take", "k0"]).contains("no case 'k0'"));
}

/// Runs the program with lines on its standard input; gives its exit code and what it said.
fn typing(office: &TestOffice, typed: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut command = office.command(args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), office::text(&output))
}

fn person(office: &TestOffice, login: &str, role: &str) {
    let add = ["admin", "user", "add", login, "--name", login, "--role", role, "--password-stdin"];
    let (code, said) = typing(office, &format!("sandi-rahasia-{login}"), &add);
    assert_eq!(code, Some(0), "{said}");
}

const BOTH: &str = "sandi-rahasia-sri\nsandi-rahasia-budi\n";

#[test]
fn evidence_leaves_by_two_keys_and_others_can_check_it() {
    let office = office();
    let case = case_of(&office);
    let taken = lines(&office.says(0, &["evidence", "take", &case, "--json"]));
    let id = taken[0]["id"].as_str().unwrap().to_owned();
    for (login, role) in [("sri", "head"), ("budi", "operator"), ("audit", "auditor")] {
        person(&office, login, role);
    }
    let export = |typed: &str, keys: &str| {
        let to =
            ["--to", "Dewan Pers", "--reason", "permintaan tertulis", "--out", "bukti.zip", "--keys", keys];
        typing(&office, typed, &[&["evidence", "export", &id], &to[..]].concat())
    };
    let refused = [
        ("sandi-rahasia-sri\nsandi-rahasia-sri\n", "sri,sri", "same person"),
        ("sandi-rahasia-sri\nsalah-sekali-ini\n", "sri,budi", "budi: wrong name, password or code"),
        ("sandi-rahasia-sri\nsandi-rahasia-audit\n", "sri,audit", "only those who decide"),
        ("sandi-rahasia-sri\n", "sri", "two sign-in names"),
    ];
    for (typed, keys, says) in refused {
        let (code, said) = export(typed, keys);
        assert!(code == Some(2) && said.contains(says), "{keys}: {said}");
    }
    assert!(!office.path("bukti.zip").exists());
    let (code, said) = export(BOTH, "sri,budi");
    assert_eq!(code, Some(0), "{said}");
    assert!(export(BOTH, "sri,budi").1.contains("choose another name"), "never written over");
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(office.path("keluar")).output().unwrap();
        assert!(output.status.success(), "{program} {args:?}: {}", office::text(&output));
        office::text(&output)
    };
    std::fs::create_dir(office.path("keluar")).unwrap();
    run("python3", &["-m", "zipfile", "-t", "../bukti.zip"]);
    run("python3", &["-m", "zipfile", "-e", "../bukti.zip", "."]);
    assert_eq!(run("sha256sum", &["--check", "SHA256SUMS"]).matches(": OK").count(), 7);
    let custody = std::fs::read_to_string(office.path("keluar/custody.json")).unwrap();
    let custody: Vec<Value> = serde_json::from_str(&custody).unwrap();
    let steps: Vec<&str> = custody.iter().map(|link| link["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["asked", "sealed", "transferred"]);
    assert_eq!(custody[2]["note"], "Dewan Pers: permintaan tertulis");
    let summary = std::fs::read_to_string(office.path("keluar/summary.html")).unwrap();
    assert!(summary.contains("Rantai penguasaan") && summary.contains("sri, budi"), "{summary}");
    let key = std::fs::read_to_string(office.path("keluar/log-key.txt")).unwrap();
    let proof = ["audit", "verify", "--proof", "keluar/log-proof.json", "--key", key.trim()];
    assert!(office.says(0, &proof).contains("evidence.seal"));
    if let Ok(warcio) = std::env::var("SARING_TEST_WARCIO") {
        run(&warcio, &["check", "page.warc.gz"]);
    }
    assert!(office.says(0, &["audit", "verify"]).contains("The log is whole"));
}

#[test]
fn a_hold_takes_two_keys_a_reason_and_a_day_that_is_not_far() {
    let office = office();
    let case = case_of(&office);
    person(&office, "sri", "head");
    person(&office, "budi", "operator");
    let hold = |until: &str, reason: &str| {
        let args = ["evidence", "hold", &case, "--keys", "sri,budi", "--until", until, "--reason", reason];
        typing(&office, BOTH, &args)
    };
    assert!(hold("2020-01-01", "sengketa").1.contains("over already"));
    assert!(hold("2099-01-01", "sengketa").1.contains("a year at most"));
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 90);
    let soon = soon.to_string()[..10].to_owned();
    assert!(hold(&soon, " ").1.contains("--reason is empty"));
    let (code, said) = hold(&soon, "sengketa di Dewan Pers");
    assert!(code == Some(0) && said.contains("is kept until"), "{said}");
}
