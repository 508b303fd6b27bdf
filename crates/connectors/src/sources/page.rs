//! The page behind an entry: its readable text, headline, date and outlet.

use super::about::{self, Clock};
use super::draft::Draft;
use super::parts::{self, Parts};
use crate::boilerplate;
use crate::client::{Client, Conditions, Reply};
use crate::decode;
use crate::error::FetchError;
use crate::html;
use dom_smoothie::{Config, Readability};
use jiff::Timestamp;
use scraper::{Html, Selector};
use std::sync::LazyLock;
use url::Url;

/// Pages larger than this are not articles.
const MOST_BYTES: usize = 4 << 20;
/// Elements of a page that readability looks at.
const MOST_ELEMENTS: usize = 60_000;
/// Pages of one article that are read.
const MOST_PAGES: usize = 10;
/// With less text than this beside them, captions are what the article consists of (galleries), characters.
const LEAST: usize = 200;

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
}

/// Reads an article: its page and, where it goes on, all of it: the page with everything if there is one, else one
/// page after the other. A further page that cannot be read ends it; what was read until then stands.
pub(super) async fn read(client: &Client, url: &str, now: Timestamp) -> Result<(u64, Article), FetchError> {
    let (reply, mut article) = one(client, url, None, now).await?;
    let (start, mut wire) = (Url::parse(&reply.url).ok(), reply.wire);
    let mut parts = std::mem::take(&mut article.parts);
    if let Some(whole) = parts.whole.take()
        && let Ok((all, mut better)) = one(client, whole.as_str(), start.as_ref(), now).await
        && better.text.len() >= article.text.len()
    {
        better.parts = Parts { address: parts.address, ..Parts::default() };
        better.posted_at = article.posted_at.or(better.posted_at);
        better.evidence = all.evidence();
        return Ok((wire + all.wire, better));
    }
    article.evidence = reply.evidence();
    let mut pages = vec![std::mem::take(&mut article.text)];
    let mut next = parts.next.take();
    while let Some(url) = next.take().filter(|_| pages.len() < MOST_PAGES) {
        let Ok((further, mut page)) = one(client, url.as_str(), start.as_ref(), now).await else { break };
        wire += further.wire;
        article.evidence.extend_from_slice(b"\r\n");
        article.evidence.extend(further.evidence());
        pages.push(std::mem::take(&mut page.text));
        next = page.parts.next.take();
    }
    article.text = parts::joined(&pages);
    article.parts = parts;
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
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, char_threshold: 200, ..Config::default() };
    let read = Readability::new(page, Some(url), Some(config)).ok()?.parse().ok()?;
    let tree = Html::parse_document(page);
    let mut text = html::without(&read.content, &["figcaption"]);
    if text.chars().count() < LEAST {
        let whole = [html::text(&read.content), captions(&tree)];
        text = whole.into_iter().max_by_key(String::len).unwrap_or_default();
    }
    if text.is_empty() {
        return None;
    }
    let mut about = about::of(&tree, clock);
    let parts =
        Url::parse(url).map(|url| parts::read(&tree, &url, start.unwrap_or(&url))).unwrap_or_default();
    about.bylines.extend(read.byline.as_deref().map(html::line));
    let title = about.title.unwrap_or_else(|| html::line(&read.title));
    let text = without_bylines(boilerplate::beginning(&text, &title), &about.bylines);
    let date = || clock.read(read.published_time.as_deref()?);
    let outlet = read.site_name.as_deref().map(html::line).filter(|name| !name.is_empty());
    Some(Article {
        title,
        text,
        outlet: about.outlet.or(outlet),
        posted_at: about.posted_at.or_else(date),
        article: about.article,
        parts,
        evidence: Vec::new(),
    })
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

/// The entry with the words of its page. The feed's own headline and date stay: pages decorate theirs.
pub(super) fn merge(mut draft: Draft, article: Article) -> Draft {
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
    draft.media_type = "application/http; msgtype=response".into();
    draft.raw = article.evidence;
    draft
}
