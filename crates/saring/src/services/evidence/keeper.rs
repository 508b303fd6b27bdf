//! Taking evidence: a page with what it needs and its picture, sealed on disk, recorded with its chain of custody. Any
//! job may run twice.

use super::{TOOL, flaws};
use crate::wiring::House;
use anyhow::Context;
use futures::StreamExt;
use saring_connectors::Client;
use saring_connectors::FetchError;
use saring_connectors::evidence::picture::{Browser, Limits, NoPicture, Picture};
use saring_connectors::evidence::{Archive, Caps, Own, archive, timestamp};
use saring_domain::ids::hex;
use saring_domain::{
    Custody, CustodyStep, Evidence, EvidenceId, EvidenceState, OfficeId, SealedFile, Settled,
};
use saring_store::StoreError;
use saring_store::sealed::Vault;
use saring_store::traits::{Evidences, Jobs};
use saring_store::views::Job;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pages taken at the same time.
const PARALLEL: u32 = 4;
/// Seconds until another process may take over: longer than the slowest pages of one host take in turn.
const LEASE: u32 = 1800;
/// Tries after which it is given up.
const TRIES: u32 = 5;
/// Asked for at once.
const BATCH: u32 = 200;
/// Timestamped later at once.
const STAMPS: u32 = 100;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pages sealed.
    pub sealed: u32,
    /// Pages gone, refused or given up.
    pub without: u32,
    /// To be tried again.
    pub again: u32,
}

/// Takes evidence for the offices of the house.
pub struct Keeper {
    house: Arc<House>,
    client: Client,
    vault: Vault,
    browser: Option<Browser>,
    /// One browser at a time: each takes as much memory as all the rest.
    picturing: Semaphore,
}

/// A picture, or why there is none: a code and words.
type Pictured = Result<Picture, (&'static str, String)>;

impl Keeper {
    /// Sets the guarded client up and looks for a browser.
    pub fn new(house: Arc<House>) -> anyhow::Result<Self> {
        let browser = Browser::find(house.config.evidence.browser.trim(), Limits::default());
        let picturing = Semaphore::new(1);
        Ok(Self { client: house.client()?, vault: house.vault(), browser, picturing, house })
    }

    /// Asks for evidence of what entered a case since, at every office whose rule it is; gives how many pages.
    pub async fn ask(&self) -> anyhow::Result<u64> {
        let config = &self.house.config;
        let mut asked = 0;
        for office in config.office.iter().filter(|office| config.evidence.automatic_at(&office.id)) {
            loop {
                let more = self.house.store.ask_for_new(&office.id, TOOL, BATCH, self.house.now()).await?;
                asked += more;
                if more < u64::from(BATCH) {
                    break;
                }
            }
        }
        Ok(asked)
    }

    /// Takes what is due until nothing is. While nothing can be sealed no page is read, and no try is used up.
    pub async fn drain(&self) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        loop {
            if self.house.store.waiting("evidence").await? > 0 {
                let vault = self.vault.clone();
                tokio::task::spawn_blocking(move || vault.ready()).await??;
            }
            let jobs = self.house.store.lease("evidence", PARALLEL, LEASE, self.house.now()).await?;
            if jobs.is_empty() {
                return Ok(counts);
            }
            let taken = futures::stream::iter(jobs).map(|job| async move { self.take(&job).await });
            let taken: Vec<_> = taken.buffer_unordered(PARALLEL as usize).collect().await;
            for state in taken {
                match state? {
                    Some(EvidenceState::Sealed) => counts.sealed += 1,
                    Some(_) => counts.without += 1,
                    None => counts.again += 1,
                }
            }
        }
    }

    /// Takes one page; `None` where it is to be tried again.
    async fn take(&self, job: &Job) -> anyhow::Result<Option<EvidenceState>> {
        let id = EvidenceId::from(job.subject.as_str());
        let known = match self.house.store.evidence_in_house(&id).await {
            Err(StoreError::NotFound { .. }) => None,
            other => Some(other?),
        };
        let waiting = known.filter(|(_, evidence)| evidence.state == EvidenceState::Waiting);
        let Some((office, evidence)) = waiting else {
            // deleted meanwhile, or taken by a process that died before it could say so
            let nothing = Settled::Without(EvidenceState::Failed, "nobody waits for it".into());
            self.house.store.settle(&id, &nothing, TOOL, job.id, self.house.now()).await?;
            return Ok(Some(EvidenceState::Failed));
        };
        let tries = job.tries + 1;
        let taken = match self.read(&office, &evidence).await? {
            Ok(archive) => match self.seal(&evidence, archive).await {
                Ok(settled) => Ok(settled),
                Err(error) => Err(((tries >= TRIES).then_some(EvidenceState::Failed), error.to_string())),
            },
            Err(error) => Err((verdict(&error, tries), error.trouble().note())),
        };
        let settled = match taken {
            Ok(settled) => settled,
            Err((Some(state), why)) => Settled::Without(state, why),
            Err((None, why)) => {
                self.house.store.fail(job.id, &why, self.house.now()).await?;
                return Ok(None);
            }
        };
        let kept = self.house.store.settle(&id, &settled, TOOL, job.id, self.house.now()).await?;
        if !kept {
            self.vault.wipe(&id)?;
        }
        Ok(Some(settled.state()))
    }

    async fn read(
        &self,
        office: &OfficeId,
        evidence: &Evidence,
    ) -> anyhow::Result<Result<Archive, FetchError>> {
        let capture = self.house.store.capture_behind(&evidence.id).await?;
        let uri = capture.as_ref().map(|capture| format!("urn:saring:capture:{}", capture.id));
        let own = capture.as_ref().zip(uri.as_deref()).map(|(capture, uri)| Own {
            uri,
            media_type: &capture.media_type,
            at: capture.seen_at,
            bytes: &capture.raw,
        });
        let operator = self.house.config.office(office).map_or(office.as_str(), |office| &office.name);
        let fields = [
            ("software", TOOL),
            ("format", "WARC File Format 1.1"),
            ("operator", operator),
            ("robots", "obeyed"),
            ("description", "bodies are unpacked; what servers said of packing stands in x-orig- headers"),
        ];
        let url = evidence.url.as_deref().unwrap_or_default();
        let name = format!("{}-{}", evidence.id, SealedFile::PAGE);
        Ok(archive(&self.client, &name, url, own, &fields, &Caps::default()).await)
    }

    /// Seals what was taken, with its picture and a timestamp where an authority is configured. A page does not wait for
    /// a browser or an authority that does not answer: it may be gone tomorrow.
    async fn seal(&self, evidence: &Evidence, archive: Archive) -> anyhow::Result<Settled> {
        let picture = self.picture(&archive).await;
        let manifest = manifest(evidence, &archive, &picture)?;
        let (stamp, said) = match self.stamp(manifest.as_bytes()).await {
            None => (None, None),
            Some(Ok(stamp)) => (Some(stamp), None),
            Some(Err(error)) => (None, Some(format!("no timestamp yet: {}", error.trouble().note()))),
        };
        let links = vec![self.told(&picture)];
        let (vault, id) = (self.vault.clone(), evidence.id.clone());
        let work = move || {
            let mut files = vec![(SealedFile::PAGE, archive.warc.as_slice())];
            files.extend(picture.as_ref().ok().map(|picture| (SealedFile::PICTURE, picture.png.as_slice())));
            files.push((SealedFile::MANIFEST, manifest.as_bytes()));
            files.extend(stamp.as_deref().map(|stamp| (SealedFile::STAMP, stamp)));
            vault.seal(&id, &files)
        };
        Ok(Settled::Sealed(tokio::task::spawn_blocking(work).await??, said, links))
    }

    /// A picture of the page as it was captured.
    async fn picture(&self, archive: &Archive) -> Pictured {
        if !self.house.config.evidence.picture {
            return Err(("off", "evidence.picture is off in the settings".into()));
        }
        let told = |none: NoPicture| (none.code(), none.to_string());
        let browser = self.browser.as_ref().ok_or(NoPicture::Absent).map_err(told)?;
        let _turn = self.picturing.acquire().await;
        browser.picture(&archive.url, &archive.hops).await.map_err(told)
    }

    /// The link of the chain of custody for a picture, or for none.
    fn told(&self, picture: &Pictured) -> Custody {
        let (step, tool, note) = match picture {
            Ok(picture) => {
                let Picture { png, tool, width, height, .. } = picture;
                let note = format!("{width} x {height}, SHA-256 {}", hex(&Sha256::digest(png)));
                (CustodyStep::Pictured, tool.clone(), note)
            }
            Err((code, _)) => (CustodyStep::Unpictured, TOOL.to_owned(), (*code).to_owned()),
        };
        Custody { at: self.house.now(), who: None, step, tool, note: Some(note) }
    }

    /// Timestamps what was sealed while the authority was away; gives how many. The first that it does not answer ends
    /// the run.
    pub async fn stamp_late(&self) -> anyhow::Result<u32> {
        let mut done = 0;
        if self.house.config.evidence.timestamp_authority.trim().is_empty() {
            return Ok(done);
        }
        for id in self.house.store.unstamped(STAMPS).await? {
            let (_, evidence) = self.house.store.evidence_in_house(&id).await?;
            let found = flaws(&self.house, &evidence).await?;
            if let Some(flaw) = found.first() {
                tracing::error!("no timestamp for what is not whole: {flaw}");
                continue;
            }
            let (vault, which) = (self.vault.clone(), id.clone());
            let manifest =
                tokio::task::spawn_blocking(move || vault.read(&which, SealedFile::MANIFEST)).await??;
            let Some(stamp) = self.stamp(&manifest).await else { break };
            let stamp = stamp.context("the timestamp authority")?;
            let (vault, which) = (self.vault.clone(), id.clone());
            let add = move || vault.add(&which, SealedFile::STAMP, &stamp);
            let stamp = tokio::task::spawn_blocking(add).await??;
            done += u32::from(self.house.store.stamp(&id, &stamp, TOOL, self.house.now()).await?);
        }
        Ok(done)
    }

    /// `None` where no authority is configured.
    async fn stamp(&self, manifest: &[u8]) -> Option<Result<Vec<u8>, FetchError>> {
        let authority = self.house.config.evidence.timestamp_authority.trim();
        if authority.is_empty() {
            return None;
        }
        Some(timestamp(&self.client, authority, manifest).await)
    }
}

/// The state that an error leads to; `None` where it is worth another try.
fn verdict(error: &FetchError, tries: u32) -> Option<EvidenceState> {
    use FetchError as E;
    match error {
        _ if error.page_is_gone() => Some(EvidenceState::Gone),
        E::Robots { .. } | E::Refused { .. } | E::Address { .. } | E::Login { .. } => {
            Some(EvidenceState::Refused)
        }
        E::Status { code: 401 | 403 | 451, .. } => Some(EvidenceState::Refused),
        _ if error.permanent() || tries >= TRIES => Some(EvidenceState::Failed),
        _ => None,
    }
}

fn manifest(evidence: &Evidence, archive: &Archive, picture: &Pictured) -> anyhow::Result<String> {
    let lost: Vec<_> = archive.parts.iter().filter(|part| part.trouble.is_some()).collect();
    let file = |name: &str, bytes: &[u8]| serde_json::json!({ "name": name, "bytes": bytes.len(), "sha256": hex(&Sha256::digest(bytes)) });
    let mut files = vec![file(SealedFile::PAGE, &archive.warc)];
    files.extend(picture.as_ref().ok().map(|picture| file(SealedFile::PICTURE, &picture.png)));
    let shown = match picture {
        Ok(Picture { tool, width, height, cut, missing, .. }) => serde_json::json!({
            "tool": tool, "width": width, "height": height, "goes_on_below": cut, "not_in_the_archive": missing,
            "made_of": SealedFile::PAGE, "scripts": "off",
        }),
        Err((code, why)) => serde_json::json!({ "none": code, "why": why }),
    };
    let told = serde_json::json!({
        "evidence": evidence.id,
        "case": evidence.case,
        "item": evidence.item,
        "asked_url": evidence.url,
        "url": archive.url,
        "taken_at": archive.at,
        "tool": TOOL,
        "parts": archive.parts.len(),
        "lost": lost,
        "left_out": archive.left_out,
        "picture": shown,
        "files": files,
    });
    Ok(serde_json::to_string_pretty(&told)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_gone_refused_failed_or_worth_another_try() {
        let status = |code| FetchError::Status { url: "http://a/".into(), code, again_in: None };
        let name = || FetchError::Name { host: "a".into(), why: "x".into() };
        for (error, tries, expect) in [
            (status(404), 1, Some(EvidenceState::Gone)),
            (status(410), 1, Some(EvidenceState::Gone)),
            (status(403), 1, Some(EvidenceState::Refused)),
            (FetchError::Robots { url: "http://a/".into() }, 1, Some(EvidenceState::Refused)),
            (FetchError::TooBig { url: "http://a/".into(), limit: 1 }, 1, Some(EvidenceState::Failed)),
            (status(503), 1, None),
            (status(429), 4, None),
            (name(), 4, None),
            (name(), 5, Some(EvidenceState::Failed)),
        ] {
            assert_eq!(verdict(&error, tries), expect, "{error}, try {tries}");
        }
    }
}
