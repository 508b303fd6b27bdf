//! The page behind an entry: its readable text, headline, date and outlet.

use super::about::{self, Clock};
use super::builder;
use super::draft::Draft;
use super::furniture;
use super::parts::{self, Parts};
use super::printed;
use crate::boilerplate;
use crate::client::{Client, Conditions, Reply};
use crate::decode;
use crate::error::FetchError;
use crate::html;
use dom_smoothie::{Config, Readability};
use jiff::Timestamp;
use regex::Regex;
use saring_domain::{Capture, Trouble, TroubleCode};
use scraper::{Html, Selector};
use std::sync::LazyLock;
use url::Url;

/// Pages larger than this are not articles.
const MOST_BYTES: usize = 4 << 20;
/// Elements of a page that readability looks at.
const MOST_ELEMENTS: usize = 60_000;
/// Pages of one article that are read.
const MOST_PAGES: usize = 10;
/// Where a browser may break a word; for readers it is not there.
const SOFT_HYPHEN: char = '\u{ad}';
/// With less text than this beside them, captions are what the article consists of (galleries), characters.
const LEAST: usize = 200;

/// Headings within an article whose class Readability takes for that of a page's header.
static SUBHEADER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(<h[2-6]\b[^>]*?)sub-?header").ok());
static CAPTION: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("figure figcaption").ok());

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Article {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) outlet: Option<String>,
    pub(super) posted_at: Option<Timestamp>,
    /// Whether the page calls itself an article.
    pub(super) article: bool,
    /// Its other pages and versions.
    pub(super) parts: Parts,
    /// The answers that carried its text, one after the other.
    pub(super) evidence: Vec<u8>,
    /// Why a further page is missing.
    pub(super) lost: Option<FetchError>,
    /// Whether one is.
    pub(super) incomplete: bool,
}

/// Reads an article: its page and, where it goes on, all of it: the page with everything if there is one, else one
/// page after the other. A further page that cannot be read ends it; what was read until then stands, marked as incomplete.
pub(super) async fn read(client: &Client, url: &str, now: Timestamp) -> Result<(u64, Article), FetchError> {
    let (reply, mut article) = one(client, url, None, now).await?;
    let (start, mut wire) = (Url::parse(&reply.url).ok(), reply.wire);
    let mut parts = std::mem::take(&mut article.parts);
    if let Some(whole) = parts.whole.take() {
        match one(client, whole.as_str(), start.as_ref(), now).await {
            Ok((all, mut better)) if better.text.len() >= article.text.len() => {
                better.parts = Parts { address: parts.address, ..Parts::default() };
                better.posted_at = article.posted_at.or(better.posted_at);
                better.evidence = all.evidence();
                return Ok((wire + all.wire, better));
            }
            Ok(_) => {}
            Err(error) => article.lost = Some(error),
        }
    }
    article.evidence = reply.evidence();
    let mut pages = vec![std::mem::take(&mut article.text)];
    let mut next = parts.next.take();
    article.lost = article.lost.filter(|_| next.is_none()); // its single pages say the same
    while let Some(url) = next.take() {
        if pages.len() == MOST_PAGES {
            let why = format!("it is of an article with more than {MOST_PAGES} pages");
            article.lost = Some(FetchError::Unreadable { url: url.into(), why });
            break;
        }
        let (further, mut page) = match one(client, url.as_str(), start.as_ref(), now).await {
            Ok(read) => read,
            Err(error) => {
                article.lost = Some(error);
                break;
            }
        };
        wire += further.wire;
        article.evidence.extend_from_slice(b"\r\n");
        article.evidence.extend(further.evidence());
        pages.push(std::mem::take(&mut page.text));
        next = page.parts.next.take();
    }
    article.text = parts::joined(&pages);
    (article.parts, article.incomplete) = (parts, article.lost.is_some());
    Ok((wire, article))
}

/// Reads one page.
async fn one(
    client: &Client,
    url: &str,
    start: Option<&Url>,
    now: Timestamp,
) -> Result<(Reply, Article), FetchError> {
    let reply = client.get(url, &Conditions::default()).await?;
    let unreadable = |why: &str| FetchError::Unreadable { url: reply.url.clone(), why: why.to_owned() };
    let kind = reply.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
    if !kind.contains("html") {
        return Err(unreadable(&format!("it is {kind} and not a page")));
    }
    if reply.body.len() > MOST_BYTES {
        return Err(unreadable("it is larger than any article"));
    }
    let clock = Clock { zone: client.zone().clone(), now };
    let (text, url) = (decode::text(&reply.body, reply.charset()), reply.url.clone());
    let start = start.cloned();
    let article = tokio::task::spawn_blocking(move || extract(&text, &url, start.as_ref(), &clock)).await;
    let article = article.map_err(|e| unreadable(&format!("no text could be taken from it ({e})")))?;
    article
        .map(|article| (reply.clone(), article))
        .ok_or_else(|| unreadable("no readable text was found in it"))
}

/// The article on a page: its text by the reading-mode method of Mozilla Readability, headline, medium and date as
/// the page itself tells them to machines. `start` is the address of its first page where this is a further one.
pub(super) fn extract(page: &str, url: &str, start: Option<&Url>, clock: &Clock) -> Option<Article> {
    if html::too_deep(page) {
        return None;
    }
    let tree = Html::parse_document(page);
    if html::nests_deep(&tree) {
        return None;
    }
    let bare = furniture::without(&tree);
    let (mut read, mut text) = readable(bare.as_deref().unwrap_or(page), url)?;
    if text.chars().count() < LEAST {
        read = readable(page, url)?.0; // captions may be the article
        let whole = [html::text(&read.content), captions(&tree), text];
        text = whole.into_iter().max_by_key(String::len).unwrap_or_default();
    }
    text = builder::sections(&tree, &text).unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    let mut about = about::of(&tree, clock);
    let parts =
        Url::parse(url).map(|url| parts::read(&tree, &url, start.unwrap_or(&url))).unwrap_or_default();
    about.bylines.extend(read.byline.as_deref().map(html::line));
    let title = printed::headline(&tree, &about.title.unwrap_or_else(|| html::line(&read.title)));
    let text =
        without_bylines(boilerplate::beginning(&text, &title), &about.bylines).replace(SOFT_HYPHEN, "");
    let text = without_summaries(&text, &about.summaries);
    let date = || clock.read(read.published_time.as_deref()?);
    let outlet = read.site_name.as_deref().map(html::line).filter(|name| !name.is_empty());
    Some(Article {
        title,
        text,
        outlet: about.outlet.or(outlet),
        posted_at: about.posted_at.or_else(date),
        article: about.article,
        parts,
        ..Article::default()
    })
}

/// What Readability finds on a page, and its text.
fn readable(page: &str, url: &str) -> Option<(dom_smoothie::Article, String)> {
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, char_threshold: 200, ..Config::default() };
    let heads = SUBHEADER.as_ref().map_or(page.into(), |pattern| pattern.replace_all(page, "${1}subhead"));
    let read = Readability::new(&*heads, Some(url), Some(config)).ok()?.parse().ok()?;
    let text = html::without(&read.content, &["figcaption"]);
    Some((read, text))
}

/// The captions of a gallery, one paragraph each.
fn captions(tree: &Html) -> String {
    let found = CAPTION.as_ref().map(|pattern| tree.select(pattern).map(|one| html::line(&one.inner_html())));
    let mut lines: Vec<String> = found.into_iter().flatten().filter(|line| !line.is_empty()).collect();
    lines.dedup();
    lines.join("\n\n")
}

/// The text without lines that only say who wrote it.
fn without_bylines(text: &str, names: &[String]) -> String {
    let said = |line: &str| {
        let line = line.to_lowercase();
        let bare = ["oleh", "penulis", "by"].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(&line);
        let bare = bare.trim_matches(|c: char| !c.is_alphanumeric());
        names.iter().any(|name| !name.is_empty() && name.to_lowercase() == bare)
    };
    let kept: Vec<&str> = text.lines().filter(|line| !said(line)).collect();
    kept.join("\n").trim().to_owned()
}

/// The text without what the page says of it to machines, where it repeats that at the end: at the beginning it is a summary.
fn without_summaries(text: &str, summaries: &[String]) -> String {
    let whole: usize = text.lines().map(str::len).sum();
    let mut before = 0;
    let kept = text.lines().filter(|line| {
        let late = before * 3 > whole * 2;
        before += line.len();
        let line = html::squeezed(line);
        let cut = |summary: &String| {
            summary.strip_suffix("...").is_some_and(|start| start.len() > 60 && line.starts_with(start))
        };
        !(late && line.len() > 40 && summaries.iter().any(|summary| *summary == line || cut(summary)))
    });
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The entry with the words of its page. The feed's own headline and date stay: pages decorate theirs.
pub(super) fn merge(mut draft: Draft, article: Article) -> Draft {
    draft.media_type = article.media_type();
    if let Some(address) = article.parts.address {
        draft.url = Some(address.into());
    }
    if article.text.chars().count() > draft.text.chars().count() / 2 {
        draft.text = article.text;
    }
    if draft.title.as_deref().unwrap_or_default().is_empty() {
        draft.title = Some(article.title);
    }
    draft.posted_at = draft.posted_at.or(article.posted_at);
    draft.outlet = article.outlet.or(draft.outlet);
    draft.raw = article.evidence;
    draft
}

impl Article {
    /// That of its evidence: the answers of a server.
    pub(super) fn media_type(&self) -> String {
        let mark = if self.incomplete { Capture::INCOMPLETE } else { "" };
        format!("application/http; msgtype=response{mark}")
    }
}

/// What is said of articles without a further page.
pub(super) fn cut_short(lost: &[FetchError]) -> Option<Trouble> {
    let first = lost.first()?;
    let (code, about, detail) = (TroubleCode::Incomplete, lost.len().to_string(), first.trouble().about);
    let message = format!(
        "a further page of {about} articles could not be read; what is only disturbed is tried once more in the next round, the \
         rest is kept and marked as incomplete; the first: {first}"
    );
    Some(Trouble { code, about, detail, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_within_stay_and_words_are_whole() {
        let words = "Warga dan petugas membersihkan saluran air bersama-sama sejak pagi hingga siang hari di desa itu. ".repeat(4);
        let page = format!(
            "<html><body><article><h1>Pasar</h1><p>{words}</p><h2 class='subheader'>Harga cabai tu\u{ad}run</h2><p>{words}</p></article></body></html>"
        );
        let clock = Clock { zone: crate::when::capital(), now: Timestamp::UNIX_EPOCH };
        let article = extract(&page, "https://warta.example/a", None, &clock).unwrap();
        assert!(article.text.contains("\n\nHarga cabai turun\n\n"), "{}", article.text);
    }
}
