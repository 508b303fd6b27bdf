//! Measures on development data: what `saring evals` prints and holds against the floors of `evals/floors.toml`.

pub mod bm25;
pub mod char_ngrams;
pub mod checkthat;
pub mod claims;
pub mod equivalence;
pub mod floor;
pub mod functional;
pub mod hate;
pub mod language;
pub mod measure;
pub mod mutation;
pub mod place;
pub mod plain;
pub mod precise;
pub mod robustness;
pub mod translated;

pub use measure::{Measure, Miss};

use crate::analyser::Analyser;
use crate::train::TrainError;
use std::path::Path;

/// A group of measures over the data folder.
pub type Eval = fn(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError>;

/// All evaluations, in the order they are printed.
#[rustfmt::skip] // one line each
pub const EVALS: &[(&str, Eval)] = &[
    ("claims", claims::evaluate),
    ("group_attack", functional::group_attack),
    ("hate", hate::hate),
    ("protected", hate::protected_speech),
    ("language", language::evaluate),
    ("place", place::evaluate),
    ("robustness", robustness::evaluate),
    ("plain", plain::evaluate),
];
