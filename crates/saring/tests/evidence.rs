//! Evidence end to end with the real program: from a post that repeats a hoax to a sealed page.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

#[path = "../../connectors/tests/authority/mod.rs"]
mod authority;
mod office;

use office::pages::{BOTH, case_of, lines, office, person, set, sql, take, typing};
use serde_json::{Value, json};
use std::process::Command;

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
    assert_eq!(steps, ["asked", "sealed", "unpictured", "transferred"]);
    assert_eq!(custody[2]["note"], "off");
    assert_eq!(custody[3]["note"], "Dewan Pers: permintaan tertulis");
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

/// What `verify` says after a change behind its back.
fn after(office: &office::TestOffice, statement: &str) -> String {
    sql(office, statement);
    office.says(1, &["evidence", "verify"])
}

#[test]
fn a_row_changed_behind_its_back_is_named() {
    let office = office();
    let id = take(&office, &case_of(&office))[0]["id"].as_str().unwrap().to_owned();
    let verify = |statement: &str, back: &str, says: &str| {
        let said = after(&office, statement);
        assert!(said.contains(&id) && said.contains(says), "{statement}: {said}");
        sql(&office, back);
        office.says(0, &["evidence", "verify"]);
    };
    let keep = |column: &str, table: &str| sql(&office, &format!("SELECT {column} FROM {table}")).unwrap();
    let (url, files) = (keep("url", "evidence"), keep("files", "evidence"));
    let set = |what: &str| format!("UPDATE evidence SET {what}");
    verify(&set("url = 'https://lain.example/'"), &set(&format!("url = '{url}'")), "another asked_url");
    verify(
        &set("files = replace(files, 'page', 'pagi')"),
        &set(&format!("files = '{files}'")),
        "other hashes",
    );
    verify(&set("state = 'failed'"), &set("state = 'sealed'"), "the database calls it 'failed'");
    let custody = |what: &str| format!("UPDATE custody SET {what}");
    let asked = keep("who", "custody");
    verify(
        &custody("who = 'orang lain' WHERE step = 'asked'"),
        &custody(&format!("who = '{asked}' WHERE step = 'asked'")),
        "something else of how it was asked",
    );
    verify(
        &custody("at = at + 1 WHERE step = 'sealed'"),
        &custody("at = at - 1 WHERE step = 'sealed'"),
        "does not know that it was sealed",
    );
    let rows = "INSERT INTO custody SELECT * FROM k; DROP TABLE k";
    let said = after(
        &office,
        "CREATE TABLE k AS SELECT * FROM custody WHERE step = 'asked'; DELETE FROM custody WHERE step = 'asked'",
    );
    assert!(said.contains("lacks evidence.ask"), "{said}");
    sql(&office, rows);
    let said = after(&office, "DELETE FROM custody; DELETE FROM evidence");
    assert!(
        said.contains(&format!("{id}: the log says that it was sealed, it is not in the database")),
        "{said}"
    );
}

#[test]
fn two_captures_of_one_address_at_once_are_one_piece_and_whole() {
    let office = office();
    let case = case_of(&office);
    let start = || office.command(&["evidence", "take", &case, "--json"]).spawn().unwrap();
    let mut both = [start(), start()];
    assert!(both.iter_mut().all(|child| child.wait().unwrap().code().is_some()));
    let listed = lines(&office.says(0, &["evidence", "list", "--case", &case, "--json"]));
    assert!(!listed.is_empty() && listed.iter().all(|one| one["state"] == "sealed"), "{listed:?}");
    office.says(0, &["evidence", "verify"]);
    // items of several cases at one address have a piece each
    sql(&office, "UPDATE items SET url = (SELECT url FROM items WHERE url LIKE '%/1') WHERE url LIKE '%/2'");
    let other = sql(&office, &format!("SELECT id FROM cases WHERE id <> '{case}'")).unwrap();
    let mut both = [&case, &other].map(|case| office.command(&["evidence", "take", case]).spawn().unwrap());
    assert!(both.iter_mut().all(|child| child.wait().unwrap().code().is_some()));
    let said = office.says(0, &["evidence", "verify"]);
    assert!(said.contains(&format!("{} pieces", listed.len() + 2)), "{said}");
}

#[test]
fn a_disk_that_takes_nothing_costs_no_page_and_no_try() {
    let office = office();
    let case = case_of(&office);
    office.write("data/evidence", "");
    for _ in 0..6 {
        let said = office.says(2, &["evidence", "take", &case]);
        assert!(said.contains("makes room or repairs the rights of the folder"), "{said}");
    }
    let listed = lines(&office.says(0, &["evidence", "list", "--json"]));
    assert_eq!((listed.len(), &listed[0]["state"]), (1, &json!("waiting")), "{listed:?}");
    std::fs::remove_file(office.path("data/evidence")).unwrap();
    // a disk that is full in the middle of a file: nothing half is left, and it is tried again
    sql(&office, "UPDATE evidence SET url = substr(url, 1, length(url) - 1) || 'besar'");
    let saring = env!("CARGO_BIN_EXE_saring");
    let full = format!("trap '' XFSZ; ulimit -f 5000; exec {saring} evidence take {case} --json");
    let out = Command::new("sh").args(["-c", &full]).current_dir(office.folder()).output().unwrap();
    let said = office::text(&out);
    assert!(said.contains("tries again in five minutes"), "{said}");
    assert_eq!(std::fs::read_dir(office.path("data/evidence")).unwrap().count(), 0);
    sql(&office, "UPDATE jobs SET leased_until = 0");
    let taken = take(&office, &case);
    assert_eq!(taken[0]["state"], "sealed", "{taken:?}");
    office.says(0, &["evidence", "verify"]);
}

#[test]
fn an_authority_that_was_away_gives_its_timestamp_later() {
    let office = office();
    let Some(authority) = authority::Authority::new() else { return };
    let settings = std::fs::read_to_string(office.path("saring.toml")).unwrap();
    let open = settings.split("allow = [").nth(1).unwrap().split(']').next().unwrap().to_owned();
    set(&office, &format!("allow = [{open}]"), &format!("allow = [{open}, \"{}\"]", authority.at));
    set(&office, "# timestamp_authority = \"\"", &format!("timestamp_authority = \"{}\"", authority.url()));
    let case = case_of(&office);
    let taken = take(&office, &case);
    let id = taken[0]["id"].as_str().unwrap();
    assert_eq!((&taken[0]["state"], taken[0]["files"].as_array().unwrap().len()), (&json!("sealed"), 2));
    assert!(office.says(2, &["evidence", "stamp"]).contains("the timestamp authority"));
    authority.wake();
    assert!(office.says(0, &["evidence", "stamp"]).contains("1 timestamps came"));
    assert!(office.says(0, &["evidence", "stamp"]).contains("0 timestamps came"));
    office.says(0, &["evidence", "verify"]);
    let folder = office.path("data/evidence").join(id);
    assert!(authority.verifies(&folder.join("manifest.json"), &folder.join("manifest.tsr")));
    let steps = sql(&office, "SELECT group_concat(step, ' ') FROM custody").unwrap();
    assert_eq!(steps, "asked sealed unpictured stamped");
    // what is no longer whole gets no timestamp
    let again = take(&office, &case);
    assert_eq!(again[0]["files"].as_array().unwrap().len(), 3, "the authority is there now");
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
