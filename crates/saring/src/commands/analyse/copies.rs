//! Texts that come again word for word, as what goes viral does: their line is written anew, but they are not judged anew, but for
//! those that a thread takes together.
//!
//! A line is kept when its text comes a second time, so that texts which come once cost a hash alone. Nothing is kept for longer
//! than the command runs.

use jiff::civil::Date;
use saring_analysis::Print;
use saring_analysis::detect::known_claim::day_of;
use saring_domain::{Item, ItemKind};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Lines kept at most; a text that falls into the place of another one takes it.
const PLACES: usize = 1 << 14;
/// Bytes of the longest text that is kept.
const LONGEST: usize = 4096;

/// Texts that came, and the lines of those that came again.
pub(super) struct Copies {
    places: Vec<Mutex<Place>>,
    hasher: RandomState,
}

#[derive(Default)]
enum Place {
    #[default]
    Free,
    /// A text with this hash came once.
    Once(u64),
    Kept(Box<Kept>),
}

/// What a line depends on besides its id, and what came of it.
struct Kept {
    text: String,
    kind: ItemKind,
    day: Option<Date>,
    print: Print,
    /// The line behind the id.
    rest: Vec<u8>,
}

/// What is known of a text.
pub(super) enum Found {
    /// Its line of output and its print.
    Line(Vec<u8>, Print),
    /// It came before: its line is worth keeping, under this number.
    Again(u64),
    /// It is new, or too long to be kept.
    New,
}

impl Default for Copies {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Copies {
    /// Looks for the text of an item.
    pub(super) fn find(&self, item: &Item) -> serde_json::Result<Found> {
        if item.text.len() > LONGEST {
            return Ok(Found::New);
        }
        let day = item.posted_at.map(day_of);
        let hash = self.hasher.hash_one((&item.text, day));
        let mut place = self.place(hash);
        match &*place {
            Place::Kept(kept) if kept.text == item.text && kept.kind == item.kind && kept.day == day => {
                let mut line = start(item)?;
                line.extend_from_slice(&kept.rest);
                return Ok(Found::Line(line, kept.print.clone()));
            }
            Place::Once(before) if *before == hash => return Ok(Found::Again(hash)),
            _ => *place = Place::Once(hash),
        }
        Ok(Found::New)
    }

    /// Keeps the line of a text that came again, under the number that [`Found::Again`] gave.
    pub(super) fn keep(
        &self,
        number: u64,
        item: &Item,
        line: &[u8],
        print: &Print,
    ) -> serde_json::Result<()> {
        if let Some(rest) = line.strip_prefix(start(item)?.as_slice()) {
            let (text, day) = (item.text.clone(), item.posted_at.map(day_of));
            let kept = Kept { text, kind: item.kind, day, print: print.clone(), rest: rest.to_vec() };
            *self.place(number) = Place::Kept(Box::new(kept));
        }
        Ok(())
    }

    fn place(&self, hash: u64) -> std::sync::MutexGuard<'_, Place> {
        let place = &self.places[hash as usize % self.places.len()];
        place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the line of an item begins.
fn start(item: &Item) -> serde_json::Result<Vec<u8>> {
    let mut line = br#"{"id":"#.to_vec();
    serde_json::to_writer(&mut line, item.id.as_str())?;
    Ok(line)
}
