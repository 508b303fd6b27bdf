//! Detectors: one file, one line in [`DETECTORS`], one floor in `evals/`.

pub mod duplicate;
pub mod group_attack;
pub mod hate_speech;
pub mod institution;
pub mod known_claim;
pub mod language;
pub mod place;
pub mod protected;
mod reading;

use crate::analyser::Settings;
use crate::known::Known;
use crate::model::{ModelError, Models};
use group_attack::stream::Stream;
use saring_domain::{Item, Judgement};
use saring_text::Plain;
use std::sync::OnceLock;

/// Characters of a text that are read: some eighty pages. What stands behind them is kept with the item but not judged, so that
/// the time for one item is bounded.
pub const LONGEST: usize = 250_000;

/// An item prepared once for all detectors.
pub struct Subject<'a> {
    /// The item.
    pub item: &'a Item,
    /// [`Item::full_text`], the first [`LONGEST`] characters: what spans point into.
    pub text: String,
    /// The same, normalised for machines.
    pub plain: Plain,
    stream: OnceLock<Stream>,
}

impl<'a> Subject<'a> {
    /// Prepares an item; linear in its length, never fails.
    pub fn of(item: &'a Item) -> Self {
        let mut text = item.full_text();
        // fewer bytes than that are fewer characters
        if text.len() > LONGEST
            && let Some((end, _)) = text.char_indices().nth(LONGEST)
        {
            text.truncate(end);
        }
        let plain = Plain::of(&text);
        Self { item, text, plain, stream: OnceLock::new() }
    }

    /// The masked stream of the text, made when first asked for with the groups that are known.
    pub fn stream(&self, known: &Known) -> &Stream {
        self.stream.get_or_init(|| Stream::with(&self.text, &self.plain, known.groups.vocabulary()))
    }
}

/// Makes a detector from its weights.
pub type Build = fn(&Models, &Settings) -> Result<Box<dyn Detector>, ModelError>;

/// All detectors in the order they run, one line each; later ones may read what earlier ones wrote. `group_attack` runs
/// after `protected` and `institution`, because protected speech and the own institution keep an item out of hate.
#[rustfmt::skip] // one line each, so that two additions do not collide
pub const DETECTORS: &[Build] = &[
    language::build,
    known_claim::build,
    place::build,
    institution::build,
    protected::build,
    group_attack::build,
    hate_speech::build,
];

/// Who says so: name and version of a detector, printed with every finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Name used in findings, for instance `known_claim`.
    pub name: &'static str,
    /// Version of code and weights; changes whenever a score may change.
    pub version: &'static str,
}

/// A detector: pure, no clock, no I/O; writes its part of each judgement. Must not depend on how items are batched.
pub trait Detector: Send + Sync {
    /// Name and version.
    fn card(&self) -> Card;
    /// Texts it must and must not find, as `(text, found)`; run as tests.
    fn examples(&self) -> Vec<(&'static str, bool)> {
        Vec::new()
    }
    /// Judges one item. Detectors run in the order of the list and may read what earlier ones wrote.
    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement);

    /// The same for several items; a detector may go over them step by step, so that what a step reads is
    /// in the near caches from one item to the next.
    fn detect_all(&self, all: &mut [(Subject<'_>, Judgement)], known: &Known) {
        for (subject, judgement) in all {
            self.detect(subject, known, judgement);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use saring_domain::ItemKind;

    /// A post of unknown origin.
    pub(crate) fn post(id: &str, text: &str) -> Item {
        Item {
            id: id.into(),
            capture: "p".into(),
            source: "s".into(),
            kind: ItemKind::Post,
            account: None,
            title: None,
            text: text.into(),
            url: None,
            outlet: None,
            posted_at: None,
            seen_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    /// What some detectors alone think of a text.
    pub(crate) fn judge_with(detectors: &[&dyn Detector], text: &str, known: &Known) -> Judgement {
        let item = post("i", text);
        let (subject, mut judgement) = (Subject::of(&item), Judgement::blank(item.id.as_str()));
        detectors.iter().for_each(|detector| detector.detect(&subject, known, &mut judgement));
        judgement
    }
}
