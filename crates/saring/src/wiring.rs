//! Opens what commands work with: settings, store, key, models.

use crate::config::Config;
use anyhow::Context;
use saring_store::audit::key;
use saring_store::traits::{Captures, People};
use saring_store::{Options, Store};

/// Settings and store, ready.
pub struct House {
    /// The settings.
    pub config: Config,
    /// What is remembered.
    pub store: Store,
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
    Ok(House { config, store })
}

/// The log's name: the host of the public address, so that checkpoints of two offices are told apart.
fn origin(config: &Config) -> String {
    let host = config.desk.public_url.host_str().unwrap_or("localhost");
    format!("{host}/{}/log", config.own_office().id)
}
