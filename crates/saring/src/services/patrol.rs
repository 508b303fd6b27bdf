//! Rounds over the sources. What was read and how far commit together, so that a crash loses and doubles nothing.

use super::reading::{Read, Reading};
use crate::wiring::House;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use saring_connectors::{Client, FetchError};
use saring_domain::round::gone_silent;
use saring_domain::{Outcome, RoundId, RoundKind, RoundStart, SourceDef, SourceId, Trouble, TroubleCode};
use saring_store::traits::{Captures, Rounds};
use saring_store::views::{Brought, SourceHealth};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};

/// A source that takes longer makes room for the next one,
const ROOM: Duration = Duration::from_secs(2);
/// but not more of them than this at once.
const SLOW: usize = 64;
/// A round waits for the last sources in any case this part of the time until the next one,
const PATIENCE_UNTIL_NEXT: u32 = 30;
/// at most so long,
const PATIENCE: Duration = Duration::from_secs(20);
/// and beyond that for this part of the time that all others took.
const PATIENCE_SHARE: u32 = 33;
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
    /// Streams that are listened to, and sources that a round did not wait for.
    beside: Mutex<HashMap<SourceId, Reading>>,
}

/// A round that runs.
struct Running {
    id: RoundId,
    places: Semaphore,
    slow: Semaphore,
    /// Whether it waits for nobody any more.
    over: watch::Sender<bool>,
}

impl Patrol {
    /// Sets the guarded client up.
    pub fn new(house: Arc<House>) -> anyhow::Result<Self> {
        Ok(Self { client: house.client()?, house, beside: Mutex::default() })
    }

    /// Whose patrol it is.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// The time by the clock of the house.
    pub fn now(&self) -> Timestamp {
        self.house.now()
    }

    /// The sources that a round would read now.
    pub async fn due(&self, which: &Which, now: Timestamp) -> anyhow::Result<Vec<SourceDef>> {
        let all = self.house.store.sources(now).await?;
        if let Which::One(id) = which {
            let found = all.into_iter().find(|health| health.def.id == *id);
            let Some(health) = found else { anyhow::bail!("no source '{id}' in saring.toml or at the desk") };
            if let Some((who, at)) = health.paused {
                anyhow::bail!("{who} paused '{id}' at the desk on {at:.0}: let it be read again there first");
            }
            return Ok(vec![health.def]);
        }
        let read = all.into_iter().filter(|health| health.paused.is_none());
        let due = read.filter(|health| *which == Which::All || is_due(health, now));
        Ok(due.map(|health| health.def).collect())
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
        let known = store.planned_until(&office.id, now).await?;
        let since = known.unwrap_or(began).max(now - SignedDuration::from_hours(24 * MISSED_DAYS));
        let mut planned = timetable.between(since, now, &office.time_zone());
        let current = planned.pop_if(|planned| planned.until > now);
        store.miss_rounds(&office.id, &planned, now).await?;
        let Some(planned) = current else { return Ok(None) };
        let sources = self.due(if planned.extra { &Which::All } else { &Which::Due }, now).await?;
        let start = RoundStart::planned(&planned, self.by_hand(sources.len()));
        Ok(Some((sources, start)))
    }

    /// One round over `sources`; `seen` hears of each as it is done. A source that is slow makes room for the others, and
    /// one that is not done long after all others is read on beside the rounds, but for rounds by hand.
    pub async fn round(
        &self,
        sources: Vec<SourceDef>,
        start: RoundStart,
        seen: impl Fn(&Visit),
    ) -> anyhow::Result<Vec<Visit>> {
        let round = self.house.store.begin_round(&start, self.now()).await?;
        let round = Running {
            id: round,
            places: Semaphore::new(self.house.config.patrol.parallel),
            slow: Semaphore::new(SLOW),
            over: watch::Sender::new(false),
        };
        let patience = patience(self.until_next(&sources, self.now()));
        let mut visits: FuturesUnordered<_> =
            sources.into_iter().map(|def| self.visit(&round, def)).collect();
        let mut out = Vec::with_capacity(visits.len());
        let began = Instant::now();
        let (mut last, mut look) = (began, tokio::time::interval(Duration::from_millis(100)));
        loop {
            tokio::select! {
                visit = visits.next() => {
                    let Some(visit) = visit else { break };
                    let visit = visit?;
                    seen(&visit);
                    out.push(visit);
                    last = Instant::now();
                }
                // a free place means that nobody waits to begin
                now = look.tick(), if start.kind != RoundKind::ByHand && round.places.available_permits() > 0 => {
                    if now > (began + patience).max(last + (last - began) / PATIENCE_SHARE) {
                        round.over.send_replace(true);
                    }
                }
            }
        }
        self.house.store.end_round(&round.id, self.now()).await?;
        Ok(out)
    }

    /// The time until the next round is due: by the timetable, or at the pace of the quickest of the sources.
    fn until_next(&self, sources: &[SourceDef], now: Timestamp) -> Duration {
        let (office, timetable) = (self.house.config.own_office(), self.house.config.patrol.timetable());
        let quickest = sources.iter().map(|def| u64::from(def.every_minutes)).min().unwrap_or_default();
        match timetable.next(now, &office.time_zone()) {
            Some(planned) => planned.at.duration_since(now).unsigned_abs(),
            None => Duration::from_secs(60 * quickest),
        }
    }

    /// Listens to the streams that were well when they were read last, beside the rounds; lets them go where no shift is.
    pub async fn attend(&self) -> anyhow::Result<()> {
        if !self.house.config.source.iter().any(|def| def.streams()) {
            return Ok(());
        }
        let now = self.now();
        let (office, timetable) = (self.house.config.own_office(), self.house.config.patrol.timetable());
        let on = timetable.is_empty() || timetable.shift_at(now, &office.time_zone()).is_some();
        for health in self.house.store.sources(now).await? {
            let well = !matches!(health.last, Some(Outcome::Failed { .. } | Outcome::Held { .. }));
            let on = on && health.paused.is_none();
            let mut beside = self.beside();
            match beside.get(&health.def.id) {
                Some(reading) if !on && health.def.streams() => reading.let_go(),
                None if on && well && health.def.streams() => {
                    let reading = Reading::listen(&self.house, &self.client, &health.def);
                    beside.insert(health.def.id.clone(), reading);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn beside(&self) -> MutexGuard<'_, HashMap<SourceId, Reading>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a stream that is being listened to has brought since it was asked last.
    fn heard(&self, def: &SourceDef) -> Option<Read> {
        let beside = self.beside();
        let reading = beside.get(&def.id).filter(|reading| def.streams() && !reading.is_over())?;
        Some(reading.take())
    }

    async fn visit(&self, round: &Running, def: SourceDef) -> anyhow::Result<Visit> {
        if let Some(read) = self.heard(&def) {
            return self.tell(round, def, read, None).await;
        }
        let mut place = Some(round.places.acquire().await?);
        let known = self.beside().remove(&def.id);
        let mut reading = known.unwrap_or_else(|| Reading::start(&self.house, &self.client, &def));
        let mut over = round.over.subscribe();
        tokio::select! {
            failure = reading.ended() => return self.tell(round, def, reading.take(), failure?).await,
            () = sleep(ROOM) => {}
            () = async { drop(over.wait_for(|over| *over).await) } => {}
        }
        let _room = round.slow.try_acquire().inspect(|_| drop(place.take()));
        tokio::select! {
            failure = reading.ended() => self.tell(round, def, reading.take(), failure?).await,
            () = async { drop(over.wait_for(|over| *over).await) } => {
                self.beside().insert(def.id.clone(), reading);
                let now = self.now();
                let outcome = Outcome::Held { trouble: late(&def) };
                self.house.store.record_outcome(&round.id, &def.id, &outcome, &[], Some(now), now).await?;
                Ok(Visit { source: def, outcome, bad: Vec::new(), bytes: 0 })
            }
        }
    }

    /// Records what reading a source came to.
    async fn tell(
        &self,
        round: &Running,
        def: SourceDef,
        mut read: Read,
        failure: Option<FetchError>,
    ) -> anyhow::Result<Visit> {
        let now = self.now();
        let mut ended = Vec::new();
        let outcome = match failure {
            Some(error) if read.entries == 0 => failed(&error),
            failure => {
                ended.extend(failure.map(|error| error.trouble()));
                self.settled(&def, ended.len(), now).await?
            }
        };
        let next_at = next(&def, &outcome, read.again_in, now);
        self.house.store.record_outcome(&round.id, &def.id, &outcome, &ended, Some(next_at), now).await?;
        read.bad.extend(ended);
        Ok(Visit { source: def, outcome, bad: read.bad, bytes: read.bytes })
    }

    /// All that came since the last outcome, whichever process read it.
    async fn settled(&self, def: &SourceDef, ended: usize, now: Timestamp) -> anyhow::Result<Outcome> {
        let Brought { new, repeated, bad } = self.house.store.untold(&def.id).await?;
        let bad = bad + u32::try_from(ended).unwrap_or(u32::MAX);
        if new > 0 {
            return Ok(Outcome::Read { new, repeated, bad });
        }
        let silent = gone_silent(&self.house.store.rhythm(&def.id).await?, now);
        Ok(silent.unwrap_or(Outcome::NothingNew { repeated, bad }))
    }
}

/// How long a round waits for its last sources in any case.
fn patience(until_next: Duration) -> Duration {
    (until_next / PATIENCE_UNTIL_NEXT).clamp(ROOM, PATIENCE)
}

fn late(def: &SourceDef) -> Trouble {
    let message = format!(
        "{} was still being read when the others were done; reading goes on, the next round says what came of it",
        def.url
    );
    Trouble { code: TroubleCode::Late, about: def.url.clone(), detail: String::new(), message }
}

fn failed(error: &FetchError) -> Outcome {
    if error.held() {
        Outcome::Held { trouble: error.trouble() }
    } else {
        Outcome::Failed { trouble: error.trouble(), permanent: error.permanent() }
    }
}

/// Whether a source is to be read. A time further ahead than any wait is one of a clock that was wrong.
fn is_due(health: &SourceHealth, now: Timestamp) -> bool {
    let longest =
        SignedDuration::from_mins(i64::from(health.def.every_minutes)).max(SignedDuration::from_hours(24));
    health.next_at.is_none_or(|at| at <= now || at.duration_since(now) > longest)
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
    use saring_store::traits::{Claims, Jobs, Offers};

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

    #[tokio::test]
    async fn a_feed_that_floods_the_reviewers_is_told_and_the_rest_stays_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/cek.json", listener.local_addr().unwrap());
        let check = |n| {
            format!(
                "{{\"@type\":\"ClaimReview\",\"url\":\"https://periksa.example/{n}\",\"claimReviewed\":\"Lumbung {n} dibakar\",\"reviewRating\":{{\"alternateName\":\"Salah\"}}}}"
            )
        };
        let body = format!("[{}]", (0..1005).map(check).collect::<Vec<_>>().join(","));
        let answer = move || async move { ([("etag", "\"1\"")], body) };
        let router = axum::Router::new().route("/cek.json", axum::routing::get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let source =
            format!("[[source]]\nid = \"racun\"\nname = \"Racun\"\nkind = \"claim_review\"\nurl = {url:?}\n");
        let text = TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"") + &source;
        let mut config = Config::parse(&text, folder.path()).unwrap();
        (config.patrol.allow, config.patrol.host_pause_ms) = (vec!["127.0.0.0/8".into()], 0);
        let patrol = Patrol::new(Arc::new(wiring::open(config).await.unwrap())).unwrap();
        for expect in
            [Outcome::Read { new: 1000, repeated: 0, bad: 1 }, Outcome::NothingNew { repeated: 1000, bad: 1 }]
        {
            let sources = patrol.due(&Which::All, Timestamp::now()).await.unwrap();
            let start = patrol.by_hand(sources.len());
            let visits = patrol.round(sources, start, |_| ()).await.unwrap();
            assert_eq!(visits[0].outcome, expect);
            let trouble = &visits[0].bad[0];
            assert_eq!((trouble.code, trouble.about.as_str()), (TroubleCode::OffersFull, "5"));
        }
        assert_eq!(patrol.house.store.offers_waiting().await.unwrap(), 1000);
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
