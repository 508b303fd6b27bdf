//! The numbers of an office, read at most every few seconds however many people look.

use crate::state::DeskState;
use jiff::Timestamp;
use saring_domain::OfficeId;
use saring_store::StoreResult;
use saring_store::views::Today;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long numbers may be old.
const FRESH: Duration = Duration::from_secs(2);

/// Numbers last read, by office.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<OfficeId, (Instant, Arc<Today>)>>);

impl Live {
    fn fresh(&self, office: &OfficeId) -> Option<Arc<Today>> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(office).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, today)| Arc::clone(today))
    }

    fn keep(&self, office: &OfficeId, today: Arc<Today>) {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(office.clone(), (Instant::now(), today));
    }

    /// After a decision the next page must show the new numbers.
    pub fn forget(&self, office: &OfficeId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(office);
    }
}

/// Today's numbers of an office.
pub(crate) async fn today(desk: &DeskState, office: &OfficeId, now: Timestamp) -> StoreResult<Arc<Today>> {
    if let Some(today) = desk.live().fresh(office) {
        return Ok(today);
    }
    let today = Arc::new(desk.store().today(office, midnight(desk, office, now), now).await?);
    desk.live().keep(office, Arc::clone(&today));
    Ok(today)
}

/// Start of the office's local day.
fn midnight(desk: &DeskState, office: &OfficeId, now: Timestamp) -> Timestamp {
    let local = now.to_zoned_datetime(desk.office(office).time_zone());
    local.start_of_day().map_or(now, |start| start.timestamp())
}
