//! Reading one source in a task of its own, so that one that hangs or fails concerns no other, and listening to a stream.

use crate::wiring::House;
use saring_connectors::{Client, FetchError, Source, sources};
use saring_domain::{Fetched, SourceDef, Trouble, TroubleCode};
use saring_store::traits::{Captures, MOST_OFFERS, Offers};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Entries per transaction.
const BATCH: usize = 1000;
/// Reads per source and round; what waits behind them comes next time.
const READS: usize = 500;
/// Times in a row that a stream is opened again; the pause before each is twice the last, from a second on.
const AGAIN: u32 = 6;
/// How often progress through a stream is saved where nothing was to be kept.
const PROGRESS: Duration = Duration::from_secs(10);

/// What reading has come to so far, beside what the store counts.
#[derive(Default)]
pub(super) struct Read {
    /// Entries that were read well.
    pub(super) entries: u32,
    pub(super) bad: Vec<Trouble>,
    pub(super) bytes: u64,
    pub(super) again_in: Option<Duration>,
}

/// A source that is being read; dropping it ends that. What was committed stays, what was not is read again.
pub(super) struct Reading {
    desk: Desk,
    task: JoinHandle<anyhow::Result<Option<FetchError>>>,
}

/// What a reading works with.
#[derive(Clone)]
struct Desk {
    house: Arc<House>,
    client: Client,
    def: SourceDef,
    read: Arc<Mutex<Read>>,
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Reading {
    /// Starts to read until nothing more waits.
    pub(super) fn start(house: &Arc<House>, client: &Client, def: &SourceDef) -> Self {
        let desk = Desk::new(house, client, def);
        Self { task: tokio::spawn(desk.clone().all()), desk }
    }

    /// Starts to listen to a stream until it is let go or breaks off for good.
    pub(super) fn listen(house: &Arc<House>, client: &Client, def: &SourceDef) -> Self {
        let desk = Desk::new(house, client, def);
        Self { task: tokio::spawn(desk.clone().listen()), desk }
    }

    /// Waits for its end; gives the error that ended it early.
    pub(super) async fn ended(&mut self) -> anyhow::Result<Option<FetchError>> {
        match (&mut self.task).await {
            Ok(ended) => ended,
            Err(error) if error.is_cancelled() => Ok(None),
            Err(error) => {
                let why = format!("reading it went wrong ({error}); report it");
                Ok(Some(FetchError::Broken { url: self.desk.def.url.clone(), why }))
            }
        }
    }

    /// Whether it has ended.
    pub(super) fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// Ends it; what it came to stays to be taken.
    pub(super) fn let_go(&self) {
        self.task.abort();
    }

    /// What it has come to since this was asked last.
    pub(super) fn take(&self) -> Read {
        std::mem::take(&mut *self.desk.note())
    }
}

impl Desk {
    fn new(house: &Arc<House>, client: &Client, def: &SourceDef) -> Self {
        Self { house: Arc::clone(house), client: client.clone(), def: def.clone(), read: Arc::default() }
    }

    fn note(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn source(&self) -> anyhow::Result<Result<Box<dyn Source>, FetchError>> {
        let key = self.house.store.epoch_key(self.house.now()).await?;
        Ok(sources::build(&self.def, &self.client, key))
    }

    async fn all(self) -> anyhow::Result<Option<FetchError>> {
        let source = match self.source().await? {
            Ok(source) => source,
            Err(error) => return Ok(Some(error)),
        };
        let mut cursor = self.house.store.cursor(&self.def.id).await?.unwrap_or_default();
        for _ in 0..READS {
            let fetched = match source.fetch(&cursor, self.house.now()).await {
                Ok(fetched) => fetched,
                Err(error) => {
                    self.note().again_in = error.again_in();
                    return Ok(Some(error));
                }
            };
            let more = fetched.more;
            cursor = fetched.next.clone();
            self.save(fetched).await?;
            if !more {
                break;
            }
        }
        Ok(None)
    }

    async fn listen(self) -> anyhow::Result<Option<FetchError>> {
        let mut tries = 0;
        loop {
            let error = match self.source().await? {
                Ok(source) => self.hear(&*source, &mut tries).await?,
                Err(error) => return Ok(Some(error)),
            };
            if error.permanent() || error.held() || tries == AGAIN {
                self.note().again_in = error.again_in();
                return Ok(Some(error));
            }
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
            tries += 1;
        }
    }

    /// Listens until the stream breaks off.
    async fn hear(&self, source: &dyn Source, tries: &mut u32) -> anyhow::Result<FetchError> {
        let cursor = self.house.store.cursor(&self.def.id).await?.unwrap_or_default();
        let now = || self.house.now();
        let mut stream = match source.open(&cursor, now()).await {
            Ok(stream) => stream,
            Err(error) => return Ok(error),
        };
        let mut saved = Instant::now();
        loop {
            let fetched = match stream.next(&now).await {
                Ok(fetched) => fetched,
                Err(error) => return Ok(error),
            };
            *tries = 0;
            if fetched.captures.is_empty() && fetched.bad.is_empty() && saved.elapsed() < PROGRESS {
                self.note().bytes += fetched.bytes;
                continue;
            }
            self.save(fetched).await?;
            saved = Instant::now();
        }
    }

    /// What was read and how far commit together.
    async fn save(&self, fetched: Fetched) -> anyhow::Result<()> {
        let (store, id, now) = (&self.house.store, &self.def.id, self.house.now());
        // claims first: offered twice they wait once, and the cursor has not moved before
        let (mut left, mut bad) = (0, fetched.bad);
        for claims in fetched.claims.chunks(BATCH) {
            let offered = store.offer_claims(id, claims, now).await?;
            self.note().entries += offered.new + offered.repeated;
            left += offered.left;
        }
        bad.extend((left > 0).then(|| full(left)));
        // the cursor moves with the last of its entries, never before, and not past claims that are to come again
        let next = Some(&fetched.next).filter(|_| left == 0 || !fetched.captures.is_empty());
        let whole = fetched.captures.len().saturating_sub(1) / BATCH * BATCH;
        let (first, last) = fetched.captures.split_at(whole);
        for batch in first.chunks(BATCH) {
            store.save_read(id, batch, &[], None, now).await?;
        }
        store.save_read(id, last, &bad, next, now).await?;
        let mut read = self.note();
        read.entries += u32::try_from(fetched.captures.len()).unwrap_or(u32::MAX);
        read.bytes += fetched.bytes;
        read.bad.extend(bad);
        read.again_in = fetched.again_in;
        Ok(())
    }
}

/// Claims were left out. The cursor has not moved: they are offered again once people have decided on others.
fn full(left: u32) -> Trouble {
    let message = format!(
        "{left} offered claims were left out: {MOST_OFFERS} of this source wait already; decide on those, then the others \
         come, or remove the source if its claims make no sense"
    );
    let (about, detail) = (left.to_string(), MOST_OFFERS.to_string());
    Trouble { code: TroubleCode::OffersFull, about, detail, message }
}
