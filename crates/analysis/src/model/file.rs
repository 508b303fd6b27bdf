//! The container of trained weights: a magic line, a JSON header, the payload, all covered by a SHA-256.
//!
//! ```text
//! SARINGM1 | header length u32 LE | header JSON | SHA-256 of payload (32 bytes) | payload
//! ```
//! No code and no pickles in it: a hostile file can at worst give wrong numbers, and its hash tells.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

const MAGIC: &[u8; 8] = b"SARINGM1";

/// Why weights cannot be used. Capture goes on; items are marked unscored.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// Not there at all.
    #[error("model '{0}' is missing; reinstall the release or rebuild it with `cargo xtask train`")]
    Missing(String),
    /// Not one of our files.
    #[error(
        "model '{0}': not a Saring model file; reinstall the release or rebuild it with `cargo xtask train`"
    )]
    NotAModel(String),
    /// Cut short.
    #[error("model '{0}': the file is cut short; copy it again")]
    Truncated(String),
    /// Changed after it was written.
    #[error("model '{0}': its checksum does not match; the file was damaged or tampered with, do not use it")]
    Tampered(String),
    /// Made for other code.
    #[error("model '{name}': format {found}, this program reads {wanted}; use the model of the same release")]
    OtherVersion {
        /// Model name.
        name: String,
        /// Format in the file.
        found: u32,
        /// Format this code reads.
        wanted: u32,
    },
}

/// What a model file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Name of the model.
    pub name: String,
    /// Layout of the payload; changes with the code that reads it.
    pub format: u32,
    /// Version of the weights, shown in findings.
    pub version: String,
    /// SPDX licence of the weights.
    pub licence: String,
}

/// A checked model file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// What it says of itself.
    pub header: Header,
    /// The weights.
    pub payload: Vec<u8>,
}

impl ModelFile {
    /// Reads and checks a file. `name` and `format` are what the caller expects.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong and what to do.
    pub fn read(bytes: &[u8], name: &str, format: u32) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| ModelError::NotAModel(name.into()))?;
        let cut = || ModelError::Truncated(name.into());
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (header, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        let header: Header = serde_json::from_slice(header).map_err(|_| ModelError::Tampered(name.into()))?;
        if header.name != name || header.format != format {
            let found = header.format;
            return Err(ModelError::OtherVersion { name: name.into(), found, wanted: format });
        }
        let (sum, payload) = rest.split_first_chunk::<32>().ok_or_else(cut)?;
        if Sha256::digest(payload).as_slice() != sum {
            return Err(ModelError::Tampered(name.into()));
        }
        Ok(Self { header, payload: payload.to_vec() })
    }

    /// The bytes of the file.
    pub fn write(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap_or_default();
        let mut out = Vec::with_capacity(44 + header.len() + self.payload.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&(header.len() as u32).to_le_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(&Sha256::digest(&self.payload));
        out.extend_from_slice(&self.payload);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_named_and_refused() {
        let header = Header { name: "m".into(), format: 1, version: "1".into(), licence: "CC0-1.0".into() };
        let good = ModelFile { header, payload: vec![1, 2, 3] }.write();
        assert_eq!(ModelFile::read(&good, "m", 1).unwrap().payload, [1, 2, 3]);
        assert!(matches!(ModelFile::read(&good, "m", 2), Err(ModelError::OtherVersion { .. })));
        assert_eq!(ModelFile::read(b"PK..", "m", 1), Err(ModelError::NotAModel("m".into())));
        assert_eq!(ModelFile::read(&good[..20], "m", 1), Err(ModelError::Truncated("m".into())));
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(ModelFile::read(&bad, "m", 1), Err(ModelError::Tampered("m".into())));
    }
}
