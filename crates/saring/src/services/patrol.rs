//! Rounds over the sources. What was read and how far commit together, so that a crash loses and doubles nothing.

use crate::wiring::House;
use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use saring_connectors::{Client, FetchError, sources};
use saring_domain::round::gone_silent;
use saring_domain::{Outcome, RoundId, RoundKind, RoundStart, SourceDef, SourceId, Trouble};
use saring_store::traits::{Captures, Offers, Rounds};
use std::sync::Arc;
use std::time::Duration;

/// Entries per transaction.
const BATCH: usize = 1000;
/// Reads per source and round; what waits behind them comes next time.
const READS: usize = 500;
/// A source that needs someone to act is asked again after this, hours.
const BROKEN_HOURS: i64 = 6;

/// Rounds missed longer ago than this are no longer recorded, days.
const MISSED_DAYS: i64 = 31;

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
        Ok(Self { client: house.client()?, house })
    }

    /// The sources that a round would read now.
    pub async fn due(&self, which: &Which, now: Timestamp) -> anyhow::Result<Vec<SourceDef>> {
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

    /// What a round by hand over so many sources starts with.
    pub fn by_hand(&self, sources: usize) -> RoundStart {
        let due = u32::try_from(sources).unwrap_or(u32::MAX);
        RoundStart::by_hand(self.house.config.own_office().id.clone(), due)
    }

    /// What is to be read now: the round that the timetable asks for, or what is due where there is no timetable.
    /// Rounds that nobody ran in time since `began`, or since the last one known, are recorded as missed.
    pub async fn next(
        &self,
        began: Timestamp,
        now: Timestamp,
    ) -> anyhow::Result<Option<(Vec<SourceDef>, RoundStart)>> {
        let store = &self.house.store;
        let (office, timetable) = (self.house.config.own_office(), self.house.config.patrol.timetable());
        if timetable.is_empty() {
            let sources = self.due(&Which::Due, now).await?;
            let start = RoundStart { kind: RoundKind::Due, ..self.by_hand(sources.len()) };
            return Ok((!sources.is_empty()).then_some((sources, start)));
        }
        let known = store.planned_until(&office.id).await?;
        let since = known.unwrap_or(began).max(now - SignedDuration::from_hours(24 * MISSED_DAYS));
        let mut planned = timetable.between(since, now, &office.time_zone());
        let current = planned.pop_if(|planned| planned.until > now);
        store.miss_rounds(&office.id, &planned, now).await?;
        let Some(planned) = current else { return Ok(None) };
        let sources = self.due(if planned.extra { &Which::All } else { &Which::Due }, now).await?;
        let start = RoundStart::planned(&planned, self.by_hand(sources.len()));
        Ok(Some((sources, start)))
    }

    /// One round over `sources`; `seen` hears of each as it is done.
    pub async fn round(
        &self,
        sources: Vec<SourceDef>,
        start: RoundStart,
        seen: impl Fn(&Visit),
    ) -> anyhow::Result<Vec<Visit>> {
        let round = self.house.store.begin_round(&start, Timestamp::now()).await?;
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
            // claims first: offered twice they wait once, and the cursor has not moved before
            for claims in fetched.claims.chunks(BATCH) {
                let saved = store.offer_claims(&def.id, claims, now).await?;
                read.new += saved.new;
                read.repeated += saved.repeated;
            }
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
        let silent = gone_silent(&self.house.store.rhythm(&def.id).await?, now);
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
    use crate::config::{Config, TEMPLATE};
    use crate::wiring;
    use saring_domain::SourceKind;
    use saring_store::traits::{Claims, Jobs};

    /// A patrol with one source that is due; the template has a round every half hour from six in the morning.
    async fn patrol(folder: &std::path::Path) -> Patrol {
        std::fs::write(folder.join("kabar.jsonl"), "{\"id\":\"1\",\"text\":\"kabar\"}\n").unwrap();
        let source = "[[source]]\nid = \"kabar\"\nname = \"Kabar\"\nkind = \"file\"\nurl = \"kabar.jsonl\"\n";
        let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"") + source;
        let house = wiring::open(Config::parse(&text, folder).unwrap()).await.unwrap();
        Patrol::new(Arc::new(house)).unwrap()
    }

    fn at(clock: &str) -> Timestamp {
        format!("2026-11-24T{clock}:00+07:00").parse().unwrap()
    }

    #[tokio::test]
    async fn the_timetable_is_kept_and_what_was_missed_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let patrol = patrol(folder.path()).await;
        assert!(
            patrol.next(at("07:05"), at("07:10")).await.unwrap().is_none(),
            "nothing is due before half past"
        );
        let (sources, start) = patrol.next(at("07:05"), at("07:31")).await.unwrap().unwrap();
        assert_eq!((start.planned_at, start.shift.as_deref()), (Some(at("07:30")), Some("pagi")));
        let visits = patrol.round(sources, start, |_| ()).await.unwrap();
        assert_eq!(visits[0].outcome, Outcome::Read { new: 1, repeated: 0, bad: 0 });
        assert!(patrol.next(at("07:05"), at("07:40")).await.unwrap().is_none(), "its round has been");
        // the machine was off until a quarter past nine
        let (_, late) = patrol.next(at("09:14"), at("09:15")).await.unwrap().unwrap();
        assert_eq!(late.planned_at, Some(at("09:00")), "a late round is still a round");
        let store = &patrol.house.store;
        let rows = store.rounds(&"kantor".into(), at("07:00"), at("09:30")).await.unwrap();
        let missed = rows.iter().filter(|row| row.round.start.kind == RoundKind::Missed);
        let missed: Vec<Timestamp> = missed.map(|row| row.round.started_at).collect();
        assert_eq!(missed, [at("08:30"), at("08:00")]);
    }

    #[tokio::test]
    async fn checked_claims_wait_for_a_person_and_are_no_items() {
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/cek.json", listener.local_addr().unwrap());
        let body = r#"[{"@type":"ClaimReview","url":"https://periksa.example/1","claimReviewed":"Lumbung dibakar",
            "reviewRating":{"alternateName":"Salah"}},{"@type":"ClaimReview","claimReviewed":""}]"#;
        let router = axum::Router::new().route("/cek.json", axum::routing::get(move || async move { body }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"")
            + &format!(
                "[[source]]\nid = \"periksa\"\nname = \"Periksa\"\nkind = \"claim_review\"\nurl = {url:?}\n"
            );
        let mut config = Config::parse(&text, folder.path()).unwrap();
        config.patrol.allow = vec!["127.0.0.0/8".into()];
        let patrol = Patrol::new(Arc::new(wiring::open(config).await.unwrap())).unwrap();
        let store = &patrol.house.store;
        for (new, repeated) in [(1, 0), (0, 0)] {
            let sources = patrol.due(&Which::All, Timestamp::now()).await.unwrap();
            let start = patrol.by_hand(sources.len());
            let visits = patrol.round(sources, start, |_| ()).await.unwrap();
            let expect = match new {
                0 => Outcome::NothingNew { repeated, bad: 0 }, // the document is as it was
                _ => Outcome::Read { new, repeated, bad: 1 },
            };
            assert_eq!(visits[0].outcome, expect);
        }
        assert_eq!(store.offers(0, 5).await.unwrap().0[0].claim.title, "Lumbung dibakar");
        assert_eq!(store.claims().await.unwrap().0, []);
        assert_eq!(store.lease("analyse", 5, 60, Timestamp::now()).await.unwrap(), []);
    }

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
