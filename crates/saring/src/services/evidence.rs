//! Taking evidence: a page with what it needs, sealed on disk, recorded with its chain of custody. Any job may run twice.

use crate::wiring::House;
use futures::StreamExt;
use saring_connectors::Client;
use saring_connectors::FetchError;
use saring_connectors::evidence::{Archive, Caps, Own, archive, timestamp};
use saring_domain::{Evidence, EvidenceId, EvidenceState, Settled};
use saring_store::StoreError;
use saring_store::sealed::Vault;
use saring_store::traits::{Evidences, Jobs};
use saring_store::views::Job;
use std::sync::Arc;

/// What the chain of custody names as the tool.
pub const TOOL: &str = concat!("Saring ", env!("CARGO_PKG_VERSION"));
/// The archive in the folder of a piece of evidence.
pub const PAGE: &str = "page.warc.gz";
/// What was taken from where, with what, and the hashes of the rest.
pub const MANIFEST: &str = "manifest.json";
/// The timestamp of the manifest, as RFC 3161 has it.
pub const STAMP: &str = "manifest.tsr";
/// Pages taken at the same time.
const PARALLEL: u32 = 4;
/// Seconds until another process may take over: longer than the slowest pages of one host take in turn.
const LEASE: u32 = 1800;
/// Tries after which it is given up.
const TRIES: u32 = 5;
/// Asked for at once.
const BATCH: u32 = 200;

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

/// Takes evidence for an office.
pub struct Keeper {
    house: Arc<House>,
    client: Client,
    vault: Vault,
}

impl Keeper {
    /// Sets the guarded client up.
    pub fn new(house: Arc<House>) -> anyhow::Result<Self> {
        Ok(Self { client: house.client()?, vault: house.vault(), house })
    }

    /// Asks for evidence of what entered a case since; gives how many pages.
    pub async fn ask(&self) -> anyhow::Result<u64> {
        let office = &self.house.config.own_office().id;
        let mut asked = 0;
        loop {
            let more = self.house.store.ask_for_new(office, TOOL, BATCH, self.house.now()).await?;
            asked += more;
            if more < u64::from(BATCH) {
                return Ok(asked);
            }
        }
    }

    /// Takes what is due until nothing is.
    pub async fn drain(&self) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        loop {
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
        let evidence = match self.house.store.evidence(&self.house.config.own_office().id, &id).await {
            Err(StoreError::NotFound { .. }) => None,
            other => Some(other?),
        };
        let Some(evidence) = evidence.filter(|evidence| evidence.state == EvidenceState::Waiting) else {
            // deleted meanwhile, or taken by a process that died before it could say so
            let nothing = Settled::Without(EvidenceState::Failed, "nobody waits for it".into());
            self.house.store.settle(&id, &nothing, TOOL, job.id, self.house.now()).await?;
            return Ok(Some(EvidenceState::Failed));
        };
        let settled = match self.read(&evidence).await? {
            Ok(archive) => self.seal(&evidence, archive).await?,
            Err(error) => match verdict(&error, job.tries + 1) {
                Some(state) => Settled::Without(state, error.to_string()),
                None => {
                    self.house.store.fail(job.id, &error.to_string(), self.house.now()).await?;
                    return Ok(None);
                }
            },
        };
        let kept = self.house.store.settle(&id, &settled, TOOL, job.id, self.house.now()).await?;
        if !kept {
            self.vault.wipe(&id)?;
        }
        Ok(Some(settled.state()))
    }

    async fn read(&self, evidence: &Evidence) -> anyhow::Result<Result<Archive, FetchError>> {
        let capture = self.house.store.capture_behind(&evidence.id).await?;
        let uri = capture.as_ref().map(|capture| format!("urn:saring:capture:{}", capture.id));
        let own = capture.as_ref().zip(uri.as_deref()).map(|(capture, uri)| Own {
            uri,
            media_type: &capture.media_type,
            at: capture.seen_at,
            bytes: &capture.raw,
        });
        let fields = [
            ("software", TOOL),
            ("format", "WARC File Format 1.1"),
            ("operator", self.house.config.own_office().name.as_str()),
            ("robots", "obeyed"),
            ("description", "bodies are unpacked; what servers said of packing stands in x-orig- headers"),
        ];
        let url = evidence.url.as_deref().unwrap_or_default();
        let name = format!("{}-{PAGE}", evidence.id);
        Ok(archive(&self.client, &name, url, own, &fields, &Caps::default()).await)
    }

    /// Seals what was taken, with a timestamp where an authority is configured. A page does not wait for an authority
    /// that does not answer: it may be gone tomorrow.
    async fn seal(&self, evidence: &Evidence, archive: Archive) -> anyhow::Result<Settled> {
        let manifest = manifest(evidence, &archive)?;
        let (stamp, said) = match self.stamp(manifest.as_bytes()).await {
            None => (None, None),
            Some(Ok(stamp)) => (Some(stamp), None),
            Some(Err(error)) => (None, Some(format!("no timestamp: {error}"))),
        };
        let (vault, id) = (self.vault.clone(), evidence.id.clone());
        let work = move || {
            let mut files = vec![(PAGE, archive.warc.as_slice()), (MANIFEST, manifest.as_bytes())];
            files.extend(stamp.as_deref().map(|stamp| (STAMP, stamp)));
            vault.seal(&id, &files)
        };
        Ok(Settled::Sealed(tokio::task::spawn_blocking(work).await??, said))
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

fn manifest(evidence: &Evidence, archive: &Archive) -> anyhow::Result<String> {
    use saring_domain::ids::hex;
    use sha2::{Digest, Sha256};
    let lost: Vec<_> = archive.parts.iter().filter(|part| part.trouble.is_some()).collect();
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
        "files": [{ "name": PAGE, "bytes": archive.warc.len(), "sha256": hex(&Sha256::digest(&archive.warc)) }],
    });
    Ok(serde_json::to_string_pretty(&told)? + "\n")
}

/// What is wrong with sealed evidence, by the log and the files on disk; empty where all is well.
pub async fn flaws(house: &House, evidence: &Evidence) -> anyhow::Result<Vec<String>> {
    let Some((_, logged)) = house.store.sealed_as(&evidence.id).await? else {
        return Ok(vec![format!("{}: the log has no entry that sealed it", evidence.id)]);
    };
    let mut out = Vec::new();
    if logged != evidence.files {
        out.push(format!("{}: the database has other hashes than the log: it was changed", evidence.id));
    }
    let (vault, id) = (house.vault(), evidence.id.clone());
    out.extend(tokio::task::spawn_blocking(move || vault.flaws(&id, &logged)).await?);
    Ok(out)
}

/// Flaws of all sealed evidence of the office, and how many pieces were looked at.
pub async fn all_flaws(house: &House) -> anyhow::Result<(u64, Vec<String>)> {
    let all = house.store.evidence_of(&house.config.own_office().id, None, u32::MAX).await?;
    let (mut seen, mut out) = (0, Vec::new());
    for evidence in all.iter().filter(|one| one.state == EvidenceState::Sealed) {
        seen += 1;
        out.extend(flaws(house, evidence).await?);
    }
    Ok((seen, out))
}

/// Deletes the files of evidence that went with its case.
pub async fn wipe(house: &House) -> anyhow::Result<u64> {
    let due = house.store.unwiped().await?;
    for id in &due {
        house.vault().wipe(id)?;
        house.store.wiped(id, house.now()).await?;
    }
    Ok(due.len() as u64)
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
