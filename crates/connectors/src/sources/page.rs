//! The page behind an entry: its readable text, headline, date and outlet.

use super::about;
use super::draft::Draft;
use crate::client::{Client, Conditions, Reply};
use crate::decode;
use crate::error::FetchError;
use crate::html;
use crate::when;
use dom_smoothie::{Config, Readability};
use jiff::Timestamp;

/// Pages larger than this are not articles.
const MOST_BYTES: usize = 4 << 20;
/// Elements of a page that readability looks at.
const MOST_ELEMENTS: usize = 60_000;

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Article {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) outlet: Option<String>,
    pub(super) posted_at: Option<Timestamp>,
    /// Whether the page calls itself an article.
    pub(super) article: bool,
}

/// Reads a page.
pub(super) async fn read(client: &Client, url: &str) -> Result<(Reply, Article), FetchError> {
    let reply = client.get(url, &Conditions::default()).await?;
    let unreadable = |why: &str| FetchError::Unreadable { url: reply.url.clone(), why: why.to_owned() };
    let kind = reply.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
    if !kind.contains("html") {
        return Err(unreadable(&format!("it is {kind} and not a page")));
    }
    if reply.body.len() > MOST_BYTES {
        return Err(unreadable("it is larger than any article"));
    }
    let (text, url) = (decode::text(&reply.body, reply.charset()), reply.url.clone());
    let article = tokio::task::spawn_blocking(move || extract(&text, &url)).await;
    let article = article.map_err(|e| unreadable(&format!("no text could be taken from it ({e})")))?;
    article
        .map(|article| (reply.clone(), article))
        .ok_or_else(|| unreadable("no readable text was found in it"))
}

/// The article on a page: its text by the reading-mode method of Mozilla Readability, headline, medium and date as
/// the page itself tells them to machines.
pub(super) fn extract(page: &str, url: &str) -> Option<Article> {
    if html::too_deep(page) {
        return None;
    }
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, char_threshold: 200, ..Config::default() };
    let read = Readability::new(page, Some(url), Some(config)).ok()?.parse().ok()?;
    let text = html::text(&read.content);
    if text.is_empty() {
        return None;
    }
    let mut about = about::read(page);
    about.bylines.extend(read.byline.as_deref().map(html::line));
    let text = without_bylines(&text, &about.bylines);
    let date = || when::local(read.published_time.as_deref()?);
    let outlet = read.site_name.as_deref().map(html::line).filter(|name| !name.is_empty());
    Some(Article {
        title: about.title.unwrap_or_else(|| html::line(&read.title)),
        text,
        outlet: about.outlet.or(outlet),
        posted_at: about.posted_at.or_else(date),
        article: about.article,
    })
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
pub(super) fn merge(mut draft: Draft, reply: &Reply, article: Article) -> Draft {
    if article.text.chars().count() > draft.text.chars().count() / 2 {
        draft.text = article.text;
    }
    if draft.title.as_deref().unwrap_or_default().is_empty() {
        draft.title = Some(article.title);
    }
    draft.posted_at = draft.posted_at.or(article.posted_at);
    draft.outlet = article.outlet.or(draft.outlet);
    draft.media_type = "application/http; msgtype=response".into();
    draft.raw = reply.evidence();
    draft
}
