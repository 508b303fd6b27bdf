//! A real news page about a district police's own office: place and institution found, neither hoax nor hate.

use saring_analysis::model::Models;
use saring_analysis::{Analyser, Known, Settings};
use saring_domain::{Item, ItemKind, Office, Queue};
use std::path::{Path, PathBuf};

#[test]
fn the_seed_page_is_a_clipping_of_its_office() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("SARING_DATA").map_or(beside, PathBuf::from);
    let Ok(mut files) = std::fs::read_dir(data.join("seed")) else {
        println!("skipped: no research data (set SARING_DATA)");
        return;
    };
    let text = std::fs::read_to_string(files.next().unwrap().unwrap().path()).unwrap();
    let models = Models::shipped();
    let office = Office {
        id: "o".into(),
        parent: None,
        name: "Humas".into(),
        covers: vec!["35.03".into()],
        institution_names: vec!["Polres Trenggalek".into()],
        zone: "Asia/Jakarta".into(),
        letterhead: vec![],
        signatory: vec![],
    };
    let known = Known::new(&models, &[]).unwrap().for_office(&office);
    let analyser = Analyser::new(&models, known, &Settings::default()).unwrap();
    let item = Item {
        id: "seed".into(),
        capture: "seed".into(),
        source: "memorandum".into(),
        kind: ItemKind::Article,
        account: None,
        title: None,
        text,
        url: None,
        outlet: None,
        posted_at: None,
        seen_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let judgement = analyser.judge_one(&item).judgement;
    let place = judgement.places.iter().find(|place| place.code == "35.03");
    assert!(place.is_some_and(|place| place.score.get() > 0.9), "{:?}", judgement.places);
    assert!(judgement.own_institution);
    assert_eq!(judgement.queue, Queue::Clipping, "{:?}", judgement.priority);
    assert!(judgement.same_claim().is_none() && !judgement.labels.iter().any(|label| label == "GroupAttack"));
}
