//! Evidence that leaves the house, and content that is kept longer: both need two keys and are logged.

use crate::cli::{ExportArgs, HoldArgs};
use crate::commands::keys::two_keys;
use crate::services::evidence::{TOOL, bundle, flaws};
use crate::wiring::House;
use anyhow::ensure;
use jiff::{SignedDuration, Timestamp, ToSpan};
use saring_domain::{CaseId, EvidenceId, Hold};
use saring_store::traits::Evidences;

/// `saring evidence export`: checked, recorded as a transfer, then written as one zip.
pub async fn export(house: &House, args: &ExportArgs) -> anyhow::Result<bool> {
    let store = &house.store;
    let (to, reason) = (said(&args.to, "--to")?, said(&args.reason, "--reason")?);
    let id = EvidenceId::from(args.id.as_str());
    let (office, evidence) = store.evidence_in_house(&id).await?;
    let office = house.config.office(&office)?;
    ensure!(!args.out.exists(), "{} exists: choose another name", args.out.display());
    let found = flaws(house, &evidence).await?;
    for flaw in &found {
        println!("CHANGED: {flaw}");
    }
    ensure!(found.is_empty(), "this evidence is not whole and cannot be given out: tell the auditor");
    let keys = two_keys(house, &office.id, &args.keys).await?;
    store.hand_out(&id, &keys, to, reason, TOOL, Timestamp::now()).await?;
    bundle(house, &evidence, office, &args.locale).await?.write(&args.out)?;
    println!("{}: {id} for {to}, by {}", args.out.display(), keys.names());
    Ok(true)
}

/// `saring evidence hold`.
pub async fn hold(house: &House, args: &HoldArgs) -> anyhow::Result<bool> {
    let (case, now) = (CaseId::from(args.case.as_str()), Timestamp::now());
    let office = house.config.office(&super::office_of_case(house, &case).await?)?;
    let reason = said(&args.reason, "--reason")?;
    let until = office.time_zone().to_timestamp(args.until.checked_add(1.day())?.at(0, 0, 0, 0))?;
    ensure!(until > now, "--until {} is over already", args.until);
    ensure!(
        until < now + SignedDuration::from_hours(24 * Hold::MOST_DAYS),
        "--until {} is more than a year ahead: hold it for a year at most, and renew it",
        args.until
    );
    let keys = two_keys(house, &office.id, &args.keys).await?;
    house.store.hold(&office.id, &case, &keys, reason, until, now).await?;
    println!("{}: its content is kept until {}, by {}", args.case, args.until, keys.names());
    Ok(true)
}

fn said<'a>(text: &'a str, option: &str) -> anyhow::Result<&'a str> {
    let text = text.trim();
    ensure!(!text.is_empty(), "{option} is empty: say it in words, it stands in the chain of custody");
    Ok(text)
}
