//! What some services put into feeds that is no part of the entry: forums name who wrote below the text, aggregators
//! wrap the medium's headline and address in their own.

use crate::html;
use crate::sources::draft::Draft;
use regex::Regex;
use saring_domain::ItemKind;
use std::sync::LazyLock;
use url::Url;

type Pattern = LazyLock<Option<Regex>>;
/// Whom an aggregator took the entry from.
static TAKEN_FROM: Pattern = LazyLock::new(|| {
    Regex::new(
        r#"(?s)<(?:source\s[^>]*?url=['"]([^'"]*)['"][^>]*|News:Source)>(.*?)</(?:source|News:Source)>"#,
    )
    .ok()
});
/// The line below a post of phpBB.
static POSTED_BY: Pattern = LazyLock::new(|| {
    Regex::new(r"(?s)(?:<p>|&lt;p&gt;)?(?:Statistics|Statistik|Statistika)\s*:\s.{0,600}?(?:</p>|&lt;/p&gt;|<hr|\]\]>)").ok()
});
/// The lines below a post of Discourse.
static PARTICIPANTS: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?m)^(\d+ (posts?|kiriman|pos) - \d+ (participants?|peserta)|Read full topic|Baca topik lengkap)$",
    )
    .ok()
});
/// Where aggregators send readers through their own counters.
const THROUGH: &[&str] = &["/url", "/news/apiclick.aspx"];

/// The entry's evidence without the line that names who wrote.
pub(super) fn without_poster(entry: &str) -> String {
    let Some(pattern) = POSTED_BY.as_ref() else { return entry.to_owned() };
    pattern
        .replace_all(entry, |found: &regex::Captures<'_>| {
            if found[0].ends_with("]]>") {
                "]]>"
            } else if found[0].ends_with("<hr") {
                "<hr"
            } else {
                ""
            }
            .to_owned()
        })
        .into_owned()
}

/// The draft as the medium or the person wrote it.
pub(super) fn unwrap(draft: &mut Draft, entry: &str) {
    if draft.native_id.starts_with("yt:video:") {
        draft.kind = ItemKind::Post;
    }
    if let Some(pattern) = PARTICIPANTS.as_ref() {
        draft.text = pattern.replace_all(&draft.text, "").trim().to_owned();
    }
    let title = draft.title.clone().unwrap_or_default();
    if let Some(medium) = taken_from(entry, draft.url.as_deref()).filter(|medium| *medium != title) {
        let bare = title.strip_suffix(&format!(" - {medium}")).unwrap_or(&title).to_owned();
        if draft.text.starts_with(&bare) {
            draft.text.clear(); // the same headline again, and those of others
        }
        (draft.title, draft.outlet) = (Some(bare), Some(medium));
    }
    draft.url = draft.url.take().map(|url| behind(&url).unwrap_or(url));
}

/// The medium an aggregator names; a site that names itself is no aggregator.
fn taken_from(entry: &str, link: Option<&str>) -> Option<String> {
    let found = TAKEN_FROM.as_ref()?.captures(entry)?;
    let host = |url: &str| Url::parse(url).ok()?.host_str().map(str::to_owned);
    let own = found.get(1).is_some_and(|url| host(url.as_str()) == link.and_then(host));
    let medium = html::line(found.get(2)?.as_str());
    (!own && !medium.is_empty()).then_some(medium)
}

/// The address behind the counter of an aggregator.
fn behind(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let target = url.query_pairs().find(|(key, _)| key == "url" || key == "q")?.1.into_owned();
    (THROUGH.contains(&url.path()) && target.starts_with("http")).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&TAKEN_FROM, &POSTED_BY, &PARTICIPANTS] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn counters_are_passed() {
        let url = "https://www.penghimpun.example/url?rct=j&sa=t&url=https://warta.example/a%3Fb%3D1&ct=ga";
        assert_eq!(behind(url).as_deref(), Some("https://warta.example/a?b=1"));
        for same in [
            "https://warta.example/bagikan?url=https://x.example",
            "https://a.example/url?url=javascript:x",
            "x",
        ] {
            assert_eq!(behind(same), None);
        }
    }
}
