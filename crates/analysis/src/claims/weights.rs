//! What training gives the matcher: how common terms are in posts, and when to believe a match.

use super::evidence::EVIDENCE;
use super::rerank::ORDER;
use super::words::{Views, Word};
use crate::model::trees::{Bytes, Trees};
use crate::model::{ModelError, ModelFile};
use std::collections::{BTreeMap, BTreeSet};

/// Layout of the payload.
pub(crate) const FORMAT: u32 = 2;
/// Name of the model file.
const NAME: &str = "known_claim";

/// Document frequencies of terms in the background posts, by term hash, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table(pub Vec<(u32, u16)>);

impl Table {
    /// Background posts that have the term.
    pub(super) fn df(&self, term: u32) -> u32 {
        self.0.binary_search_by_key(&term, |&(hash, _)| hash).map_or(0, |at| u32::from(self.0[at].1))
    }
}

/// How common terms are in posts as they circulate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Background {
    /// Number of posts counted.
    pub posts: u32,
    /// Stems.
    pub stems: Table,
    /// Character 4-grams.
    pub grams: Table,
    /// Pairs of stems.
    pub pairs: Table,
}

/// The trained part of the matcher. The default knows no background and believes no match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Version of the weights, shown in findings.
    pub version: String,
    /// Background frequencies.
    pub background: Background,
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
}

impl Weights {
    /// Calibrated P(same claim) of a match.
    pub fn accept(&self, evidence: &[f32; EVIDENCE]) -> f32 {
        if self.accept.is_empty() {
            return 0.0;
        }
        self.scaled(self.accept.predict(evidence))
    }

    /// The probability for log-odds of [`Weights::accept`].
    pub(super) fn scaled(&self, odds: f32) -> f32 {
        let x = self.platt.0 * odds + self.platt.1;
        1.0 / (1.0 + (-x).exp())
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`]: damaged, or of another release.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let file = ModelFile::read(bytes, NAME, FORMAT)?;
        Self::of(&file).ok_or_else(|| ModelError::Truncated(NAME.into()))
    }

    /// The weights of a checked file; `None` when the payload is too short.
    pub fn of(file: &ModelFile) -> Option<Self> {
        let mut bytes = Bytes(&file.payload);
        let weights = Self {
            version: file.header.version.clone(),
            background: Background {
                posts: bytes.u32()?,
                stems: read_table(&mut bytes)?,
                grams: read_table(&mut bytes)?,
                pairs: read_table(&mut bytes)?,
            },
            platt: (bytes.f32()?, bytes.f32()?),
            same: bytes.f32()?,
            related: bytes.f32()?,
            order: Trees::read(&mut bytes)?,
            accept: Trees::read(&mut bytes)?,
        };
        (weights.accept.inputs() <= EVIDENCE && weights.order.inputs() <= ORDER).then_some(weights)
    }

    /// The bytes of the payload.
    pub fn payload(&self) -> Vec<u8> {
        let mut out = self.background.posts.to_le_bytes().to_vec();
        for table in [&self.background.stems, &self.background.grams, &self.background.pairs] {
            out.extend((table.0.len() as u32).to_le_bytes());
            for (hash, df) in &table.0 {
                out.extend(hash.to_le_bytes());
                out.extend(df.to_le_bytes());
            }
        }
        for number in [self.platt.0, self.platt.1, self.same, self.related] {
            out.extend(number.to_le_bytes());
        }
        self.order.write(&mut out);
        self.accept.write(&mut out);
        out
    }
}

fn read_table(bytes: &mut Bytes<'_>) -> Option<Table> {
    let count = bytes.u32()? as usize;
    // the length is checked before memory is taken: a hostile header asks for nothing
    if bytes.0.len() < count.checked_mul(6)? {
        return None;
    }
    (0..count).map(|_| Some((bytes.u32()?, bytes.u16()?))).collect::<Option<Vec<_>>>().map(Table)
}

impl Background {
    /// Counts terms over posts; terms in fewer than `least` posts are left out.
    pub fn count(posts: &[Vec<Word>], least: u16) -> Self {
        let views: Vec<Views> = posts.iter().map(|post| Views::of(post)).collect();
        Self {
            posts: posts.len() as u32,
            stems: table(views.iter().map(|v| &v.stems), least),
            grams: table(views.iter().map(|v| &v.grams), least),
            pairs: table(views.iter().map(|v| &v.pairs), least),
        }
    }
}

fn table<'a>(texts: impl Iterator<Item = &'a Vec<u32>>, least: u16) -> Table {
    let mut counts: BTreeMap<u32, u16> = BTreeMap::new();
    for terms in texts {
        let distinct: BTreeSet<u32> = terms.iter().copied().collect();
        for term in distinct {
            let count = counts.entry(term).or_default();
            *count = count.saturating_add(1);
        }
    }
    Table(counts.into_iter().filter(|&(_, count)| count >= least).collect())
}
