//! What a page prints for readers about its article, where it says less or something else to machines: headline and date.

use super::about::Clock;
use crate::html;
use crate::when;
use jiff::{SignedDuration, Timestamp};
use scraper::{ElementRef, Html, Selector};
use std::sync::LazyLock;

/// Dates stand in short pieces of text, characters.
const DATE: usize = 80;
/// Pieces of a page that are looked at for its date.
const MOST: usize = 20_000;
/// A heading is none of a section, and the title that begins with it is its own, from so many characters on.
const HEADING: usize = 15;
/// What outlets append to a headline in the title is not longer than this, characters.
const SUFFIX: usize = 60;

type Pattern = LazyLock<Option<Selector>>;
static HEADINGS: Pattern = LazyLock::new(|| Selector::parse("h1, h2, h3").ok());
/// Where Indonesian media print the date.
static DATED: Pattern = LazyLock::new(|| {
    Selector::parse("[class*='date'], [class*='tanggal'], [class*='waktu'], [class*='time'], time").ok()
});

/// The headline: the heading that `told` begins with, without what the outlet appends; where nothing is told, the first
/// heading that can be one.
pub(super) fn headline(tree: &Html, told: &str) -> String {
    let Some((_, heading)) = heading(tree, told) else { return told.to_owned() };
    let rest = told.get(heading.len()..).unwrap_or_default();
    let appended =
        rest.trim_start().starts_with(['-', '|', ':', '\u{2013}', '\u{2014}', '\u{b7}', '\u{bb}', '\u{ab}']);
    if told.is_empty() || (appended && rest.chars().count() <= SUFFIX) { heading } else { told.to_owned() }
}

fn heading<'a>(tree: &'a Html, told: &str) -> Option<(ElementRef<'a>, String)> {
    let line = |element: ElementRef<'a>| (element, html::line(&element.inner_html()));
    let found: Vec<_> = tree.select(HEADINGS.as_ref()?).take(100).map(line).collect();
    if told.is_empty() {
        let of = |name: &str, words: usize| {
            let fits = |(element, text): &&(ElementRef<'a>, String)| {
                element.value().name() == name && text.split(' ').count() >= words
            };
            found.iter().find(fits).cloned()
        };
        return of("h1", 3).or_else(|| of("h2", 4));
    }
    let fits = |(_, text): &(ElementRef<'a>, String)| {
        text == told || (text.chars().count() >= HEADING && told.starts_with(text.as_str()))
    };
    found.into_iter().filter(fits).max_by_key(|(_, text)| text.len())
}

/// `Selasa, 24/11/2026 07:15 WIB` below the headline: the first date with a clock there, or anywhere; else one without. A
/// date that is told from today only where none is written out, since lists of other articles tell theirs so.
pub(super) fn date(tree: &Html, told: &str, clock: &Clock) -> Option<Timestamp> {
    let pieces = pieces(tree, told);
    let whole = |text: &str| when::parse(text, &clock.zone).is_some();
    let read = |found: Option<&(bool, bool, String)>| found.and_then(|(.., text)| clock.read(text));
    let written = || pieces.iter().filter(|(.., text)| clock.read(text).is_some() && !relative(text, clock));
    let exact =
        |below: bool| read(written().find(|(after, _, text)| (*after || !below) && when::clocked(text)));
    exact(true).or_else(|| exact(false)).or_else(|| {
        let classed =
            |below: bool| pieces.iter().filter(move |(after, classed, _)| *classed && (*after || !below));
        let any = |below: bool| read(classed(below).find(|(.., text)| whole(text)));
        any(true).or_else(|| any(false)).or_else(|| classed(false).find_map(|(.., text)| clock.read(text)))
    })
}

/// Whether a date reads otherwise when it is read on another day.
fn relative(text: &str, clock: &Clock) -> bool {
    let later = Clock { now: clock.now + SignedDuration::from_hours(24 * 400), ..clock.clone() };
    clock.read(text) != later.read(text)
}

/// Short pieces of text with a digit, in their order: whether they stand below the headline, and where dates do.
fn pieces(tree: &Html, told: &str) -> Vec<(bool, bool, String)> {
    let heading = heading(tree, told).map(|(element, _)| element.id());
    let (mut after, mut out) = (false, Vec::new());
    for node in tree.root_element().descendants().take(MOST) {
        after |= Some(node.id()) == heading;
        let dated =
            ElementRef::wrap(node).filter(|one| DATED.as_ref().is_some_and(|pattern| pattern.matches(one)));
        let text = match (dated, node.value().as_text()) {
            (Some(element), _) => element.text().take(40).collect::<Vec<_>>().join(" "),
            (None, Some(text)) => text.to_string(),
            (None, None) => continue,
        };
        let text = html::squeezed(&text);
        if text.chars().count() <= DATE && (dated.is_some() || text.contains(|c: char| c.is_ascii_digit())) {
            out.push((after, dated.is_some(), text));
        }
    }
    out
}

/// The date of publication, of what is told to machines and what is printed: what is printed where the other is the same
/// clock of the wall with a wrong zone, as media write that put a `Z` behind their own time, or has no clock at all.
pub(super) fn agreed(told: Timestamp, printed: Option<Timestamp>, clock: &Clock) -> Timestamp {
    let Some(printed) = printed else { return told };
    let apart = told.duration_since(printed).as_mins();
    let zoned = (7..=9).any(|hours| apart == hours * 60);
    let local = |at| clock.zone.to_datetime(at);
    let bare =
        local(told).time() == jiff::civil::Time::midnight() && local(told).date() == local(printed).date();
    if zoned || bare { printed } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_lose_what_outlets_append() {
        let tree = Html::parse_document(
            "<h1>Regional</h1><h2>Pasar baru dibuka Bupati</h2><h3>Warga tiga dusun senang</h3>",
        );
        let cases = [
            ("Pasar baru dibuka Bupati - Warta Sukamaju Daerah", "Pasar baru dibuka Bupati"),
            ("Pasar baru dibuka Bupati | warta.example", "Pasar baru dibuka Bupati"),
            ("Pasar baru dibuka Bupati", "Pasar baru dibuka Bupati"),
            ("Pasar baru dibuka Bupati dan Camat", "Pasar baru dibuka Bupati dan Camat"),
            ("Regional - Warta", "Regional - Warta"),
            ("", "Pasar baru dibuka Bupati"),
        ];
        for (told, expect) in cases {
            assert_eq!(headline(&tree, told), expect, "{told}");
        }
        assert_eq!(headline(&Html::parse_document("<h1>Berita</h1>"), ""), "");
    }

    #[test]
    fn the_date_below_the_headline_is_that_of_the_article() {
        let clock = Clock { zone: when::capital(), now: "2026-11-25T00:00:00Z".parse().unwrap() };
        let head = "<div class='date-now'>Rabu, 25 November 2026</div><ul><li>Selasa, 24/11/2026 09:25 WIB <a href='/a'>Lain</a></li></ul>";
        let expect = "2026-11-24T00:15:00Z".parse().ok();
        for body in [
            "<h1>Pasar baru dibuka Bupati</h1><div class='small grey'>Selasa, 24 November 2026 | 07:15 WIB</div><p>Isi.</p><i class='date'>Senin, 23/11/2026 10:00 WIB</i>",
            "<h1>Pasar baru dibuka Bupati</h1><span class='schedule'>Selasa, 24 November 2026 07:15</span>",
            "<h1>Pasar baru dibuka Bupati</h1><div class='date'>Selasa, 24 November 2026, 07:15 WIB <br> Komentar : 0</div>",
        ] {
            let tree = Html::parse_document(&format!("{head}{body}"));
            assert_eq!(date(&tree, "Pasar baru dibuka Bupati", &clock), expect, "{body}");
            assert_eq!(date(&tree, "", &clock), expect, "{body}");
        }
        let told: Timestamp = "2026-11-24T07:15:58Z".parse().unwrap();
        assert_eq!(Some(agreed(told, expect, &clock)), expect, "a Z that is none");
        let right: Timestamp = "2026-11-24T00:15:58Z".parse().unwrap();
        assert_eq!(agreed(right, expect, &clock), right);
        let day: Timestamp = "2026-11-23T17:00:00Z".parse().unwrap();
        assert_eq!(Some(agreed(day, expect, &clock)), expect);
    }
}
