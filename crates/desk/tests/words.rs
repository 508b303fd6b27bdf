//! Both languages say the same things, and nothing on screen lacks its words.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn keys(locale: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for entry in std::fs::read_dir(here(&format!("../../locales/{locale}"))).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with([' ', '#'])) {
                assert!(out.insert(key.to_owned()), "{locale}: '{key}' stands twice");
            }
        }
    }
    out
}

/// String literals of a file that look like keys.
fn literals(folder: &str, end: &str, out: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(here(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inner = path.strip_prefix(here("")).unwrap().display().to_string();
            literals(&inner, end, out);
        } else if path.extension().is_some_and(|e| e == end) {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text
                .split("#[cfg(test)]")
                .next()
                .unwrap()
                .lines()
                .filter(|line| !line.trim().starts_with("//"));
            let code: String = code.collect();
            for call in [".t(\"", ".n(\"", ".a(\"", ".ab(\""] {
                out.extend(
                    code.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
                );
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_keys() {
    let (id, en) = (keys("id"), keys("en"));
    assert!(id.len() > 250, "{}", id.len());
    assert_eq!(id.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "only in Indonesian");
    assert_eq!(en.difference(&id).collect::<Vec<_>>(), Vec::<&String>::new(), "only in English");
}

#[test]
fn every_key_that_a_page_names_exists() {
    let mut used = BTreeSet::new();
    literals("templates", "html", &mut used);
    literals("src", "rs", &mut used);
    used.retain(|key| !key.contains(['{', '}']));
    assert!(used.len() > 150, "{}", used.len());
    let missing: Vec<_> = used.difference(&keys("id")).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_code_of_the_domain_has_words() {
    let known = keys("id");
    let mut wanted: Vec<String> = (1..=14).map(|n| format!("code-R{n:02}")).collect();
    for (head, codes) in [
        ("queue", "hoax hate service clipping none"),
        ("badge", "hoax hate service clipping none related"),
        ("report-queue", "hoax hate service clipping none"),
        ("role", "operator head auditor admin"),
        ("state", "open taken awaits_second escalated decided closed"),
        ("code", "known_hoax needs_check hate_review service clipping"),
        (
            "act",
            "known_hoax needs_check hate_review service clipping leave_alone derogation dehumanisation threat exclusion denial conspiracy",
        ),
        (
            "lane",
            "criticism satire press counter_speech reclaimed debate testimony complaint protest_call election question",
        ),
        ("rating", "true mostly_true lacks_context misleading false unproven satire opinion unrated"),
        ("outcome", "read nothing_new failed silent held never"),
        ("language", "id ms jv su en mixed und"),
        ("history", "opened moved copy taken proposed decided undone closed"),
        ("error", "no-page not-found method forbidden stale refused invalid large inside"),
        ("refused", "own-institution reason same-person other-office decided conflict code long undo"),
        ("account-said", "language password totp-on totp-off old short long differ code wait"),
        (
            "remark",
            "both same-number same-date same-place number date place negation only-claim only-text denies",
        ),
        ("watch-state", "proposed running refused ended"),
        ("watch-flaw", "ended too-long unsaid alone terms account number short reason"),
        ("watch-said", "buka setuju tolak akhiri cek"),
        ("weekday", "1 2 3 4 5 6 7"),
        ("month", "1 2 3 4 5 6 7 8 9 10 11 12"),
        ("greeting", "morning noon afternoon night"),
    ] {
        wanted.extend(codes.split(' ').map(|code| format!("{head}-{code}")));
    }
    let missing: Vec<_> = wanted.into_iter().filter(|key| !known.contains(key)).collect();
    assert_eq!(missing, Vec::<String>::new());
}
