//! The dialect of Jetstream servers: one JSON object a message.

use super::{Event, POSTS, Place};
use crate::error::Flaw;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

pub(super) fn event(text: &str) -> Result<Event, Flaw> {
    let mut event: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let time = event["time_us"].as_i64().ok_or("it has no time_us")?;
    let did = event["did"].as_str().unwrap_or_default().to_owned();
    let mut commit = event["commit"].take();
    let mut told = Event {
        place: Place { time_us: Some(time), seq: None },
        heard: Timestamp::from_microsecond(time).ok(),
        ..Event::default()
    };
    if commit["operation"] == "create" && commit["collection"] == POSTS {
        let word = |name: &str| commit[name].as_str().map(str::to_owned);
        let (rkey, cid) = (word("rkey").unwrap_or_default(), word("cid"));
        let record =
            super::Record::deserialize(commit["record"].take()).map_err(|e| Flaw::from(e.to_string()));
        let (cid, record) = match cid {
            Some(cid) => (cid, record),
            None => (String::new(), Err(Flaw::from("it has no cid"))),
        };
        told.posts.push(super::Post { did, rkey, cid, record });
    }
    Ok(told)
}
