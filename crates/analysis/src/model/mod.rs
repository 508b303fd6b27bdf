//! Weights: the file format and the linear and tree models that read it.

pub mod file;
pub mod trees;

pub use file::{ModelError, ModelFile};
