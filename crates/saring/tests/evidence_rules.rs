//! Evidence end to end: pictures by the Chromium of this machine, every office of the house, deletion with its report,
//! backups.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use office::pages::{BOTH, case_of, lines, office, person, serve_until, set, sql, take, typing};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

fn manifest(office: &TestOffice, id: &str) -> Value {
    let path = office.path("data/evidence").join(id).join("manifest.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn id_of(taken: &[Value]) -> String {
    taken[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_picture_is_sealed_with_the_page_and_leaves_with_it() {
    if Command::new("chromium").arg("--version").output().is_err() {
        println!("skipped: there is no Chromium");
        return;
    }
    let office = office();
    set(&office, "picture = false", "picture = true");
    let taken = take(&office, &case_of(&office));
    let id = id_of(&taken);
    let files: Vec<&str> =
        taken[0]["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(files, ["page.warc.gz", "picture.png", "manifest.json"], "{}", manifest(&office, &id));
    let told = manifest(&office, &id);
    assert_eq!(
        (&told["picture"]["scripts"], &told["picture"]["width"]),
        (&json!("off"), &json!(1280)),
        "{told}"
    );
    assert_eq!(told["files"][1]["sha256"], taken[0]["files"][1]["sha256"]);
    let tool = sql(&office, "SELECT tool FROM custody WHERE step = 'pictured'").unwrap();
    assert!(tool.starts_with("Chrome "), "{tool}");
    office.says(0, &["evidence", "verify"]);
    person(&office, "sri", "head");
    person(&office, "budi", "operator");
    let export = [
        "evidence",
        "export",
        &id,
        "--keys",
        "sri,budi",
        "--to",
        "Dewan Pers",
        "--reason",
        "surat",
        "--out",
        "b.zip",
    ];
    let (code, said) = typing(&office, BOTH, &export);
    assert_eq!(code, Some(0), "{said}");
    let zip = std::fs::read(office.path("b.zip")).unwrap();
    let png = std::fs::read(office.path("data/evidence").join(&id).join("picture.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG") && zip.windows(png.len()).any(|part| part == png));
}

#[test]
fn without_a_picture_evidence_says_why() {
    let office = office();
    let case = case_of(&office);
    let broken = office.path("peramban");
    std::fs::write(&broken, "#!/bin/sh\nexit 7\n").unwrap();
    std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(office.folder(), std::fs::Permissions::from_mode(0o755)).unwrap();
    set(&office, "picture = false", "picture = true");
    for (from, to, code) in [
        ("# browser = \"\"", "browser = \"/tidak/ada\"".to_owned(), "absent"),
        ("browser = \"/tidak/ada\"", format!("browser = \"{}\"", broken.display()), "crashed"),
    ] {
        set(&office, from, &to);
        let taken = take(&office, &case);
        assert_eq!(taken[0]["state"], "sealed", "a page waits for no browser: {taken:?}");
        assert_eq!(manifest(&office, &id_of(&taken))["picture"]["none"], code);
        let said = "SELECT note FROM custody WHERE step = 'unpictured' ORDER BY seq DESC LIMIT 1";
        assert_eq!(sql(&office, said).as_deref(), Some(code));
    }
}

#[test]
fn what_enters_a_case_at_any_office_of_the_house_gets_evidence_under_its_rule() {
    let office = office();
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    let at = settings.split("allow = [\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let more = |id: &str, area: &str| {
        format!(
            "[[office]]\nid = \"{id}\"\nname = \"Kantor {id}\"\ncovers = [\"{area}\"]\ninstitution_names = []\nzone = \"Asia/Jakarta\"\nletterhead = []\nsignatory = []\n"
        )
    };
    let offices = format!("{}{}# The public sources", more("ngawi", "35.21"), more("madiun", "35.19"));
    set(&office, "# The public sources", &offices);
    set(&office, "# by_request = []", "by_request = [\"madiun\"]");
    for (login, at) in [("ani", "ngawi"), ("tono", "madiun")] {
        let add = [
            "admin",
            "user",
            "add",
            login,
            "--name",
            login,
            "--role",
            "head",
            "--office",
            at,
            "--password-stdin",
        ];
        assert_eq!(typing(&office, "sandi-rahasia-x", &add).0, Some(0));
    }
    let posts = [("3", "Kabupaten Ngawi"), ("4", "Kabupaten Madiun")].map(|(id, place)| {
        let text =
            format!("Puskesmas di {place} kehabisan obat, antrean panjang sejak pagi, min tolong dicek");
        format!("{}\n", json!({ "id": id, "text": text, "url": format!("http://{at}/{id}") }))
    });
    office.write("lagi.jsonl", &posts.concat());
    office.says(0, &["import", "lagi.jsonl"]);
    let routed = "SELECT group_concat(office, ' ') FROM (SELECT office FROM cases ORDER BY office)";
    assert_eq!(sql(&office, routed).as_deref(), Some("kantor kantor madiun ngawi"));
    let taken = "SELECT group_concat(c.office || ':' || e.state, ' ') FROM (SELECT * FROM evidence ORDER BY item) e \
                 JOIN case_items ci ON ci.item = e.item JOIN cases c ON c.id = ci.case_id";
    let expect = "kantor:sealed kantor:gone ngawi:sealed";
    serve_until(&office, "evidence", || sql(&office, taken).as_deref() == Some(expect));
    office.says(0, &["evidence", "verify"]);
    let listed = lines(&office.says(0, &["evidence", "list", "--json"]));
    assert_eq!(listed.len(), 3, "the list is of the whole house: {listed:?}");
    // asked for, it is taken there too, and the archive says whose it is
    let madiun = sql(&office, "SELECT id FROM cases WHERE office = 'madiun'").unwrap();
    office.says(1, &["evidence", "take", &madiun]);
    let ngawi = sql(&office, "SELECT e.id FROM evidence e WHERE e.url LIKE '%/3'").unwrap();
    let warc = office.path("data/evidence").join(ngawi).join("page.warc.gz");
    let unpacked = Command::new("zcat").arg(warc).output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&unpacked).contains("operator: Kantor ngawi"));
}

#[test]
fn retention_takes_evidence_a_hold_stops_it_and_the_report_says_what_went() {
    let office = office();
    let case = case_of(&office);
    let taken = take(&office, &case);
    let id = id_of(&taken);
    person(&office, "sri", "head");
    person(&office, "budi", "operator");
    let days = |days: i64| {
        (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days)).to_string()[..10].to_owned()
    };
    let hold =
        ["evidence", "hold", &case, "--keys", "sri,budi", "--until", &days(30), "--reason", "sengketa"];
    assert_eq!(typing(&office, BOTH, &hold).0, Some(0));
    sql(&office, "UPDATE cases SET state = 'closed', waiting = 0, settled_at = 1000000, opened_at = 1000000");
    let held = || sql(&office, "SELECT COUNT(*) || '' FROM purges").as_deref() == Some("1");
    serve_until(&office, "upkeep", held);
    assert_eq!(sql(&office, "SELECT state FROM evidence").as_deref(), Some("sealed"), "it is held");
    office.says(0, &["evidence", "verify"]);
    let said = office.says(0, &["evidence", "deleted"]);
    assert!(said.contains("0 pieces of evidence deleted") && said.contains("is held until"), "{said}");
    sql(&office, "UPDATE holds SET until_at = 2000000");
    let gone =
        || sql(&office, "SELECT COALESCE(wiped_at, '') || '' FROM evidence").is_some_and(|at| !at.is_empty());
    serve_until(&office, "upkeep", gone);
    assert!(!office.path("data/evidence").join(&id).exists(), "files and rows");
    let said = office.says(0, &["evidence", "deleted"]);
    let sha256 = taken[0]["files"][0]["sha256"].as_str().unwrap();
    for part in [
        id.as_str(),
        case.as_str(),
        "rule left_alone (24 h)",
        "retention",
        sha256,
        "files gone",
        "had been held until",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("http"), "no content: {said}");
    let told = lines(&office.says(0, &["evidence", "deleted", "--json"]));
    assert_eq!((&told[0]["office"], &told[0]["deletion"]["state"]), (&json!("kantor"), &json!("sealed")));
    let unknown = office.says(2, &["evidence", "deleted", "--office", "lain"]);
    assert!(unknown.contains("no office 'lain' in saring.toml; there are: "), "{unknown}");
    let early = office.says(0, &["evidence", "deleted", "--from", "2020-01-01", "--to", "2020-01-02"]);
    assert!(early.contains("0 pieces of evidence deleted"), "{early}");
    let log = sql(
        &office,
        &format!("SELECT detail FROM audit WHERE event = 'evidence.delete' AND subject = '{id}'"),
    );
    assert!(log.unwrap().contains(sha256), "the log says it too");
    assert!(office.says(0, &["audit", "verify"]).contains("The log is whole"));
    office.says(0, &["evidence", "verify"]);
}

#[test]
fn a_backup_brings_evidence_back_on_an_empty_machine() {
    let office = office();
    let id = id_of(&take(&office, &case_of(&office)));
    let said = office.says(0, &["backup", "semua.gz"]);
    assert!(said.contains(" 2 sealed files"), "{said}");
    let empty = TestOffice::new("");
    std::fs::copy(office.path("semua.gz"), empty.path("semua.gz")).unwrap();
    for name in ["data/saring.db", "data/saring.db-wal", "data/saring.db-shm"] {
        let _ = std::fs::remove_file(empty.path(name));
    }
    let said = empty.says(0, &["restore", "semua.gz"]);
    assert!(said.contains("2 sealed files"), "{said}");
    assert!(empty.says(0, &["evidence", "verify"]).contains("1 pieces of sealed evidence are whole"));
    let file = |office: &TestOffice| {
        std::fs::read(office.path("data/evidence").join(&id).join("page.warc.gz")).unwrap()
    };
    assert_eq!(file(&office), file(&empty));
    // into a machine that has evidence nothing is mixed, and what was changed is not passed off as good
    for name in ["data/saring.db", "data/saring.db-wal", "data/saring.db-shm"] {
        let _ = std::fs::remove_file(empty.path(name));
    }
    assert!(empty.says(2, &["restore", "semua.gz"]).contains("there is sealed evidence already"));
    let folder = office.path("data/evidence").join(&id);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::remove_file(folder.join("page.warc.gz")).unwrap();
    std::fs::write(folder.join("page.warc.gz"), "lain").unwrap();
    let said = office.says(1, &["backup", "kedua.gz"]);
    assert!(said.contains("NOT in it") && said.contains(&id) && said.contains(" 0 sealed files"), "{said}");
    let third = TestOffice::new("");
    std::fs::copy(office.path("kedua.gz"), third.path("kedua.gz")).unwrap();
    for name in ["data/saring.db", "data/saring.db-wal", "data/saring.db-shm"] {
        let _ = std::fs::remove_file(third.path(name));
    }
    let said = third.says(0, &["restore", "kedua.gz"]);
    assert!(said.contains("does not hold the files of 1 pieces") && said.contains(&id), "{said}");
    assert!(third.says(1, &["evidence", "verify"]).contains("cannot be read"));
}

#[test]
fn a_backup_whose_files_were_changed_restores_nothing() {
    let office = office();
    take(&office, &case_of(&office));
    office.says(0, &["backup", "semua.gz"]);
    let change = "zcat semua.gz | sed '0,/^{\"piece\":\"/s//{\"piece\":\"AAAA/' | gzip > lain.gz; \
                  zcat semua.gz | sed 's/^{\"file\":\"[a-z0-9]*\",\"name\":\"page/{\"file\":\"e0\",\"name\":\"..\\/..\\/x/' | gzip > naik.gz";
    assert!(
        Command::new("bash").args(["-c", change]).current_dir(office.folder()).status().unwrap().success()
    );
    for (name, says) in [
        ("lain.gz", "are not what was sealed: nothing was restored"),
        ("naik.gz", "a file that no evidence has"),
    ] {
        let empty = TestOffice::new("");
        std::fs::copy(office.path(name), empty.path(name)).unwrap();
        for file in ["data/saring.db", "data/saring.db-wal", "data/saring.db-shm"] {
            let _ = std::fs::remove_file(empty.path(file));
        }
        let said = empty.says(2, &["restore", name]);
        assert!(said.contains(says), "{said}");
        let left = std::fs::read_dir(empty.path("data/evidence")).into_iter().flatten().count();
        assert_eq!(left, 0, "nothing is left of it");
    }
}
