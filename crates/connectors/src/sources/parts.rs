//! The parts and versions of one article: its further pages, the version with all of it, AMP and print.

use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use url::Url;

/// Keys of a query that name a page of an article.
const PAGES: &[&str] = &["page", "halaman", "hal", "pg", "showpage"];
/// Keys that ask for the whole of it at once, with what they say.
const WHOLE: &[(&str, &[&str])] = &[
    ("page", &["all", "semua"]),
    ("halaman", &["all", "semua"]),
    ("showpage", &["all"]),
    ("single", &["1", "true", ""]),
];
/// Keys of a query that ask for another version of the same words.
const VERSIONS: &[(&str, &[&str])] = &[
    ("amp", &["1", "true", ""]),
    ("outputtype", &["amp", "print"]),
    ("print", &["1", "true", "y", "print", ""]),
    ("cetak", &["1", "true", ""]),
    ("view", &["amp", "print"]),
    ("m", &["1"]),
];
/// Path segments, at the beginning or the end, that do.
const MARKS: &[&str] = &["amp", "print", "cetak", "printversion"];
/// No article has more pages than this.
const MOST: u32 = 40;

type Pattern = LazyLock<Option<Selector>>;
static CANONICAL: Pattern = LazyLock::new(|| Selector::parse("link[rel~='canonical'][href]").ok());
static NEXT: Pattern =
    LazyLock::new(|| Selector::parse("link[rel~='next'][href], a[rel~='next'][href], a[href]").ok());

/// Where an article stands as a whole and where it goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// The address that stands for all its versions.
    pub(super) address: Option<Url>,
    /// The page with all of it.
    pub(super) whole: Option<Url>,
    /// The page after this one.
    pub(super) next: Option<Url>,
}

/// What the page at `url` links to that is the same article. `start` is its first page: where that ends in a number
/// already (`/berita/7`), the number is an id and names no page.
pub(super) fn read(tree: &Html, url: &Url, start: &Url) -> Parts {
    let mut parts = Parts { address: Some(address(tree, url)), ..Parts::default() };
    let Some(pattern) = NEXT.as_ref() else { return parts };
    let path = segments(start).last().and_then(|last| small(last)).is_none();
    let (own, at) = (bare(start, path), number(url, path).unwrap_or(1));
    for link in tree.select(pattern).filter_map(|link| url.join(link.attr("href")?.trim()).ok()).take(5_000) {
        if bare(&link, path) != own {
            continue;
        }
        if parts.whole.is_none() && is_whole(&link) {
            parts.whole = Some(without_fragment(&link));
        } else if parts.next.is_none() && number(&link, path) == Some(at + 1) {
            parts.next = Some(without_fragment(&link));
        }
    }
    if is_whole(url) {
        (parts.whole, parts.next) = (None, None);
    }
    parts
}

/// The address that stands for all versions of the article at `url`: for AMP, print and further pages the one that
/// the page names canonical, else the address without its marks. Other addresses stay: a canonical link to the front
/// page would make one article of all.
fn address(tree: &Html, url: &Url) -> Url {
    let version = unmarked(url);
    let paged = number(url, false).is_some() || is_whole(url);
    if version == *url && !paged {
        return url.clone();
    }
    let link = CANONICAL.as_ref().and_then(|pattern| tree.select(pattern).next());
    let named = link.and_then(|link| url.join(link.attr("href")?.trim()).ok());
    let named = named.map(|named| unmarked(&without_fragment(&named)));
    let sound = |named: &Url| site(named) == site(url) && !matches!(named.path(), "" | "/");
    match named.filter(sound) {
        Some(named) if bare(&named, false) == bare(url, false) => unpaged(&named, false),
        Some(named) if !paged => named,
        _ => version,
    }
}

/// The address without what asks for AMP or print.
fn unmarked(url: &Url) -> Url {
    let mut out = url.clone();
    if let Some(host) =
        url.host_str().and_then(|host| host.strip_prefix("amp.")).filter(|host| host.contains('.'))
    {
        let _ = out.set_host(Some(&format!("www.{host}")));
    }
    keep(&mut out, |key, value| !VERSIONS.iter().any(|(name, says)| key == *name && says.contains(&value)));
    let mut segments = segments(url);
    let before = segments.len();
    if segments.len() > 1 && segments.last().is_some_and(|last| MARKS.contains(last)) {
        segments.pop();
    }
    if segments.len() > 1 && segments.first().is_some_and(|first| MARKS.contains(first)) {
        segments.remove(0);
    }
    if segments.len() < before {
        let end = if url.path().ends_with('/') { "/" } else { "" };
        out.set_path(&format!("/{}{end}", segments.join("/")));
    }
    out
}

/// The address without the number of its page, in its query or, with `path`, at its end.
fn unpaged(url: &Url, path: bool) -> Url {
    let mut out = url.clone();
    keep(&mut out, |key, value| !is_page(key, value) && !asks_whole(key, value));
    let mut segments = segments(url);
    if path && segments.len() > 1 && segments.last().is_some_and(|last| small(last).is_some()) {
        segments.pop();
        if segments.len() > 1 && segments.last().is_some_and(|last| matches!(*last, "page" | "halaman")) {
            segments.pop();
        }
        out.set_path(&format!("/{}", segments.join("/")));
    }
    out
}

/// What all pages and versions of an article have in common.
fn bare(url: &Url, path: bool) -> (String, String, Option<String>) {
    let url = unpaged(&unmarked(url), path);
    let path = url.path().trim_end_matches('/').to_owned();
    (site(&url), path, url.query().map(str::to_owned))
}

fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let bare = ["www.", "amp.", "m."].iter().find_map(|front| host.strip_prefix(front)).unwrap_or(host);
    format!("{bare}{port}")
}

/// The number of the page that an address names.
fn number(url: &Url, path: bool) -> Option<u32> {
    let asked = url.query_pairs().find_map(|(key, value)| {
        small(&value).filter(|_| PAGES.contains(&key.to_ascii_lowercase().as_str()))
    });
    asked.or_else(|| segments(url).last().filter(|_| path).and_then(|last| small(last)))
}

fn segments(url: &Url) -> Vec<&str> {
    url.path().split('/').filter(|part| !part.is_empty()).collect()
}

fn small(text: &str) -> Option<u32> {
    text.parse().ok().filter(|n| (1..=MOST).contains(n) && !text.starts_with(['0', '+']))
}

fn is_page(key: &str, value: &str) -> bool {
    PAGES.contains(&key) && small(value).is_some()
}

fn asks_whole(key: &str, value: &str) -> bool {
    WHOLE.iter().any(|(name, says)| key == *name && says.contains(&value))
}

fn is_whole(url: &Url) -> bool {
    url.query_pairs().any(|(key, value)| asks_whole(&key.to_ascii_lowercase(), &value.to_ascii_lowercase()))
}

/// Leaves the pairs of the query that `kept` wants, in lower case; untouched where all stay.
fn keep(url: &mut Url, kept: impl Fn(&str, &str) -> bool) {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let stay =
        |(key, value): &&(String, String)| kept(&key.to_ascii_lowercase(), &value.to_ascii_lowercase());
    let left: Vec<_> = pairs.iter().filter(stay).collect();
    if left.len() == pairs.len() {
        return;
    }
    url.set_query(None);
    if !left.is_empty() {
        url.query_pairs_mut().extend_pairs(left);
    }
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// The pages of an article as one text: a paragraph that an earlier page had, such as the repeated first one, stands
/// once.
pub(super) fn joined(pages: &[String]) -> String {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut out: Vec<&str> = Vec::new();
    for page in pages {
        let paragraphs: Vec<&str> =
            page.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).collect();
        out.extend(paragraphs.iter().filter(|part| !seen.contains(**part)));
        seen.extend(paragraphs);
    }
    out.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "https://warta.example/news/2026/11/24/pasar-baru";

    fn parts(url: &str, page: &str) -> Parts {
        read(
            &Html::parse_document(page),
            &url.parse().unwrap(),
            &url.split('?').next().unwrap().parse().unwrap(),
        )
    }

    #[test]
    fn every_version_has_the_address_of_the_article() {
        let same = [
            "?amp=1",
            "?amp",
            "?outputType=amp",
            "?print=1",
            "?cetak=1",
            "?m=1",
            "/amp",
            "/print",
            "/cetak",
            "",
        ];
        for mark in same {
            let got = parts(&format!("{AT}{mark}"), "").address.unwrap();
            assert_eq!(got.as_str(), AT, "{mark}");
        }
        let got = parts("https://amp.warta.example/news/1-pasar?id=7&amp=1", "").address.unwrap();
        assert_eq!(got.as_str(), "https://www.warta.example/news/1-pasar?id=7");
        let named = format!("<link rel=canonical href='{AT}'>");
        let marked =
            ["https://amp.warta.example/amp/2026/99", &format!("{AT}?page=2"), &format!("{AT}?page=all")];
        for url in marked {
            assert_eq!(parts(url, &named).address.unwrap().as_str(), AT, "{url}");
        }
        // what is no version keeps its address, and a canonical link that cannot be right is not believed
        let kept = [
            (format!("{AT}?id=2"), named.as_str()),
            (AT.to_owned(), "<link rel=canonical href='/'>"),
            (format!("{AT}?page=2"), "<link rel=canonical href='https://lain.example/a'>"),
            ("https://warta.example/index.php?page=17".to_owned(), "<link rel=canonical href='/berita'>"),
            ("https://warta.example/berita/7".to_owned(), ""),
            ("https://warta.example/amp".to_owned(), ""),
        ];
        for (url, page) in kept {
            assert_eq!(parts(&url, page).address.unwrap().as_str(), url, "{page}");
        }
        assert_eq!(
            parts(&format!("{AT}/amp"), "<link rel=canonical href='/'>").address.unwrap().as_str(),
            AT
        );
    }

    #[test]
    fn only_the_same_article_goes_on() {
        let next = |link: &str| parts(AT, link).next.map(|url| url.to_string());
        let goes = [
            format!("<link rel=next href='{AT}?page=2'>"),
            format!("<a href='{AT}?page=2#isi'>Selanjutnya</a>"),
            "<a href='?page=2'>2</a>".to_owned(),
            "<a rel=next href='?halaman=2'>Halaman 2</a>".to_owned(),
            format!("<a href='{AT}/2'>2</a>"),
            format!("<a href='{AT}/page/2'>2</a>"),
        ];
        for link in goes {
            assert!(next(&link).is_some_and(|url| url.starts_with(AT) && url.ends_with('2')), "{link}");
        }
        let stays = [
            "<a rel=next href='/news/2026/11/24/lain'>Selanjutnya</a>",
            "<a href='https://lain.example/news/2026/11/24/pasar-baru?page=2'>2</a>",
            "<a href='?page=3'>3</a>",
            "<a href='?page=1'>1</a>",
            "<a href='/news/2026/11/24?page=2'>2</a>",
            "<a href='javascript:next(2)'>2</a>",
            "<a href='http://['>2</a>",
        ];
        for link in stays {
            assert_eq!(next(link), None, "{link}");
        }
        assert_eq!(
            parts("https://desa.example/berita/7", "<a href='/berita/8'>Selanjutnya</a>").next,
            None,
            "an id"
        );
        let whole = |link: &str| parts(AT, link).whole.map(|url| url.to_string());
        for query in ["page=all", "single=1", "showpage=all", "page=semua"] {
            assert_eq!(
                whole(&format!("<a href='?{query}'>Tampilkan semua</a>")),
                Some(format!("{AT}?{query}"))
            );
        }
        assert_eq!(whole("<a href='/lain?page=all'>Tampilkan semua</a>"), None);
        let second = parts(&format!("{AT}?page=2"), "<a href='?page=2'>2</a><a href='?page=3'>3</a>");
        assert_eq!(second.next.unwrap().query(), Some("page=3"));
    }

    #[test]
    fn pages_join_without_what_they_repeat() {
        let pages = ["Judul kecil.\n\nSatu.\n\nSatu.".to_owned(), "Judul kecil.\n\nDua.".to_owned()];
        assert_eq!(joined(&pages), "Judul kecil.\n\nSatu.\n\nSatu.\n\nDua.");
    }
}
