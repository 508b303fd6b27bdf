//! Measures on development data: what `saring evals` prints and holds against the floors of `evals/floors.toml`.

pub mod claims;
pub mod hate;
pub mod mutation;
pub mod place;
pub mod precise;
pub mod robustness;

use crate::analyser::Analyser;
use crate::train::TrainError;
use serde::Serialize;
use std::path::Path;

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Dotted name, for instance `claims.dev.mrr10`; the key in `evals/floors.toml`.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// How many cases it was measured on.
    pub n: usize,
    /// Larger is better (`true`) or smaller is (`false`).
    pub higher_is_better: bool,
}

impl Measure {
    /// A figure where larger is better.
    pub fn higher(name: &str, value: f64, n: usize) -> Self {
        Self { name: name.into(), value, n, higher_is_better: true }
    }
    /// A figure where smaller is better.
    pub fn lower(name: &str, value: f64, n: usize) -> Self {
        Self { name: name.into(), value, n, higher_is_better: false }
    }
}

/// A group of measures over the data folder.
pub type Eval = fn(analyser: &Analyser, data: &Path) -> Result<Vec<Measure>, TrainError>;

/// All evaluations, in the order they are printed.
#[rustfmt::skip] // one line each
pub const EVALS: &[(&str, Eval)] = &[
    ("claims", claims::evaluate),
    ("group_attack", hate::group_attack),
    ("hate", hate::hate),
    ("protected", hate::protected_speech),
    ("place", place::evaluate),
    ("robustness", robustness::evaluate),
];
