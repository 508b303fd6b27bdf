//! What an address would give as a source: found, read once as a patrol would, and nothing stored.

use crate::config::Config;
use crate::wiring::House;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_connectors::sources::{self, Lead};
use saring_connectors::{Allow, Client, FetchError, Settings};
use saring_desk::{Example, Sample, SourceTrier, Tried, mask};
use saring_domain::address::{host, source_id};
use saring_domain::{Cursor, Fetched, SourceDef, SourceKind, Trouble};
use std::time::Duration;

/// Leads that are tried.
const LEADS: usize = 6;
/// Entries that are shown.
const EXAMPLES: usize = 3;
/// Characters of an entry that are shown.
const SHOWN: usize = 90;
/// Between two requests to the host: somebody waits for the answer.
const PAUSE: Duration = Duration::from_millis(300);

/// What is said about an address beside it.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Zone of dates that name none.
    pub zone: Option<&'a str>,
    /// Where the password of a mailbox stands.
    pub password_file: Option<&'a str>,
}

/// How a client for trying behaves.
pub fn settings(contact: &str) -> Settings {
    Settings { pause: PAUSE, ..Settings::new(contact) }
}

/// A client for trying, with what the office allows and trusts.
pub fn client(config: &Config) -> anyhow::Result<Client> {
    let allow = Allow::parse(&config.patrol.allow).map_err(|why| anyhow::anyhow!("patrol.allow: {why}"))?;
    let zone = config.own_office().time_zone();
    config.client(Settings { allow, zone, ..settings(config.contact()?) })
}

/// What could be read at an address, the surest first.
///
/// # Errors
/// When the address may not or cannot be read.
pub async fn look(
    client: &Client,
    address: &str,
    asked: Asked<'_>,
) -> Result<Vec<(Lead, Result<Fetched, FetchError>)>, FetchError> {
    let leads = sources::discover(client, address, Timestamp::now()).await?;
    let mut tried = Vec::new();
    for lead in leads.into_iter().take(LEADS) {
        let entries = read(client, &def(&lead, asked)).await;
        let checks = entries.as_ref().is_ok_and(sources::checks);
        tried.push((lead, entries));
        if checks && !tried.iter().any(|(lead, _)| lead.kind == SourceKind::ClaimReview) {
            // a fact-checker: its checks for the list of claims come before its posts as news
            let lead = Lead { kind: SourceKind::ClaimReview, url: tried[tried.len() - 1].0.url.clone() };
            let claims = read(client, &def(&lead, asked)).await;
            tried.insert(0, (lead, claims));
        }
    }
    Ok(tried)
}

/// One read, as the first of a patrol would be. The key is not kept: nobody is told apart beyond this run.
async fn read(client: &Client, def: &SourceDef) -> Result<Fetched, FetchError> {
    let source = sources::build(def, client, [0; 32])?;
    source.fetch(&Cursor::default(), Timestamp::now()).await
}

/// The source that a lead would become.
pub fn def(lead: &Lead, asked: Asked<'_>) -> SourceDef {
    let id = source_id(&lead.url);
    let def = SourceDef::new(id.as_str(), &host(&lead.url), lead.kind, &lead.url);
    let (zone, password_file) = (asked.zone.map(str::to_owned), asked.password_file.map(str::to_owned));
    SourceDef { zone, password_file, ..def }
}

/// What one read gave, in short.
pub fn sample(fetched: &Fetched) -> Sample {
    let short = |text: &str| {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let masked = mask(&words);
        let cut: String = masked.chars().take(SHOWN).collect();
        if cut.len() < masked.len() { cut + "…" } else { cut }
    };
    let claims = fetched.claims.iter().rev().map(|claim| {
        let at = claim.date.and_then(|day| jiff::tz::TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0)).ok());
        Example { at, text: short(&claim.title), verdict: Some(claim.verdict.clone().unwrap_or_default()) }
    });
    let items = fetched.captures.iter().rev().map(|(_, item)| Example {
        at: item.posted_at,
        text: short(&item.full_text()),
        verdict: None,
    });
    Sample {
        entries: fetched.captures.len() + fetched.claims.len(),
        more: fetched.more,
        examples: claims.chain(items).take(EXAMPLES).collect(),
        bad: fetched.bad.clone(),
    }
}

/// Tries sources for the desk.
pub struct Trier(Client);

impl Trier {
    /// Of this house; `None` where it names nobody whom site owners may ask.
    pub fn new(house: &House) -> anyhow::Result<Option<Self>> {
        if house.config.contact().is_err() {
            return Ok(None);
        }
        Ok(Some(Self(client(&house.config)?)))
    }
}

#[async_trait]
impl SourceTrier for Trier {
    async fn look(&self, address: &str, zone: Option<&str>) -> Result<Vec<Tried>, Trouble> {
        let asked = Asked { zone, password_file: None };
        let found = look(&self.0, address, asked).await.map_err(|error| error.trouble())?;
        let tried = |(lead, read): (Lead, Result<Fetched, FetchError>)| Tried {
            kind: lead.kind,
            url: lead.url,
            read: read.map(|fetched| sample(&fetched)).map_err(|error| error.trouble()),
        };
        Ok(found.into_iter().map(tried).collect())
    }

    async fn read(&self, def: &SourceDef) -> Result<Sample, Trouble> {
        let fetched = read(&self.0, def).await.map_err(|error| error.trouble())?;
        Ok(sample(&fetched))
    }
}
