//! The chain of detectors over batches of items.

use crate::detect::{DETECTORS, Detector, Subject};
use crate::known::Known;
use crate::model::{ModelError, Models};
use rayon::prelude::*;
use saring_domain::{GroupAttack, HateScores, Item, Judgement, Language, Priority, Protected, Queue, Score};

/// Knobs that change results (never speed).
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many candidate claims a judgement lists.
    pub top: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { top: 5 }
    }
}

/// Models and knowledge, ready to judge.
pub struct Analyser {
    detectors: Vec<Box<dyn Detector>>,
    known: Known,
    names: Vec<String>,
}

impl Analyser {
    /// Builds every detector of [`DETECTORS`] from its weights.
    ///
    /// # Errors
    /// [`ModelError`] names the first model that cannot be used.
    pub fn new(models: &Models, known: Known, settings: &Settings) -> Result<Self, ModelError> {
        let detectors =
            DETECTORS.iter().map(|build| build(models, settings)).collect::<Result<Vec<_>, _>>()?;
        let names = detectors.iter().map(|d| d.card()).map(|c| format!("{}@{}", c.name, c.version)).collect();
        Ok(Self { detectors, known, names })
    }

    /// What is known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Judges items on all threads of the current rayon pool; output in input order, whatever the batching.
    pub fn judge(&self, items: &[Item]) -> Vec<Judgement> {
        items.par_iter().map(|item| self.judge_one(item)).collect()
    }

    /// Judges one item on this thread.
    pub fn judge_one(&self, item: &Item) -> Judgement {
        let subject = Subject::of(item);
        let mut judgement = blank(item);
        for detector in &self.detectors {
            detector.detect(&subject, &self.known, &mut judgement);
        }
        judgement.detectors.clone_from(&self.names);
        judgement
    }
}

/// Nothing found yet.
pub(crate) fn blank(item: &Item) -> Judgement {
    Judgement {
        id: item.id.0.clone(),
        language: Language { code: "und".into(), score: Score::default() },
        duplicate_of: None,
        claims: Vec::new(),
        group_attack: GroupAttack::default(),
        hate: HateScores::default(),
        labels: Vec::new(),
        protected: Protected::default(),
        places: Vec::new(),
        own_institution: false,
        spans: Vec::new(),
        queue: Queue::None,
        priority: Priority::default(),
        detectors: Vec::new(),
    }
}
