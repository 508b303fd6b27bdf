//! Proof files: self-contained JSON that anyone can verify offline with the public key of the log.

use super::entry::{Entry, commit, unhex, unhex_bytes};
use super::note::{Checkpoint, NoteError, VerifierKey};
use super::tree::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use saring_domain::ids::hex;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// First field of a proof file of an entry.
const INCLUSION: &str = "saring audit proof 1";
/// First field of a proof file of growth.
const GROWTH: &str = "saring audit growth 1";

/// Why a proof does not hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProofError {
    /// Not a proof file.
    #[error("this is not a proof file of a Saring log ({0}); ask the office for it again")]
    Form(String),
    /// The checkpoint in it is not signed by the key.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// The path does not lead to the root.
    #[error(
        "the entry is not at index {index} of the log with {size} entries: entry, index or path was changed"
    )]
    NotIncluded {
        /// Index that the file claims.
        index: u64,
        /// Leaves of the checkpoint.
        size: u64,
    },
    /// The details do not fit the entry.
    #[error("the details in the file are not those that entry {0} commits to")]
    Detail(u64),
    /// The later log does not begin with the earlier one.
    #[error(
        "the log with {new} entries does not begin with the log with {old} entries: its past was rewritten"
    )]
    Rewritten {
        /// Earlier size.
        old: u64,
        /// Later size.
        new: u64,
    },
}

/// The file that proves one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    format: String,
    /// Position in the log, from 0.
    pub index: u64,
    /// The hashed text of the entry.
    pub entry: String,
    /// Salt (hexadecimal) and details, where they are not purged.
    pub detail: Option<(String, String)>,
    /// Leaf hash, hexadecimal.
    pub leaf: String,
    /// Sibling roots up to the root, nearest first, hexadecimal.
    pub path: Vec<String>,
    /// The signed checkpoint that the path leads to.
    pub checkpoint: String,
}

/// What a proof file proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// Name of the log.
    pub log: String,
    /// Leaves of the checkpoint.
    pub size: u64,
    /// Position of the entry.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
    /// Its details, where they are not purged.
    pub detail: Option<String>,
}

/// The file that proves that a log only grew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrowthFile {
    format: String,
    /// The earlier signed checkpoint.
    pub old: String,
    /// The later signed checkpoint.
    pub new: String,
    /// The proof of RFC 6962, hexadecimal.
    pub path: Vec<String>,
}

impl ProofFile {
    pub(crate) fn new(
        index: u64,
        entry: String,
        detail: Option<(&[u8], String)>,
        path: &[Hash],
        checkpoint: String,
    ) -> Self {
        Self {
            format: INCLUSION.into(),
            index,
            leaf: hex(&leaf_hash(entry.as_bytes())),
            entry,
            detail: detail.map(|(salt, detail)| (hex(salt), detail)),
            path: path.iter().map(|hash| hex(hash)).collect(),
            checkpoint,
        }
    }
}

impl GrowthFile {
    pub(crate) fn new(old: String, new: String, path: &[Hash]) -> Self {
        Self { format: GROWTH.into(), old, new, path: path.iter().map(|hash| hex(hash)).collect() }
    }
}

/// Verifies a proof file of an entry against the public key of the log; needs nothing else.
///
/// # Errors
/// [`ProofError`] naming what does not hold.
pub fn verify_proof(bytes: &[u8], verifier: &VerifierKey) -> Result<Proven, ProofError> {
    let file: ProofFile = read(bytes, INCLUSION)?;
    let checkpoint = Checkpoint::open(&file.checkpoint, verifier)?;
    let leaf = leaf_hash(file.entry.as_bytes());
    let (index, size) = (file.index, checkpoint.size);
    let path = hashes(&file.path)?;
    if unhex(&file.leaf) != Some(leaf) || !verify_inclusion(&leaf, index, size, &path, &checkpoint.root) {
        return Err(ProofError::NotIncluded { index, size });
    }
    let entry: Entry = serde_json::from_str(&file.entry).map_err(|e| ProofError::Form(e.to_string()))?;
    let detail = match file.detail {
        Some((salt, detail)) if fits(&salt, &detail, &entry) => Some(detail),
        Some(_) => return Err(ProofError::Detail(index)),
        None => None,
    };
    Ok(Proven { log: checkpoint.origin, size, index, entry, detail })
}

/// Verifies a proof of growth; gives the earlier and the later checkpoint.
///
/// # Errors
/// [`ProofError`] naming what does not hold.
pub fn verify_growth(bytes: &[u8], verifier: &VerifierKey) -> Result<(Checkpoint, Checkpoint), ProofError> {
    let file: GrowthFile = read(bytes, GROWTH)?;
    let (old, new) = (Checkpoint::open(&file.old, verifier)?, Checkpoint::open(&file.new, verifier)?);
    if verify_consistency(old.size, &old.root, new.size, &new.root, &hashes(&file.path)?) {
        Ok((old, new))
    } else {
        Err(ProofError::Rewritten { old: old.size, new: new.size })
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8], format: &str) -> Result<T, ProofError> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
    }
    let wrong = |e: serde_json::Error| ProofError::Form(e.to_string());
    let head: Head = serde_json::from_slice(bytes).map_err(wrong)?;
    if head.format != format {
        return Err(ProofError::Form(format!("it is '{}', not '{format}'", head.format)));
    }
    serde_json::from_slice(bytes).map_err(wrong)
}

fn hashes(path: &[String]) -> Result<Vec<Hash>, ProofError> {
    let all: Option<Vec<Hash>> = path.iter().map(|hash| unhex(hash)).collect();
    all.ok_or_else(|| ProofError::Form("its path has something that is not a hash".into()))
}

fn fits(salt: &str, detail: &str, entry: &Entry) -> bool {
    unhex_bytes(salt).is_some_and(|salt| commit(&salt, detail) == entry.commitment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::note::SignerKey;
    use crate::audit::tree::{consistency, inclusion, root};
    use std::ops::Range;

    fn signer() -> SignerKey {
        SignerKey::new("saring.sukamaju.example/log", &[7; 32]).unwrap()
    }

    fn entries(count: u64) -> Vec<Entry> {
        let at = jiff::Timestamp::UNIX_EPOCH;
        (0..count)
            .map(|n| Entry::new(at, "case.open", &format!("k{n}"), commit(&[1; 16], &n.to_string())))
            .collect()
    }

    fn leaves(count: u64) -> Vec<Hash> {
        entries(count).iter().map(|entry| entry.leaf().unwrap()).collect()
    }

    fn hashes_of(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
        ranges.into_iter().map(|r| root(&leaves[r.start as usize..r.end as usize])).collect()
    }

    fn checkpoint(count: u64) -> String {
        let origin = signer().name().to_owned();
        Checkpoint { origin, size: count, root: root(&leaves(count)) }.sign(&signer()).unwrap()
    }

    fn proof(index: u64, size: u64) -> ProofFile {
        let path = hashes_of(&leaves(size), inclusion(index, size).unwrap());
        let entry = &entries(size)[usize::try_from(index).unwrap()];
        let detail = Some(([1; 16].as_slice(), index.to_string()));
        ProofFile::new(index, entry.text().unwrap(), detail, &path, checkpoint(size))
    }

    fn check(file: &ProofFile) -> Result<Proven, ProofError> {
        verify_proof(&serde_json::to_vec(file).unwrap(), &signer().verifier())
    }

    #[test]
    fn a_proof_file_is_all_that_a_stranger_needs() {
        let proven = check(&proof(5, 11)).unwrap();
        assert_eq!((proven.index, proven.size, proven.entry.subject.as_str()), (5, 11, "k5"));
        assert_eq!(proven.detail.as_deref(), Some("5"));
        let purged = check(&ProofFile { detail: None, ..proof(5, 11) }).unwrap();
        assert_eq!(purged.detail, None, "details may be purged; the proof holds");
    }

    #[test]
    fn each_changed_field_is_named() {
        let good = proof(5, 11);
        let changed = good.entry.replace("k5", "k6");
        for broken in [
            ProofFile { index: 4, ..good.clone() },
            ProofFile { index: 11, ..good.clone() },
            ProofFile { leaf: hex(&leaf_hash(changed.as_bytes())), entry: changed.clone(), ..good.clone() },
            ProofFile { entry: changed, ..good.clone() },
            ProofFile { path: good.path[1..].to_vec(), ..good.clone() },
            ProofFile { checkpoint: checkpoint(10), ..good.clone() },
        ] {
            assert!(matches!(check(&broken), Err(ProofError::NotIncluded { .. })), "{broken:?}");
        }
        let detail = Some((hex(&[1; 16]), "6".into()));
        assert_eq!(check(&ProofFile { detail, ..good.clone() }), Err(ProofError::Detail(5)));
        let note = good.checkpoint.replacen("11", "12", 1);
        assert!(matches!(check(&ProofFile { checkpoint: note, ..good.clone() }), Err(ProofError::Note(_))));
        assert!(matches!(check(&ProofFile { path: vec!["x".into()], ..good }), Err(ProofError::Form(_))));
        assert!(matches!(verify_proof(b"{}", &signer().verifier()), Err(ProofError::Form(_))));
    }

    #[test]
    fn growth_is_proven_and_a_rewritten_past_is_not() {
        let path = hashes_of(&leaves(11), consistency(6, 11).unwrap());
        let file = GrowthFile::new(checkpoint(6), checkpoint(11), &path);
        let verify =
            |file: &GrowthFile| verify_growth(&serde_json::to_vec(file).unwrap(), &signer().verifier());
        let (old, new) = verify(&file).unwrap();
        assert_eq!((old.size, new.size), (6, 11));
        let origin = signer().name().to_owned();
        let other = Checkpoint { origin, size: 6, root: [9; 32] }.sign(&signer()).unwrap();
        let rewritten = verify(&GrowthFile { old: other, ..file });
        assert_eq!(rewritten, Err(ProofError::Rewritten { old: 6, new: 11 }));
    }
}
