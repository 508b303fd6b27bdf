//! `saring evidence`: sealed copies of pages.

mod export;

use crate::cli::EvidenceCommand;
use crate::services::evidence::{Keeper, TOOL, all_flaws, flaws};
use crate::wiring::House;
use jiff::Timestamp;
use saring_domain::{CaseId, Evidence, EvidenceId};
use saring_store::traits::Evidences;
use std::sync::Arc;

/// Runs a command about evidence; `false` where evidence is missing or not whole.
pub async fn run(house: House, command: EvidenceCommand) -> anyhow::Result<bool> {
    match command {
        EvidenceCommand::Take { case, json } => take(Arc::new(house), &case.as_str().into(), json).await,
        EvidenceCommand::List { case, limit, json } => {
            let case = case.map(CaseId);
            let office = &house.config.own_office().id;
            print(&house.store.evidence_of(office, case.as_ref(), limit).await?, json)?;
            Ok(true)
        }
        EvidenceCommand::Verify { ids, json } => verify(&house, &ids, json).await,
        EvidenceCommand::Export(args) => export::export(&house, &args).await,
        EvidenceCommand::Hold(args) => export::hold(&house, &args).await,
    }
}

async fn take(house: Arc<House>, case: &CaseId, json: bool) -> anyhow::Result<bool> {
    let keeper = Keeper::new(Arc::clone(&house))?;
    let office = &house.config.own_office().id;
    let who = format!("{} (command line)", std::env::var("USER").unwrap_or_else(|_| "administrator".into()));
    house.store.ask_for_case(office, case, &who, TOOL, Timestamp::now()).await?;
    let counts = keeper.drain().await?;
    print(&house.store.evidence_of(office, Some(case), u32::MAX).await?, json)?;
    if counts.again > 0 {
        eprintln!("{} pages could not be read now; `saring serve` tries again in five minutes", counts.again);
    }
    house.store.close().await;
    Ok(counts.sealed > 0 && counts.without + counts.again == 0)
}

fn print(evidence: &[Evidence], json: bool) -> anyhow::Result<()> {
    for one in evidence {
        if json {
            println!("{}", serde_json::to_string(one)?);
            continue;
        }
        let at = one.settled_at.unwrap_or(one.asked_at);
        let url = one.url.as_deref().unwrap_or("-");
        println!("{at:.0}  {}  {:<8}  {}  {url}", one.id, one.state.code(), one.case);
        if let Some(why) = &one.why {
            println!("    {why}");
        }
    }
    if !json {
        println!("{} pieces of evidence", evidence.len());
    }
    Ok(())
}

async fn verify(house: &House, ids: &[String], json: bool) -> anyhow::Result<bool> {
    let (mut seen, mut found) = (0, Vec::new());
    if ids.is_empty() {
        (seen, found) = all_flaws(house).await?;
    }
    for id in ids {
        let id = EvidenceId::from(id.as_str());
        let evidence = house.store.evidence(&house.config.own_office().id, &id).await?;
        seen += 1;
        found.extend(flaws(house, &evidence).await?);
    }
    if json {
        println!("{}", serde_json::json!({ "checked": seen, "flaws": found }));
        return Ok(found.is_empty());
    }
    for flaw in &found {
        println!("CHANGED: {flaw}");
    }
    if found.is_empty() {
        println!("{seen} pieces of sealed evidence are whole.");
    } else {
        println!("Evidence was changed: keep this machine as it is and tell the auditor.");
    }
    Ok(found.is_empty())
}
