//! What every handler holds.

use crate::config::DeskConfig;
use crate::live::Live;
use jiff::Timestamp;
use saring_domain::{Office, OfficeId};
use saring_store::traits::{
    Audit, Captures, Cases, Claims, DeskSources, Evidences, Looks, Offers, People, Reports, Rounds, Watches,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Declares what the desk asks of a store.
macro_rules! desk_store {
    ($first:ident $(+ $more:ident)*) => {
        /// What the desk asks of a store: the narrow traits and nothing else.
        pub trait DeskStore: $first $(+ $more)* {}
        impl<T: $first $(+ $more)*> DeskStore for T {}
    };
}
desk_store!(
    Cases
        + People
        + Claims
        + Looks
        + Offers
        + Captures
        + DeskSources
        + Evidences
        + Rounds
        + Watches
        + Reports
        + Audit
);

/// Password checks at once: each takes 19 MiB and a core for tens of milliseconds.
const HASHING_AT_ONCE: usize = 2;

/// The desk's state; cheap to clone.
#[derive(Clone)]
pub struct DeskState(Arc<Inner>);

struct Inner {
    store: Arc<dyn DeskStore>,
    config: DeskConfig,
    live: Live,
    hashing: Semaphore,
    trying: Semaphore,
    nowhere: Office,
}

impl DeskState {
    /// The desk over `store`.
    pub fn new(store: Arc<dyn DeskStore>, config: DeskConfig) -> Self {
        let nowhere = Office {
            id: config.office.clone(),
            parent: None,
            name: config.office.to_string(),
            covers: Vec::new(),
            institution_names: Vec::new(),
            zone: "Asia/Jakarta".into(),
            letterhead: Vec::new(),
            signatory: Vec::new(),
        };
        Self(Arc::new(Inner {
            store,
            config,
            live: Live::default(),
            hashing: Semaphore::new(HASHING_AT_ONCE),
            trying: Semaphore::new(1),
            nowhere,
        }))
    }

    pub(crate) fn store(&self) -> &dyn DeskStore {
        &*self.0.store
    }
    pub(crate) fn config(&self) -> &DeskConfig {
        &self.0.config
    }
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }
    pub(crate) fn hashing(&self) -> &Semaphore {
        &self.0.hashing
    }
    /// One source is tried at a time: nobody makes a scanner of the desk.
    pub(crate) fn trying(&self) -> &Semaphore {
        &self.0.trying
    }
    pub(crate) fn now(&self) -> Timestamp {
        (self.0.config.clock)()
    }

    /// The office by id; a bare one where the configuration no longer names it.
    pub(crate) fn office(&self, id: &OfficeId) -> &Office {
        self.0.config.offices.iter().find(|office| office.id == *id).unwrap_or(&self.0.nowhere)
    }

    /// The installation's own office.
    pub(crate) fn own_office(&self) -> &Office {
        self.office(&self.0.config.office)
    }
}
