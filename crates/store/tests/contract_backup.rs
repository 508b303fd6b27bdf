//! Backups of either engine, restored into either engine.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod bed;

use bed::{Bed, at, contract, entry, judgement, operator, same_claim};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use saring_domain::{
    Claim, Decision, DecisionCode, OfferState, Office, Person, Queue, Reviewer, WatchDraft, WatchWord,
};
use saring_store::backup::{BackedUp, Restored, restore};
use saring_store::sealed::Vault;
use saring_store::traits::{Audit, Captures, Cases, Claims, Evidences, Offers, People, Watches};
use saring_store::views::{Credentials, QueueFilter, Watched};
use saring_store::{SCHEMA_VERSION, StoreError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

contract! {
    everything_comes_back_on_the_same_engine,
    everything_moves_to_the_other_engine,
    work_goes_on_after_a_restore,
    a_backup_is_of_one_moment_while_work_goes_on,
    secrets_of_a_moment_stay_behind,
    a_store_with_work_in_it_is_not_overwritten,
    a_file_that_is_there_is_not_overwritten,
    a_damaged_file_restores_nothing,
    a_file_changed_with_its_hash_still_shows_in_the_log,
    a_file_that_is_no_backup_says_so,
}

fn silent(_: u64, _: u64) {}

/// A day's work: offices, people, claims, items, cases, decisions, a checkpoint.
async fn fill(bed: &Bed) {
    let office = Office {
        id: "kota".into(),
        parent: None,
        name: "Kantor Kota".into(),
        covers: vec!["35.03".into()],
        institution_names: vec![],
        zone: "Asia/Jakarta".into(),
        letterhead: vec![],
        signatory: vec![],
    };
    bed.store.set_offices(&[office]).await.unwrap();
    bed.store.set_sources(&[bed::feed("a")]).await.unwrap();
    bed.store.put_person(&credentials(), at("07:00")).await.unwrap();
    bed.store.import_claims(&[claim()], at("07:10")).await.unwrap();
    let offers = [
        Claim { id: "k1".into(), verdict: Some("benar".into()), ..claim() },
        Claim { id: "k2".into(), ..claim() },
    ];
    bed.store.offer_claims(&"a".into(), &offers, at("07:20")).await.unwrap();
    let reviewer = Reviewer::at_sign_in(&credentials().person).unwrap();
    let first = bed.store.offers(0, 1).await.unwrap().0.remove(0).id;
    bed.store.settle_offers(&reviewer, &[first], OfferState::Refused, at("07:30")).await.unwrap();
    let terms = vec!["sumur".into()];
    let purpose = "air sumur".into();
    let until = "2026-12-01".parse().unwrap();
    let draft = WatchDraft { claim: None, terms, purpose, reason: String::new(), until };
    let office = bed.store.offices().await.unwrap().remove(0);
    let proposed = draft.propose(&reviewer, &office, at("07:40")).unwrap();
    let watch = bed.store.open_watch(&proposed, at("07:40")).await.unwrap();
    let second = Person { id: "o2".into(), ..operator() };
    let second = Reviewer::at_sign_in(&second).unwrap();
    bed.store.settle_watch(&second, &watch, WatchWord::Approve, at("07:41")).await.unwrap();
    let entries: Vec<_> = (0..90)
        .map(|n| entry("a", &n.to_string(), &format!("kabar ke-{n} \"sumur\"\n\u{1f600} \u{0}"), at("08:00")))
        .collect();
    let thoughts = entries.iter().enumerate().map(|(n, (_, item))| {
        let mut thought = judgement(item, Queue::Hoax, f64::from(u32::try_from(n).unwrap()) / 97.3);
        thought.claims = if n == 0 { vec![same_claim("k1")] } else { vec![] };
        thought
    });
    bed.work(&entries, thoughts.collect(), at("08:30")).await;
    let hit = vec![Watched { watch, caught: true, spans: vec![], words: vec![] }];
    bed.store.save_watched(&[(entries[3].1.id.clone(), hit)], at("08:35")).await.unwrap();
    bed.store.ask_for_new(&"kota".into(), "Saring", 5, at("08:40")).await.unwrap();
    decide(bed, "09:00").await;
    bed.store.checkpoint(at("09:30")).await.unwrap();
    decide(bed, "09:40").await;
}

fn credentials() -> Credentials {
    let person = operator();
    Credentials {
        person,
        password: "$argon2id$x".into(),
        totp: Some(vec![0, 255]),
        totp_step: Some(9),
        disabled: false,
    }
}

fn claim() -> Claim {
    Claim {
        id: "k1".into(),
        title: "Sumur diracun".into(),
        text: "Tidak benar.".into(),
        url: None,
        date: None,
        verdict: Some("salah".into()),
        source: None,
    }
}

/// Decides the first case of the queue.
async fn decide(bed: &Bed, clock: &str) {
    let filter = QueueFilter { limit: 1, ..QueueFilter::default() };
    let (rows, _) = bed.store.queue(&"kota".into(), &filter).await.unwrap();
    let reviewer = Reviewer::at_sign_in(&credentials().person).unwrap();
    let decision =
        Decision::new(&rows[0].case, DecisionCode::NeedsCheck, "cek", &reviewer, None, at(clock)).unwrap();
    bed.store.decide(&decision).await.unwrap();
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

async fn back_up(bed: &Bed, to: &Path) -> BackedUp {
    bed.store.backup(to, None, at("12:00"), &silent).await.unwrap()
}

async fn come_back(from: &Path, into: &Bed) -> Result<Restored, StoreError> {
    restore(from, &into.store, &Vault::new(from.with_extension("evidence")), &silent).await
}

async fn same_engine(bed: &Bed) -> Bed {
    if bed.is_pg() { Bed::pg().await.unwrap() } else { Bed::lite().await }
}

fn lines(file: &Path) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn write_lines(file: &Path, lines: &[String]) {
    let mut out = GzEncoder::new(std::fs::File::create(file).unwrap(), Compression::fast());
    out.write_all(format!("{}\n", lines.join("\n")).as_bytes()).unwrap();
    out.finish().unwrap();
}

async fn assert_moves(bed: &Bed, other: &Bed) {
    let files = Files::new();
    fill(bed).await;
    let (first, second) = (files.path("a.gz"), files.path("b.gz"));
    let made = back_up(bed, &first).await;
    let restored = come_back(&first, other).await.unwrap();
    assert_eq!((restored.rows, restored.audit_size), (made.rows, made.audit_size));
    assert_eq!(restored.audit_root, made.audit_root);
    assert_eq!(restored.notes.len(), 1, "{:?}", restored.notes);
    let verified = other.store.verify(None).await.unwrap();
    assert_eq!((verified.faults, verified.checkpoints), (vec![], 1));
    back_up(other, &second).await;
    let (mut a, mut b) = (lines(&first), lines(&second));
    drop((a.remove(0), b.remove(0))); // the heads name the engines
    assert_eq!(a, b, "a backup of what was restored is the same backup");
    assert!(a.len() > 400, "{} lines", a.len());
}

async fn everything_comes_back_on_the_same_engine(bed: &Bed) {
    assert_moves(bed, &same_engine(bed).await).await;
}

async fn everything_moves_to_the_other_engine(bed: &Bed) {
    let other = if bed.is_pg() { Some(Bed::lite().await) } else { Bed::pg().await };
    if let Some(other) = other {
        assert_moves(bed, &other).await;
    }
}

async fn work_goes_on_after_a_restore(bed: &Bed) {
    let files = Files::new();
    fill(bed).await;
    back_up(bed, &files.path("a.gz")).await;
    let other = same_engine(bed).await;
    come_back(&files.path("a.gz"), &other).await.unwrap();
    let found = QueueFilter { words: Some("sumur".into()), limit: 5, ..QueueFilter::default() };
    assert_eq!(other.store.queue(&"kota".into(), &found).await.unwrap().1, 88, "texts are searchable");
    assert_eq!(other.store.offers(0, 5).await.unwrap(), bed.store.offers(0, 5).await.unwrap());
    assert_eq!(other.store.find_claims("diracun", 0, 5).await.unwrap().1, 1, "claims are searchable");
    decide(&other, "13:00").await;
    let entries = [entry("a", "baru", "kabar baru", at("13:00"))];
    other.work(&entries, vec![judgement(&entries[0].1, Queue::Hoax, 0.99)], at("13:10")).await;
    assert_eq!(other.store.verify(None).await.unwrap().faults, []);
    assert_eq!(other.store.credentials("o1").await.unwrap().unwrap().totp_step, Some(9));
}

async fn a_backup_is_of_one_moment_while_work_goes_on(bed: &Bed) {
    let files = Files::new();
    fill(bed).await;
    let to = files.path("a.gz");
    let work = async {
        for n in 0..30 {
            let one = entry("a", &format!("lagi{n}"), "kabar lagi", at("10:00"));
            bed.store.save(&"a".into(), &[one], None, at("10:00")).await.unwrap();
        }
    };
    let (made, ()) = futures::join!(bed.store.backup(&to, None, at("12:00"), &silent), work);
    let other = same_engine(bed).await;
    let restored = come_back(&to, &other).await.unwrap();
    assert_eq!(restored.audit_size, made.unwrap().audit_size);
    assert_eq!(bed.store.verify(None).await.unwrap().faults, []);
}

async fn secrets_of_a_moment_stay_behind(bed: &Bed) {
    let files = Files::new();
    fill(bed).await;
    bed.store.open_session(&[7; 32], &"o1".into(), "csrf-rahasia", at("08:00")).await.unwrap();
    bed.store.epoch_key(at("08:00")).await.unwrap();
    back_up(bed, &files.path("a.gz")).await;
    let all = lines(&files.path("a.gz")).join("\n");
    assert!(all.contains("Rukmini") && !all.contains("csrf-rahasia") && !all.contains("epoch_keys"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(files.path("a.gz")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds everything: for its owner only");
    }
}

async fn a_store_with_work_in_it_is_not_overwritten(bed: &Bed) {
    let files = Files::new();
    fill(bed).await;
    back_up(bed, &files.path("a.gz")).await;
    let refused = come_back(&files.path("a.gz"), bed).await;
    assert!(matches!(refused, Err(StoreError::Conflict(why)) if why.contains("not empty")));
    assert_eq!(bed.store.verify(None).await.unwrap().faults, []);
}

async fn a_file_that_is_there_is_not_overwritten(bed: &Bed) {
    let files = Files::new();
    std::fs::write(files.path("a.gz"), "milik orang").unwrap();
    let refused = bed.store.backup(&files.path("a.gz"), None, at("12:00"), &silent).await.unwrap_err();
    assert!(refused.to_string().contains("not overwritten"), "{refused}");
    assert_eq!(std::fs::read(files.path("a.gz")).unwrap(), b"milik orang");
}

async fn assert_refused(bed: &Bed, file: &Path, words: &str) {
    let into = same_engine(bed).await;
    let refused = come_back(file, &into).await.unwrap_err().to_string();
    assert!(refused.contains(words), "'{words}' is not in: {refused}");
    assert_eq!(into.number("SELECT COUNT(*) FROM items").await, 0, "nothing was restored");
    assert_eq!(into.number("SELECT COUNT(*) FROM meta").await, 1, "what was there is still there");
}

async fn a_damaged_file_restores_nothing(bed: &Bed) {
    let files = Files::new();
    let (good, bad) = (files.path("good.gz"), files.path("bad.gz"));
    fill(bed).await;
    back_up(bed, &good).await;
    let whole = std::fs::read(&good).unwrap();
    std::fs::write(&bad, &whole[..whole.len() / 2]).unwrap();
    assert_refused(bed, &bad, "damaged").await;
    let all = lines(&good);
    write_lines(&bad, &all[..all.len() - 1]);
    assert_refused(bed, &bad, "cut off").await;
    let at = all.iter().position(|line| line.contains("kabar ke-5 ")).unwrap();
    let mut changed = all.clone();
    changed[at] = changed[at].replace("kabar ke-5 ", "kabar ke-6 ");
    write_lines(&bad, &changed);
    assert_refused(bed, &bad, "the table 'items' is not what was written").await;
    let mut dropped = all.clone();
    dropped.remove(at);
    write_lines(&bad, &dropped);
    assert_refused(bed, &bad, "the table 'items' is not what was written").await;
    let mut broken = all;
    broken[at].pop();
    write_lines(&bad, &broken);
    assert_refused(bed, &bad, "this line is broken").await;
}

/// Someone who edits the log in a backup and its hash too is given away by the leaves.
async fn a_file_changed_with_its_hash_still_shows_in_the_log(bed: &Bed) {
    use sha2::{Digest, Sha256};
    let files = Files::new();
    let (good, bad) = (files.path("good.gz"), files.path("bad.gz"));
    fill(bed).await;
    back_up(bed, &good).await;
    let mut all = lines(&good);
    let at = all.iter().position(|line| line.contains("person.put")).unwrap();
    all[at] = all[at].replace("person.put", "person.get");
    let start = all.iter().position(|line| line == r#"{"table":"audit"}"#).unwrap() + 1;
    let end = all.iter().position(|line| line == r#"{"table":"checkpoints"}"#).unwrap();
    let hash =
        all[start..end].iter().fold(Sha256::new(), |hash, line| hash.chain_update(format!("{line}\n")));
    let mut last: serde_json::Value = serde_json::from_str(all.last().unwrap()).unwrap();
    for table in last["end"].as_array_mut().unwrap() {
        if table["table"] == "audit" {
            table["sha256"] = saring_domain::ids::hex(&hash.clone().finalize()).into();
        }
    }
    *all.last_mut().unwrap() = last.to_string();
    write_lines(&bad, &all);
    assert_refused(bed, &bad, "(entry 1 was changed").await;
}

async fn a_file_that_is_no_backup_says_so(bed: &Bed) {
    let files = Files::new();
    let bad = files.path("bad.gz");
    std::fs::write(&bad, "bukan cadangan").unwrap();
    assert_refused(bed, &bad, "not a backup of Saring").await;
    write_lines(&bad, &["{}".into()]);
    assert_refused(bed, &bad, "not a backup of Saring").await;
    fill(bed).await;
    back_up(bed, &files.path("good.gz")).await;
    let mut all = lines(&files.path("good.gz"));
    let head = all[0].clone();
    all[0] = head.replace(&format!("\"schema\":{SCHEMA_VERSION}"), "\"schema\":99");
    write_lines(&bad, &all);
    assert_refused(bed, &bad, "schema 99").await;
    all[0] = head.replace("\"saring_backup\":2", "\"saring_backup\":3");
    write_lines(&bad, &all);
    assert_refused(bed, &bad, "newer Saring").await;
    assert_refused(bed, &files.path("none.gz"), "cannot be read").await;
}
