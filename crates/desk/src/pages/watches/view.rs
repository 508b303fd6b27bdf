//! Watches and their items as people read them.

use crate::highlight::{Piece, pieces};
use crate::mask;
use crate::reading::Reader;
use crate::time;
use crate::words::Words;
use jiff::ToSpan;
use jiff::civil::Date;
use saring_domain::watch::lint;
use saring_domain::{Because, Estimate, PersonId, Span, WatchState};
use saring_store::views::{SourceHealth, WatchItem, WatchRow};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Days of the chart.
const DAYS: i64 = 14;
/// Characters of a text shown, and of them before the first term.
const SHOWN: usize = 280;
const BEFORE: usize = 80;
/// Terms suggested at once, and misses that must share a word.
const SUGGESTED: usize = 6;
const SHARED: usize = 2;

/// A bar of the chart, in units of 40 height.
pub(super) struct Bar {
    pub label: String,
    pub count: u32,
    pub x: usize,
    pub y: u32,
    pub height: u32,
}

/// A watch as shown.
pub(super) struct WatchView {
    pub href: String,
    pub state_words: String,
    /// Style of the mark before the state.
    pub badge: &'static str,
    pub title: String,
    /// Address and title of the claim it is bound to.
    pub claim: Option<(String, String)>,
    pub terms: Vec<String>,
    pub reason: String,
    pub owner: String,
    pub until: String,
    pub left: Option<String>,
    /// Who said what to it, and when.
    pub history: Vec<String>,
    pub caught: u32,
    pub near: u32,
    pub checked: u32,
    pub missed: u32,
    pub bars: Vec<Bar>,
    pub recall: String,
    pub precision: String,
    pub proposed: bool,
    pub over: bool,
    /// The reader opened it.
    pub own: bool,
}

impl WatchView {
    pub(super) fn new(reader: &Reader, row: &WatchRow, me: &PersonId) -> Self {
        let (w, watch, draft) = (reader.w, &row.watch, &row.watch.draft);
        let state = watch.state_at(reader.now);
        let sum = |of: fn(&saring_store::views::WatchDay) -> u32| row.days.iter().map(of).sum::<u32>();
        let [caught, near, checked, missed] =
            [sum(|d| d.caught), sum(|d| d.near), sum(|d| d.checked), sum(|d| d.relevant)];
        let (apt, stray) = (sum(|d| d.apt), sum(|d| d.stray));
        let live = matches!(state, WatchState::Proposed | WatchState::Running);
        let claim = draft.claim.as_ref().map(|id| {
            let title = row.claim_title.clone().unwrap_or_else(|| w.t("watch-claim-gone"));
            (format!("/klaim/{}", super::super::in_url(id.as_str())), title)
        });
        Self {
            href: format!("/pantauan/{}", watch.id),
            state_words: w.t(&format!("watch-state-{}", state.code())),
            badge: match state {
                WatchState::Proposed => "second",
                WatchState::Running => "protected",
                WatchState::Refused | WatchState::Ended => "clipping",
            },
            title: draft.purpose.clone(),
            claim,
            terms: draft.terms.clone(),
            reason: draft.reason.clone(),
            owner: watch.owner_name.clone(),
            until: time::date_words(w, draft.until),
            left: live.then(|| left(reader, draft.until)),
            history: history(reader, row),
            caught,
            near,
            checked,
            missed,
            bars: bars(reader, row),
            recall: recall(w, [caught.saturating_sub(stray), near, checked, missed]),
            precision: precision(w, caught, apt, stray),
            proposed: state == WatchState::Proposed,
            over: !live,
            own: watch.owner == *me,
        }
    }
}

/// Days after today up to the last one.
fn left(reader: &Reader, until: Date) -> String {
    let today = reader.now.to_zoned_datetime(reader.zone.clone()).date();
    reader.w.n("watch-left", today.until(until).map_or(0, |span| span.get_days().max(0)))
}

fn history(reader: &Reader, row: &WatchRow) -> Vec<String> {
    let (w, watch) = (reader.w, &row.watch);
    let full = |at| time::full(w, at, &reader.zone);
    let mut out = vec![w.ab("watch-opened", &watch.owner_name, full(watch.opened_at))];
    if let Some((who, at)) = &watch.settled {
        let key = if watch.state == WatchState::Refused { "watch-refused" } else { "watch-approved" };
        out.push(w.ab(key, who, full(*at)));
    }
    match &watch.ended {
        Some((at, Some(who))) => out.push(w.ab("watch-ended", who, full(*at))),
        Some((at, None)) => out.push(w.a("watch-expired", full(*at))),
        None if watch.state_at(reader.now) == WatchState::Ended => {
            out.push(w.a("watch-expired", full(watch.ends_at)));
        }
        None => {}
    }
    out
}

/// Items caught on each of the last days up to today or to the end of the watch.
fn bars(reader: &Reader, row: &WatchRow) -> Vec<Bar> {
    let last = reader.now.to_zoned_datetime(reader.zone.clone()).date().min(row.watch.draft.until);
    let day = |back: i64| last.saturating_sub(back.days());
    let count = |date: Date| row.days.iter().find(|day| day.day == date).map_or(0, |day| day.caught);
    let days: Vec<(Date, u32)> = (0..DAYS).rev().map(|back| (day(back), count(day(back)))).collect();
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let bar = |(at, (day, count)): (usize, (Date, u32))| {
        let height = if count == 0 { 1 } else { (count * 36 / most).max(3) };
        Bar { label: time::date_words(reader.w, day), count, x: at * 16, y: 40 - height, height }
    };
    days.into_iter().enumerate().map(bar).collect()
}

/// "80", "49–94".
fn percents(found: Estimate) -> (String, String) {
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let [low, high] = found.range.map(percent);
    (percent(found.share), if low == high { low } else { format!("{low}–{high}") })
}

fn recall(w: Words, [caught, near, checked, missed]: [u32; 4]) -> String {
    let [caught, near, checked, missed] = [caught, near, checked, missed].map(u64::from);
    match Estimate::recall(caught, near, checked, missed) {
        Some(_) if near == 0 => w.t("watch-recall-all"),
        Some(recall) => {
            let (share, range) = percents(recall);
            w.ab("watch-recall", share, range)
        }
        None if near > 0 => w.t("watch-recall-unchecked"),
        None => w.t("watch-recall-nothing"),
    }
}

fn precision(w: Words, caught: u32, apt: u32, stray: u32) -> String {
    match Estimate::precision(caught.into(), apt.into(), stray.into()) {
        Some(precision) if apt + stray >= caught => w.a("watch-precision-all", percents(precision).0),
        Some(precision) => {
            let (share, range) = percents(precision);
            let basis = w.ab("watch-precision-basis", w.number(apt + stray), w.number(stray));
            format!("{} {basis}", w.ab("watch-precision", share, range))
        }
        None => w.t("watch-precision-unknown"),
    }
}

/// An item of a watch as shown: masked, without who posted it.
pub(super) struct ItemView {
    pub id: String,
    pub pieces: Vec<Piece>,
    pub outlet: String,
    pub age: String,
    pub age_full: String,
    /// What a person said of it.
    pub apt: bool,
    pub stray: bool,
}

impl ItemView {
    pub(super) fn new(reader: &Reader, found: &WatchItem) -> Self {
        let (age, age_full) = reader.when(found.item.when());
        Self {
            id: found.item.id.to_string(),
            pieces: excerpt(&mask(&found.item.full_text()), &found.spans),
            outlet: found.item.outlet.clone().unwrap_or_else(|| found.item.source.to_string()),
            age,
            age_full,
            apt: found.about == Some(true),
            stray: found.about == Some(false),
        }
    }
}

/// The text around the first place where a term is, with all places in it marked.
fn excerpt(text: &str, spans: &[Span]) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let first = spans.first().map_or(0, |span| span.start as usize).min(chars.len());
    let mut from = first.saturating_sub(BEFORE);
    while from > 0 && from < first && !chars[from - 1].is_whitespace() {
        from += 1;
    }
    let to = (from + SHOWN).min(chars.len());
    let mut shown: String = chars[from..to].iter().collect();
    // an ellipsis in front moves every place by one
    let moved = usize::from(from > 0);
    if from > 0 {
        shown.insert(0, '…');
    }
    if to < chars.len() {
        shown.push('…');
    }
    let place = |at: u32| u32::try_from((at as usize).clamp(from, to) - from + moved).unwrap_or(0);
    let marks = spans.iter().filter(|span| (span.start as usize) < to);
    let marks =
        marks.map(|span| Because { start: place(span.start), end: place(span.end), because: "watch".into() });
    pieces(&shown, &marks.collect::<Vec<_>>())
}

/// Ordinary words that several misses share and no term has yet, most frequent first: what a new watch could add.
pub(super) fn suggestions(terms: &[String], missed: &[WatchItem]) -> Vec<String> {
    let known: String = terms.join(" ").to_lowercase();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in missed.iter().flat_map(|item| &item.words) {
        *counts.entry(word).or_default() += 1;
    }
    let fresh = |word: &str| !known.split_whitespace().any(|term| term == word) && lint(word, false).is_ok();
    let mut out: Vec<(&str, usize)> =
        counts.into_iter().filter(|(word, count)| *count >= SHARED && fresh(word)).collect();
    out.sort_by_key(|(word, count)| (Reverse(*count), *word));
    out.into_iter().take(SUGGESTED).map(|(word, _)| word.to_owned()).collect()
}

/// What a source follows by its configuration, as shown.
pub(super) struct FollowingView {
    pub source: String,
    pub purpose: String,
    pub terms: Vec<String>,
    pub people: String,
    pub until: String,
    pub over: bool,
}

pub(super) fn followings(reader: &Reader, sources: &[SourceHealth]) -> Vec<FollowingView> {
    let today = reader.now.to_zoned_datetime(reader.zone.clone()).date();
    let watched = sources.iter().filter_map(|source| Some((source, source.def.watch.as_ref()?)));
    let view = |(source, watch): (&SourceHealth, &saring_domain::Watch)| FollowingView {
        source: source.def.name.clone(),
        purpose: watch.purpose.clone(),
        terms: watch.terms.clone(),
        people: reader.w.ab("watch-people", &watch.owner, &watch.approved_by),
        until: time::date_words(reader.w, watch.until),
        over: watch.until < today,
    };
    watched.map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_first_term_with_its_surroundings() {
        let text = format!("{} tanggul jebol {}", "kata ".repeat(60), "lagi ".repeat(80));
        let start = u32::try_from(text.chars().position(|c| c == 't').unwrap_or(0)).unwrap();
        let at = u32::try_from(text.find("tanggul").unwrap()).unwrap();
        assert!(start < at);
        let found = excerpt(&text, &[Span { start: at, end: at + 13 }]);
        let marked: Vec<&str> =
            found.iter().filter(|piece| !piece.marks.is_empty()).map(|piece| piece.text.as_str()).collect();
        assert_eq!(marked, ["tanggul jebol"]);
        let all: String = found.iter().map(|piece| piece.text.as_str()).collect();
        assert!(all.starts_with("…kata") && all.ends_with('…') && all.chars().count() <= SHOWN + 2, "{all}");
        assert_eq!(excerpt("", &[]).len(), 0);
        let short = excerpt("tanggul jebol", &[Span { start: 0, end: 13 }]);
        assert_eq!((short.len(), short[0].text.as_str()), (1, "tanggul jebol"));
    }
}
