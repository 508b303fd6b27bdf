//! The commands as people and programs use them: what they print, how they end, what stays.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use serde_json::json;
use std::fmt::Write;

const CLAIMS: &str = "{\"id\":\"c1\",\"title\":\"Air ledeng di Kampung Baru bercampur racun tikus\",\"verdict\":\"Salah\",\"date\":\"2026-01-02\"}\n\
    {\"id\":\"c2\",\"title\":\"Jembatan Kali Bening runtuh diterjang banjir bandang\",\"verdict\":\"Salah\"}\n\
    {\"id\":\"c2\",\"title\":\"Jembatan Kali Bening runtuh diterjang banjir besar\",\"verdict\":\"Salah\"}\n\
    {\"id\":\"c3\",\"title\"\n";

fn posts(count: usize) -> String {
    (0..count).fold(String::new(), |mut out, n| {
        let _ = writeln!(out, "{}", json!({ "id": n.to_string(), "text": format!("Kabar ke-{n} dari pasar pagi, harga cabai {} ribu", n * 7 % 91) }));
        out
    })
}

#[test]
fn a_new_office_is_well_and_is_never_written_over() {
    let office = TestOffice::new("");
    let said = office.says(0, &["check"]);
    assert!(said.contains("nobody may decide yet") && said.contains("saring admin user add"), "{said}");
    assert!(office.says(2, &["init", "."]).contains("left alone"));
    office.says(0, &["admin", "user", "add", "sri", "--name", "Sri Wahyuni", "--role", "head"]);
    assert!(
        office
            .says(2, &["admin", "user", "add", "sri", "--name", "Sri", "--role", "head"])
            .contains("reset sri")
    );
    assert!(
        office.says(2, &["admin", "user", "add", "x y", "--name", "X", "--role", "head"]).contains("2 to 40")
    );
    assert!(!office.says(0, &["check"]).contains("nobody may decide"));
    assert!(office.says(2, &["admin", "user", "reset", "nobody"]).contains("nobody signs in"));
}

#[test]
fn wrong_settings_are_named_and_secrets_are_not() {
    let office = TestOffice::new("");
    let path = office.path("saring.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{good}\nnonsense = 1\n")).unwrap();
    assert!(office.says(2, &["check"]).contains("nonsense"));
    std::fs::write(
        &path,
        good.replace("url = \"data/saring.db\"", "url = \"postgres://saring:hunter2@127.0.0.1:1/x\""),
    )
    .unwrap();
    let said = office.says(2, &["check"]);
    assert!(!said.contains("hunter2"), "{said}");
    std::fs::remove_file(&path).unwrap();
    assert!(office.says(2, &["serve"]).contains("saring init"));
}

#[test]
fn a_source_is_tried_before_it_is_configured_and_people_and_inner_networks_are_refused() {
    let office = TestOffice::new("");
    let try_it = |url: &str| office.says(1, &["source", "try", url, "--contact", "redaksi@kantor.example"]);
    assert!(try_it("https://lereng.example/@rukmini").contains("content and not people"));
    assert!(try_it("http://127.0.0.1:9/").contains("not an address of the public internet"));
    assert!(try_it("file:///etc/passwd").contains("only http and https"));
    let told = office.json(&["source", "try", "http://[::1]:9/", "--contact", "a@b.example", "--json"]);
    assert_eq!(told["trouble"]["code"], "refused");
}

#[test]
fn a_mailbox_leaves_neither_its_password_nor_who_sent_something() {
    let folder = std::env::var("SARING_TEST_SERVERS").unwrap_or_default();
    let Ok(told) = std::fs::read_to_string(std::path::Path::new(&folder).join("mailbox.json")) else {
        eprintln!("skipped: no mailbox runs here; tests/servers/run starts one");
        return;
    };
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let (url, file) = (told["plain"].as_str().unwrap(), told["password_file"].as_str().unwrap());
    let office = TestOffice::new(&format!(
        "\n[[source]]\nid = \"kotak\"\nname = \"Kotak aduan\"\nkind = \"mailbox\"\nurl = {url:?}\npassword_file = {file:?}\n"
    ));
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    office.write("saring.toml", &settings.replacen("# allow = []", "allow = [\"127.0.0.0/8\"]", 1));
    let tried = office.says(0, &["source", "try", url, "--password-file", file]);
    assert!(
        tried.contains("100 entries") && tried.contains("kabar nomor") && tried.contains("password_file = "),
        "{tried}"
    );
    // an authority of the office's own is trusted once it is named
    let tls = told["tls"].as_str().unwrap();
    assert!(office.says(1, &["source", "try", tls, "--password-file", file]).contains("certificate"));
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    let named = format!("ca_file = {}", told["authority"]);
    office.write("saring.toml", &settings.replacen("# ca_file = \"ca.pem\"", &named, 1));
    assert!(office.says(0, &["source", "try", tls, "--password-file", file]).contains("100 entries"));
    let read = office.says(0, &["patrol", "--once"]);
    let password = std::fs::read_to_string(file).unwrap();
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(office.path("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            stored.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |text: &str| stored.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("Tanggul Karangjati jebol, kabar 250"), "{read}");
    for gone in [password.trim(), "Rukmini", "Sastro", "surel.example"] {
        assert!(!holds(gone), "{gone}");
    }
}

#[test]
fn claims_come_in_once_and_bad_lines_are_counted() {
    let office = TestOffice::new("");
    office.write("claims.jsonl", CLAIMS);
    let counts = office.json(&["claims", "import", "claims.jsonl", "--json"]);
    assert_eq!(counts, json!({ "new": 2, "changed": 0, "unchanged": 0, "duplicates": 1, "bad": 1 }));
    let again = office.json(&["claims", "import", "claims.jsonl", "--json"]);
    assert_eq!(again, json!({ "new": 0, "changed": 0, "unchanged": 2, "duplicates": 1, "bad": 1 }));
    let said = office.says(1, &["claims", "import", "claims.jsonl"]);
    assert!(said.contains("line 4"), "{said}");
    let listed = office.says(0, &["claims", "list", "banjir"]);
    assert!(listed.contains("banjir besar") && listed.contains("1 of 1"), "{listed}");
}

#[test]
fn one_bad_line_of_ten_thousand_costs_only_itself_and_the_same_file_twice_adds_nothing() {
    let office = TestOffice::new("");
    let lines: Vec<String> = posts(10_000)
        .lines()
        .enumerate()
        .map(|(at, line)| line[..if at == 4999 { 20 } else { line.len() }].to_owned())
        .collect();
    office.write("posts.jsonl", &lines.join("\n"));
    let said = office.says(1, &["import", "posts.jsonl"]);
    assert!(
        said.contains("line 5000") && said.contains("10000 lines: 9999 new, 0 repeated, 1 bad"),
        "{said}"
    );
    assert!(said.contains("judged 9999"), "{said}");
    let again = office.json(&["import", "posts.jsonl", "--json"]);
    assert_eq!((&again["import"]["new"], &again["import"]["repeated"]), (&json!(0), &json!(9999)));
    assert_eq!(office.json(&["audit", "verify", "--json"])["faults"], json!([]));
}

#[test]
fn odd_files_are_read_as_far_as_they_can_be() {
    let office = TestOffice::new("");
    office.write(
        "a.csv",
        "nomor;pesan;akun\n1;\"Ada \"\"kutipan\"\" dan\nbaris baru; titik koma\";@x\n2;kurang\n3;🙂🙂🙂;@y\n",
    );
    let counts = office.json(&["import", "a.csv", "--json"]);
    assert_eq!((&counts["import"]["new"], &counts["import"]["bad"]), (&json!(2), &json!(1)), "{counts}");
    let big = json!({ "id": "besar", "text": "air sumur aman ".repeat(350_000) }).to_string();
    office.write("big.jsonl", &format!("{big}\n{}\n", json!({ "id": "kecil", "text": "🙂" })));
    let counts = office.json(&["import", "big.jsonl", "--json"]);
    assert_eq!(counts["import"]["new"], json!(2), "{counts}");
    assert_eq!(counts["analysis"]["unscored"], json!(0), "{counts}");
    std::fs::write(office.path("packed.csv"), [0x1f, 0x8b, 8, 0]).unwrap();
    assert!(office.says(2, &["import", "packed.csv"]).contains("unpack it first"));
    assert!(office.says(2, &["import", "nowhere.csv"]).contains("check the name"));
    office.write("numbers.csv", "a,b\n1,2\n");
    assert!(office.says(2, &["import", "numbers.csv"]).contains("--map text="));
}

#[test]
fn a_hoax_is_found_reported_the_same_twice_and_proven() {
    let office = TestOffice::new("");
    office.write("claims.jsonl", CLAIMS);
    office.says(1, &["claims", "import", "claims.jsonl"]);
    office.write("posts.jsonl", &format!("{}\n", json!({ "id": "1", "text": "Awas! Air ledeng di Kampung Baru bercampur racun tikus, jangan diminum", "author": "@siapa_saja" })));
    let counts = office.json(&["import", "posts.jsonl", "--json"]);
    assert_eq!(counts["analysis"]["queues"]["hoax"], json!(1), "{counts}");
    let zone = jiff::tz::TimeZone::get("Asia/Jakarta").unwrap();
    let today = zone.to_datetime(jiff::Timestamp::now()).date().to_string();
    for folder in ["one", "two"] {
        office.says(0, &["report", "daily", "--date", &today, "--out", folder]);
    }
    for ending in ["html", "pdf"] {
        let file = format!("kantor-{today}.{ending}");
        let read = |folder: &str| std::fs::read(office.path(folder).join(&file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}: the same data and date give the same bytes");
    }
    let page = std::fs::read_to_string(office.path("one").join(format!("kantor-{today}.html"))).unwrap();
    assert!(page.contains("racun tikus") && !page.contains("siapa_saja"));
    let sheet = pdf_text(&office.path(&format!("one/kantor-{today}.pdf")));
    for words in ["Laporan Harian", "racun tikus", "Halaman 1 dari", "Sidik data"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    office.says(0, &["report", "daily", "--date", "2020-01-01", "--out", "nil"]);
    let nil = pdf_text(&office.path("nil/kantor-2020-01-01.pdf"));
    assert!(nil.contains("Tidak ada"), "a day without findings is reported too: {nil}");

    office.says(0, &["audit", "prove", "0", "--out", "proof.json"]);
    let key = office.says(0, &["audit", "key"]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(office.path("proof.json"), elsewhere.path().join("proof.json")).unwrap();
    let verify = |path: &str| {
        let mut command = office.command(&["audit", "verify", "--proof", path, "--key", key.trim()]);
        command.current_dir(elsewhere.path()).output().unwrap()
    };
    assert_eq!(verify("proof.json").status.code(), Some(0));
    let forged = std::fs::read_to_string(elsewhere.path().join("proof.json")).unwrap().replacen(
        "\"index\": 0",
        "\"index\": 1",
        1,
    );
    std::fs::write(elsewhere.path().join("forged.json"), forged).unwrap();
    assert_eq!(verify("forged.json").status.code(), Some(1));
}

/// What a reader of the PDF reads, by poppler.
fn pdf_text(path: &std::path::Path) -> String {
    let output = std::process::Command::new("pdftotext").arg("-layout").arg(path).arg("-").output().unwrap();
    assert!(output.status.success(), "{}", office::text(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_backup_is_restored_elsewhere_with_its_log() {
    let office = TestOffice::new("");
    office.write("posts.jsonl", &posts(50));
    office.says(0, &["import", "posts.jsonl"]);
    let backup = office.path("b.backup").display().to_string();
    office.says(0, &["backup", &backup]);
    assert!(office.says(2, &["backup", &backup]).contains("b.backup"), "a backup is never written over");
    assert_eq!(
        office.run(&["restore", &backup]).status.code(),
        Some(2),
        "a store with content is never written over"
    );
    let other = TestOffice::new("");
    for file in std::fs::read_dir(other.path("data")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    std::fs::copy(office.path("data/audit.key"), other.path("data/audit.key")).unwrap();
    let said = other.says(0, &["restore", &backup]);
    assert!(said.contains("verified"), "{said}");
    other.write("posts.jsonl", &posts(50));
    assert_eq!(other.json(&["import", "posts.jsonl", "--json"])["import"]["repeated"], json!(50));
    other.says(0, &["audit", "verify"]);
}

#[test]
fn a_changed_log_is_found() {
    let office = TestOffice::new("");
    office.write("posts.jsonl", &posts(20));
    office.says(0, &["import", "posts.jsonl"]);
    office.says(0, &["audit", "verify"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = office.path("data/saring.db").display().to_string();
    runtime.block_on(async {
        use sqlx::Connection;
        let mut connection = sqlx::SqliteConnection::connect(&database).await.unwrap();
        sqlx::query("UPDATE audit SET subject = 'lain' WHERE place = 1")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    let said = office.says(1, &["audit", "verify"]);
    assert!(said.contains("entry 1 was changed"), "{said}");
    assert!(office.says(1, &["check"]).contains("WRONG"));
}
