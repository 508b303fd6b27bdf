//! Opens what commands work with: settings, store, key, models.

use crate::config::Config;
use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saring_connectors::{Allow, Client, Limits, Settings};
use saring_domain::Office;
use saring_store::audit::key;
use saring_store::sealed::Vault;
use saring_store::traits::{Captures, People};
use saring_store::{Options, Store};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the house takes for the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
}

impl Default for Clock {
    /// The clock of the machine.
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

/// Settings and store, ready.
pub struct House {
    /// The settings.
    pub config: Config,
    /// What is remembered.
    pub store: Store,
    /// The clock that patrols, analysis and upkeep go by.
    pub clock: Clock,
    client: Mutex<Option<Client>>,
}

impl House {
    /// The time by the clock of the house.
    pub fn now(&self) -> Timestamp {
        (self.clock.0)()
    }

    /// The guarded client: one for all services of this process, since politeness is kept per client.
    pub fn client(&self) -> anyhow::Result<Client> {
        let mut made = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.as_ref() {
            return Ok(client.clone());
        }
        let patrol = &self.config.patrol;
        let settings = Settings {
            contact: self.config.contact()?.to_owned(),
            allow: Allow::parse(&patrol.allow).map_err(|why| anyhow::anyhow!("patrol.allow: {why}"))?,
            pause: Duration::from_millis(patrol.host_pause_ms),
            limits: Limits::default(),
            zone: self
                .config
                .office
                .first()
                .map_or_else(|| TimeZone::fixed(jiff::tz::offset(7)), Office::time_zone),
        };
        Ok(made.insert(self.config.client(settings)?).clone())
    }

    /// The folder of sealed evidence.
    pub fn vault(&self) -> Vault {
        Vault::new(self.config.data().join("evidence"))
    }
}

/// Opens the store of the settings and makes offices and sources known to it.
pub async fn open(config: Config) -> anyhow::Result<House> {
    let house = open_empty(config).await?;
    house.store.set_offices(&house.config.office).await?;
    house.store.set_sources(&house.config.sources()).await?;
    Ok(house)
}

/// Opens the store and writes nothing into it (for restoring).
pub async fn open_empty(config: Config) -> anyhow::Result<House> {
    let data = config.data();
    std::fs::create_dir_all(&data)
        .with_context(|| format!("{}: the data folder cannot be made", data.display()))?;
    let origin = origin(&config);
    let key = key::load_or_create(&data.join("audit.key"), &origin)?;
    let options = Options { origin, signing_key: Some(key.seed()), ..Options::default() };
    let store = Store::open(config.store_url()?.expose(), options).await?;
    Ok(House { config, store, clock: Clock::default(), client: Mutex::default() })
}

/// The log's name: the host of the public address, so that checkpoints of two offices are told apart.
fn origin(config: &Config) -> String {
    let host = config.desk.public_url.host_str().unwrap_or("localhost");
    format!("{host}/{}/log", config.own_office().id)
}
