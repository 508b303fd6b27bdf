//! Whole-product stories as text (`tests/stories/*.story`): given captures, expect cases.
//!
//! ```text
//! # A comment; the first line of a story says what it is about.
//! office: covers 99.01 | names Polres Sukamaju
//! area: 99.01.01 | district | Karangjati
//! source: warta | 99.01
//! claim: c1 | Salah | Title of the checked claim
//! capture: a | post | 2026-11-24T08:00:00Z | warta | The text.
//! expect: a | queue hoax | claim c1 | place 99.01.01 | duplicate - | reason spreading
//! cases: a
//! needs: protected
//! ```
//! `cases` names the items that open a case: in a worked queue, no copy, and for hoaxes the first of their claim.
//! A story waits (and says so) for a detector that it `needs` and that this version does not have.

#![allow(clippy::unwrap_used, reason = "a story that cannot be read must fail")]

use saring_analysis::model::Models;
use saring_analysis::{Analyser, Judgement, Known, Settings, Stream};
use saring_domain::{Area, AreaLevel, Claim, Item, ItemKind, Office, Queue};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Story {
    name: String,
    office: Option<Office>,
    areas: Vec<Area>,
    sources: Vec<(String, String)>,
    claims: Vec<Claim>,
    captures: Vec<Item>,
    expects: Vec<(String, Vec<(String, String)>)>,
    cases: Option<BTreeSet<String>>,
    needs: Vec<String>,
}

fn cells(rest: &str) -> Vec<&str> {
    rest.split('|').map(str::trim).collect()
}

fn parse(name: &str, text: &str) -> Story {
    let mut story = Story { name: name.to_owned(), ..Story::default() };
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (what, rest) = line.split_once(": ").unwrap_or_else(|| panic!("{name}: '{line}' has no ': '"));
        let cells = cells(rest);
        match (what, cells.as_slice()) {
            ("office", cells) => story.office = Some(office(cells)),
            ("area", [code, level, name]) => story.areas.push(area(code, level, name)),
            ("source", [id, area]) => story.sources.push(((*id).into(), (*area).into())),
            ("claim", [id, verdict, title]) => story.claims.push(claim(id, verdict, title)),
            ("capture", [id, kind, at, source, text]) => {
                story.captures.push(capture(id, kind, at, source, text))
            }
            ("expect", [id, facts @ ..]) => {
                let facts =
                    facts.iter().map(|fact| fact.split_once(' ').unwrap_or_else(|| panic!("{name}: {fact}")));
                story.expects.push(((*id).into(), facts.map(|(k, v)| (k.into(), v.into())).collect()));
            }
            ("cases", [ids]) => {
                story.cases = Some(ids.split(", ").filter(|id| *id != "-").map(str::to_owned).collect());
            }
            ("needs", [names]) => story.needs = names.split(", ").map(str::to_owned).collect(),
            _ => panic!("{name}: '{line}' is not understood"),
        }
    }
    story
}

fn office(cells: &[&str]) -> Office {
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for cell in cells {
        let (what, list) = cell.split_once(' ').unwrap();
        lists.insert(what, list.split(", ").map(str::to_owned).collect());
    }
    Office {
        id: "own".into(),
        parent: None,
        name: "own".into(),
        covers: lists.remove("covers").unwrap_or_default(),
        institution_names: lists.remove("names").unwrap_or_default(),
        zone: "Asia/Jakarta".into(),
        letterhead: vec![],
        signatory: vec![],
    }
}

fn area(code: &str, level: &str, name: &str) -> Area {
    let level = match level {
        "province" => AreaLevel::Province,
        "regency" => AreaLevel::Regency,
        "district" => AreaLevel::District,
        "village" => AreaLevel::Village,
        other => panic!("no level {other}"),
    };
    Area { code: code.into(), level, name: name.into(), lat: None, lon: None }
}

fn claim(id: &str, verdict: &str, title: &str) -> Claim {
    Claim {
        id: id.into(),
        title: title.into(),
        text: String::new(),
        url: None,
        date: None,
        verdict: Some(verdict.into()),
        source: None,
    }
}

fn capture(id: &str, kind: &str, at: &str, source: &str, text: &str) -> Item {
    let kind = match kind {
        "post" => ItemKind::Post,
        "article" => ItemKind::Article,
        "comment" => ItemKind::Comment,
        "tip" => ItemKind::Tip,
        other => panic!("no kind {other}"),
    };
    let at = at.parse().unwrap();
    Item {
        id: id.into(),
        capture: id.into(),
        source: source.into(),
        kind,
        account: None,
        title: None,
        text: text.replace("\\n", "\n"),
        url: None,
        outlet: None,
        posted_at: Some(at),
        seen_at: at,
    }
}

/// Judges the captures in order, one by one, as a stream would.
fn judge(story: &Story, models: &Models) -> (Analyser, Vec<Judgement>) {
    let mut known = Known::new(models, &story.claims).unwrap();
    known.gazetteer = known.gazetteer.with_areas(&story.areas);
    known.source_areas = story.sources.iter().map(|(id, area)| (id.as_str().into(), area.clone())).collect();
    if let Some(office) = &story.office {
        known = known.for_office(office);
    }
    let analyser = Analyser::new(models, known, &Settings::default()).unwrap();
    let mut stream = Stream::default();
    let mut judgements = Vec::new();
    for (item, mut judged) in story.captures.iter().zip(analyser.judge(&story.captures)) {
        stream.settle(item, &mut judged);
        judgements.push(judged.judgement);
    }
    (analyser, judgements)
}

/// The items that open a case.
fn opened(judgements: &[Judgement]) -> BTreeSet<String> {
    let mut claims = HashSet::new();
    let mut opened = BTreeSet::new();
    for judgement in judgements.iter().filter(|j| j.queue != Queue::None) {
        let claim = judgement.same_claim().filter(|_| judgement.queue == Queue::Hoax);
        let new_claim = claim.is_none_or(|claim| claims.insert(claim.id.clone()));
        let copy = judgement.duplicate_of.as_ref().is_some_and(|of| opened.contains(of));
        if new_claim && !copy {
            opened.insert(judgement.id.clone());
        }
    }
    opened
}

/// What differs from one expectation, if anything.
fn breach(judgement: &Judgement, what: &str, value: &str) -> Option<String> {
    let codes: Vec<&str> = judgement.places.iter().map(|place| place.code.as_str()).collect();
    let reasons: Vec<String> = judgement.priority.reasons.iter().map(ToString::to_string).collect();
    let lane = serde_json::to_value(judgement.protected.lane).unwrap();
    let is = match what {
        "queue" => judgement.queue.code().to_owned(),
        "claim" => {
            judgement.same_claim().map_or_else(|| unaccepted(judgement, value), |claim| claim.id.0.clone())
        }
        "duplicate" => judgement.duplicate_of.clone().unwrap_or_else(|| "-".into()),
        "protected" => lane.as_str().unwrap_or("-").to_owned(),
        "own" => if judgement.own_institution { "yes" } else { "no" }.to_owned(),
        "place" if value == "-" && codes.is_empty() => "-".to_owned(),
        "place" => {
            codes.iter().find(|code| **code == value).map_or_else(|| codes.join(" "), |code| (*code).into())
        }
        "reason" => reasons
            .iter()
            .find(|reason| reason.contains(value))
            .map_or_else(|| reasons.join("; "), |_| value.into()),
        other => panic!("{other} is not understood"),
    };
    (is != value).then(|| format!("{}: {what} should be '{value}' but is '{is}'", judgement.id))
}

/// `-`, or the candidate that was expected with what is thought of it.
fn unaccepted(judgement: &Judgement, expected: &str) -> String {
    let candidate = judgement.claims.iter().find(|claim| claim.id.as_str() == expected);
    candidate
        .map_or_else(|| "-".into(), |c| format!("- ({} {:?}, {:?})", c.score.get(), c.relation, c.differs))
}

fn run(story: &Story, models: &Models) -> Result<(), Vec<String>> {
    let (analyser, judgements) = judge(story, models);
    if let Some(missing) = story.needs.iter().find(|name| !analyser.has(name)) {
        println!("{}: waits for the detector '{missing}'", story.name);
        return Ok(());
    }
    let mut breaches = Vec::new();
    for (id, facts) in &story.expects {
        let judgement = judgements.iter().find(|judgement| judgement.id == *id);
        let judgement = judgement.unwrap_or_else(|| panic!("{}: no capture {id}", story.name));
        breaches.extend(facts.iter().filter_map(|(what, value)| breach(judgement, what, value)));
    }
    let opened = opened(&judgements);
    if let Some(cases) = story.cases.as_ref().filter(|cases| **cases != opened) {
        breaches.push(format!("cases should be {cases:?} but are {opened:?}"));
    }
    assert!(!story.expects.is_empty() || story.cases.is_some(), "{}: expects nothing", story.name);
    if breaches.is_empty() { Ok(()) } else { Err(breaches) }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/stories");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "story"));
    paths.sort();
    paths
}

#[test]
fn every_story_ends_as_it_should() {
    let models = Models::shipped();
    let paths = stories();
    assert!(paths.len() >= 12, "stories are missing");
    let mut failed = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let story = parse(&name, &std::fs::read_to_string(&path).unwrap());
        if let Err(breaches) = run(&story, &models) {
            failed.extend(breaches.into_iter().map(|breach| format!("{name}: {breach}")));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn a_story_that_ends_otherwise_fails() {
    let text = "capture: a | post | 2026-11-24T08:00:00Z | s | Selamat pagi, Trenggalek\nexpect: a | queue hoax | place 35.03\ncases: a\n";
    let breaches = run(&parse("wrong", text), &Models::shipped()).unwrap_err();
    assert_eq!(breaches.len(), 2, "{breaches:?}");
}
