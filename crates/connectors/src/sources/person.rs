//! Addresses of one account are no source: what is watched is content and not people (`docs/rights.md`).

use crate::error::FetchError;
use url::Url;

/// Folders below which servers keep the pages of people.
const FOLDERS: &[&str] =
    &["users", "user", "u", "profile", "profiles", "author", "penulis", "people", "member"];

/// The address, where it is not the page or the feed of one account.
///
/// # Errors
/// [`FetchError::Person`] where it is; any other where it cannot be read at all.
pub(super) fn refused(address: &str) -> Result<Url, FetchError> {
    crate::client::check(address)?;
    let bad = |e: url::ParseError| FetchError::Address { url: address.to_owned(), why: e.to_string() };
    let url = Url::parse(address.trim()).map_err(bad)?;
    let parts: Vec<String> = super::parts_of(&url).iter().map(|part| part.to_lowercase()).collect();
    let handle =
        parts.iter().any(|part| (part.starts_with('@') || part.starts_with("%40")) && part.len() > 1);
    let folder = parts.iter().rev().skip(1).any(|part| FOLDERS.contains(&part.as_str()));
    let phpbb = url.query_pairs().any(|(key, value)| key == "mode" && value == "viewprofile");
    if handle || folder || phpbb {
        return Err(FetchError::Person { url: address.to_owned() });
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_people_are_told_from_places() {
        let people = "https://lereng.example/@rukmini https://lereng.example/@rukmini.rss https://lereng.example/users/rukmini \
            https://reddit.example/user/rukmini/comments.json https://reddit.example/u/rukmini https://bsky.example/profile/rukmini.example \
            https://forum.example/u/rukmini/activity.rss https://warta.example/author/rukmini/feed/ https://medium.example/feed/@rukmini \
            https://forum.example/memberlist.php?mode=viewprofile&u=2";
        for url in people.split_whitespace() {
            assert!(matches!(refused(url), Err(FetchError::Person { .. })), "{url}");
        }
        let places = "https://lereng.example/ https://lereng.example/tags/banjir https://reddit.example/r/sukamaju/new.json \
            https://warta.example/feed https://warta.example/kategori/desa/feed https://forum.example/c/umum/5.rss \
            https://warta.example/berita/users https://youtube.example/feeds/videos.xml?channel_id=UC1";
        for url in places.split_whitespace() {
            assert!(refused(url).is_ok(), "{url}");
        }
        assert!(matches!(refused("file:///etc/passwd"), Err(FetchError::Address { .. })));
    }
}
