//! Addresses of the web as people type and read them.

use crate::ids::SourceId;

/// Longest id made from an address, characters.
const MOST_ID: usize = 48;

/// An address as people type it: without a scheme it is one of the web.
pub fn with_scheme(typed: &str) -> String {
    if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") }
}

/// The host of an address, without a name before `@` and without `www.`; empty where there is none.
pub fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().trim_start_matches("www.").to_owned()
}

/// The id that a source gets from the host of its address; `sumber` where it has none.
pub fn source_id(url: &str) -> SourceId {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = host(&url.to_ascii_lowercase()).chars().map(plain).take(MOST_ID).collect();
    if id.is_empty() { "sumber".into() } else { id.as_str().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ids_of_addresses() {
        for (url, shown, id) in [
            ("https://www.warta.example/feed/?a=b@c", "warta.example", "warta-example"),
            ("https://WWW.Warta.example#x", "WWW.Warta.example", "warta-example"),
            (
                "imaps://kotak%40kantor.example@surel.kantor.example/INBOX",
                "surel.kantor.example",
                "surel-kantor-example",
            ),
            ("warta.example:8080/feed", "warta.example:8080", "warta-example-8080"),
            ("https:///feed", "", "sumber"),
        ] {
            assert_eq!((host(url).as_str(), source_id(url).as_str()), (shown, id), "{url}");
        }
        assert_eq!(source_id(&format!("https://{}.example/", "a".repeat(90))).as_str().len(), MOST_ID);
        assert_eq!(with_scheme("warta.example/feed"), "https://warta.example/feed");
        assert_eq!(with_scheme("http://warta.example"), "http://warta.example");
    }
}
