//! Identifiers. Ids of captured things derive from (source, native id), so that repeats collapse.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id!(/// Where we read, as named in the configuration.
    SourceId);
id!(/// A piece of content.
    ItemId);
id!(/// Evidence as it came in.
    CaptureId);
id!(/// A checkable statement with its published check.
    ClaimId);
id!(/// A claim as a feed offered it, in these very words.
    OfferId);
id!(/// A unit of human work.
    CaseId);
id!(/// A person's word on a case.
    DecisionId);
id!(/// A desk in the tree of offices.
    OfficeId);
id!(/// A person who works at a desk (never a person who posts).
    PersonId);
id!(/// A sealed copy of a page.
    EvidenceId);
id!(/// One pass over the sources.
    RoundId);
id!(/// Terms that an office follows.
    WatchId);

impl ItemId {
    /// The id of the item that `source` calls `native`: 26 hex digits of SHA-256 behind an `i`.
    pub fn derive(source: &SourceId, native: &str) -> Self {
        Self(format!("i{}", digest(&[source.as_str(), native])))
    }
}

impl CaptureId {
    /// The id of one version of the bytes read for an item: (source, native id, content hash).
    pub fn derive(source: &SourceId, native: &str, sha256: &[u8; 32]) -> Self {
        Self(format!("p{}", digest(&[source.as_str(), native, &hex(sha256)])))
    }
}

impl ClaimId {
    /// The id of the claim that the check at `url` settles; `part` tells the claims of one page apart and is empty
    /// for the first.
    pub fn derive(url: &str, part: &str) -> Self {
        Self(format!("r{}", digest(&["claim", url, part])))
    }
}

impl CaseId {
    /// One case per item that opened it.
    pub fn derive(item: &ItemId) -> Self {
        Self(format!("k{}", digest(&["case", item.as_str()])))
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())[..26].to_owned()
}

/// Lower-case hexadecimal of any bytes.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Pseudonym of an account: HMAC-SHA-256 under the office's key of the current 30-day epoch.
///
/// Used only to suppress duplicates and to count distinct accounts in buckets. Once the epoch key is destroyed,
/// nobody can tell whose it was.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountRef(String);

impl AccountRef {
    /// Pseudonym of `handle` on `source` under `epoch_key` (32 random bytes).
    pub fn derive(epoch_key: &[u8; 32], source: &SourceId, handle: &str) -> Self {
        let mut block = [0_u8; 64]; // RFC 2104 pads a short key with zeros to the block size
        block[..32].copy_from_slice(epoch_key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(source.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(handle.trim().to_lowercase().as_bytes());
        Self(hex(&mac.finalize().into_bytes())[..32].to_owned())
    }

    /// The pseudonym, for the store only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountRef(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_native_id_of_the_same_source_is_the_same_item() {
        let a = ItemId::derive(&"warta".into(), "https://x/1");
        assert_eq!(a, ItemId::derive(&"warta".into(), "https://x/1"));
        assert_ne!(a, ItemId::derive(&"warta2".into(), "https://x/1"));
        assert_ne!(ItemId::derive(&"ab".into(), "c"), ItemId::derive(&"a".into(), "bc"));
        assert_eq!(a.as_str().len(), 27);
    }

    proptest::proptest! {
        #[test]
        fn two_items_share_an_id_only_where_source_and_native_id_are_the_same(
            one in "[a-c]{0,3}", native in "[a-c/]{0,3}", other in "[a-c]{0,3}", second in "[a-c/]{0,3}",
        ) {
            let same = one == other && native == second;
            let ids = [(&one, &native), (&other, &second)].map(|(s, n)| ItemId::derive(&s.as_str().into(), n));
            proptest::prop_assert_eq!(ids[0] == ids[1], same);
            let captures = [(&one, &native), (&other, &second)].map(|(s, n)| CaptureId::derive(&s.as_str().into(), n, &[7; 32]));
            proptest::prop_assert_eq!(captures[0] == captures[1], same);
        }
    }

    #[test]
    fn an_account_cannot_be_read_back_and_changes_with_the_epoch() {
        let one = AccountRef::derive(&[1; 32], &"x".into(), "@Budi ");
        assert_eq!(one, AccountRef::derive(&[1; 32], &"x".into(), "@budi"));
        assert_ne!(one, AccountRef::derive(&[2; 32], &"x".into(), "@budi"));
        assert_eq!(format!("{one:?}"), "AccountRef(..)");
    }
}
