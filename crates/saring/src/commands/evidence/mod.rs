//! `saring evidence`: sealed copies of pages.

mod deleted;
mod export;

use crate::cli::EvidenceCommand;
use crate::services::evidence::{Keeper, TOOL, all_flaws, flaws};
use crate::wiring::House;
use anyhow::bail;
use jiff::Timestamp;
use saring_domain::{CaseId, Evidence, EvidenceId, OfficeId, Trouble};
use saring_store::StoreError;
use saring_store::traits::{Cases, Evidences};
use std::sync::Arc;

/// Runs a command about evidence; `false` where evidence is missing or not whole.
pub async fn run(house: House, command: EvidenceCommand) -> anyhow::Result<bool> {
    match command {
        EvidenceCommand::Take { case, json } => take(Arc::new(house), &case.as_str().into(), json).await,
        EvidenceCommand::List { case, limit, json } => {
            print(&listed(&house, case.map(CaseId), limit).await?, json)?;
            Ok(true)
        }
        EvidenceCommand::Deleted(args) => deleted::run(&house, &args).await,
        EvidenceCommand::Stamp => {
            let house = Arc::new(house);
            println!("{} timestamps came", Keeper::new(Arc::clone(&house))?.stamp_late().await?);
            Ok(house.store.unstamped(1).await?.is_empty())
        }
        EvidenceCommand::Verify { ids, json } => verify(&house, &ids, json).await,
        EvidenceCommand::Export(args) => export::export(&house, &args).await,
        EvidenceCommand::Hold(args) => export::hold(&house, &args).await,
    }
}

async fn take(house: Arc<House>, case: &CaseId, json: bool) -> anyhow::Result<bool> {
    let keeper = Keeper::new(Arc::clone(&house))?;
    let office = &office_of_case(&house, case).await?;
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

/// Evidence of a case or of every office of the house, newest first.
async fn listed(house: &House, case: Option<CaseId>, limit: u32) -> anyhow::Result<Vec<Evidence>> {
    let mut out = Vec::new();
    for office in &house.config.office {
        out.extend(house.store.evidence_of(&office.id, case.as_ref(), limit).await?);
    }
    out.sort_by_key(|evidence| std::cmp::Reverse(evidence.asked_at));
    out.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(out)
}

/// The office of the house whose case it is.
pub(super) async fn office_of_case(house: &House, case: &CaseId) -> anyhow::Result<OfficeId> {
    for office in &house.config.office {
        match house.store.case(&office.id, case).await {
            Err(StoreError::NotFound { .. }) => {}
            found => return found.map(|_| Ok(office.id.clone()))?,
        }
    }
    bail!("no case '{case}' at any office of this house");
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
            let trouble = Trouble::of_note(why);
            println!("    {}", trouble.as_ref().map_or(why.as_str(), |trouble| trouble.message.as_str()));
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
        let (_, evidence) = house.store.evidence_in_house(&id).await?;
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
