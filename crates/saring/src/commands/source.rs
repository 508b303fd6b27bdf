//! `saring source try`: what an address would give as a source, before it stands in the settings. Nothing is stored.

use crate::cli::SourceCommand;
use crate::config::Config;
use anyhow::Context;
use jiff::Timestamp;
use saring_connectors::sources::{self, Lead};
use saring_connectors::{Allow, Client, FetchError, Settings};
use saring_desk::mask;
use saring_domain::{Cursor, Fetched, SourceDef, SourceKind};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Leads that are tried.
const LEADS: usize = 6;
/// Entries that are shown.
const EXAMPLES: usize = 3;
/// Characters of an entry that are shown.
const SHOWN: usize = 90;
/// Between two requests to the host: somebody waits for the answer.
const PAUSE: Duration = Duration::from_millis(300);

/// Runs a `source` command; `false` where nothing can be read.
pub async fn run(config: &Path, command: SourceCommand) -> anyhow::Result<bool> {
    let SourceCommand::Try { url, contact, zone, password_file, json } = command;
    let client = client(config, contact)?;
    let asked = Asked { zone: zone.as_deref(), password_file: password_file.as_deref() };
    let address = if url.contains("://") { url } else { format!("https://{url}") };
    let leads = match sources::discover(&client, &address, Timestamp::now()).await {
        Ok(leads) => leads,
        Err(error) => return Ok(refused(&address, &error, json)),
    };
    let mut tried = Vec::new();
    for lead in leads.into_iter().take(LEADS) {
        let entries = read(&client, &def(&lead, asked)).await;
        let checks = entries.as_ref().is_ok_and(sources::checks);
        tried.push((lead, entries));
        if checks && !tried.iter().any(|(lead, _)| lead.kind == SourceKind::ClaimReview) {
            // a fact-checker: its checks for the list of claims come before its posts as news
            let lead = Lead { kind: SourceKind::ClaimReview, url: tried[tried.len() - 1].0.url.clone() };
            let claims = read(&client, &def(&lead, asked)).await;
            tried.insert(0, (lead, claims));
        }
    }
    if json {
        let found: Vec<Value> = tried.iter().map(|(lead, read)| as_json(lead, read)).collect();
        println!("{}", json!({ "url": address, "found": found }));
    } else {
        print(&address, &tried, asked);
    }
    Ok(tried.iter().any(|(_, read)| read.is_ok()))
}

fn client(config: &Path, contact: Option<String>) -> anyhow::Result<Client> {
    let (contact, allow) = match contact {
        Some(contact) => (contact, Vec::new()),
        None => {
            let config =
                Config::read(config).context("give --contact, or write a saring.toml with `saring init`")?;
            (config.contact()?.to_owned(), config.patrol.allow.clone())
        }
    };
    let allow = Allow::parse(&allow).map_err(|why| anyhow::anyhow!("patrol.allow: {why}"))?;
    Ok(Client::new(Settings { allow, pause: PAUSE, ..Settings::new(contact) })?)
}

/// One read, as the first of a patrol would be. The key is not kept: nobody is told apart beyond this run.
async fn read(client: &Client, def: &SourceDef) -> Result<Fetched, FetchError> {
    let source = sources::build(def, client, [0; 32])?;
    source.fetch(&Cursor::default(), Timestamp::now()).await
}

/// What was said about the address on the command line.
#[derive(Clone, Copy, Default)]
struct Asked<'a> {
    zone: Option<&'a str>,
    password_file: Option<&'a str>,
}

fn def(lead: &Lead, asked: Asked<'_>) -> SourceDef {
    let host = lead.url.split('/').nth(2).and_then(|host| host.rsplit('@').next());
    let host = host.unwrap_or("sumber").trim_start_matches("www.");
    let id: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let def = SourceDef::new(&id.to_ascii_lowercase(), host, lead.kind, &lead.url);
    let (zone, password_file) = (asked.zone.map(str::to_owned), asked.password_file.map(str::to_owned));
    SourceDef { zone, password_file, ..def }
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
            out["entries"] = count(fetched).into();
            out["examples"] = examples(fetched).into();
            out["bad"] = json!(fetched.bad);
        }
        Err(error) => out["trouble"] = json!(error.trouble()),
    }
    out
}

/// Entries, or checked claims.
fn count(fetched: &Fetched) -> usize {
    fetched.captures.len() + fetched.claims.len()
}

/// The newest entries in a line each, handles and numbers of people masked.
fn examples(fetched: &Fetched) -> Vec<String> {
    let claims = fetched.claims.iter().rev().map(|claim| {
        let day = claim.date.map_or_else(|| "no date   ".into(), |day| day.to_string());
        let verdict = claim.verdict.as_deref().unwrap_or("unrated");
        format!("{day}  {}  [{verdict}]", mask(&claim.title).chars().take(SHOWN).collect::<String>())
    });
    let newest = fetched.captures.iter().rev();
    let items = newest.map(|(_, item)| {
        let words = item.full_text().split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = mask(&words).chars().take(SHOWN).collect();
        let at = item.posted_at.map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string());
        format!("{}  {short}", at.unwrap_or_else(|| "no date          ".into()))
    });
    claims.chain(items).take(EXAMPLES).collect()
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
                println!("  {} entries, {} bad{}", count(fetched), fetched.bad.len(), more(fetched));
                examples(fetched).iter().for_each(|line| println!("  {line}"));
                fetched.bad.iter().take(EXAMPLES).for_each(|trouble| println!("  ! {trouble}"));
            }
            Err(error) => println!("  NOT READ: {error}"),
        }
    }
    if let Some((lead, _)) = tried.iter().find(|(_, read)| read.is_ok()) {
        println!("\nFor saring.toml:\n{}", block(&def(lead, asked)));
    }
}

fn more(fetched: &Fetched) -> &'static str {
    if fetched.more { ", more behind them" } else { "" }
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
