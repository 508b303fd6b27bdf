//! What stands around every page: places, person, language.

use crate::session::Visit;
use crate::state::DeskState;
use crate::words::Words;
use crate::{assets, live, time};
use saring_domain::Role;
use saring_store::StoreResult;
use saring_store::views::Today;
use std::sync::Arc;

/// A place in the frame.
pub(crate) struct Place {
    /// Name in templates and style.
    pub id: &'static str,
    /// Address.
    pub href: &'static str,
    /// Word on screen.
    pub label: String,
    /// Behind *more* on a phone, whose bar has four places.
    pub minor: bool,
}

/// The frame of one page.
pub(crate) struct Frame {
    /// Words of the reader's language.
    pub w: Words,
    /// Title of the page.
    pub title: String,
    /// Which place is lit.
    pub here: &'static str,
    /// Places this person may go to.
    pub places: Vec<Place>,
    /// Name of the office.
    pub office: String,
    /// Name and role of the person; nobody before sign-in.
    pub person: Option<(String, String)>,
    /// What forms bring along.
    pub csrf: String,
    /// The language to switch to.
    pub other: &'static str,
    /// Where to come back to after switching.
    pub uri: String,
    /// Today in words.
    pub date: String,
    /// Numbers for the frame and for pages that show them.
    pub today: Option<Arc<Today>>,
    pub style: String,
    pub script: String,
    pub mark: String,
    pub font: String,
}

/// Places in their order. Who decides or audits sees the cases, who runs the installation does not; the minor ones
/// stand behind *more* on a phone.
const PLACES: [(&str, &str, bool, bool); 9] = [
    ("today", "/", true, false),
    ("queue", "/antrean", false, false),
    ("decided", "/putusan", false, true),
    ("claims", "/klaim", true, true),
    ("watches", "/pantauan", false, true),
    ("evidence", "/bukti", false, true),
    ("rounds", "/ronde", true, true),
    ("sources", "/sumber", true, true),
    ("report", "/laporan", true, false),
];

impl Frame {
    /// A frame with the numbers of the office.
    pub async fn new(desk: &DeskState, visit: &Visit, here: &'static str, title: &str) -> StoreResult<Self> {
        let mut frame = Self::bare(desk, visit, title);
        frame.here = here;
        if let Some(signed) = &visit.signed {
            frame.today = Some(live::today(desk, signed.office(), visit.now).await?);
        }
        Ok(frame)
    }

    /// A frame that asks the store for nothing.
    pub fn bare(desk: &DeskState, visit: &Visit, title: &str) -> Self {
        let w = visit.words;
        let signed = visit.signed.as_ref();
        let office = signed.map_or(desk.own_office(), |signed| desk.office(signed.office()));
        let sees_cases = signed.is_some_and(|signed| signed.person.role != Role::Admin);
        let places = PLACES.iter().filter(|(_, _, all, _)| signed.is_some() && (*all || sees_cases));
        let place = |(id, href, _, minor): &(&'static str, &'static str, bool, bool)| Place {
            id,
            href,
            label: w.t(&format!("place-{id}")),
            minor: *minor,
        };
        let role = |role: Role| w.t(&format!("role-{}", role.code()));
        Self {
            w,
            title: title.to_owned(),
            here: "",
            places: places.map(place).collect(),
            office: office.name.clone(),
            person: signed.map(|signed| (signed.person.name.clone(), role(signed.person.role))),
            csrf: signed.map(|signed| signed.csrf.clone()).or(visit.before.clone()).unwrap_or_default(),
            other: if w.locale == "id" { "en" } else { "id" },
            uri: visit.uri.clone(),
            date: time::day_words(w, visit.now.to_zoned_datetime(office.time_zone()).date()),
            today: None,
            style: assets::style_url(),
            script: assets::script_url(),
            mark: assets::mark_url(),
            font: assets::font_url(),
        }
    }

    /// Whether this page stands behind *more* on a phone.
    pub fn minor_here(&self) -> bool {
        self.places.iter().any(|place| place.minor && place.id == self.here)
    }

    /// Cases waiting in all queues.
    pub fn waiting(&self) -> u32 {
        self.today.as_ref().map_or(0, |today| today.waiting.iter().map(|(_, count)| count).sum())
    }

    /// Cases past their due time.
    pub fn overdue(&self) -> u32 {
        self.today.as_ref().map_or(0, |today| today.overdue)
    }
}
