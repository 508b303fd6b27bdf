//! What a leaf commits to.
//!
//! The details of an event stay outside the leaf: the leaf holds only a salted hash of them, so that retention can
//! delete salt and details and every proof still holds.

use super::tree::{Hash, leaf_hash};
use crate::encode::json;
use crate::error::StoreResult;
use jiff::Timestamp;
use saring_domain::ids::hex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Version of the form below.
const VERSION: u32 = 1;

/// One event as it is hashed into the tree: `{"v":1,"at":..,"event":..,"subject":..,"commitment":..}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    v: u32,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// What happened, for instance `case.decide`.
    pub event: String,
    /// What it is about.
    pub subject: String,
    /// SHA-256 of the salt and the details, see [`commit`].
    #[serde(serialize_with = "to_hex", deserialize_with = "from_hex")]
    pub commitment: Hash,
}

impl Entry {
    /// An entry of the present form.
    pub fn new(at: Timestamp, event: &str, subject: &str, commitment: Hash) -> Self {
        Self { v: VERSION, at, event: event.into(), subject: subject.into(), commitment }
    }

    /// The bytes that are hashed: JSON with its keys in this order and no spaces.
    ///
    /// # Errors
    /// None in practice: such a value always serialises.
    pub fn text(&self) -> StoreResult<String> {
        json(self)
    }

    /// The leaf hash.
    ///
    /// # Errors
    /// As [`Entry::text`].
    pub fn leaf(&self) -> StoreResult<Hash> {
        Ok(leaf_hash(self.text()?.as_bytes()))
    }
}

/// SHA-256 of a salt followed by the details.
pub fn commit(salt: &[u8], details: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(details).finalize().into()
}

fn to_hex<S: Serializer>(bytes: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

fn from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
    use serde::de::Error;
    unhex(&String::deserialize(deserializer)?).ok_or_else(|| Error::custom("a hash is 64 hexadecimal digits"))
}

/// 32 bytes from 64 lower-case hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Hash> {
    unhex_bytes(text)?.try_into().ok()
}

/// Bytes from pairs of lower-case hexadecimal digits.
pub(crate) fn unhex_bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_entry_never_changes() {
        let at = "2026-11-24T08:00:00.000123Z".parse().unwrap();
        let entry = Entry::new(at, "case.decide", "k\"1", commit(&[1; 16], "{}"));
        let text = entry.text().unwrap();
        let commitment = hex(&commit(&[1; 16], "{}"));
        assert_eq!(
            text,
            format!(
                r#"{{"v":1,"at":"2026-11-24T08:00:00.000123Z","event":"case.decide","subject":"k\"1","commitment":"{commitment}"}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
    }

    #[test]
    fn only_a_whole_hash_is_read() {
        assert_eq!(unhex(&hex(&[0xab; 32])), Some([0xab; 32]));
        for text in ["", "ab", "AB", &"g".repeat(64), &"a".repeat(63)] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
