//! Evidence that leaves the house, and content that is kept longer: both need two keys and are logged.

use crate::bundle::Bundle;
use crate::cli::{ExportArgs, HoldArgs};
use crate::commands::keys::two_keys;
use crate::report;
use crate::services::evidence::{TOOL, flaws};
use crate::wiring::House;
use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp, ToSpan};
use saring_desk::{evidence_texts, texts_html};
use saring_domain::{Evidence, EvidenceId};
use saring_store::traits::{Audit, Evidences};

/// Longest hold, days; it can be renewed.
const LONGEST_HOLD: i64 = 366;

/// `saring evidence export`: checked, recorded as a transfer, then written as one zip.
pub async fn export(house: &House, args: &ExportArgs) -> anyhow::Result<bool> {
    let store = &house.store;
    let (to, reason) = (said(&args.to, "--to")?, said(&args.reason, "--reason")?);
    let id = EvidenceId::from(args.id.as_str());
    let evidence = store.evidence(&house.config.own_office().id, &id).await?;
    ensure!(!args.out.exists(), "{} exists: choose another name", args.out.display());
    let found = flaws(house, &evidence).await?;
    for flaw in &found {
        println!("CHANGED: {flaw}");
    }
    ensure!(found.is_empty(), "this evidence is not whole and cannot be given out: tell the auditor");
    let keys = two_keys(house, &args.keys).await?;
    store.hand_out(&id, &keys, to, reason, TOOL, Timestamp::now()).await?;
    bundle(house, &evidence, &args.locale).await?.write(&args.out)?;
    println!("{}: {id} for {to}, by {}", args.out.display(), keys.names());
    Ok(true)
}

async fn bundle(house: &House, evidence: &Evidence, locale: &str) -> anyhow::Result<Bundle> {
    let (store, vault, now) = (&house.store, house.vault(), Timestamp::now());
    let (place, _) = store.sealed_as(&evidence.id).await?.context("the log does not know this evidence")?;
    let custody = store.custody(&evidence.id).await?;
    let texts = evidence_texts(evidence, &custody, place, house.config.own_office(), locale, now);
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

/// `saring evidence hold`.
pub async fn hold(house: &House, args: &HoldArgs) -> anyhow::Result<bool> {
    let (office, now) = (house.config.own_office(), Timestamp::now());
    let reason = said(&args.reason, "--reason")?;
    let until = office.time_zone().to_timestamp(args.until.checked_add(1.day())?.at(0, 0, 0, 0))?;
    ensure!(until > now, "--until {} is over already", args.until);
    ensure!(
        until < now + SignedDuration::from_hours(24 * LONGEST_HOLD),
        "--until {} is more than a year ahead: hold it for a year at most, and renew it",
        args.until
    );
    let keys = two_keys(house, &args.keys).await?;
    house.store.hold(&office.id, &args.case.as_str().into(), &keys, reason, until, now).await?;
    println!("{}: its content is kept until {}, by {}", args.case, args.until, keys.names());
    Ok(true)
}

fn said<'a>(text: &'a str, option: &str) -> anyhow::Result<&'a str> {
    let text = text.trim();
    ensure!(!text.is_empty(), "{option} is empty: say it in words, it stands in the chain of custody");
    Ok(text)
}
