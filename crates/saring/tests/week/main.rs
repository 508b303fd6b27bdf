//! A week of patrol in less than a minute: a simulated clock, some forty sites on the loopback that fail, lie, change their
//! format and set their clocks wrong, an office whose own clock jumps and whose machine stops. In the end every item is
//! there exactly once, and the log of rounds adds up.
//!
//! `SARING_WEEKS=20 cargo test -p saring --test week -- --nocapture` runs further weeks, each by a seed of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a call that fails fails the test")]

mod bad;
mod stream;
mod time;
mod world;

use jiff::{SignedDuration, Timestamp};
use saring::config::{Config, TEMPLATE};
use saring::services::analyse::Judge;
use saring::services::patrol::{Patrol, Visit, Which};
use saring::wiring::{self, Clock, House};
use saring_domain::{RoundKind, RoundStart, SourceDef};
use saring_store::traits::{Audit, Jobs, Rounds};
use saring_store::views::Tally;
use sqlx::Row;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::{Still, moment, stepping};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use world::{Answer, Dice, World};

const STEP: SignedDuration = SignedDuration::from_mins(10);

fn start() -> Timestamp {
    "2026-11-23T05:50:00+07:00".parse().unwrap()
}

#[test]
fn a_week_ends_with_every_item_once_and_a_log_that_adds_up() {
    let weeks = std::env::var("SARING_WEEKS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    for seed in 1..=weeks {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(week(seed));
    }
}

/// What happens to the office itself.
struct Fate {
    /// The machine is off.
    off: Vec<(Timestamp, Timestamp)>,
    /// Its clock is wrong by so many minutes.
    skew: Vec<(Timestamp, Timestamp, i64)>,
    /// Steps at which the process dies in the middle of a round.
    deaths: Vec<Timestamp>,
}

impl Fate {
    fn of(seed: u64) -> Self {
        let mut dice = Dice(seed ^ 0xfa7e);
        let mut at = |day: u64, from: u64, span: u64| {
            start() + SignedDuration::from_mins((day * 1440 + (from + dice.below(span)) * 60) as i64)
        };
        let (off, back, ahead, far) = (at(1, 2, 6), at(2, 1, 8), at(3, 1, 8), at(5, 1, 8));
        let hours = SignedDuration::from_hours;
        Self {
            off: vec![(off, off + hours(3)), (start() + hours(97), start() + hours(109))],
            skew: vec![
                (back, back + hours(5), -60),
                (ahead, ahead + hours(2), 180),
                (far, far + hours(1), 72 * 365 * 1440),
            ],
            deaths: vec![at(0, 2, 8), at(2, 10, 3), at(4, 1, 9), at(5, 8, 4)],
        }
    }

    fn clock(&self, now: Timestamp) -> Timestamp {
        let skew = self.skew.iter().find(|(from, to, _)| *from <= now && now < *to).map_or(0, |skew| skew.2);
        now + SignedDuration::from_mins(skew)
    }
}

/// The office at work: a process that may die and be started again.
struct Process {
    house: Arc<House>,
    patrol: Patrol,
    judge: Judge,
    began: Timestamp,
}

async fn process(sources: &[SourceDef], folder: &Path, clock: &Clock) -> Process {
    let mut config =
        Config::parse(&TEMPLATE.replace("contact = \"\"", "contact = \"humas@sukamaju.example\""), folder)
            .unwrap();
    config.source = sources.to_vec();
    config.patrol.allow = vec!["127.0.0.0/8".into()];
    (config.patrol.host_pause_ms, config.patrol.parallel) = (0, 64);
    config.patrol.shift[1].to = "23:00".parse().unwrap(); // a pause at night
    let mut house = wiring::open(config).await.unwrap();
    house.clock = clock.clone();
    let house = Arc::new(house);
    let patrol = Patrol::new(Arc::clone(&house)).unwrap();
    let judge = Judge::new(Arc::clone(&house)).await.unwrap();
    Process { began: house.now(), patrol, judge, house }
}

/// One site on an address of its own.
async fn serve(world: Arc<Mutex<World>>, site: usize) -> String {
    let listener = TcpListener::bind(format!("127.0.1.{}:0", site + 1)).await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let own = host.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, Arc::clone(&world), site, own.clone()));
        }
    });
    host
}

async fn speak(mut stream: TcpStream, world: Arc<Mutex<World>>, site: usize, host: String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let answer = world.lock().unwrap().answer(site, &path, &head, &host);
    let hanging = |by: isize| {
        let mut world = world.lock().unwrap();
        world.hanging = world.hanging.saturating_add_signed(by);
    };
    match answer {
        Answer::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Answer::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 Kata\r\n\r\n").await;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        }
        Answer::Hang => {
            hanging(1);
            let _ = stream.read_u8().await; // until the visitor goes away
            hanging(-1);
        }
        Answer::Drip => {
            hanging(1);
            let _ = stream.write_all(b"HTTP/1.1 200 Kata\r\nContent-Length: 5000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::select! {
                    _ = stream.read_u8() => break, // the visitor went away
                    () = tokio::time::sleep(Duration::from_secs(10)) => {}
                }
            }
            hanging(-1);
        }
    }
}

/// What the week came to.
#[derive(Default, Debug)]
struct Sums {
    rounds: u32,
    deaths: u32,
    /// Items that a dying process had stored and left without an outcome.
    untold: u64,
}

async fn week(seed: u64) {
    let _still = Still::new();
    let real = std::time::Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let world = Arc::new(Mutex::new(World::new(seed, start())));
    let mut hosts = Vec::new();
    let sites = world.lock().unwrap().sites.len();
    for site in 0..sites {
        hosts.push(serve(Arc::clone(&world), site).await);
    }
    let sources = world.lock().unwrap().sources(&hosts);
    let fate = Arc::new(Fate::of(seed));
    let (begun, skewed) = (tokio::time::Instant::now(), Arc::clone(&fate));
    let clock = Clock::new(move || {
        let past = SignedDuration::try_from(begun.elapsed()).unwrap();
        skewed.clock(start() + past)
    });
    let (mut office, mut sums) = (None, Sums::default());
    let mut now = start();
    let end = start() + SignedDuration::from_hours(7 * 24);
    while now < end {
        world.lock().unwrap().now = now;
        world.lock().unwrap().export(folder.path());
        if fate.off.iter().any(|(from, to)| *from <= now && now < *to) {
            office = None;
        } else {
            if office.is_none() {
                office = Some(process(&sources, folder.path(), &clock).await);
            }
            let own = office.as_mut().unwrap();
            if let Some((due, round)) = own.patrol.next(own.began, own.house.now()).await.unwrap() {
                let dies = fate.deaths.iter().any(|at| *at <= now && now < *at + STEP * 6)
                    && sums.deaths < fate.deaths.iter().filter(|at| **at <= now).count() as u32;
                let before: Vec<_> =
                    world.lock().unwrap().sites.iter().map(|site| site.served.clone()).collect();
                if round_of(own, due, round, &world, dies).await {
                    sums.rounds += 1;
                    own.judge.drain(|_| ()).await.unwrap();
                } else {
                    let house = Arc::clone(&own.house);
                    office = None;
                    settle_death(&house, &world, before, &mut sums).await;
                }
            }
        }
        let left = (now + STEP).duration_since(start()) - SignedDuration::try_from(begun.elapsed()).unwrap();
        if left.is_positive() {
            tokio::time::advance(left.unsigned_abs()).await;
        }
        now = now.max(start() + SignedDuration::try_from(begun.elapsed()).unwrap());
    }
    // everything stands again: two rounds over all sources read what the sites still show
    world.lock().unwrap().now = now;
    world.lock().unwrap().export(folder.path());
    let own = office.as_mut().unwrap();
    for _ in 0..2 {
        tokio::time::advance(Duration::from_secs(1800)).await;
        let due = own.patrol.due(&Which::All, own.house.now()).await.unwrap();
        let hand = own.patrol.by_hand(due.len());
        assert!(round_of(own, due, hand, &world, false).await);
        sums.rounds += 1;
        own.judge.drain(|_| ()).await.unwrap();
    }
    check(seed, own, &world, &fate, &sums, folder.path()).await;
    println!("  in {:.1} s", real.elapsed().as_secs_f32());
}

/// A round, with time moving on where all wait for somebody who hangs; `false` where the process died in it.
async fn round_of(
    own: &Process,
    due: Vec<SourceDef>,
    start: RoundStart,
    world: &Mutex<World>,
    dies: bool,
) -> bool {
    let (visits, many) = (Cell::new(0_u64), due.len() as u64);
    let seen = |_: &Visit| visits.set(visits.get() + 1);
    let look = || {
        let world = world.lock().unwrap();
        let hangs = visits.get() + world.hanging as u64 >= many;
        (!dies || visits.get() <= many / 2).then_some((world.asked + visits.get(), hangs))
    };
    // steps shorter than the pauses of those who drip
    let ended = stepping(own.patrol.round(due, start, seen), Duration::from_secs(7), look).await;
    ended.map(|visits| visits.unwrap()).is_some()
}

/// What was sent to a process that died may be sent again: only what it stored counts.
async fn settle_death(house: &House, world: &Mutex<World>, before: Vec<BTreeSet<String>>, sums: &mut Sums) {
    // its tasks end at their next step, and the store ends what it had begun
    for _ in 0..20 {
        moment().await;
    }
    let (stored, logged) = (stored(&house.config.data()).await, logged(&house.config.data()).await);
    for (site, before) in world.lock().unwrap().sites.iter_mut().zip(before) {
        let source = site.id.as_str().into();
        let kept = |native: &String| {
            before.contains(native) || stored.contains(&saring_domain::ItemId::derive(&source, native).0)
        };
        site.served.retain(kept);
    }
    sums.deaths += 1;
    sums.untold += stored.len() as u64 - logged;
}

async fn open(data: &Path) -> sqlx::SqlitePool {
    sqlx::SqlitePool::connect(&format!("sqlite://{}", data.join("saring.db").display())).await.unwrap()
}

async fn stored(data: &Path) -> BTreeSet<String> {
    let rows = sqlx::query("SELECT id FROM items").fetch_all(&open(data).await).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn logged(data: &Path) -> u64 {
    let sql = "SELECT COALESCE(SUM(new_items), 0) FROM outcomes";
    sqlx::query(sql).fetch_one(&open(data).await).await.unwrap().get::<i64, _>(0).unsigned_abs()
}

async fn check(seed: u64, own: &Process, world: &Mutex<World>, fate: &Fate, sums: &Sums, folder: &Path) {
    let store = &own.house.store;
    let office = own.house.config.own_office();
    // every item exactly once
    let (stored, served) = (stored(&folder.join("data")).await, world.lock().unwrap().served());
    let lost: Vec<_> = served.difference(&stored).collect();
    let invented: Vec<_> = stored.difference(&served).collect();
    assert!(lost.is_empty() && invented.is_empty(), "seed {seed}: lost {lost:?}, invented {invented:?}");
    assert_eq!(store.waiting("analyse").await.unwrap(), 0);
    // the log adds up
    let long = SignedDuration::from_hours(24 * 365 * 80);
    let rows = store
        .rounds(&office.id, start() - SignedDuration::from_hours(24 * 40), start() + long)
        .await
        .unwrap();
    let mut all = Tally::default();
    let (mut whole, mut broken, mut missed) = (0, 0, Vec::new());
    for row in &rows {
        let tally = row.tally;
        let outcomes = tally.read + tally.nothing_new + tally.failed + tally.silent + tally.held;
        match (row.round.start.kind, row.round.ended_at) {
            (RoundKind::Missed, _) => {
                assert_eq!(outcomes, 0);
                missed.push(row.round.started_at);
            }
            (_, Some(_)) => {
                assert_eq!(outcomes, row.round.start.due, "seed {seed}: {:?}", row.round);
                whole += 1;
            }
            (_, None) => {
                assert!(outcomes <= row.round.start.due);
                broken += 1;
            }
        }
        all.read += tally.read;
        all.nothing_new += tally.nothing_new;
        all.failed += tally.failed;
        all.silent += tally.silent;
        all.held += tally.held;
        all.new_items += tally.new_items;
        all.repeated += tally.repeated;
        all.bad += tally.bad;
    }
    // a death may fall just behind the end of its round
    assert_eq!(whole + broken, sums.rounds + sums.deaths, "seed {seed}");
    assert!(whole >= sums.rounds, "seed {seed}: {whole} of {} rounds ended", sums.rounds);
    // what a dying process left untold is told by later rounds
    assert_eq!(u64::from(all.new_items), stored.len() as u64, "seed {seed}");
    assert!(sums.untold > 0, "seed {seed}: no death left anything untold");
    // each hour that the machine was off has its rounds in the log
    let timetable = own.house.config.patrol.timetable();
    for (from, to) in &fate.off {
        let planned = timetable.between(*from, *to - SignedDuration::from_hours(1), &office.time_zone());
        for planned in planned {
            assert!(
                missed.contains(&planned.at),
                "seed {seed}: nobody noticed that {} was missed",
                planned.at
            );
        }
    }
    // at night nobody is asked
    for row in rows.iter().filter(|row| row.round.start.kind == RoundKind::Planned) {
        let hour = row.round.start.planned_at.unwrap().to_zoned_datetime(office.time_zone()).hour();
        assert!((6..23).contains(&hour), "seed {seed}: a round at {hour}");
    }
    store.verify(None).await.unwrap();
    // a source that drips was not waited for, and its end is told by a later round
    let sql = "SELECT COUNT(*) FROM outcomes WHERE code = 'held' AND more LIKE '%\"late\"%'";
    let late: i64 = sqlx::query(sql).fetch_one(&open(&folder.join("data")).await).await.unwrap().get(0);
    assert!(late > 0, "seed {seed}: no source was late");
    let end = start() + SignedDuration::from_hours(7 * 24);
    let (own_week, elsewhen): (Vec<_>, Vec<_>) =
        missed.iter().copied().partition(|at| (start()..end).contains(at));
    let world = world.lock().unwrap();
    let faults = world.met.len();
    assert!(faults >= 10, "seed {seed}: only {:?} were met", world.met);
    println!(
        "week {seed}: {} sources, {whole} rounds and {} missed ({} more in the years of a wrong clock), {broken} cut by a death of the process; {} published, {} reachable, {} stored once each",
        world.sites.len(),
        own_week.len(),
        elsewhen.len(),
        world.published(),
        served.len(),
        stored.len(),
    );
    println!(
        "  outcomes: read {}, nothing new {}, failed {}, silent {}, held {}; entries: new {}, repeated {}, bad {}; {} requests, faults met: {:?}",
        all.read,
        all.nothing_new,
        all.failed,
        all.silent,
        all.held,
        all.new_items,
        all.repeated,
        all.bad,
        world.asked,
        world.met
    );
}
