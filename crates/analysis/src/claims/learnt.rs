//! What is learnt about matches: which title comes first, and how sure it is.

use super::evidence::{EVIDENCE, quotes};
use super::forest::Forest;
use super::rerank::ORDER;
use crate::model::trees::{Bytes, Trees};

/// Trees and thresholds. The default keeps the order of the search and believes no match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learnt {
    /// Log-odds that a title is the right one of the first few, from [`ORDER`] numbers.
    pub order: Trees,
    /// The same of English titles for an English post.
    pub english: Trees,
    /// Log-odds that a title says what the post says, from [`EVIDENCE`].
    pub accept: Trees,
    /// Platt scaling of the log-odds: probability = sigmoid(a * x + b).
    pub platt: (f32, f32),
    /// From this probability on a match is accepted as the same claim.
    pub same: f32,
    /// From this probability on it is shown as related.
    pub related: f32,
}

impl Learnt {
    /// Calibrated P(same claim) of a match.
    pub fn accept(&self, evidence: &[f32; EVIDENCE]) -> f32 {
        if self.accept.is_empty() {
            return 0.0;
        }
        self.believed(self.accept.predict(evidence), evidence)
    }

    /// What is left of a score where the post opposes the claim: not enough to be accepted.
    pub fn opposed(&self, score: f32) -> f32 {
        score.min(self.same - 0.01).max(0.0)
    }

    /// The probability for log-odds; what is quoted whole is accepted.
    fn believed(&self, odds: f32, evidence: &[f32; EVIDENCE]) -> f32 {
        let least = if quotes(evidence) { self.same } else { 0.0 };
        self.scaled(odds).max(least)
    }

    /// The probability for log-odds of [`Learnt::accept`].
    fn scaled(&self, odds: f32) -> f32 {
        let x = self.platt.0 * odds + self.platt.1;
        1.0 / (1.0 + (-x).exp())
    }

    /// Reads what [`Learnt::write`] wrote; `None` when it is cut short or asks for numbers that there are not.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let learnt = Self {
            platt: (bytes.f32()?, bytes.f32()?),
            same: bytes.f32()?,
            related: bytes.f32()?,
            order: Trees::read(bytes)?,
            accept: Trees::read(bytes)?,
            english: Trees::read(bytes)?,
        };
        let orders = [&learnt.order, &learnt.english].map(Trees::inputs);
        (learnt.accept.inputs() <= EVIDENCE && orders.iter().all(|inputs| *inputs <= ORDER)).then_some(learnt)
    }

    /// Appends it.
    pub fn write(&self, out: &mut Vec<u8>) {
        for number in [self.platt.0, self.platt.1, self.same, self.related] {
            out.extend(number.to_le_bytes());
        }
        self.order.write(out);
        self.accept.write(out);
        self.english.write(out);
    }
}

/// The same, laid out for speed.
#[derive(Clone, Debug, Default)]
pub struct Scorer {
    learnt: Learnt,
    pub(super) order: Forest,
    pub(super) english: Forest,
    accept: Forest,
}

impl Scorer {
    /// Lays the trees out.
    pub fn new(learnt: Learnt) -> Self {
        let [order, english, accept] = [&learnt.order, &learnt.english, &learnt.accept].map(Forest::of);
        Self { order, english, accept, learnt }
    }

    /// What was learnt.
    pub fn learnt(&self) -> &Learnt {
        &self.learnt
    }

    /// Calibrated P(same claim) of matches: [`Learnt::accept`], faster.
    pub fn accept(&self, evidence: &[[f32; EVIDENCE]]) -> Vec<f32> {
        if self.accept.is_empty() {
            return vec![0.0; evidence.len()];
        }
        let odds = self.accept.predict(evidence);
        odds.into_iter().zip(evidence).map(|(odds, evidence)| self.learnt.believed(odds, evidence)).collect()
    }
}
