//! Strings in, strings out, always with the way back into the original.
//!
//! [`Plain`] is text normalised for machines. Every token of it knows which range of Unicode scalar values of the
//! original it came from, so that a finding can underline the words a person reads.

mod emoji;
pub mod escape;
pub mod fingerprint;
mod glyph;
mod hashtag;
pub mod language;
mod lexicon;
mod link;
mod lookalike;
mod memo;
pub mod plain;
mod scan;
mod sieve;
pub mod stem;
mod word;

pub use glyph::invisible;
pub use lexicon::{WordHash, WordHasher};
pub use memo::Memo;
pub use plain::{Plain, Token, TokenKind};
pub use sieve::Sieve;
pub use word::letters;

/// `word` is a word of ordinary Indonesian that the counts of this library know.
pub fn is_word(word: &str) -> bool {
    lexicon::lexicon().knows(word)
}
