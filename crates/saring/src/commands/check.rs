//! `saring check`: everything that can be found wrong without changing anything.

use crate::config::Config;
use crate::services::analyse::build;
use crate::services::evidence::all_flaws;
use crate::wiring::{self, House};
use anyhow::Context;
use jiff::Timestamp;
use saring_domain::Outcome;
use saring_store::traits::{Captures, Claims, People};
use serde::Serialize;
use std::path::Path;

/// Something that is not as it should be.
#[derive(Debug, Serialize)]
struct Finding {
    place: String,
    grave: bool,
    what: String,
    todo: String,
}

/// Settings, store, log, models, sources, people; `false` where something is wrong.
pub async fn run(config: &Path, json: bool) -> anyhow::Result<bool> {
    let house = wiring::open(Config::read(config)?).await?;
    let mut findings = stored(&house).await?;
    findings.extend(evidence(&house).await?);
    findings.extend(settings(&house));
    findings.extend(models(&house).await?);
    findings.extend(sources(&house).await?);
    findings.extend(people(&house).await?);
    if json {
        println!("{}", serde_json::to_string(&findings)?);
    } else {
        for found in &findings {
            let sign = if found.grave { "WRONG" } else { "look " };
            println!("{sign}  {}: {}\n       {}", found.place, found.what, found.todo);
        }
        match findings.len() {
            0 => println!("Everything is well."),
            count => {
                println!("{count} to look at, {} of them grave", findings.iter().filter(|f| f.grave).count())
            }
        }
    }
    Ok(!findings.iter().any(|found| found.grave))
}

fn found(place: &str, grave: bool, what: impl Into<String>, todo: &str) -> Finding {
    Finding { place: place.into(), grave, what: what.into(), todo: todo.into() }
}

async fn stored(house: &House) -> anyhow::Result<Vec<Finding>> {
    let troubles = house.store.check(&house.config.retention, Timestamp::now()).await.context("the store")?;
    Ok(troubles
        .into_iter()
        .map(|trouble| found(trouble.place, trouble.grave, trouble.what, trouble.todo))
        .collect())
}

async fn evidence(house: &House) -> anyhow::Result<Vec<Finding>> {
    let todo = "keep this machine as it is and tell the auditor; then bring the file back from a copy";
    let (_, flaws) = all_flaws(house).await?;
    Ok(flaws.into_iter().map(|flaw| found("evidence", true, flaw, todo)).collect())
}

fn settings(house: &House) -> Vec<Finding> {
    let mut out = Vec::new();
    if !house.config.source.is_empty()
        && let Err(error) = house.config.contact()
    {
        out.push(found("settings", true, error.to_string(), "write patrol.contact in saring.toml"));
    }
    let desk = &house.config.desk;
    if !desk.listen.ip().is_loopback() && desk.public_url.scheme() != "https" {
        let what =
            format!("the desk listens on {} without TLS: passwords can be read on the way", desk.listen);
        out.push(found(
            "settings",
            true,
            what,
            "put a TLS proxy in front, listen on 127.0.0.1, set desk.public_url to https://",
        ));
    }
    if house.config.own_office().covers.is_empty() {
        let what = "this office covers no area: places of its own are not told from others";
        out.push(found("settings", false, what, "write the area codes as `covers` of the first [[office]]"));
    }
    out
}

async fn models(house: &House) -> anyhow::Result<Vec<Finding>> {
    let (claims, _) = house.store.claims().await?;
    let mut out = Vec::new();
    if let Err(error) = build(house, &claims) {
        out.push(found(
            "models",
            true,
            format!("{error:#}"),
            "items are stored but not judged until this is put right",
        ));
    }
    if claims.is_empty() {
        let todo = "saring claims import FILE";
        out.push(found("claims", false, "no checked claims are known: no hoax can be recognised", todo));
    }
    Ok(out)
}

async fn sources(house: &House) -> anyhow::Result<Vec<Finding>> {
    let mut out = Vec::new();
    for health in house.store.sources(Timestamp::now()).await? {
        let id = &health.def.id;
        match health.last {
            Some(Outcome::Failed { trouble, permanent }) => {
                out.push(found(
                    "source",
                    false,
                    format!("{id}: {trouble}"),
                    if permanent {
                        "correct or remove the source"
                    } else {
                        "look again after the next round"
                    },
                ));
            }
            Some(Outcome::Silent { newest, .. }) => {
                let since = newest.map(|at| at.to_string()).unwrap_or_default();
                out.push(found(
                    "source",
                    false,
                    format!("{id} has gone silent, newest entry {since}"),
                    "open it in a browser: has it moved?",
                ));
            }
            _ => {}
        }
    }
    Ok(out)
}

async fn people(house: &House) -> anyhow::Result<Vec<Finding>> {
    let decide = house.store.people().await?.iter().any(|person| person.role.decides());
    let none = found(
        "people",
        false,
        "nobody may decide yet",
        "saring admin user add NAME --name 'Full Name' --role head",
    );
    Ok(if decide { Vec::new() } else { vec![none] })
}
