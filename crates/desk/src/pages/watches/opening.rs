//! The form that opens a watch: filled in from a claim in one click, refused field by field.

use super::super::Page;
use crate::frame::Frame;
use crate::posted::Posted;
use crate::problem::{self, Problem};
use crate::session::Visit;
use crate::state::DeskState;
use crate::words::Words;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::ToSpan;
use jiff::civil::Date;
use saring_domain::watch::{MOST_DAYS, lint};
use saring_domain::{Claim, ClaimId, WatchDraft, WatchFlaw};
use serde::Deserialize;

/// Days that a watch lasts where nobody says otherwise.
const DAYS: i64 = 14;
/// Terms taken from the title of a claim.
const FROM_TITLE: usize = 8;

/// Words that say nothing of what a title is about.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "yang", "dan", "di", "ke", "dari", "ini", "itu", "untuk", "dengan", "pada", "adalah", "akan", "dalam", "tidak", "juga",
    "oleh", "ada", "atau", "sudah", "saat", "bisa", "karena", "telah", "para", "sebagai", "agar", "bukan", "tak", "salah",
    "benar", "hoaks", "klaim", "keliru", "beredar", "video", "foto", "pesan", "berantai", "kabar", "klarifikasi", "warga",
];

/// The form as shown.
#[derive(Template)]
#[template(path = "watch_form.html")]
struct FormPage {
    f: Frame,
    /// Id and title of the claim it is bound to.
    claim: Option<(String, String)>,
    terms: String,
    purpose: String,
    reason: String,
    until: String,
    first: Date,
    last: Date,
    flaws: Vec<(&'static str, String)>,
}

impl FormPage {
    /// What is wrong with a field.
    fn flaws_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.flaws.iter().filter(move |(of, _)| *of == field).map(|(_, words)| words.as_str())
    }
    fn bad(&self, field: &str) -> bool {
        self.flaws_of(field).next().is_some()
    }
}

/// The claim that a watch is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    klaim: String,
}

/// `GET /pantauan/baru`
pub(crate) async fn form(State(desk): State<DeskState>, visit: Visit, Query(asked): Query<Asked>) -> Page {
    let claim = claim(&desk, &asked.klaim).await?;
    let w = visit.words;
    let today = today(&desk, &visit)?;
    let page = FormPage {
        terms: claim.as_ref().map(|claim| terms_of(&claim.title).join("\n")).unwrap_or_default(),
        purpose: claim.as_ref().map(|claim| w.a("watch-purpose-of", &claim.title)).unwrap_or_default(),
        claim: claim.map(|claim| (claim.id.to_string(), claim.title)),
        reason: String::new(),
        until: today.saturating_add(DAYS.days()).to_string(),
        first: today,
        last: today.saturating_add(MOST_DAYS.days()),
        flaws: Vec::new(),
        f: Frame::new(&desk, &visit, "watches", &w.t("watch-open")).await?,
    };
    Ok(problem::page(StatusCode::OK, &page))
}

/// `POST /pantauan`
pub(crate) async fn open(State(desk): State<DeskState>, visit: Visit, posted: Posted) -> Page {
    let signed = visit.signed()?;
    let (reviewer, w) = (signed.reviewer()?, visit.words);
    let claim = claim(&desk, posted.get("klaim")).await?;
    let today = today(&desk, &visit)?;
    let draft = WatchDraft {
        claim: claim.as_ref().map(|claim| claim.id.clone()),
        terms: posted.get("istilah").split(['\n', ',']).map(str::to_owned).collect(),
        purpose: posted.get("tujuan").to_owned(),
        reason: posted.get("alasan").to_owned(),
        // a day that cannot be read is one that nobody chose
        until: posted.get("sampai").parse().unwrap_or(Date::MIN),
    };
    match draft.propose(&reviewer, desk.office(signed.office()), visit.now) {
        Ok(proposed) => {
            let id = desk.store().open_watch(&proposed, visit.now).await?;
            Ok(Redirect::to(&format!("/pantauan/{id}?baru=buka")).into_response())
        }
        Err(flaws) => {
            let page = FormPage {
                claim: claim.map(|claim| (claim.id.to_string(), claim.title)),
                terms: posted.get("istilah").to_owned(),
                purpose: draft.purpose,
                reason: draft.reason,
                until: posted.get("sampai").to_owned(),
                first: today,
                last: today.saturating_add(MOST_DAYS.days()),
                flaws: flaws.iter().map(|(field, flaw)| (shown_at(field, flaw), said(w, flaw))).collect(),
                f: Frame::new(&desk, &visit, "watches", &w.t("watch-open")).await?,
            };
            Ok(problem::page(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// Where a flaw is shown: a missing reason at the reason, all others at their field.
fn shown_at(field: &'static str, flaw: &WatchFlaw) -> &'static str {
    if matches!(flaw, WatchFlaw::Reason(_)) { "reason" } else { field }
}

/// A flaw in the reader's words.
fn said(w: Words, flaw: &WatchFlaw) -> String {
    w.a(&format!("watch-flaw-{}", flaw.code()), flaw.about())
}

async fn claim(desk: &DeskState, id: &str) -> Result<Option<Claim>, Problem> {
    match id {
        "" => Ok(None),
        id => desk.store().claim(&ClaimId::from(id)).await?.ok_or(Problem::NotFound).map(Some),
    }
}

fn today(desk: &DeskState, visit: &Visit) -> Result<Date, Problem> {
    let zone = desk.office(visit.signed()?.office()).time_zone();
    Ok(visit.now.to_zoned_datetime(zone).date())
}

/// Terms from the title of a claim: pairs of neighbouring words that say something, as people repeat them. A person
/// looks at them before anybody else does.
fn terms_of(title: &str) -> Vec<String> {
    let title = match title.split_once(']') {
        Some((mark, rest)) if mark.starts_with('[') => rest,
        _ => title,
    };
    let words = title.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    // small letters: a capital would make a name of the first word of a title
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let tells = |word: &String| word.chars().count() >= 3 && !STOP.contains(&word.as_str());
    let pairs = words.windows(2).filter(|pair| pair.iter().all(tells)).map(|pair| pair.join(" "));
    let mut out: Vec<String> = Vec::new();
    for term in pairs.filter(|term| lint(term, false).is_ok()).take(FROM_TITLE) {
        if !out.contains(&term) {
            out.push(term);
        }
    }
    if out.is_empty() {
        let long = words.iter().filter(|word| tells(word) && word.chars().count() >= 5);
        out.extend(long.filter(|word| lint(word, false).is_ok()).take(3).cloned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::terms_of;

    #[test]
    fn terms_come_from_the_words_of_a_title() {
        for (title, wanted) in [
            ("[SALAH] Air sumur Karangjati beracun", "air sumur|sumur karangjati|karangjati beracun"),
            ("PDAM tidak meracuni air", "meracuni air"),
            ("Video: Bupati Sukamaju menutup pasar hewan", "sukamaju menutup|menutup pasar|pasar hewan"),
            ("Vaksin itu berbahaya", "vaksin|berbahaya"),
            ("@budi 08123456789", ""),
            ("", ""),
        ] {
            assert_eq!(terms_of(title).join("|"), wanted, "{title}");
        }
    }
}
