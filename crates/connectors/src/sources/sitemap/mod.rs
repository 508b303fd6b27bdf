//! Sitemaps, indexes of sitemaps and news sitemaps, with the pages they name. Only what is fresh is read: a sitemap
//! is an archive, and an archive is not news.

#[cfg(test)]
mod tests;
mod xml;

use super::draft::Draft;
use super::{Parts, Source, page};
use crate::boilerplate;
use crate::client::{Conditions, Reply};
use crate::decode;
use crate::error::{FetchError, Flaw};
use async_trait::async_trait;
use flate2::read::MultiGzDecoder;
use jiff::{SignedDuration, Timestamp};
use saring_domain::ids::hex;
use saring_domain::{Cursor, Fetched, ItemKind, Trouble, TroubleCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use url::Url;
use xml::{Entry, Map};

/// Pages read in one go; progress is saved in between.
const PAGES_AT_ONCE: usize = 20;
/// Pages of one round, so that one medium does not take the round from the others.
const PAGES: usize = 100;
/// Sitemaps read in one round.
const MAPS: usize = 12;
/// Unpacked bytes of a packed sitemap.
const UNPACKED: u64 = 32 << 20;
/// Pages without a date that are looked at, at either end of a sitemap.
const UNDATED: usize = 100;
/// Pages remembered as read.
const REMEMBERED: usize = 5_000;
/// Changes older than this are not gone after; after an outage of the office the window is as long as that was.
const WINDOW: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Articles older than this are not news, whatever date of change the sitemap gives.
const OLD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a list of waiting pages is worked off before the sitemap is looked at again.
const FRESH: SignedDuration = SignedDuration::from_mins(30);
/// So many failures in a row are trouble of the host and not of pages.
const IN_A_ROW: usize = 3;
/// Sitemaps that list no articles; those of authors are people.
const NOT_ARTICLES: &[&str] = &[
    "author", "penulis", "user", "tag", "topic", "category", "kategori", "image", "foto", "video", "taxonom",
];

/// Where reading stopped.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// When everything fresh had been read.
    whole: Option<Timestamp>,
    /// When the sitemaps were looked at.
    looked: Option<Timestamp>,
    /// Pages found then and not yet read, oldest first.
    waiting: Vec<Entry>,
    /// Pages read: short hash of the address to the second of the change that was read, 0 without one.
    read: BTreeMap<String, i64>,
    /// Short hashes of pages of which a further one was disturbed: they are tried once more.
    half: BTreeSet<String>,
    etag: Option<String>,
    last_modified: Option<String>,
}

struct Sitemap {
    parts: Parts,
    root: Url,
}

/// A sitemap source; the address of a site alone stands for the sitemaps that its robots.txt names.
pub(super) fn build(parts: Parts) -> Result<Box<dyn Source>, FetchError> {
    let root = super::person::refused(&parts.def.url)?;
    Ok(Box::new(Sitemap { parts, root }))
}

#[async_trait]
impl Source for Sitemap {
    async fn fetch(&self, cursor: &Cursor, now: Timestamp) -> Result<Fetched, FetchError> {
        let mut progress: Progress = cursor.place();
        let mut fetched = Fetched::default();
        let fresh = progress.looked.is_some_and(|at| now.duration_since(at) < FRESH);
        if progress.waiting.is_empty() || !fresh {
            self.look(&mut progress, &mut fetched, now).await?;
        }
        self.pages(&mut progress, &mut fetched, now).await?;
        fetched.more = !progress.waiting.is_empty();
        fetched.next = Cursor::of(&progress);
        Ok(fetched)
    }
}

impl Sitemap {
    /// Reads the sitemaps and puts what is fresh and unread into `waiting`.
    async fn look(
        &self,
        progress: &mut Progress,
        fetched: &mut Fetched,
        now: Timestamp,
    ) -> Result<(), FetchError> {
        let outage = progress.whole.map_or(now, |at| at - SignedDuration::from_hours(24));
        let since = (now - WINDOW).min(outage).max(now - OLD);
        let have = Conditions { etag: progress.etag.take(), last_modified: progress.last_modified.take() };
        let (mut pages, mut failed) = (Vec::new(), Vec::new());
        let mut todo: Vec<(String, u8)> = self.roots().await?.into_iter().rev().map(|url| (url, 0)).collect();
        let single = todo.len() == 1;
        let mut budget = MAPS;
        while let Some((url, depth)) = todo.pop() {
            if budget == 0 {
                break;
            }
            budget -= 1;
            let have = if single && depth == 0 { have.clone() } else { Conditions::default() };
            let (reply, map) = match self.map(&url, &have).await {
                Ok(found) => found,
                Err(error) if error.held() && error.again_in().is_some() => return Err(error),
                Err(error) => {
                    failed.push(error);
                    continue;
                }
            };
            fetched.bytes += reply.wire;
            if reply.unchanged() {
                (progress.etag, progress.last_modified) = (have.etag, have.last_modified);
                fetched.unchanged = true;
                return Ok(());
            }
            if let Some(why) = map.broken {
                let broken = FetchError::Broken { url: reply.url.clone(), why };
                fetched.bad.push(broken.trouble());
            }
            if single && depth == 0 && map.maps.is_empty() {
                progress.etag = reply.header("etag").map(str::to_owned);
                progress.last_modified = reply.header("last-modified").map(str::to_owned);
            }
            pages.extend(map.pages);
            if depth < 2 {
                todo.extend(further(map.maps, since, now).into_iter().map(|url| (url, depth + 1)));
            }
        }
        match failed.first() {
            Some(first) if pages.is_empty() => return Err(first.clone()),
            _ => fetched.bad.extend(failed.iter().map(FetchError::trouble)),
        }
        self.choose(pages, since, progress, fetched, now);
        Ok(())
    }

    async fn roots(&self) -> Result<Vec<String>, FetchError> {
        if self.root.path().len() > 1 || self.root.query().is_some() {
            return Ok(vec![self.root.to_string()]);
        }
        let named = self.parts.client.sitemaps(self.root.as_str()).await?;
        let usual = self.root.join("/sitemap.xml").map(String::from);
        Ok(if named.is_empty() { usual.into_iter().collect() } else { named })
    }

    async fn map(&self, url: &str, have: &Conditions) -> Result<(Reply, Map), FetchError> {
        let mut reply = self.parts.client.get(url, have).await?;
        if reply.unchanged() {
            return Ok((reply, Map::default()));
        }
        let body = std::mem::take(&mut reply.body);
        let (at, charset) = (reply.url.clone(), reply.charset().map(str::to_owned));
        let zone = self.parts.client.zone().clone();
        let work = move || {
            let body = unpacked(body, &at)?;
            let no_map = FetchError::Unreadable { url: at, why: "it is no sitemap".into() };
            xml::read(&decode::text(&body, charset.as_deref()), &zone).ok_or(no_map)
        };
        let map = tokio::task::spawn_blocking(work).await;
        let broken =
            |e: tokio::task::JoinError| FetchError::Broken { url: url.to_owned(), why: e.to_string() };
        Ok((reply, map.map_err(broken)??))
    }

    /// Fresh pages that were not read, the newest of them where there are too many.
    fn choose(
        &self,
        pages: Vec<Entry>,
        since: Timestamp,
        progress: &mut Progress,
        fetched: &mut Fetched,
        now: Timestamp,
    ) {
        progress.read.retain(|_, at| *at == 0 || *at >= since.as_second());
        let (own, strange): (Vec<Entry>, Vec<Entry>) = pages.into_iter().partition(|page| self.own(page));
        if let Some(first) = strange.first() {
            let flaw = Flaw::from(format!("it leads to another site, as {} entries do", strange.len()));
            fetched.bad.push(flaw.trouble(first.loc.chars().take(120).collect()));
        }
        let (with_date, undated): (Vec<Entry>, Vec<Entry>) =
            own.into_iter().partition(|page| dated(page, now).is_some());
        let middle = UNDATED..undated.len().saturating_sub(UNDATED).max(UNDATED);
        let ends =
            undated.into_iter().enumerate().filter(|(at, _)| !middle.contains(at)).map(|(_, page)| page);
        let mut seen = BTreeSet::new();
        let mut fresh: Vec<Entry> = with_date
            .into_iter()
            .filter(|page| dated(page, now).is_some_and(|at| at >= since))
            .chain(ends)
            .filter(|page| {
                let second = dated(page, now).map_or(0, Timestamp::as_second);
                progress.read.get(&short(&page.loc)).is_none_or(|known| *known < second)
                    && seen.insert(page.loc.clone())
            })
            .collect();
        fresh.sort_by_key(|page| std::cmp::Reverse(dated(page, now)));
        let most = PAGES.min(REMEMBERED.saturating_sub(progress.read.len()));
        let later = fresh.len().saturating_sub(most);
        fresh.truncate(most);
        fresh.reverse();
        (progress.waiting, progress.looked) = (fresh, Some(now));
        if later == 0 {
            progress.whole = Some(now);
        } else {
            // the same version must be sent again for the rest
            (progress.etag, progress.last_modified) = (None, None);
            let (code, about, detail) = (TroubleCode::Later, later.to_string(), PAGES.to_string());
            let message = format!(
                "{about} new pages wait for the next round: one round reads at most {detail} of a source"
            );
            fetched.bad.push(Trouble { code, about, detail, message });
        }
    }

    /// Whether a page lies on the site of the sitemap: a sitemap that sends us elsewhere is not followed.
    fn own(&self, page: &Entry) -> bool {
        let Ok(url) = Url::parse(&page.loc) else { return false };
        let bare = |url: &Url| url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
        let (page, site) = (bare(&url), bare(&self.root));
        page == site || page.ends_with(&format!(".{site}")) || site.ends_with(&format!(".{page}"))
    }

    /// Reads the next waiting pages.
    async fn pages(
        &self,
        progress: &mut Progress,
        fetched: &mut Fetched,
        now: Timestamp,
    ) -> Result<(), FetchError> {
        let (mut lost, mut cut, mut in_a_row): (Vec<FetchError>, Vec<FetchError>, usize) =
            (Vec::new(), Vec::new(), 0);
        let many = progress.waiting.len().min(PAGES_AT_ONCE);
        let batch: Vec<Entry> = progress.waiting.drain(..many).collect();
        for entry in batch {
            let second = dated(&entry, now).map_or(0, Timestamp::as_second);
            if progress.read.get(&short(&entry.loc)) == Some(&second) {
                continue; // another version of it was read just now
            }
            let error = match page::read(&self.parts.client, &entry.loc, now).await {
                Ok((wire, mut article)) => {
                    in_a_row = 0;
                    fetched.bytes += wire;
                    let missing = article.lost.take();
                    let disturbed = missing.as_ref().is_some_and(|error| !error.permanent());
                    cut.extend(missing);
                    let tried = progress.half.remove(&short(&entry.loc)) || progress.half.len() >= PAGES;
                    if disturbed && !tried {
                        progress.half.insert(short(&entry.loc));
                        (progress.etag, progress.last_modified) = (None, None);
                        continue;
                    }
                    progress.read.insert(short(&entry.loc), second);
                    let address = article.parts.address.as_ref().map_or(&*entry.loc, |url| url.as_str());
                    if address != entry.loc && progress.read.insert(short(address), second) == Some(second) {
                        continue;
                    }
                    let draft = self.draft(entry, article, now);
                    fetched.captures.extend(draft.map(|draft| draft.bind(&self.parts.def.id, now)));
                    continue;
                }
                Err(error) => error,
            };
            if error.permanent() {
                progress.read.insert(short(&entry.loc), second);
                let draft = self.headline_only(entry);
                fetched.captures.extend(draft.map(|draft| draft.bind(&self.parts.def.id, now)));
            } else {
                // what is only disturbed stays unread, so the next look finds it again, whatever the server's version
                in_a_row += 1;
                (progress.etag, progress.last_modified) = (None, None);
            }
            let pause = error.again_in();
            lost.push(error);
            if pause.is_some() || in_a_row == IN_A_ROW {
                fetched.again_in = pause;
                progress.waiting.clear();
                break;
            }
        }
        fetched.bad.extend(page::cut_short(&cut));
        let Some(first) = lost.first() else { return Ok(()) };
        if fetched.captures.is_empty() && lost.len() == many.min(in_a_row.max(1)) && !first.permanent() {
            return Err(first.clone()); // nothing but trouble: the source itself could not be read
        }
        let (code, about) = (TroubleCode::PagesLost, lost.len().to_string());
        let message = format!("{about} pages of this source could not be read; the first: {first}");
        fetched.bad.push(Trouble { code, about, detail: first.trouble().about, message });
        Ok(())
    }

    /// The article of a page; `None` for pages that are none, such as front pages, and for the archive.
    fn draft(&self, entry: Entry, article: page::Article, now: Timestamp) -> Option<Draft> {
        let news = entry.title.is_some();
        let posted_at = entry.published.or(article.posted_at);
        let old = posted_at.is_some_and(|at| at < now - OLD);
        if old || !(news || article.article || article.posted_at.is_some()) {
            return None;
        }
        let def = &self.parts.def;
        let media_type = article.media_type();
        let outlet = def.outlet.clone().or(entry.outlet).or(article.outlet);
        Some(Draft {
            kind: ItemKind::Article,
            title: entry.title.or(Some(article.title)),
            text: boilerplate::article(&article.text),
            url: Some(article.parts.address.map_or(entry.loc, String::from)),
            outlet: outlet.or_else(|| Some(def.name.clone())),
            posted_at,
            media_type,
            raw: article.evidence,
            ..Draft::default()
        })
    }

    /// What a news sitemap itself says of a page that cannot be read.
    fn headline_only(&self, entry: Entry) -> Option<Draft> {
        let title = entry.title?;
        let def = &self.parts.def;
        let raw = json!({ "loc": entry.loc, "title": title, "publication_date": entry.published });
        let outlet = def.outlet.clone().or(entry.outlet).or_else(|| Some(def.name.clone()));
        Some(Draft {
            kind: ItemKind::Article,
            title: Some(title),
            url: Some(entry.loc),
            outlet,
            posted_at: entry.published,
            media_type: "application/json".into(),
            raw: raw.to_string().into_bytes(),
            ..Draft::default()
        })
    }
}

/// When a page was changed or published; dates before the web and in the future are slips.
fn dated(page: &Entry, now: Timestamp) -> Option<Timestamp> {
    let at = page.changed.or(page.published)?;
    (at.as_second() > 631_152_000 && at <= now + SignedDuration::from_hours(24)).then_some(at)
}

/// Further sitemaps in the order they are to be popped: the newest last, those without a date before them.
fn further(mut maps: Vec<Entry>, since: Timestamp, now: Timestamp) -> Vec<String> {
    maps.retain(|map| {
        let name = map.loc.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let articles = !NOT_ARTICLES.iter().any(|word| name.contains(word));
        articles && dated(map, now).is_none_or(|at| at >= since)
    });
    maps.sort_by_key(|map| dated(map, now)); // stable: the last of those without a date is the newest as a rule
    let skip = maps.len().saturating_sub(MAPS);
    maps.into_iter().skip(skip).map(|map| map.loc).collect()
}

fn unpacked(body: Vec<u8>, url: &str) -> Result<Vec<u8>, FetchError> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(body);
    }
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(&body[..]).take(UNPACKED + 1).read_to_end(&mut out);
    if out.len() as u64 > UNPACKED {
        return Err(FetchError::TooBig { url: url.to_owned(), limit: UNPACKED });
    }
    read.map_err(|e| FetchError::Broken {
        url: url.to_owned(),
        why: format!("its gzip packing is broken ({e})"),
    })?;
    Ok(out)
}

fn short(url: &str) -> String {
    hex(&Sha256::digest(url.as_bytes()))[..16].to_owned()
}
