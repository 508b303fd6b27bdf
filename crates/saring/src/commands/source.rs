//! `saring source try`: what an address would give as a source, before it stands in the settings. Nothing is stored.

use crate::cli::SourceCommand;
use crate::config::Config;
use crate::services::trying::{self, Asked, def, sample};
use anyhow::Context;
use saring_connectors::sources::Lead;
use saring_connectors::{Client, FetchError};
use saring_desk::{Example, Sample};
use saring_domain::address::with_scheme;
use saring_domain::{Fetched, SourceDef, SourceKind};
use serde_json::{Value, json};
use std::path::Path;

/// Entries that could not be read, of each that are shown.
const TROUBLES: usize = 3;

/// Runs a `source` command; `false` where nothing can be read.
pub async fn run(config: &Path, command: SourceCommand) -> anyhow::Result<bool> {
    let SourceCommand::Try { url, contact, zone, password_file, json } = command;
    let client = client(config, contact)?;
    let asked = Asked { zone: zone.as_deref(), password_file: password_file.as_deref() };
    let address = with_scheme(&url);
    let tried = match trying::look(&client, &address, asked).await {
        Ok(tried) => tried,
        Err(error) => return Ok(refused(&address, &error, json)),
    };
    if json {
        let found: Vec<Value> = tried.iter().map(|(lead, read)| as_json(lead, read)).collect();
        println!("{}", json!({ "url": address, "found": found }));
    } else {
        print(&address, &tried, asked);
    }
    Ok(tried.iter().any(|(_, read)| read.is_ok()))
}

fn client(config: &Path, contact: Option<String>) -> anyhow::Result<Client> {
    if let Some(contact) = contact {
        return Ok(Client::new(trying::settings(&contact))?);
    }
    let config = Config::read(config).context("give --contact, or write a saring.toml with `saring init`")?;
    trying::client(&config)
}

fn refused(address: &str, error: &FetchError, json: bool) -> bool {
    if json {
        println!("{}", json!({ "url": address, "found": [], "trouble": error.trouble() }));
    } else {
        println!("{error}");
    }
    false
}

fn as_json(lead: &Lead, read: &Result<Fetched, FetchError>) -> Value {
    let mut out = json!({ "kind": lead.kind, "url": lead.url });
    match read {
        Ok(fetched) => {
            let sample = sample(fetched);
            out["entries"] = sample.entries.into();
            out["examples"] = examples(&sample).into();
            out["bad"] = json!(sample.bad);
        }
        Err(error) => out["trouble"] = json!(error.trouble()),
    }
    out
}

/// The newest entries in a line each.
fn examples(sample: &Sample) -> Vec<String> {
    let line = |example: &Example| match &example.verdict {
        Some(verdict) => {
            let day =
                example.at.map_or_else(|| "no date   ".into(), |at| at.strftime("%Y-%m-%d").to_string());
            let verdict = if verdict.is_empty() { "unrated" } else { verdict };
            format!("{day}  {}  [{verdict}]", example.text)
        }
        None => {
            let at = example.at.map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string());
            format!("{}  {}", at.unwrap_or_else(|| "no date          ".into()), example.text)
        }
    };
    sample.examples.iter().map(line).collect()
}

fn print(address: &str, tried: &[(Lead, Result<Fetched, FetchError>)], asked: Asked<'_>) {
    if tried.is_empty() {
        println!(
            "{address} is a page that points to no feed, sitemap or interface; nothing can be read from it"
        );
    }
    for (lead, read) in tried {
        println!("{:<10} {}", lead.kind.key(), lead.url);
        match read {
            Ok(fetched) => {
                let sample = sample(fetched);
                let more = if sample.more { ", more behind them" } else { "" };
                println!("  {} entries, {} bad{more}", sample.entries, sample.bad.len());
                examples(&sample).iter().for_each(|line| println!("  {line}"));
                sample.bad.iter().take(TROUBLES).for_each(|trouble| println!("  ! {trouble}"));
            }
            Err(error) => println!("  NOT READ: {error}"),
        }
    }
    if let Some((lead, _)) = tried.iter().find(|(_, read)| read.is_ok()) {
        println!("\nFor saring.toml:\n{}", block(&def(lead, asked)));
    }
}

fn block(def: &SourceDef) -> String {
    let kind = def.kind.key();
    let pages = if def.kind == SourceKind::Feed { "\narticle_pages = true" } else { "" };
    let zone = def.zone.as_ref().map(|zone| format!("\nzone = {zone:?}")).unwrap_or_default();
    let file =
        def.password_file.as_ref().map(|file| format!("\npassword_file = {file:?}")).unwrap_or_default();
    format!(
        "[[source]]\nid = {:?}\nname = {:?}\nkind = {kind:?}\nurl = {:?}{zone}{pages}{file}",
        def.id.as_str(),
        def.name,
        def.url
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_for_the_settings_can_be_read_back() {
        let lead = Lead { kind: SourceKind::Feed, url: "https://www.Warta.example/feed/?a=\"1\"".into() };
        let text =
            block(&def(&lead, Asked { zone: Some("WITA"), ..Asked::default() })).replace("[[source]]", "");
        let back: SourceDef = toml::from_str(&text).unwrap();
        assert_eq!(back.zone.as_deref(), Some("WITA"));
        assert_eq!((back.id.as_str(), back.kind, back.url), ("warta-example", lead.kind, lead.url));
        let lead = Lead {
            kind: SourceKind::Mailbox,
            url: "imaps://kotak%40kantor.example@surel.kantor.example/INBOX".into(),
        };
        let made = def(&lead, Asked { password_file: Some("secrets/kotak"), ..Asked::default() });
        assert_eq!(made.id.as_str(), "surel-kantor-example");
        assert_eq!(toml::from_str::<SourceDef>(&block(&made).replace("[[source]]", "")).unwrap(), made);
    }
}
