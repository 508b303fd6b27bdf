//! An office with posts that repeat a hoax, and the server that they are on.

use super::{TestOffice, text};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

pub const CLAIM: &str = "Air ledeng di Kampung Baru bercampur racun tikus";

/// A web server on the loopback with one page, its picture, and nothing else.
pub fn server() -> SocketAddr {
    // what no packing makes smaller
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let big: Vec<u8> = (0..4_000_000).map(|_| noise()).collect();
    serve(move |path| match path {
        "/1" | "/3" => (200, "text/html", b"<h1>Racun tikus</h1><img src='/foto.png'>".to_vec()),
        "/foto.png" => (200, "image/png", b"gambar".to_vec()),
        "/besar" => (200, "text/plain", big.clone()),
        _ => (404, "text/plain", Vec::new()),
    })
}

/// A web server on the loopback: status, media type and body of each path.
pub fn serve(answer: impl Fn(&str) -> (u16, &'static str, Vec<u8>) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap_or_default();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let (status, media, body) = answer(first.split(' ').nth(1).unwrap_or_default());
            let head =
                format!("HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {}", body.len());
            let _ = write!(stream, "{head}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(&body);
        }
    });
    at
}

/// An office with two cases: the page behind the first is there, that behind the second is gone.
pub fn office() -> TestOffice {
    let at = server();
    let office = TestOffice::new("");
    let path = office.path("saring.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let settings = settings.replace("# allow = []", &format!("allow = [\"{at}\"]\nhost_pause_ms = 0"));
    let settings = settings.replace("# picture = true", "picture = false");
    std::fs::write(&path, settings.replace("# host_pause_ms", "# pause")).unwrap();
    let claim = json!({ "id": "c1", "title": CLAIM, "verdict": "Salah", "date": "2026-01-02" });
    office.write("claims.jsonl", &format!("{claim}\n"));
    office.says(0, &["claims", "import", "claims.jsonl"]);
    let post = |id: &str, text: &str| json!({ "id": id, "text": text, "url": format!("http://{at}/{id}") });
    let posts = [
        post("1", &format!("{CLAIM}! Sebarkan!")),
        post(
            "2",
            "Jalan depan pasar rusak parah, sudah dua minggu dilaporkan tidak diurus, tolong dicek min",
        ),
    ];
    office.write("posts.jsonl", &posts.map(|post| format!("{post}\n")).concat());
    office.says(0, &["import", "posts.jsonl"]);
    office
}

pub fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The first column of the first row of a statement that is run on the database behind the program's back.
pub fn sql(office: &TestOffice, statement: &str) -> Option<String> {
    let store = office.path("data/saring.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", store.display())).await.unwrap();
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        let found = sqlx::query_scalar(statement).fetch_optional(&pool).await.unwrap();
        pool.close().await;
        found
    })
}

pub fn case_of(office: &TestOffice) -> String {
    sql(office, "SELECT c.id FROM cases c JOIN items i ON i.id = c.about WHERE i.url LIKE '%/1'").unwrap()
}

/// Changes the settings.
pub fn set(office: &TestOffice, from: &str, to: &str) {
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    assert!(settings.contains(from), "{from}");
    office.write("saring.toml", &settings.replacen(from, to, 1));
}

/// Takes the evidence of a case; gives what there is.
pub fn take(office: &TestOffice, case: &str) -> Vec<Value> {
    lines(&office.says(0, &["evidence", "take", case, "--json"]))
}

/// Runs a part of `saring serve` until `done`, a minute at most.
pub fn serve_until(office: &TestOffice, part: &str, done: impl Fn() -> bool) {
    let mut serve = office.command(&["serve", "--only", part]).stdout(Stdio::null()).spawn().unwrap();
    let began = std::time::Instant::now();
    while !done() && began.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert!(done(), "saring serve --only {part} did not come to it");
}

/// Runs the program with lines on its standard input; gives its exit code and what it said.
pub fn typing(office: &TestOffice, typed: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut command = office.command(args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output))
}

pub fn person(office: &TestOffice, login: &str, role: &str) {
    let add = ["admin", "user", "add", login, "--name", login, "--role", role, "--password-stdin"];
    let (code, said) = typing(office, &format!("sandi-rahasia-{login}"), &add);
    assert_eq!(code, Some(0), "{said}");
}

pub const BOTH: &str = "sandi-rahasia-sri\nsandi-rahasia-budi\n";
