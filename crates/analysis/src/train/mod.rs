//! Trainers: from `SARING_DATA` and our own templates to the files in `models/`, deterministic.

mod adapter;
pub mod boost;
pub mod embeddings;
pub mod gazetteer;
pub mod group_attack;
pub mod hate_speech;
pub mod known_claim;
pub mod language;
pub mod lexicon;
pub mod logistic;
pub mod matching;
mod network;
mod platt;
pub mod precise;
pub mod protected;
pub mod rank;
pub mod templates;
pub mod villages;

use crate::model::{ModelError, ModelFile};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a model could not be trained.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A training file is missing or unreadable.
    #[error("{path}: {why}; put the research data there or set SARING_DATA")]
    Data {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A shipped model that another one learns from cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// A trainer: from the data folder to a model file and its card (Markdown: data, licence, scores, limits).
pub type Trainer = fn(data: &Path) -> Result<(ModelFile, String), TrainError>;

/// Every shipped model with its trainer: `cargo xtask train` rebuilds `models/NAME.bin` and `models/NAME.md`.
#[rustfmt::skip]
pub const TRAINERS: &[(&str, Trainer)] = &[
    ("embeddings", embeddings::train),
    ("gazetteer", gazetteer::train),
    ("group_attack", group_attack::train),
    ("hate_speech", hate_speech::train),
    ("known_claim", known_claim::train),
    ("language", language::train),
    ("lexicon", lexicon::train),
    ("precise", precise::train),
    ("protected", protected::train),
    ("villages", villages::train),
];

/// The lines of a JSONL file as values; an unreadable line is an error that names it.
///
/// # Errors
/// [`TrainError::Data`] with file and line.
pub fn read_jsonl(path: &Path) -> Result<Vec<serde_json::Value>, TrainError> {
    let data = |why: String| TrainError::Data { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(|error| data(error.to_string()))?;
    let parse = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| data(format!("line {}: {error}", at + 1)))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}
