//! Rounds over the sources. What was read and how far commit together, so that a crash loses and doubles nothing.

use crate::wiring::House;
use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use saring_connectors::{Allow, Client, FetchError, Limits, Settings, sources};
use saring_domain::round::gone_silent;
use saring_domain::{Outcome, RoundId, SourceDef, SourceId, Trouble};
use saring_store::traits::Captures;
use std::sync::Arc;
use std::time::Duration;

/// Entries per transaction.
const BATCH: usize = 1000;
/// Reads per source and round; what waits behind them comes next time.
const READS: usize = 500;
/// A source that needs someone to act is asked again after this, hours.
const BROKEN_HOURS: i64 = 6;

/// Which sources a round reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that are due.
    Due,
    /// All of them.
    All,
    /// This one.
    One(SourceId),
}

/// What reading one source came to.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Which source.
    pub source: SourceDef,
    /// How it went.
    pub outcome: Outcome,
    /// Entries that could not be read.
    pub bad: Vec<Trouble>,
    /// Bytes received.
    pub bytes: u64,
}

/// The patrol of an office.
pub struct Patrol {
    house: Arc<House>,
    client: Client,
}

impl Patrol {
    /// Sets the guarded client up.
    pub fn new(house: Arc<House>) -> anyhow::Result<Self> {
        let settings = Settings {
            contact: house.config.contact()?.to_owned(),
            allow: Allow::parse(&house.config.patrol.allow)
                .map_err(|why| anyhow::anyhow!("patrol.allow: {why}"))?,
            pause: Duration::from_millis(house.config.patrol.host_pause_ms),
            limits: Limits::default(),
        };
        Ok(Self { client: Client::new(settings)?, house })
    }

    /// The sources that a round would read now.
    pub async fn due(&self, which: &Which) -> anyhow::Result<Vec<SourceDef>> {
        let now = Timestamp::now();
        let all = self.house.store.sources(now).await?;
        let wanted = all.into_iter().filter(|health| match which {
            Which::All => true,
            Which::One(id) => health.def.id == *id,
            Which::Due => health.next_at.is_none_or(|at| at <= now),
        });
        let defs: Vec<SourceDef> = wanted.map(|health| health.def).collect();
        if let (Which::One(id), true) = (which, defs.is_empty()) {
            anyhow::bail!("no source '{id}' in saring.toml");
        }
        Ok(defs)
    }

    /// One round over `sources`; `seen` hears of each as it is done.
    pub async fn round(
        &self,
        sources: Vec<SourceDef>,
        on_duty: Option<&str>,
        seen: impl Fn(&Visit),
    ) -> anyhow::Result<Vec<Visit>> {
        let office = &self.house.config.own_office().id;
        let round = self.house.store.begin_round(office, on_duty, Timestamp::now()).await?;
        let visits = futures::stream::iter(sources)
            .map(|def| self.visit(&round, def))
            .buffer_unordered(self.house.config.patrol.parallel)
            .inspect_ok(seen)
            .try_collect()
            .await?;
        self.house.store.end_round(&round, Timestamp::now()).await?;
        Ok(visits)
    }

    async fn visit(&self, round: &RoundId, def: SourceDef) -> anyhow::Result<Visit> {
        let mut read = Read::default();
        let failure = self.read(&def, &mut read).await?;
        let now = Timestamp::now();
        let outcome = match failure {
            Some(error) if read.new + read.repeated == 0 => failed(&error),
            failure => {
                read.bad.extend(failure.map(|error| error.trouble()));
                self.settled(&def, &read, now).await?
            }
        };
        let next_at = next(&def, &outcome, read.again_in, now);
        self.house.store.record_outcome(round, &def.id, &outcome, &read.bad, Some(next_at), now).await?;
        Ok(Visit { source: def, outcome, bad: read.bad, bytes: read.bytes })
    }

    /// Reads until nothing more waits; gives the error that ended it early.
    async fn read(&self, def: &SourceDef, read: &mut Read) -> anyhow::Result<Option<FetchError>> {
        let store = &self.house.store;
        let key = store.epoch_key(Timestamp::now()).await?;
        let source = match sources::build(def, &self.client, key) {
            Ok(source) => source,
            Err(error) => return Ok(Some(error)),
        };
        let mut cursor = store.cursor(&def.id).await?.unwrap_or_default();
        for _ in 0..READS {
            let now = Timestamp::now();
            let fetched = match source.fetch(&cursor, now).await {
                Ok(fetched) => fetched,
                Err(error) => {
                    read.again_in = error.again_in();
                    return Ok(Some(error));
                }
            };
            let mut batches = fetched.captures.chunks(BATCH).peekable();
            if batches.peek().is_none() {
                store.save(&def.id, &[], Some(&fetched.next), now).await?;
            }
            while let Some(batch) = batches.next() {
                // the cursor moves with the last of its entries, never before
                let next = batches.peek().is_none().then_some(&fetched.next);
                let saved = store.save(&def.id, batch, next, now).await?;
                read.new += saved.new;
                read.repeated += saved.repeated;
            }
            read.bytes += fetched.bytes;
            read.bad.extend(fetched.bad);
            read.again_in = fetched.again_in;
            cursor = fetched.next;
            if !fetched.more {
                break;
            }
        }
        Ok(None)
    }

    async fn settled(&self, def: &SourceDef, read: &Read, now: Timestamp) -> anyhow::Result<Outcome> {
        let bad = u32::try_from(read.bad.len()).unwrap_or(u32::MAX);
        if read.new > 0 {
            return Ok(Outcome::Read { new: read.new, repeated: read.repeated, bad });
        }
        let (gaps, newest) = self.house.store.rhythm(&def.id).await?;
        let silent = gone_silent(&gaps, newest, now);
        Ok(silent.unwrap_or(Outcome::NothingNew { repeated: read.repeated, bad }))
    }
}

#[derive(Default)]
struct Read {
    new: u32,
    repeated: u32,
    bad: Vec<Trouble>,
    bytes: u64,
    again_in: Option<Duration>,
}

fn failed(error: &FetchError) -> Outcome {
    if error.held() {
        Outcome::Held { trouble: error.trouble() }
    } else {
        Outcome::Failed { trouble: error.trouble(), permanent: error.permanent() }
    }
}

/// When to read again: at the source's own pace or as it asks, later where someone has to act first.
fn next(def: &SourceDef, outcome: &Outcome, again_in: Option<Duration>, now: Timestamp) -> Timestamp {
    let pace = SignedDuration::from_mins(i64::from(def.every_minutes));
    let asked = again_in.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or_default();
    let broken = matches!(outcome, Outcome::Failed { permanent: true, .. });
    let least = if broken { SignedDuration::from_hours(BROKEN_HOURS) } else { SignedDuration::ZERO };
    now.checked_add(pace.max(asked).max(least)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_domain::SourceKind;

    #[test]
    fn a_source_is_read_again_at_its_pace_or_later_where_it_asks() {
        let def = SourceDef::new("a", "A", SourceKind::Feed, "");
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let nothing = Outcome::NothingNew { repeated: 1, bad: 0 };
        let minutes =
            |outcome: &Outcome, again_in| next(&def, outcome, again_in, now).duration_since(now).as_mins();
        assert_eq!(minutes(&nothing, None), 30);
        assert_eq!(minutes(&nothing, Some(Duration::from_secs(7200))), 120);
        assert_eq!(minutes(&nothing, Some(Duration::from_secs(5))), 30);
        let status = |code| failed(&FetchError::Status { url: "http://a/".into(), code, again_in: None });
        assert_eq!(minutes(&status(404), None), 360);
        assert_eq!(minutes(&status(503), None), 30);
    }
}
