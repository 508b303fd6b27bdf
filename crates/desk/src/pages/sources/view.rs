//! One source as shown: what it is, how reading it goes, who has it read.

use crate::reading::Reader;
use crate::time;
use saring_domain::address::host;
use saring_domain::{Outcome, SourceKind, Trouble, zone_named};
use saring_store::views::SourceHealth;

/// A source as shown.
pub(super) struct SourceView {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub host: String,
    /// Its address, where it is one of the web.
    pub url: Option<String>,
    /// `read`, `nothing_new`, `failed`, `silent`, `held`, `never` or `paused`.
    pub code: &'static str,
    pub state: String,
    /// What happened, in words.
    pub words: String,
    pub last: Option<(String, String)>,
    pub newest: Option<(String, String)>,
    /// Since when it fails.
    pub failing: Option<(String, String)>,
    pub next: Option<String>,
    pub paused: bool,
    /// "tiap 30 menit".
    pub every: String,
    /// The zone of dates that name none.
    pub zone: String,
    pub day: String,
    pub all: String,
    pub troubles: Vec<(String, String)>,
    /// Who has it read: the settings or a person.
    pub origin: String,
    /// It was added at the desk and may be taken away here.
    pub ours: bool,
}

impl SourceView {
    pub(super) fn new(reader: &Reader, source: &SourceHealth) -> Self {
        let w = reader.w;
        let paused = source.paused.is_some();
        let code = match &source.last {
            _ if paused => "paused",
            last => last.as_ref().map_or("never", Outcome::code),
        };
        let trouble = |(at, trouble): &(jiff::Timestamp, Trouble)| {
            (time::full(w, *at, &reader.zone), w.trouble(trouble))
        };
        let zone = source.def.zone.as_deref().and_then(zone_named);
        Self {
            id: source.def.id.to_string(),
            name: source.def.name.clone(),
            kind: w.t(&format!("kind-{}", source.def.kind.key())),
            host: place(source),
            url: Some(source.def.url.clone()).filter(|url| url.starts_with("http")),
            code,
            state: w.t(&format!("outcome-{code}")),
            words: words(reader, source),
            last: source.last_at.map(|at| reader.when(at)),
            newest: source.newest_item_at.map(|at| reader.when(at)),
            failing: source.failing_since.map(|at| reader.when(at)),
            next: source
                .next_at
                .filter(|at| *at > reader.now)
                .map(|at| time::span(w, at.duration_since(reader.now).as_mins().max(1))),
            paused,
            every: w.a("source-every-of", time::span(w, i64::from(source.def.every_minutes))),
            zone: match &zone {
                Some(zone) => time::zone(reader.now, zone),
                None => w.a("source-zone-office", time::zone(reader.now, &reader.zone)),
            },
            day: w.number(source.items_day),
            all: w.number(source.items),
            troubles: source.troubles.iter().take(5).map(trouble).collect(),
            origin: match &source.added {
                Some((who, at)) => w.ab("source-added", who, time::ago(w, *at, reader.now)),
                None => w.t("source-configured"),
            },
            ours: source.added.is_some(),
        }
    }
}

/// The host of a feed, the name of a file.
fn place(source: &SourceHealth) -> String {
    match source.def.kind {
        SourceKind::File => source.def.url.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => host(&source.def.url),
    }
}

fn words(reader: &Reader, source: &SourceHealth) -> String {
    let w = reader.w;
    if let Some((who, at)) = &source.paused {
        return w.ab("outcome-paused-more", who, time::ago(w, *at, reader.now));
    }
    match &source.last {
        None => w.t("outcome-never-more"),
        Some(Outcome::Read { new, .. }) => w.n("outcome-read-more", *new),
        Some(Outcome::NothingNew { .. }) => w.t("outcome-nothing_new-more"),
        Some(Outcome::Failed { trouble, .. }) => {
            let since = source.failing_since.unwrap_or(reader.now);
            w.ab("outcome-failed-more", w.trouble(trouble), time::ago(w, since, reader.now))
        }
        Some(Outcome::Silent { newest, usual_minutes }) => {
            let newest = newest.map_or_else(|| w.t("time-never"), |at| time::ago(w, at, reader.now));
            w.ab("outcome-silent-more", newest, time::span(w, i64::from(*usual_minutes)))
        }
        Some(Outcome::Held { trouble }) => w.trouble(trouble),
    }
}
