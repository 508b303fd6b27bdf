//! Weights: the file format, what is shipped, and the linear and tree models that read it.

pub mod file;
pub mod linear;
pub mod trees;

pub use file::{ModelError, ModelFile};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The shipped model files, `(name, bytes)`: one line per file of `models/`.
#[rustfmt::skip]
const SHIPPED: &[(&str, &[u8])] = &[
    ("embeddings", include_bytes!("../../../../models/embeddings.bin")),
    ("gazetteer", include_bytes!("../../../../models/gazetteer.bin")),
    ("group_attack", include_bytes!("../../../../models/group_attack.bin")),
    ("hate_speech", include_bytes!("../../../../models/hate_speech.bin")),
    ("known_claim", include_bytes!("../../../../models/known_claim.bin")),
    ("precise", include_bytes!("../../../../models/precise.bin")),
    ("protected", include_bytes!("../../../../models/protected.bin")),
    ("villages", include_bytes!("../../../../models/villages.bin")),
];

/// Model files by name, checked by whoever reads them.
#[derive(Clone, Debug, Default)]
pub struct Models {
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

impl Models {
    /// What this program was built with.
    pub fn shipped() -> Self {
        Self { files: SHIPPED.iter().map(|&(name, bytes)| (name.to_owned(), Cow::Borrowed(bytes))).collect() }
    }

    /// The files `NAME.bin` of a folder over the shipped ones, for weights an office trained itself.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read.
    pub fn from_dir(folder: &Path) -> std::io::Result<Self> {
        let mut models = Self::shipped();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ext| ext == "bin")
                && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
            {
                models.files.insert(name.to_owned(), Cow::Owned(std::fs::read(&path)?));
            }
        }
        Ok(models)
    }

    /// Adds or replaces one file (trainers and tests).
    pub fn with(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.files.insert(name.to_owned(), Cow::Owned(bytes));
        self
    }

    /// The checked file `name` in layout `format`.
    ///
    /// # Errors
    /// [`ModelError`]: missing, damaged or of another release.
    pub fn read(&self, name: &str, format: u32) -> Result<ModelFile, ModelError> {
        let bytes = self.files.get(name).ok_or_else(|| ModelError::Missing(name.to_owned()))?;
        ModelFile::read(bytes, name, format)
    }

    /// The unchecked bytes of file `name`, for readers that check themselves.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(AsRef::as_ref)
    }

    /// Names of the files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}
