//! What a page says of itself for machines: JSON-LD, OpenGraph, `<time>`; headline, medium, date, and whether it is
//! an article at all. Author names are looked at only to take their lines out of the text.

use super::printed;
use crate::html;
use crate::when;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::{Html, Selector};
use serde_json::Value;
use std::sync::LazyLock;

/// A JSON-LD block larger than this is no description.
const MOST_BYTES: usize = 1 << 20;
/// Kinds of schema.org that are articles.
const ARTICLES: &[&str] = &[
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "Report",
    "ClaimReview",
];
/// `meta` names that carry the date of publication, the surest first.
const DATES: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "publish-date",
    "content_publisheddate",
    "parsely-pub-date",
    "dc.date.issued",
    "dc.date",
    "date",
];

type Pattern = LazyLock<Option<Selector>>;
static LD: Pattern = LazyLock::new(|| Selector::parse("script[type='application/ld+json']").ok());
static META: Pattern = LazyLock::new(|| Selector::parse("meta[content]").ok());
static TIME: Pattern = LazyLock::new(|| {
    Selector::parse("[itemprop='datePublished'], article time[datetime], main time[datetime], time[datetime]")
        .ok()
});
/// A page's word on itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) outlet: Option<String>,
    /// What it is about, for machines.
    pub(super) summaries: Vec<String>,
    pub(super) posted_at: Option<Timestamp>,
    /// Whether it calls itself an article.
    pub(super) article: bool,
    /// Lines that name who wrote, so that the text can do without them.
    pub(super) bylines: Vec<String>,
}

/// Against what a page's dates are read: the zone of those that name none, and when the page was read.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    pub(super) zone: TimeZone,
    pub(super) now: Timestamp,
}

impl Clock {
    pub(super) fn read(&self, written: &str) -> Option<Timestamp> {
        when::written(written, &self.zone, self.now)
    }
}

/// Reads what a page says of itself. The caller has made sure that the page is not nested too deep.
pub(super) fn of(tree: &Html, clock: &Clock) -> About {
    let mut about = About::default();
    for block in structured(tree) {
        visit(&block, &mut about, clock);
    }
    metas(tree, &mut about, clock);
    let printed = printed::date(tree, about.title.as_deref().unwrap_or_default(), clock);
    about.posted_at = about.posted_at.or_else(|| timed(tree, clock));
    about.posted_at = about.posted_at.map(|told| printed::agreed(told, printed, clock)).or(printed);
    about
}

/// The JSON-LD blocks of a page that can be read.
pub(super) fn structured(tree: &Html) -> Vec<Value> {
    blocks(tree).into_iter().filter_map(Result::ok).collect()
}

/// The JSON-LD blocks of a page: what they say, or what is wrong with them and how they stand there.
pub(super) fn blocks(tree: &Html) -> Vec<Result<Value, (String, String)>> {
    let Some(pattern) = LD.as_ref() else { return Vec::new() };
    let blocks = tree.select(pattern).map(|element| element.text().collect::<String>());
    let blocks = blocks.filter(|text| text.len() <= MOST_BYTES);
    blocks.map(|text| json(&text).map_err(|why| (why.to_string(), text))).collect()
}

/// JSON as content systems write it, with raw line ends within strings.
fn json(text: &str) -> serde_json::Result<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim_end_matches(';');
    serde_json::from_str(text).or_else(|_| {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&clean)
    })
}

/// Whether an object of JSON-LD is of one of these kinds.
pub(super) fn is_kind(object: &Value, kinds: &[&str]) -> bool {
    let one = |kind: &Value| {
        let name = kind.as_str().unwrap_or_default().rsplit(['/', ':']).next().unwrap_or_default();
        kinds.contains(&name)
    };
    match &object["@type"] {
        Value::Array(list) => list.iter().any(one),
        kind => one(kind),
    }
}

fn visit(value: &Value, about: &mut About, clock: &Clock) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| visit(one, about, clock)),
        Value::Object(_) => {
            if is_kind(value, ARTICLES) {
                about.article = true;
                let word = |key: &str| value[key].as_str().map(html::line).filter(|text| !text.is_empty());
                about.title = about.title.take().or_else(|| word("headline")).or_else(|| word("name"));
                let publisher = value["publisher"]["name"].as_str().map(html::line);
                about.outlet = about.outlet.take().or(publisher);
                let date = value["datePublished"].as_str().or(value["dateCreated"].as_str());
                about.posted_at = about.posted_at.or_else(|| clock.read(date?));
                about.bylines.extend(names(&value["author"]));
            }
            visit(&value["@graph"], about, clock);
            visit(&value["mainEntity"], about, clock);
        }
        _ => {}
    }
}

fn names(author: &Value) -> Vec<String> {
    match author {
        Value::Array(list) => list.iter().flat_map(names).collect(),
        Value::Object(fields) => fields.get("name").map(names).unwrap_or_default(),
        Value::String(name) => vec![html::line(name)],
        _ => Vec::new(),
    }
}

fn metas(tree: &Html, about: &mut About, clock: &Clock) {
    let Some(pattern) = META.as_ref() else { return };
    let mut best: Option<(usize, Timestamp)> = None;
    for element in tree.select(pattern) {
        let name = element.attr("property").or(element.attr("name")).or(element.attr("itemprop"));
        let name = name.unwrap_or_default().trim().to_ascii_lowercase();
        let content = element.attr("content").unwrap_or_default();
        let text = || Some(html::line(content)).filter(|text| !text.is_empty());
        match name.as_str() {
            "og:title" => about.title = about.title.take().or_else(text),
            "og:description" | "description" => about.summaries.extend(text()),
            "og:site_name" => about.outlet = about.outlet.take().or_else(text),
            "author" | "article:author" => about.bylines.extend(text()),
            "og:type" => about.article |= content.trim().eq_ignore_ascii_case("article"),
            _ => {}
        }
        if let Some(rank) = DATES.iter().position(|date| *date == name)
            && best.is_none_or(|(known, _)| rank < known)
            && let Some(at) = clock.read(content)
        {
            best = Some((rank, at));
        }
    }
    about.posted_at = about.posted_at.or(best.map(|(_, at)| at));
}

fn timed(tree: &Html, clock: &Clock) -> Option<Timestamp> {
    let found = tree.select(TIME.as_ref()?).take(20);
    let mut dates = found.filter_map(|element| {
        let written = element.attr("datetime").or(element.attr("content")).map(str::to_owned);
        clock.read(&written.unwrap_or_else(|| element.text().collect()))
    });
    dates.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(head: &str, body: &str) -> About {
        let clock = Clock { zone: when::capital(), now: "2026-11-25T00:00:00Z".parse().unwrap() };
        let page = format!("<!doctype html><html><head>{head}</head><body>{body}</body></html>");
        of(&Html::parse_document(&page), &clock)
    }

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&LD, &META, &TIME] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn a_page_tells_headline_medium_and_date_in_many_ways() {
        let expect: Option<Timestamp> = "2026-11-24T00:15:00Z".parse().ok();
        let ways = [
            (
                r#"<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Pasar","datePublished":"2026-11-24T07:15:00+07:00","publisher":{"name":"Warta"},"author":{"name":"Bu Ani"}}</script>"#,
                "",
            ),
            (
                r#"<script type="application/ld+json">{"@graph":[{"@type":"WebPage"},{"@type":["Article","Thing"],"headline":"Pasar","datePublished":"2026-11-24 07:15:00","publisher":{"name":"Warta"},"description":"dua
baris"}]}</script>"#,
                "",
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta"><meta property="article:published_time" content="2026-11-24T00:15:00Z"><meta name="date" content="2020-01-01">"#,
                "",
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta">"#,
                r#"<article><time datetime="2026-11-24T07:15:00+07:00">tadi pagi</time></article>"#,
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta">"#,
                r#"<div class="detail__date">Selasa, 24/11/2026 07:15 WIB</div>"#,
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta">"#,
                r#"<span class="tanggal">Selasa, 24 November 2026 | 09.15 WIT</span>"#,
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta"><meta name="pubdate" content="1970-01-01T00:00:00Z">"#,
                r#"<i class="time">2 jam lalu</i><span class="tanggal">Selasa, 24/11/2026 07:15 WIB</span>"#,
            ),
            (
                r#"<meta property="og:type" content="article"><meta property="og:title" content="Pasar"><meta property="og:site_name" content="Warta">"#,
                r#"<span class="waktu">Kemarin, pukul 07.15</span>"#,
            ),
        ];
        for (head, body) in ways {
            let got = about(head, body);
            let want = About {
                title: Some("Pasar".into()),
                outlet: Some("Warta".into()),
                posted_at: expect,
                article: true,
                bylines: got.bylines.clone(),
                summaries: Vec::new(),
            };
            assert_eq!(got, want, "{head} {body}");
        }
        assert_eq!(about("<title>Beranda</title>", "<p>Selamat datang</p>"), About::default());
        let broken = about(
            r#"<script type="application/ld+json">{"@type":"NewsArticle",</script><meta property="og:title" content="A">"#,
            "",
        );
        assert_eq!(broken.title.as_deref(), Some("A"));
    }
}
