//! Evidence: pages taken and sealed, checked against the log, timestamped later where the authority was away, wiped when
//! their time is over.

mod handing;
mod keeper;

pub use handing::{Copies, bundle};
pub use keeper::{Counts, Keeper};

use crate::wiring::House;
use saring_domain::{Evidence, EvidenceState, SealedFile};
use saring_store::traits::{Evidences, People};

/// What the chain of custody names as the tool.
pub const TOOL: &str = concat!("Saring ", env!("CARGO_PKG_VERSION"));

/// What is wrong with sealed evidence, by the log and the files on disk; empty where all is well.
pub async fn flaws(house: &House, evidence: &Evidence) -> anyhow::Result<Vec<String>> {
    let Some((_, logged)) = house.store.sealed_as(&evidence.id).await? else {
        return Ok(vec![format!("{}: the log has no entry that sealed it", evidence.id)]);
    };
    let mut out = Vec::new();
    if logged != evidence.files {
        out.push(format!("{}: the database has other hashes than the log: it was changed", evidence.id));
    }
    out.extend(house.store.evidence_flaws(&evidence.id).await?);
    out.extend(unlike_manifest(house, evidence).await);
    let (vault, id) = (house.vault(), evidence.id.clone());
    out.extend(tokio::task::spawn_blocking(move || vault.flaws(&id, &logged)).await?);
    Ok(out)
}

/// What the row says otherwise than the sealed manifest; a manifest that cannot be read is named with the files.
async fn unlike_manifest(house: &House, evidence: &Evidence) -> Option<String> {
    let (vault, id) = (house.vault(), evidence.id.clone());
    let read = move || vault.read(&id, SealedFile::MANIFEST).ok();
    let manifest: serde_json::Value =
        serde_json::from_slice(&tokio::task::spawn_blocking(read).await.ok()??).ok()?;
    let url = evidence.url.as_deref().unwrap_or_default();
    let row = [("asked_url", url), ("case", evidence.case.as_str()), ("item", evidence.item.as_str())];
    let other = row.into_iter().find(|(name, value)| manifest[*name].as_str() != Some(*value))?.0;
    Some(format!(
        "{}: the database has another {other} than the sealed manifest: it was changed",
        evidence.id
    ))
}

/// Flaws of all sealed evidence of the house, and how many pieces were looked at.
pub async fn all_flaws(house: &House) -> anyhow::Result<(u64, Vec<String>)> {
    let (mut seen, mut out) = (0, house.store.evidence_lost().await?);
    for office in house.store.offices().await? {
        let all = house.store.evidence_of(&office.id, None, u32::MAX).await?;
        for evidence in all.iter().filter(|one| one.state == EvidenceState::Sealed) {
            seen += 1;
            out.extend(flaws(house, evidence).await?);
        }
    }
    Ok((seen, out))
}

/// Deletes the files of evidence that went with its case; what cannot be deleted now is told and tried again.
pub async fn wipe(house: &House) -> anyhow::Result<u64> {
    let mut done = 0;
    for id in house.store.unwiped().await? {
        let (vault, which) = (house.vault(), id.clone());
        match tokio::task::spawn_blocking(move || vault.wipe(&which)).await? {
            Ok(()) => {
                house.store.wiped(&id, house.now()).await?;
                done += 1;
            }
            Err(error) => tracing::error!("{error}"),
        }
    }
    Ok(done)
}
