//! Strings in, strings out, always with the way back into the original.
//!
//! [`Plain`] is text normalised for machines. Every token of it knows which range of Unicode scalar values of the
//! original it came from, so that a finding can underline the words a person reads.

pub mod fingerprint;
pub mod language;
pub mod plain;
pub mod stem;

pub use plain::{Plain, Token, TokenKind};
