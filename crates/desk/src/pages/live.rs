//! Numbers that stay true while a page is open: server-sent events for those whose browser runs our script.

use super::Page;
use crate::live;
use crate::session::Visit;
use crate::state::DeskState;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use saring_domain::OfficeId;
use saring_store::views::Today;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Looks of one connection; then the browser comes again and shows its session anew.
const LOOKS: u32 = 120;

struct Watching {
    desk: DeskState,
    office: OfficeId,
    last: Option<Arc<Today>>,
    looks: u32,
    words: crate::words::Words,
}

/// `GET /langsung`
pub(crate) async fn stream(State(desk): State<DeskState>, visit: Visit) -> Page {
    let office = visit.signed()?.office().clone();
    let watching = Watching { desk, office, last: None, looks: 0, words: visit.words };
    Ok(Sse::new(events(watching)).keep_alive(KeepAlive::default()).into_response())
}

fn events(watching: Watching) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(watching, |mut watching| async move {
        loop {
            if watching.looks >= LOOKS {
                return None;
            }
            if watching.looks > 0 {
                tokio::time::sleep(Duration::from_secs(watching.desk.config().live_seconds)).await;
            }
            watching.looks += 1;
            let now = watching.desk.now();
            let today = live::today(&watching.desk, &watching.office, now).await.ok()?;
            if watching.last.as_ref() != Some(&today) {
                let event = Event::default().event("numbers").data(numbers(watching.words, &today));
                watching.last = Some(today);
                return Some((Ok(event), watching));
            }
        }
    })
}

/// `{"waiting":"37","hoax":"12",...}`: the texts of the elements that carry these names.
fn numbers(w: crate::words::Words, today: &Today) -> String {
    let mut out = serde_json::Map::new();
    let mut put = |name: &str, count: u32| out.insert(name.to_owned(), w.number(count).into());
    put("waiting", today.waiting.iter().map(|(_, count)| count).sum());
    for (queue, count) in &today.waiting {
        put(queue.code(), *count);
    }
    put("overdue", today.overdue);
    put("decided", today.decided);
    put("seen", today.seen);
    put("unjudged", today.unjudged);
    put("healthy", today.sources.0);
    put("silent", today.sources.1);
    put("failed", today.sources.2);
    serde_json::Value::Object(out).to_string()
}
