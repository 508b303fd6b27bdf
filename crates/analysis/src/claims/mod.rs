//! Known claims, searchable: which published check speaks of what a post says.
//!
//! A post and a title meet in three views of their words: stems, character 4-grams, and pairs of stems. Each is a
//! BM25 whose inverse document frequencies come from the titles *and* from a background of posts, times the share of
//! the title that the post covers. [`ClaimIndex::search`] ranks; a [`Finder`] puts the first in their final order and says how sure the best one is.

mod compare;
mod detail;
pub(crate) mod embeddings;
mod english;
mod evidence;
mod field;
mod figures;
mod finder;
mod forest;
mod framing;
mod index;
mod learnt;
mod opposite;
pub mod precise;
mod query;
mod rerank;
mod stance;
mod stem;
mod sums;
#[cfg(test)]
mod tests;
mod tongues;
mod weights;
mod words;

pub use compare::Comparison;
pub use embeddings::Embeddings;
pub use evidence::{DIRECTIONS, EVIDENCE, Evidence, repeats};
pub use finder::Finder;
pub use index::ClaimIndex;
pub use learnt::{Learnt, Scorer};
pub use query::{Hit, Ranked, without};
pub use rerank::{Best, ORDER, order_inputs};
pub(crate) use weights::FORMAT;
pub use weights::{Background, Table, Weights};
pub(crate) use words::is_stop;
pub use words::{Word, words};
