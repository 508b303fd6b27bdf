//! The invented district: what `samples/demo/` holds, compiled in.

use anyhow::Context;
use jiff::Timestamp;
use saring_domain::{Claim, Office, Role};
use serde::Deserialize;

const SOURCES: &str = include_str!("../../../../samples/demo/sources.toml");
const OFFICES: &str = include_str!("../../../../samples/demo/offices.toml");
const PEOPLE: &str = include_str!("../../../../samples/demo/people.toml");
const CLAIMS: &str = include_str!("../../../../samples/demo/claims.jsonl");
const POSTS: &str = include_str!("../../../../samples/demo/posts.jsonl");

/// Areas of the district, for the gazetteer.
pub const AREAS: &str = include_str!("../../../../samples/demo/areas.tsv");

/// How a source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speech {
    /// RSS 2.0.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// WordPress REST.
    WordPress,
    /// A JSONL file, as an export of public posts.
    File,
}

/// A source of the district.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoSource {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// How it speaks.
    pub speaks: Speech,
    /// What it writes about.
    pub area: String,
    /// The page behind each entry is read.
    #[serde(default)]
    pub article_pages: bool,
    /// For showing what trouble looks like: `down` or `broken`.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// A person with a printed password.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPerson {
    /// Sign-in name.
    pub login: String,
    /// Name on screen.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Office.
    pub office: String,
    /// Password, printed by the demo.
    pub password: String,
}

/// A post or article.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPost {
    /// Id within its source.
    pub id: String,
    /// Where it stands.
    pub source: String,
    /// Age when the demo starts, hours.
    pub hours_ago: f64,
    /// Headline of an article.
    #[serde(default)]
    pub title: Option<String>,
    /// Text; paragraphs separated by blank lines.
    pub text: String,
    /// Where a careful reader would put it: `hoax`, `hate`, `service`, `clipping` or `none`.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the program against it"))]
    pub queue: String,
    /// The claim it repeats.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold the program against it"))]
    pub claim: Option<String>,
}

impl DemoPost {
    /// Publication time when the demo starts at `now`.
    pub fn posted_at(&self, now: Timestamp) -> Timestamp {
        let ago = jiff::SignedDuration::from_secs((self.hours_ago * 3600.0) as i64);
        now.checked_sub(ago).unwrap_or(now)
    }
}

/// Everything together.
pub struct Content {
    /// Sources.
    pub sources: Vec<DemoSource>,
    /// Offices, the desk's own first.
    pub offices: Vec<Office>,
    /// People.
    pub people: Vec<DemoPerson>,
    /// Checked claims.
    pub claims: Vec<Claim>,
    /// Posts.
    pub posts: Vec<DemoPost>,
}

impl Content {
    /// Reads what was compiled in.
    pub fn load() -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Sources {
            source: Vec<DemoSource>,
        }
        #[derive(Deserialize)]
        struct Offices {
            office: Vec<Office>,
        }
        #[derive(Deserialize)]
        struct People {
            person: Vec<DemoPerson>,
        }
        Ok(Self {
            sources: toml::from_str::<Sources>(SOURCES).context("sources.toml")?.source,
            offices: toml::from_str::<Offices>(OFFICES).context("offices.toml")?.office,
            people: toml::from_str::<People>(PEOPLE).context("people.toml")?.person,
            claims: lines(CLAIMS).context("claims.jsonl")?,
            posts: lines(POSTS).context("posts.jsonl")?,
        })
    }
}

fn lines<T: serde::de::DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    let parse = |(at, line)| serde_json::from_str(line).with_context(|| format!("line {}", at + 1));
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_district_is_whole() {
        let content = Content::load().unwrap();
        let sources: BTreeSet<_> = content.sources.iter().map(|source| source.id.as_str()).collect();
        let claims: BTreeSet<_> = content.claims.iter().map(|claim| claim.id.as_str()).collect();
        let ids: BTreeSet<_> = content.posts.iter().map(|post| (&post.source, &post.id)).collect();
        assert_eq!(ids.len(), content.posts.len(), "an id stands twice");
        assert!(content.claims.len() >= 40 && claims.len() == content.claims.len());
        assert!(content.posts.len() >= 400);
        let mut queues = BTreeMap::new();
        for post in &content.posts {
            assert!(sources.contains(post.source.as_str()), "{}: no source {}", post.id, post.source);
            assert!((0.0..=240.0).contains(&post.hours_ago), "{}", post.id);
            if let Some(claim) = &post.claim {
                assert!(claims.contains(claim.as_str()), "{}: no claim {claim}", post.id);
            }
            *queues.entry(post.queue.as_str()).or_insert(0) += 1;
        }
        let named: Vec<_> = queues.keys().copied().collect();
        assert_eq!(named, ["clipping", "hate", "hoax", "none", "service"]);
        for person in &content.people {
            assert!(content.offices.iter().any(|office| office.id.as_str() == person.office));
        }
    }
}
