//! What training gives the matcher: how common terms are in posts, and when to believe a match.

use super::embeddings::Embeddings;
use super::learnt::Learnt;
use super::words::{Views, Word};
use crate::model::trees::Bytes;
use crate::model::{ModelError, ModelFile, Models};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Layout of the payload.
pub(crate) const FORMAT: u32 = 4;
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
    /// Which title comes first, and when to believe it.
    pub learnt: Learnt,
    /// What words mean; a file of its own.
    pub embeddings: Arc<Embeddings>,
}

impl Weights {
    /// From `known_claim.bin` and `embeddings.bin`; what is not there is not known.
    ///
    /// # Errors
    /// [`ModelError`]: damaged, or of another release.
    pub fn read(models: &Models) -> Result<Self, ModelError> {
        let embeddings = Arc::new(Embeddings::read(models)?);
        let Some(bytes) = models.bytes(NAME) else { return Ok(Self { embeddings, ..Self::default() }) };
        let file = ModelFile::read(bytes, NAME, FORMAT)?;
        let weights = Self::of(&file).ok_or_else(|| ModelError::Truncated(NAME.into()))?;
        Ok(Self { embeddings, ..weights })
    }

    /// The weights of a checked file; `None` when the payload is too short.
    fn of(file: &ModelFile) -> Option<Self> {
        let mut bytes = Bytes(&file.payload);
        Some(Self {
            version: file.header.version.clone(),
            background: Background {
                posts: bytes.u32()?,
                stems: read_table(&mut bytes)?,
                grams: read_table(&mut bytes)?,
                pairs: read_table(&mut bytes)?,
            },
            learnt: Learnt::read(&mut bytes)?,
            embeddings: Arc::default(),
        })
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
        self.learnt.write(&mut out);
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
