//! Sealed files for the desk and for those who may have them: one zip with everything that lets others check it.

use super::flaws;
use crate::bundle::Bundle;
use crate::report;
use crate::wiring::House;
use anyhow::Context;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_desk::{SealedCopies, evidence_texts, texts_html};
use saring_domain::{Evidence, Office};
use saring_store::traits::{Audit, Evidences};
use std::sync::Arc;

/// Everything of one piece of evidence: files, chain of custody, proof of the log, summary, sums.
pub async fn bundle(
    house: &House,
    evidence: &Evidence,
    office: &Office,
    locale: &str,
) -> anyhow::Result<Bundle> {
    let (store, vault, now) = (&house.store, house.vault(), Timestamp::now());
    let (place, _) = store.sealed_as(&evidence.id).await?.context("the log does not know this evidence")?;
    let custody = store.custody(&evidence.id).await?;
    let texts = evidence_texts(evidence, &custody, place, office, locale, now);
    let mut bundle = Bundle::default();
    bundle.add("summary.html", texts_html(&texts));
    bundle.add("summary.pdf", report::pdf_of(&texts)?);
    for file in &evidence.files {
        bundle.add(&file.name, vault.read(&evidence.id, &file.name)?);
    }
    bundle.add("custody.json", serde_json::to_string_pretty(&custody)? + "\n");
    bundle.add("log-proof.json", serde_json::to_string_pretty(&store.prove(place, now).await?)? + "\n");
    if let Some(key) = store.verifier_key() {
        bundle.add("log-key.txt", format!("{key}\n"));
    }
    bundle.add_sums();
    Ok(bundle)
}

/// The sealed files of the house, for the desk.
pub struct Copies(pub Arc<House>);

#[async_trait]
impl SealedCopies for Copies {
    async fn file(&self, evidence: &Evidence, name: &str) -> Result<Vec<u8>, String> {
        let (vault, id, name) = (self.0.vault(), evidence.id.clone(), name.to_owned());
        let read = tokio::task::spawn_blocking(move || vault.read(&id, &name)).await;
        read.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    async fn flaws(&self, evidence: &Evidence) -> Result<Vec<String>, String> {
        flaws(&self.0, evidence).await.map_err(|error| format!("{error:#}"))
    }

    async fn bundle(&self, evidence: &Evidence, office: &Office, locale: &str) -> Result<Vec<u8>, String> {
        let made = bundle(&self.0, evidence, office, locale).await.and_then(|bundle| bundle.bytes());
        made.map_err(|error| format!("{error:#}"))
    }
}
