//! `saring audit`: the verifiable log.

use crate::cli::AuditCommand;
use crate::config::Config;
use crate::wiring;
use anyhow::Context;
use jiff::Timestamp;
use saring_store::audit::{VerifierKey, verify_proof};
use saring_store::traits::Audit;
use std::path::Path;

/// Runs `audit verify`, `audit prove` or `audit key`.
pub async fn run(config: &Path, command: AuditCommand) -> anyhow::Result<bool> {
    match command {
        AuditCommand::Verify { proof: Some(proof), key: Some(key), json } => verify_file(&proof, &key, json),
        AuditCommand::Verify { key, json, .. } => verify_log(config, key.as_deref(), json).await,
        AuditCommand::Prove { index, out } => prove(config, index, out.as_deref()).await,
        AuditCommand::Key => {
            let house = wiring::open(Config::read(config)?).await?;
            println!("{}", house.store.verifier_key().context("the log has no signing key")?);
            Ok(true)
        }
    }
}

/// Checks a proof offline: no store, no settings.
fn verify_file(proof: &Path, key: &str, json: bool) -> anyhow::Result<bool> {
    let bytes = std::fs::read(proof).with_context(|| proof.display().to_string())?;
    let key: VerifierKey = key.parse()?;
    match verify_proof(&bytes, &key) {
        Ok(proven) if json => println!("{}", serde_json::to_string(&proven)?),
        Ok(proven) => {
            let entry = &proven.entry;
            println!("Proven: entry {} of the log {} ({} entries).", proven.index, proven.log, proven.size);
            println!("{}  {}  {}", entry.at, entry.event, entry.subject);
        }
        Err(error) => {
            if json {
                println!("{}", serde_json::json!({ "error": error.to_string() }));
            } else {
                println!("NOT proven: {error}");
            }
            return Ok(false);
        }
    }
    Ok(true)
}

async fn verify_log(config: &Path, key: Option<&str>, json: bool) -> anyhow::Result<bool> {
    let house = wiring::open(Config::read(config)?).await?;
    let key = key.map(str::parse::<VerifierKey>).transpose()?;
    let verified = house.store.verify(key.as_ref()).await?;
    let sound = verified.faults.is_empty();
    if json {
        println!("{}", serde_json::to_string(&verified)?);
        return Ok(sound);
    }
    println!("{} entries, {} checkpoints, root {}", verified.size, verified.checkpoints, verified.root);
    for fault in &verified.faults {
        println!("FAULT: {fault}");
    }
    println!(
        "{}",
        if sound {
            "The log is whole."
        } else {
            "The log is NOT whole: keep this machine as it is and tell the auditor."
        }
    );
    Ok(sound)
}

async fn prove(config: &Path, index: u64, out: Option<&Path>) -> anyhow::Result<bool> {
    let house = wiring::open(Config::read(config)?).await?;
    let proof = serde_json::to_string_pretty(&house.store.prove(index, Timestamp::now()).await?)?;
    match out {
        None => println!("{proof}"),
        Some(path) => {
            std::fs::write(path, proof + "\n").with_context(|| path.display().to_string())?;
            println!(
                "{}: entry {index}; check it with `saring audit verify --proof {0} --key KEY`",
                path.display()
            );
        }
    }
    Ok(true)
}
