//! The chain of detectors over batches of items (filled by the pipeline slice).

/// Knobs that change results (never speed).
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many candidate claims a judgement lists.
    pub top: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { top: 5 }
    }
}

/// Models and knowledge, ready to judge.
pub struct Analyser {}
