//! From a post to its titles in their final order: by words alone, or with the encoder of the precise mode.

use super::index::ClaimIndex;
use super::learnt::{Learnt, Scorer};
use super::precise::{self, Precise};
use super::query::Ranked;
use super::rerank::Best;
use super::words::Word;
use jiff::civil::Date;

/// Everything a post goes through on its way to its titles.
#[derive(Clone, Copy)]
pub struct Finder<'a> {
    /// The titles.
    pub index: &'a ClaimIndex,
    /// The encoder with the same titles, where the precise mode is on.
    pub precise: Option<&'a Precise>,
    /// What is learnt about matches of this mode.
    pub scorer: &'a Scorer,
}

impl<'a> Finder<'a> {
    /// With what the mode has learnt.
    pub fn new(index: &'a ClaimIndex, precise: Option<&'a Precise>) -> Self {
        Self { index, precise, scorer: precise.map_or(&index.scorer, Precise::scorer) }
    }

    /// Titles that a post may speak of, best first by views (and cosine); `limit` does not bound the precise mode, which looks at
    /// the same few for every post. Claims published after `day` are left out.
    pub fn search(&self, text: &str, words: &[Word], day: Option<Date>, limit: usize) -> Vec<Ranked> {
        match self.precise {
            Some(precise) => {
                let ranked = self.index.search(words, day, precise::CANDIDATES);
                precise.order(self.index, text, words, ranked, day)
            }
            None => self.index.search(words, day, limit),
        }
    }

    /// Titles put in their final order, with evidence for the first `wanted`.
    pub fn best(&self, words: &[Word], ranked: Vec<Ranked>, wanted: usize) -> Best {
        self.index.best_by(self.scorer, words, ranked, wanted)
    }

    /// Calibrated P(same claim) of the first `wanted` titles at most.
    pub fn accept(&self, best: &Best, wanted: usize) -> Vec<f32> {
        self.scorer.of(best.english).accept(&best.evidence[..best.evidence.len().min(wanted)])
    }

    /// Whether the first title is taken for the claim of the post: it is sure enough, and the post does not oppose it.
    pub fn accepts(&self, text: &str, words: &[Word], best: &Best) -> bool {
        let sure = self.accept(best, 1).first().is_some_and(|score| *score >= self.learnt(best.english).same);
        sure && !self.index.compare(text, words, &best.ranked[0]).opposes
    }

    /// What is learnt of English posts with an English title first, or of all others.
    pub fn learnt(&self, english: bool) -> &'a Learnt {
        self.scorer.of(english).learnt()
    }
}
