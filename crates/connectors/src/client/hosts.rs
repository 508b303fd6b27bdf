//! Politeness: one request at a time per host, a pause between two, and the pause the host itself asks for.

use super::robots::Robots;
use crate::error::FetchError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::MutexGuard;
use tokio::time::Instant;
use url::Url;

/// How long a robots.txt is believed.
const ROBOTS_FRESH: Duration = Duration::from_secs(24 * 3600);
/// How long a host whose robots.txt is in trouble is left alone.
const ROBOTS_TROUBLE: Duration = Duration::from_secs(3600);

/// What is known of one host.
#[derive(Default)]
pub(crate) struct Host {
    turn: tokio::sync::Mutex<Turn>,
    pub(crate) robots: tokio::sync::Mutex<Option<KnownRobots>>,
}

/// The right to send the next request; held until its answer is read.
#[derive(Default)]
pub(crate) struct Turn {
    next_at: Option<Instant>,
    held_until: Option<Instant>,
}

/// A robots.txt and until when it is believed.
#[derive(Clone)]
pub(crate) struct KnownRobots {
    pub(crate) rules: Arc<Robots>,
    until: Instant,
}

impl KnownRobots {
    pub(crate) fn new(rules: Robots, trouble: bool) -> Self {
        let fresh = if trouble { ROBOTS_TROUBLE } else { ROBOTS_FRESH };
        Self { rules: Arc::new(rules), until: Instant::now() + fresh }
    }

    pub(crate) fn fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

#[derive(Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

impl Hosts {
    /// The host of an address: scheme, name and port.
    pub(crate) fn of(&self, url: &Url) -> Arc<Host> {
        let key = url[..url::Position::BeforePath].to_owned();
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.entry(key).or_default().clone()
    }
}

impl Host {
    /// Waits until it is our turn; an error where the host asked for a pause.
    pub(crate) async fn turn(&self, name: &str) -> Result<MutexGuard<'_, Turn>, FetchError> {
        let turn = self.turn.lock().await;
        let left = turn.held_until.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(again_in) = left.filter(|left| !left.is_zero()) {
            return Err(FetchError::Held { host: name.to_owned(), again_in });
        }
        if let Some(next_at) = turn.next_at.filter(|at| *at > Instant::now()) {
            tokio::time::sleep_until(next_at).await;
        }
        Ok(turn)
    }
}

impl Turn {
    /// Ends the turn: the next one begins after `pause`, or not before the time the host asked for.
    pub(crate) fn done(&mut self, pause: Duration, asked: Option<Duration>) {
        self.next_at = Some(Instant::now() + pause);
        self.held_until = asked.map(|asked| Instant::now() + asked);
    }
}
