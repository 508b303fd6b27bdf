//! robots.txt as RFC 9309 reads it.

use std::time::Duration;

/// The name by which robots.txt addresses this program.
const PRODUCT: &str = "saring";
/// RFC 9309, 2.5: at least 500 KiB are read; what follows is ignored.
const MOST_BYTES: usize = 512_000;
/// A rule longer than this is no address of ours.
const MOST_RULE: usize = 2_048;
/// Sitemaps that are looked at.
const MOST_SITEMAPS: usize = 20;
/// A longer Crawl-delay would mean not to be read at all.
const MOST_DELAY: Duration = Duration::from_secs(30);

/// What a host asks of this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Robots {
    rules: Vec<Rule>,
    /// Crawl-delay of our group (not in the RFC, honoured out of politeness).
    pub(crate) delay: Option<Duration>,
    /// Sitemaps it names; they belong to no group.
    pub(crate) sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// Lines of one group, or of all groups that name the same agent.
#[derive(Default)]
struct Group {
    named: bool,
    robots: Robots,
}

impl Robots {
    /// Everything may be read (no robots.txt).
    pub(crate) fn open() -> Self {
        Self::default()
    }

    /// Nothing may be read (robots.txt exists but its server is in trouble: RFC 9309, 2.3.1.4).
    pub(crate) fn closed() -> Self {
        Self { rules: vec![Rule { allow: false, pattern: "/".into() }], ..Self::default() }
    }

    /// Reads a robots.txt; lines that make no sense are passed over.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_BYTES)]);
        let (mut ours, mut any) = (Group::default(), Group::default());
        let (mut for_us, mut for_any, mut naming) = (false, false, false);
        let mut sitemaps = Vec::new();
        for (key, value) in text.trim_start_matches('\u{feff}').lines().filter_map(key_value) {
            if key == "user-agent" {
                if !naming {
                    (for_us, for_any) = (false, false);
                }
                naming = true;
                for_us |= product(value).eq_ignore_ascii_case(PRODUCT);
                for_any |= value == "*";
                ours.named |= for_us;
                continue;
            }
            if key == "sitemap" {
                if sitemaps.len() < MOST_SITEMAPS && value.len() <= MOST_RULE {
                    sitemaps.push(value.to_owned());
                }
                continue;
            }
            naming = false;
            for group in [(for_us, &mut ours), (for_any, &mut any)].into_iter().filter(|g| g.0).map(|g| g.1) {
                group.robots.add(&key, value);
            }
        }
        Self { sitemaps, ..if ours.named { ours.robots } else { any.robots } }
    }

    fn add(&mut self, key: &str, value: &str) {
        match key {
            "allow" | "disallow" if !value.is_empty() && value.len() <= MOST_RULE => {
                self.rules.push(Rule { allow: key == "allow", pattern: normal(value) });
            }
            "crawl-delay" => {
                let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite() && *s > 0.0);
                self.delay = seconds.map(|s| Duration::from_secs_f64(s.min(MOST_DELAY.as_secs_f64())));
            }
            _ => {}
        }
    }

    /// Whether `path` (with its query) may be read: the longest matching rule decides, *allow* on a tie.
    pub(crate) fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normal(path);
        let fits = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        fits.max_by_key(|rule| (rule.pattern.len(), rule.allow)).is_none_or(|rule| rule.allow)
    }
}

fn key_value(line: &str) -> Option<(String, &str)> {
    let line = line.split('#').next().unwrap_or_default();
    let (key, value) = line.split_once(':')?;
    Some((key.trim().to_ascii_lowercase(), value.trim()))
}

fn product(value: &str) -> &str {
    let end = value.find(|c: char| !c.is_ascii_alphabetic() && c != '_' && c != '-').unwrap_or(value.len());
    &value[..end]
}

/// One spelling per path: bytes outside ASCII escaped, unreserved escapes undone, escapes in capitals.
fn normal(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let value = escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        let byte = value.unwrap_or(bytes[at]);
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if plain || (value.is_none() && byte.is_ascii_graphic()) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        at += if value.is_some() { 3 } else { 1 };
    }
    out
}

/// Whether a pattern with `*` (anything) and a final `$` (the end) matches the start of `path`. Linear in memory and
/// without recursion: each `*` remembers only the last place it stood for.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = match pattern.strip_suffix('$') {
        Some(rest) => (rest.as_bytes(), true),
        None => (pattern.as_bytes(), false),
    };
    let path = path.as_bytes();
    let (mut p, mut s) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p == pattern.len() && (!whole || s == path.len()) {
            return true;
        }
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, s));
            p += 1;
        } else if p < pattern.len() && s < path.len() && pattern[p] == path[s] {
            p += 1;
            s += 1;
        } else if let Some((at, from)) = star.filter(|(_, from)| *from < path.len()) {
            star = Some((at, from + 1));
            p = at + 1;
            s = from + 1;
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(robots: &str, cases: &[(&str, bool)]) {
        let robots = Robots::parse(robots.as_bytes());
        for (path, expect) in cases {
            assert_eq!(robots.allows(path), *expect, "{path} under {robots:?}");
        }
    }

    #[test]
    fn the_longest_rule_decides() {
        check(
            "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\nDisallow: /*.pdf$\nDisallow: /cari?q=",
            &[
                ("/", true),
                ("/wp-admin/x", false),
                ("/wp-admin/admin-ajax.php", true),
                ("/berkas/a.pdf", false),
                ("/berkas/a.pdf?x=1", true),
                ("/cari?q=banjir", false),
                ("/cari", true),
                ("/robots.txt", true),
            ],
        );
    }

    #[test]
    fn our_own_group_hides_the_general_one_and_may_come_in_parts() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: lain\nUser-agent: Saring/2.0\nDisallow: /a\n\nUser-agent: saring\nDisallow: /b # why\n";
        check(text, &[("/", true), ("/a", false), ("/b", false), ("/c", true)]);
        check("User-agent: saring\nDisallow:\n\nUser-agent: *\nDisallow: /", &[("/x", true)]);
        check("User-agent: saringan\nDisallow: /", &[("/x", true)]);
    }

    #[test]
    fn sitemaps_are_named_outside_the_groups() {
        let text = "Sitemap: https://a.example/1.xml\nUser-agent: *\nsitemap : https://a.example/2.xml\nDisallow: /x\n";
        let robots = Robots::parse(text.as_bytes());
        assert_eq!(robots.sitemaps, ["https://a.example/1.xml", "https://a.example/2.xml"]);
        assert!(!robots.allows("/x"));
    }

    #[test]
    fn odd_files_do_no_harm() {
        check("", &[("/", true)]);
        check("<html>not robots: at all</html>", &[("/", true)]);
        check("\u{feff}USER-AGENT : *\r\nDISALLOW : /x\r\n", &[("/x", false), ("/y", true)]);
        check("Disallow: /before-any-agent", &[("/before-any-agent", true)]);
        check("User-agent: *\nDisallow: /caf\u{e9}", &[("/caf%c3%a9", false), ("/caf%C3%A9/x", false)]);
        check("User-agent: *\nDisallow: /%61", &[("/a", false)]);
        check("User-agent: *\nDisallow: /a\nAllow: /a", &[("/a", true)]);
        let stars = format!("User-agent: *\nDisallow: /{}x$", "*a".repeat(500));
        check(&stars, &[(&format!("/{}", "a".repeat(2_000)), true)]);
        assert!(!Robots::closed().allows("/x") && Robots::open().allows("/x"));
    }

    #[test]
    fn a_crawl_delay_is_kept_within_reason() {
        let delay =
            |text: &str| Robots::parse(format!("User-agent: *\nCrawl-delay: {text}").as_bytes()).delay;
        assert_eq!(delay("2.5"), Some(Duration::from_millis(2_500)));
        assert_eq!(delay("86400"), Some(MOST_DELAY));
        assert_eq!(delay("-1"), None);
        assert_eq!(delay("inf"), None);
    }
}
