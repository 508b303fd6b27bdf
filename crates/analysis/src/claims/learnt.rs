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
    /// Log-odds that a title says what the post says, from [`EVIDENCE`].
    pub accept: Trees,
    /// Platt scaling of the log-odds: probability = sigmoid(a * x + b).
    pub platt: (f32, f32),
    /// From this probability on a match is accepted as the same claim.
    pub same: f32,
    /// From this probability on it is shown as related.
    pub related: f32,
    /// The same for an English post that finds an English title first; without it such posts are taken like all others.
    pub english: Option<Box<Learnt>>,
}

impl Learnt {
    /// What holds for an English post with an English title first, or for all others.
    pub fn of(&self, english: bool) -> &Self {
        self.english.as_deref().filter(|_| english).unwrap_or(self)
    }

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
    pub(crate) fn scaled(&self, odds: f32) -> f32 {
        let x = self.platt.0 * odds + self.platt.1;
        1.0 / (1.0 + (-x).exp())
    }

    /// Reads what [`Learnt::write`] wrote; `None` when it is cut short or asks for numbers that there are not.
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let learnt = Self::read_one(bytes)?;
        let english = match bytes.u16()? {
            0 => None,
            _ => Some(Box::new(Self::read_one(bytes)?)),
        };
        Some(Self { english, ..learnt })
    }

    fn read_one(bytes: &mut Bytes<'_>) -> Option<Self> {
        let learnt = Self {
            platt: (bytes.f32()?, bytes.f32()?),
            same: bytes.f32()?,
            related: bytes.f32()?,
            order: Trees::read(bytes)?,
            accept: Trees::read(bytes)?,
            english: None,
        };
        (learnt.accept.inputs() <= EVIDENCE && learnt.order.inputs() <= ORDER).then_some(learnt)
    }

    /// Appends it.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.write_one(out);
        out.extend(u16::from(self.english.is_some()).to_le_bytes());
        if let Some(english) = &self.english {
            english.write_one(out);
        }
    }

    fn write_one(&self, out: &mut Vec<u8>) {
        for number in [self.platt.0, self.platt.1, self.same, self.related] {
            out.extend(number.to_le_bytes());
        }
        self.order.write(out);
        self.accept.write(out);
    }
}

/// The same, laid out for speed.
#[derive(Clone, Debug, Default)]
pub struct Scorer {
    learnt: Learnt,
    pub(super) order: Forest,
    accept: Forest,
    english: Option<Box<Scorer>>,
}

impl Scorer {
    /// Lays the trees out.
    pub fn new(learnt: Learnt) -> Self {
        let [order, accept] = [&learnt.order, &learnt.accept].map(Forest::of);
        let english = learnt.english.as_deref().map(|english| Box::new(Self::new(english.clone())));
        Self { order, accept, english, learnt }
    }

    /// What scores the titles of an English post with an English title first, or of all others.
    pub fn of(&self, english: bool) -> &Self {
        self.english.as_deref().filter(|_| english).unwrap_or(self)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trees::Node;

    #[test]
    fn what_was_learnt_of_both_languages_is_read_again() {
        let of = |same: f32| {
            let leaf = Node { feature: Node::LEAF, left: 0, value: same };
            let trees = Trees { base: same, trees: vec![vec![leaf]] };
            Learnt {
                order: trees.clone(),
                accept: trees,
                platt: (1.0, 0.5),
                same,
                related: 0.25,
                english: None,
            }
        };
        for learnt in [of(0.5), Learnt { english: Some(Box::new(of(0.75))), ..of(0.5) }] {
            let mut bytes = Vec::new();
            learnt.write(&mut bytes);
            assert_eq!(Learnt::read(&mut Bytes(&bytes)).as_ref(), Some(&learnt));
            assert_eq!(Learnt::read(&mut Bytes(&bytes[..bytes.len() - 1])), None);
            let scorer = Scorer::new(learnt.clone());
            for english in [false, true] {
                assert_eq!(scorer.of(english).learnt(), learnt.of(english));
            }
        }
    }
}
