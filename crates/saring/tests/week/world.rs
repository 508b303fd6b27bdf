//! The world of a simulated week: sites that publish, fail, lie and change, all told by a seed.

use jiff::{SignedDuration, Timestamp};
use saring_domain::{ItemId, SourceDef, SourceId, SourceKind};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// A small generator (SplitMix64), so that a seed tells everything.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }
}

/// How a site speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    Rss,
    JsonFeed,
    WordPress,
    Sitemap,
    Mastodon,
    Telegram,
    File,
}

const SITES: [(Speech, usize); 7] = [
    (Speech::Rss, 12),
    (Speech::JsonFeed, 5),
    (Speech::WordPress, 6),
    (Speech::Sitemap, 4),
    (Speech::Mastodon, 5),
    (Speech::Telegram, 5),
    (Speech::File, 3),
];

/// What is wrong with a site for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection ends without a word.
    Dropped,
    /// A status, perhaps with a Retry-After, seconds.
    Status(u16, Option<u32>),
    /// No answer at all.
    Hangs,
    /// A byte every ten seconds.
    Drips,
    /// A web page where something else was promised.
    Page,
    /// Half of the body.
    Cut,
    /// More than any feed needs.
    Endless,
}

const FAULTS: [Fault; 14] = [
    Fault::Dropped,
    Fault::Status(500, None),
    Fault::Status(503, Some(1800)),
    Fault::Status(429, None),
    Fault::Status(429, Some(3600)),
    Fault::Status(401, None),
    Fault::Status(403, None),
    Fault::Status(404, None),
    Fault::Status(410, None),
    Fault::Hangs,
    Fault::Drips,
    Fault::Page,
    Fault::Cut,
    Fault::Endless,
];

/// How a feed is written, from night to night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dress {
    Rss,
    Atom,
    RssLatin,
    RssWide,
}

/// Something published.
pub struct Post {
    pub native: String,
    pub at: Timestamp,
    /// What the site says of when, where its clock is wrong.
    stated: Timestamp,
    number: u64,
    text: String,
}

/// A site.
pub struct Site {
    pub id: String,
    pub speech: Speech,
    pub posts: Vec<Post>,
    /// Posts of last year that come up again for a time.
    again: (Timestamp, Timestamp),
    faults: Vec<(Timestamp, Timestamp, Fault)>,
    dresses: Vec<(Timestamp, Dress)>,
    /// What was sent whole and well at least once.
    pub served: BTreeSet<String>,
    /// How many entries it shows at once.
    window: usize,
    /// A Date header of another time.
    date: Option<&'static str>,
    written: usize,
}

/// An answer on the wire.
pub enum Answer {
    Bytes(Vec<u8>),
    Hang,
    Drip,
    Endless,
}

/// Everything outside the office.
pub struct World {
    pub now: Timestamp,
    pub sites: Vec<Site>,
    pub asked: u64,
    /// Connections that are kept waiting now.
    pub hanging: usize,
    /// How often each fault was met.
    pub met: BTreeMap<String, u32>,
}

fn hours(hours: u64) -> SignedDuration {
    SignedDuration::from_hours(hours as i64)
}

impl World {
    pub fn new(seed: u64, start: Timestamp) -> Self {
        let mut dice = Dice(seed);
        let kinds = SITES.iter().flat_map(|(speech, count)| (0..*count).map(move |at| (*speech, at)));
        let sites = kinds.map(|(speech, at)| Site::new(speech, at, start, &mut dice)).collect();
        Self { now: start, sites, asked: 0, hanging: 0, met: BTreeMap::new() }
    }

    /// The sources of the office; `hosts` are the addresses of the sites.
    pub fn sources(&self, hosts: &[String]) -> Vec<SourceDef> {
        let def = |(at, site): (usize, &Site)| {
            let host = &hosts[at];
            let (kind, url) = match site.speech {
                Speech::Rss | Speech::JsonFeed => (SourceKind::Feed, format!("http://{host}/feed")),
                Speech::WordPress => (SourceKind::WordPress, format!("http://{host}")),
                Speech::Sitemap => (SourceKind::Sitemap, format!("http://{host}/sitemap.xml")),
                Speech::Mastodon => (SourceKind::Mastodon, format!("http://{host}")),
                Speech::Telegram => (SourceKind::Telegram, format!("http://{host}/s/saluran")),
                Speech::File => (SourceKind::File, format!("{}.jsonl", site.id)),
            };
            let every_minutes = [60, 90, 180][at % 3];
            SourceDef { every_minutes, ..SourceDef::new(&site.id, &site.id, kind, &url) }
        };
        self.sites.iter().enumerate().map(def).collect()
    }

    /// What a site answers; what it sends whole and well is noted as served.
    pub fn answer(&mut self, at: usize, path: &str, head: &str, host: &str) -> Answer {
        self.asked += 1;
        let now = self.now;
        let site = &mut self.sites[at];
        let fault = site.faults.iter().find(|(from, to, _)| *from <= now && now < *to).map(|fault| fault.2);
        if let Some(fault) = fault {
            *self.met.entry(format!("{fault:?}")).or_default() += 1;
        }
        match fault {
            Some(Fault::Hangs) => return Answer::Hang,
            Some(Fault::Drips) => return Answer::Drip,
            Some(Fault::Endless) if path != "/robots.txt" => return Answer::Endless,
            Some(Fault::Dropped) => return Answer::Bytes(Vec::new()),
            Some(Fault::Status(code, wait)) => {
                let wait = wait.map(|wait| format!("Retry-After: {wait}\r\n")).unwrap_or_default();
                return Answer::Bytes(
                    format!("HTTP/1.1 {code} Kata\r\n{wait}Content-Length: 0\r\n\r\n").into(),
                );
            }
            _ => {}
        }
        if path == "/robots.txt" {
            return Answer::Bytes(b"HTTP/1.1 404 Kata\r\nContent-Length: 0\r\n\r\n".to_vec());
        }
        if fault == Some(Fault::Page) {
            let page =
                "<!doctype html><html><head><title>Sebentar</title></head><body>Dirawat.</body></html>";
            return Answer::Bytes(reply(None, "text/html", "", page.as_bytes()));
        }
        let (kind, body, sent) = site.speak(path, host, now);
        let tag = format!("\"{:x}\"", body.iter().fold(7_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(31)));
        let feed = matches!(site.speech, Speech::Rss | Speech::JsonFeed);
        if feed && head.to_lowercase().contains(&format!("if-none-match: {tag}")) {
            return Answer::Bytes(b"HTTP/1.1 304 Kata\r\n\r\n".to_vec());
        }
        let mut bytes = reply(site.date, kind, &format!("ETag: {tag}\r\n"), &body);
        if fault == Some(Fault::Cut) {
            bytes.truncate(bytes.len() - body.len() / 2 - 1);
        } else {
            site.served.extend(sent);
        }
        Answer::Bytes(bytes)
    }

    /// Files grow as their owners export.
    pub fn export(&mut self, folder: &Path) {
        let now = self.now;
        for site in self.sites.iter_mut().filter(|site| site.speech == Speech::File) {
            let fresh: Vec<&Post> =
                site.posts.iter().filter(|post| post.at <= now).skip(site.written).collect();
            let count = fresh.len();
            let mut lines = String::new();
            for post in fresh {
                let line = json!({ "id": post.native, "text": post.text, "date": post.stated.to_string() });
                let _ = writeln!(lines, "{line}");
                site.served.insert(post.native.clone());
            }
            site.written += count;
            let path = folder.join(format!("{}.jsonl", site.id));
            let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
            std::io::Write::write_all(&mut file, lines.as_bytes()).unwrap();
        }
    }

    /// Ids of the items that were sent whole and well at least once.
    pub fn served(&self) -> BTreeSet<String> {
        let ids = |site: &Site| {
            let source = SourceId(site.id.clone());
            site.served.iter().map(|native| ItemId::derive(&source, native).0).collect::<Vec<_>>()
        };
        self.sites.iter().flat_map(ids).collect()
    }

    pub fn published(&self) -> usize {
        self.sites.iter().map(|site| site.posts.iter().filter(|post| post.at <= self.now).count()).sum()
    }
}

fn reply(date: Option<&str>, kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let date = date.map(|date| format!("Date: {date}\r\n")).unwrap_or_default();
    let mut out = format!(
        "HTTP/1.1 200 Kata\r\n{date}{more}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

impl Site {
    fn new(speech: Speech, at: usize, start: Timestamp, dice: &mut Dice) -> Self {
        let id = format!("{}-{at}", format!("{speech:?}").to_lowercase());
        // last year's items, for feeds only: elsewhere numbers tell that they are old
        let feed = matches!(speech, Speech::Rss | Speech::JsonFeed);
        let mut posts = Vec::new();
        let mut when = start - hours(20);
        let mut number = 1000;
        while when < start + hours(7 * 24 - 6) {
            number += 1;
            posts.push(Post::new(speech, &id, number, when, dice));
            when += SignedDuration::from_mins(40 + dice.below(400) as i64);
        }
        let comes_up = start + hours(24 + dice.below(72));
        if feed && at.is_multiple_of(3) {
            for old in 0..25 {
                let mut post = Post::new(speech, &id, 100 + old, start - hours(24 * 365 + old), dice);
                post.native = format!("lama-{id}-{old}");
                posts.push(post);
            }
        }
        // outages never reach into the last half day: what the sites still show then must all be there in the end
        let mut faults = Vec::new();
        let mut from = start + hours(dice.below(30));
        while from < start + hours(6 * 24) {
            let to = from + SignedDuration::from_mins(90 + dice.below(360) as i64);
            faults.push((from, to, FAULTS[dice.below(FAULTS.len() as u64) as usize]));
            from = to + hours(14 + dice.below(40));
        }
        let mut dresses = vec![(start - hours(1), Dress::Rss)];
        for night in 1..7 {
            let dress = [Dress::Rss, Dress::Atom, Dress::RssLatin, Dress::RssWide][dice.below(4) as usize];
            dresses.push((start + hours(night * 24 + 2), dress));
        }
        let date = [None, None, Some("Thu, 01 Jan 1970 00:00:00 GMT"), Some("Thu, 01 Jan 2099 00:00:00 GMT")];
        Self {
            id,
            speech,
            posts,
            again: (comes_up, comes_up + hours(20)),
            faults,
            dresses,
            served: BTreeSet::new(),
            window: 12 + dice.below(30) as usize,
            date: date[dice.below(4) as usize],
            written: 0,
        }
    }

    /// What a visitor sees at `path`: media type, body and the posts in it.
    fn speak(&self, path: &str, host: &str, now: Timestamp) -> (&'static str, Vec<u8>, Vec<String>) {
        let old = |post: &&Post| post.native.starts_with("lama-");
        let mut shown: Vec<&Post> = self.posts.iter().filter(|post| !old(post) && post.at <= now).collect();
        shown.sort_by_key(|post| std::cmp::Reverse(post.at));
        let asked = |key: &str| {
            let query = path.split_once('?')?.1;
            query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')?.parse::<u64>().ok())
        };
        let natives = |posts: &[&Post]| posts.iter().map(|post| post.native.clone()).collect::<Vec<_>>();
        match self.speech {
            Speech::Rss | Speech::JsonFeed => {
                shown.truncate(self.window);
                if self.again.0 <= now && now < self.again.1 {
                    shown.extend(self.posts.iter().filter(old));
                }
                let sent = natives(&shown);
                if let Some(first) = shown.first().copied() {
                    shown.push(first); // an entry that stands twice
                }
                let dress = self.dresses.iter().rev().find(|(from, _)| *from <= now).map(|found| found.1);
                let (kind, body) = match (self.speech, dress.unwrap_or(Dress::Rss)) {
                    (Speech::JsonFeed, _) => ("application/feed+json", json_feed(&shown, host).into_bytes()),
                    (_, Dress::Rss) => ("application/rss+xml", rss(&shown, host, "utf-8").into_bytes()),
                    (_, Dress::Atom) => ("application/atom+xml", atom(&shown, host).into_bytes()),
                    (_, Dress::RssLatin) => {
                        let latin = rss(&shown, host, "windows-1252");
                        ("application/rss+xml", latin.chars().map(|c| c as u32 as u8).collect())
                    }
                    (_, Dress::RssWide) => {
                        let wide = rss(&shown, host, "utf-16");
                        let units = std::iter::once(0xfeff).chain(wide.encode_utf16());
                        ("application/rss+xml", units.flat_map(u16::to_le_bytes).collect())
                    }
                };
                (kind, body, sent)
            }
            Speech::WordPress => {
                let page = asked("page").unwrap_or(1) as usize;
                let posts: Vec<&Post> = shown.into_iter().skip((page - 1) * 50).take(50).collect();
                let one = |post: &&Post| {
                    let at = post.at.to_string().trim_end_matches('Z').to_owned();
                    json!({ "id": post.number, "date_gmt": at, "modified_gmt": at, "link": format!("http://{host}/{}", post.number),
                        "title": { "rendered": format!("Kabar {}", post.number) }, "content": { "rendered": format!("<p>{}</p>", post.text) },
                        "excerpt": { "rendered": "" }, "type": "post" })
                };
                let body = serde_json::Value::Array(posts.iter().map(one).collect());
                ("application/json", body.to_string().into_bytes(), natives(&posts))
            }
            Speech::Mastodon => {
                let after = asked("min_id");
                let mut posts: Vec<&Post> =
                    shown.into_iter().filter(|post| after.is_none_or(|after| post.number > after)).collect();
                let skip = posts.len().saturating_sub(40);
                posts.drain(..if after.is_some() { skip } else { 0 });
                posts.truncate(40);
                let one = |post: &&Post| {
                    json!({ "id": post.number.to_string(), "created_at": post.stated.to_string(), "visibility": "public",
                        "url": format!("http://{host}/{}", post.number), "content": format!("<p>{}</p>", post.text),
                        "reblog": null, "in_reply_to_id": null, "account": { "acct": format!("orang{}", post.number % 7), "note": "" },
                        "media_attachments": [] })
                };
                let body = serde_json::Value::Array(posts.iter().map(one).collect());
                ("application/json", body.to_string().into_bytes(), natives(&posts))
            }
            Speech::Telegram => {
                let after = asked("after");
                let mut posts: Vec<&Post> =
                    shown.into_iter().filter(|post| after.is_none_or(|after| post.number > after)).collect();
                posts.reverse();
                let skip = if after.is_none() { posts.len().saturating_sub(20) } else { 0 };
                let posts: Vec<&Post> = posts.into_iter().skip(skip).take(20).collect();
                ("text/html; charset=utf-8", channel(&posts).into_bytes(), natives(&posts))
            }
            Speech::Sitemap if path == "/sitemap.xml" => {
                let urls = shown.iter().fold(String::new(), |mut out, post| {
                    let _ = write!(
                        out,
                        "<url><loc>http://{host}/{}</loc><lastmod>{}</lastmod></url>",
                        post.number, post.at
                    );
                    out
                });
                let map = format!(
                    "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>"
                );
                ("application/xml", map.into_bytes(), Vec::new())
            }
            Speech::Sitemap => {
                let number = path.trim_start_matches('/').parse::<u64>().unwrap_or_default();
                let post = shown.iter().find(|post| post.number == number).expect("a page of the sitemap");
                let page = article(post);
                ("text/html; charset=utf-8", page.into_bytes(), vec![format!("http://{host}/{number}")])
            }
            Speech::File => unreachable!("a file is not asked"),
        }
    }
}

impl Post {
    fn new(speech: Speech, site: &str, number: u64, at: Timestamp, dice: &mut Dice) -> Self {
        let native = match speech {
            Speech::Rss | Speech::JsonFeed => format!("urn:{site}:{number}"),
            _ => number.to_string(),
        };
        let stated = match dice.below(25) {
            0 => "1970-01-01T00:00:00Z".parse().unwrap(),
            1 => "2099-06-01T00:00:00Z".parse().unwrap(),
            _ => at,
        };
        let place = ["Karangjati", "Lerengwungu", "Tirtakarya"][dice.below(3) as usize];
        let text = format!("Kabar {number} dari {site}: pasar {place} ramai, caf\u{e9} warga buka lagi.");
        Self { native, at, stated, number, text }
    }
}

fn rss(posts: &[&Post], host: &str, charset: &str) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"{charset}\"?><rss version=\"2.0\"><channel><title>Kabar</title><link>http://{host}</link>"
    );
    for post in posts {
        let date =
            jiff::fmt::rfc2822::to_string(&post.stated.to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap();
        let _ = write!(
            out,
            "<item><title>Kabar {n}</title><guid isPermaLink=\"false\">{}</guid><link>http://{host}/{n}</link><pubDate>{date}</pubDate><description>{}</description></item>",
            post.native,
            post.text,
            n = post.number
        );
    }
    out + "</channel></rss>"
}

fn atom(posts: &[&Post], host: &str) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Kabar</title><id>http://{host}/</id><updated>2026-11-24T00:00:00Z</updated>"
    );
    for post in posts {
        let _ = write!(
            out,
            "<entry><title>Kabar {n}</title><id>{}</id><link href=\"http://{host}/{n}\"/><published>{at}</published><updated>{at}</updated><summary>{}</summary></entry>",
            post.native,
            post.text,
            n = post.number,
            at = post.stated
        );
    }
    out + "</feed>"
}

fn json_feed(posts: &[&Post], host: &str) -> String {
    let one = |post: &&Post| {
        json!({ "id": post.native, "url": format!("http://{host}/{}", post.number), "title": format!("Kabar {}", post.number),
            "content_text": post.text, "date_published": post.stated.to_string() })
    };
    let items: Vec<_> = posts.iter().map(one).collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Kabar", "items": items }).to_string()
}

fn channel(posts: &[&Post]) -> String {
    let messages = posts.iter().fold(String::new(), |mut out, post| {
        let _ = write!(
            out,
            "<div class=\"tgme_widget_message\" data-post=\"saluran/{}\"><div class=\"tgme_widget_message_text js-message_text\">{}</div>\
             <a class=\"tgme_widget_message_date\" href=\"#\"><time datetime=\"{}\"></time></a></div>",
            post.number, post.text, post.stated
        );
        out
    });
    format!("<html><body><section class=\"tgme_channel_history\">{messages}</section></body></html>")
}

fn article(post: &Post) -> String {
    let more = "Warga dusun bergotong royong membersihkan saluran air sejak pagi, lalu makan bersama di balai desa. ".repeat(4);
    format!(
        "<!doctype html><html><head><meta property=\"og:type\" content=\"article\"><meta property=\"og:title\" content=\"Kabar {n}\">\
         <meta property=\"article:published_time\" content=\"{at}\"></head><body><article><h1>Kabar {n}</h1><p>{text}</p><p>{more}</p><p>{more}</p></article></body></html>",
        n = post.number,
        at = post.at,
        text = post.text
    )
}
