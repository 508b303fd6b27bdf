//! What a sitemap says: further sitemaps or pages, with their dates. Broken XML costs what follows the break only.

use crate::when;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

/// Entries of one sitemap; the protocol allows as many.
const MOST_ENTRIES: usize = 50_000;
/// The protocol allows addresses of 2,048 characters.
const MOST_ADDRESS: usize = 2_048;

/// An entry: a page, or a further sitemap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    /// Address.
    pub(super) loc: String,
    /// When it was changed.
    pub(super) changed: Option<Timestamp>,
    /// When it was published, in a news sitemap.
    pub(super) published: Option<Timestamp>,
    /// Headline, in a news sitemap.
    pub(super) title: Option<String>,
    /// The medium, in a news sitemap.
    pub(super) outlet: Option<String>,
}

/// A sitemap, read as far as it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// Further sitemaps.
    pub(super) maps: Vec<Entry>,
    /// Pages.
    pub(super) pages: Vec<Entry>,
    /// Where and how it broke.
    pub(super) broken: Option<String>,
}

/// Reads a sitemap, an index of sitemaps, or a list of addresses line by line; `None` where it is none of these.
pub(super) fn read(text: &str, zone: &TimeZone) -> Option<Map> {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    if !text.starts_with('<') {
        return plain(text);
    }
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
    let (mut map, mut known) = (Map::default(), false);
    let mut open: Option<(bool, Entry)> = None;
    let mut value = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Err(error) => {
                map.broken = Some(format!("byte {}: {error}", reader.error_position()));
                break;
            }
            Ok(Event::Start(tag)) => {
                value.clear();
                match tag.local_name().as_ref() {
                    "urlset" | "sitemapindex" => known = true,
                    "url" => open = Some((false, Entry::default())),
                    "sitemap" => open = Some((true, Entry::default())),
                    _ => {}
                }
            }
            Ok(Event::Text(text)) => value.push_str(&text.into_inner()),
            Ok(Event::CData(text)) => value.push_str(&text.into_inner()),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(c)) => value.push(c),
                _ => value.push_str(entity(&name.into_inner())),
            },
            Ok(Event::End(tag)) => {
                let name = tag.local_name();
                let name = name.as_ref();
                if let ("url" | "sitemap", Some((index, entry))) = (name, &open) {
                    if !entry.loc.is_empty() && entry.loc.len() <= MOST_ADDRESS {
                        let list = if *index { &mut map.maps } else { &mut map.pages };
                        list.push(entry.clone());
                    }
                    open = None;
                } else if let Some((_, entry)) = &mut open {
                    // an image or video of the page has a loc and a title too, under names of its own
                    put(entry, tag.name().as_ref(), name, value.trim(), zone);
                }
                value.clear();
            }
            Ok(_) => {}
        }
        if map.maps.len() + map.pages.len() >= MOST_ENTRIES {
            break;
        }
    }
    (known || !map.pages.is_empty() || !map.maps.is_empty()).then_some(map)
}

fn put(entry: &mut Entry, full: &str, name: &str, value: &str, zone: &TimeZone) {
    let prefix = full.split_once(':').map_or("", |(prefix, _)| prefix);
    if value.is_empty() || matches!(prefix, "image" | "video" | "xhtml") {
        return;
    }
    let text = || Some(crate::html::line(value));
    match name {
        "loc" => entry.loc = value.to_owned(),
        "lastmod" => entry.changed = when::parse(value, zone),
        "publication_date" => entry.published = when::parse(value, zone),
        "title" => entry.title = text(),
        "name" => entry.outlet = text(),
        _ => {}
    }
}

fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// A text file with one address per line.
fn plain(text: &str) -> Option<Map> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_ENTRIES);
    let mut map = Map::default();
    for line in lines {
        if !line.starts_with("http") || line.len() > MOST_ADDRESS || line.contains(' ') {
            return None;
        }
        map.pages.push(Entry { loc: line.to_owned(), ..Entry::default() });
    }
    (!map.pages.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<Map> {
        read(text, &when::capital())
    }

    fn at(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    #[test]
    fn a_news_sitemap_gives_address_headline_medium_and_date() {
        let map = told(include_str!("../../../fixtures/sitemap/news.xml")).unwrap();
        assert_eq!((map.pages.len(), map.maps.len(), map.broken), (3, 0, None));
        let first = &map.pages[0];
        assert_eq!(first.loc, "SITE/kesehatan/2026/11/24/posyandu?ref=peta&utm=x");
        assert_eq!(first.title.as_deref(), Some("Posyandu Lerengwungu buka lagi, warga: \"Akhirnya\""));
        assert_eq!(first.outlet.as_deref(), Some("Suara Lereng"));
        assert_eq!(first.published, at("2026-11-24T01:15:00Z"));
        assert_eq!(map.pages[1].published, at("2026-11-23T17:00:00Z"), "a day without a time begins in WIB");
    }

    #[test]
    fn an_index_gives_further_sitemaps() {
        let map = told(include_str!("../../../fixtures/sitemap/index.xml")).unwrap();
        let maps: Vec<_> =
            map.maps.iter().map(|entry| (entry.loc.as_str(), entry.changed.is_some())).collect();
        assert_eq!(maps[0], ("SITE/berita-sitemap.xml", true));
        assert_eq!((maps.len(), map.pages.len()), (5, 0));
    }

    #[test]
    fn broken_and_odd_maps_give_what_can_be_read() {
        let one = "<urlset><url><loc>http://a.example/1</loc></url>";
        let cut = told(&format!("{one}<url><loc>http://a.example/2")).unwrap();
        assert_eq!(cut.pages.len(), 1);
        let wrong = told(&format!("{one}<url><loc>http://a.example/2</lok></url></urlset>")).unwrap();
        assert_eq!(wrong.pages[0].loc, "http://a.example/1");
        let amp = told("<urlset><url><loc>http://a.example/?a=1&b=2</loc></url></urlset>").unwrap();
        assert!(amp.pages[0].loc.starts_with("http://a.example/?a=1"), "{amp:?}");
        let cdata =
            told("<urlset><url><loc><![CDATA[ http://a.example/?a=1&b=2 ]]></loc></url></urlset>").unwrap();
        assert_eq!(cdata.pages[0].loc, "http://a.example/?a=1&b=2");
        let lines = told("http://a.example/1\r\nhttp://a.example/2\r\n").unwrap();
        assert_eq!(lines.pages.len(), 2);
        let empty = told("<?xml version='1.0'?><urlset></urlset>").unwrap();
        assert_eq!(empty, Map::default(), "a map without pages is a good map");
        for none in
            ["", "halo dunia", "<!doctype html><html><body>hai</body></html>", "<rss><channel/></rss>", "{}"]
        {
            assert_eq!(told(none), None, "{none}");
        }
        let laughs =
            "<!DOCTYPE u [<!ENTITY a \"http://a.example/\">]><urlset><url><loc>&a;x</loc></url></urlset>";
        assert_eq!(told(laughs).unwrap().pages[0].loc, "x", "no entity is unfolded");
        let deep = format!("<urlset>{}</urlset>", "<url>".repeat(200_000));
        assert!(told(&deep).unwrap().pages.is_empty());
    }
}
