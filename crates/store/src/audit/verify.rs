//! Going over the whole log: every leaf from its entry, every root against its checkpoint.

use super::entry::{Entry, commit};
use super::note::{Checkpoint, VerifierKey};
use super::tree::{BLOCK, Frontier, Hash};
use crate::error::StoreResult;
use jiff::Timestamp;
use saring_domain::ids::hex;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// An entry as it is stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its index.
    pub index: u64,
    /// What was hashed.
    pub entry: Entry,
    /// The leaf hash kept beside it.
    pub leaf: Hash,
    /// Salt and details, until they are purged.
    pub detail: Option<(Vec<u8>, String)>,
}

/// A checkpoint as it is stored.
#[derive(Clone, Debug)]
pub struct StoredCheckpoint {
    /// Leaves it speaks of.
    pub size: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The signed note.
    pub note: String,
}

/// Something in the log that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Entries are gone (or were inserted out of turn).
    Missing {
        /// First index that is missing.
        from: u64,
        /// The index that comes instead; `None` at the end.
        to: Option<u64>,
    },
    /// An entry no longer hashes to its leaf.
    Changed {
        /// Which.
        index: u64,
    },
    /// Details no longer fit the entry.
    Detail {
        /// Which.
        index: u64,
    },
    /// A block of entries, each sound in itself, no longer has its root: leaves were replaced or exchanged.
    Block {
        /// First index.
        from: u64,
        /// Last index.
        to: u64,
    },
    /// The entries up to a checkpoint do not have the root that it was signed for.
    Root {
        /// First index that may be concerned: what the checkpoint before it covers is sound.
        from: u64,
        /// Leaves of the checkpoint.
        size: u64,
    },
    /// A checkpoint is not what was signed.
    Checkpoint {
        /// Leaves that it is stored for.
        size: u64,
        /// What is wrong.
        why: String,
    },
    /// The head of the tree does not fit the entries.
    Head {
        /// Leaves according to the head.
        head: u64,
        /// Entries found.
        found: u64,
    },
}

impl Fault {
    /// Whether it names the entry itself, not a range in which something is wrong.
    fn is_placed(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Changed { .. } | Self::Detail { .. })
    }

    /// First index that is concerned.
    pub fn index(&self) -> u64 {
        match self {
            Self::Missing { from, .. } | Self::Block { from, .. } | Self::Root { from, .. } => *from,
            Self::Changed { index } | Self::Detail { index } => *index,
            Self::Checkpoint { size, .. } => *size,
            Self::Head { head, found } => *head.min(found),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { from, to: Some(to) } => {
                write!(f, "entries from {from} to before {to} are missing")
            }
            Self::Missing { from, to: None } => {
                write!(f, "entries from {from} on are missing: the end was cut off")
            }
            Self::Changed { index } => {
                write!(f, "entry {index} was changed: it no longer hashes to its leaf")
            }
            Self::Detail { index } => {
                write!(f, "the details of entry {index} were changed: they do not fit its leaf")
            }
            Self::Block { from, to } => {
                write!(
                    f,
                    "among entries {from} to {to} leaves were replaced or exchanged: their root differs"
                )
            }
            Self::Root { from, size } => write!(
                f,
                "the first {size} entries do not have the root that was signed: one from entry {from} on was \
                 replaced, removed or exchanged"
            ),
            Self::Checkpoint { size, why } => {
                write!(f, "the checkpoint of {size} entries is not sound: {why}")
            }
            Self::Head { head, found } => {
                write!(f, "the head of the tree does not fit: it speaks of {head} entries, {found} are there")
            }
        }
    }
}

/// What going over the log came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Entries found.
    pub size: u64,
    /// Root over them, hexadecimal.
    pub root: String,
    /// Sound checkpoints.
    pub checkpoints: u64,
    /// Entries that a sound checkpoint covers.
    pub covered: u64,
    /// Entries whose details were purged.
    pub purged: u64,
    /// What is wrong: first what has a place, by index, then what it broke; empty when all is well. At most 1,000.
    pub faults: Vec<Fault>,
}

/// Most faults that are named: a thousand say enough.
const MOST_FAULTS: usize = 1000;

/// Goes over a log entry by entry, in order.
pub struct Verification<'k> {
    verifier: Option<&'k VerifierKey>,
    checkpoints: BTreeMap<u64, StoredCheckpoint>,
    blocks: BTreeMap<u64, Hash>,
    tree: Frontier,
    sound: u64,
    covered: u64,
    purged: u64,
    faults: Vec<Fault>,
}

impl<'k> Verification<'k> {
    /// Starts at entry 0. Signatures are checked where there is a key; `blocks` are the stored block roots by number.
    pub fn new(
        verifier: Option<&'k VerifierKey>,
        checkpoints: Vec<StoredCheckpoint>,
        blocks: BTreeMap<u64, Hash>,
    ) -> Self {
        let checkpoints = checkpoints.into_iter().map(|checkpoint| (checkpoint.size, checkpoint)).collect();
        let mut verification = Self {
            verifier,
            checkpoints,
            blocks,
            tree: Frontier::default(),
            sound: 0,
            covered: 0,
            purged: 0,
            faults: Vec::new(),
        };
        verification.compare();
        verification
    }

    /// The next entry.
    ///
    /// # Errors
    /// As [`Entry::leaf`].
    pub fn entry(&mut self, stored: &Stored) -> StoreResult<()> {
        let expected = self.tree.size();
        if stored.index < expected {
            self.fault(Fault::Changed { index: stored.index });
            return Ok(());
        }
        if stored.index > expected {
            self.fault(Fault::Missing { from: expected, to: Some(stored.index) });
            // Later indices and roots are compared as if the gap were there, else every one of them would be a fault.
            while self.tree.size() < stored.index {
                self.tree.push([0; 32]);
            }
        }
        let leaf = stored.entry.leaf()?;
        if leaf != stored.leaf {
            self.fault(Fault::Changed { index: stored.index });
        }
        match &stored.detail {
            Some((salt, detail)) if commit(salt, detail) != stored.entry.commitment => {
                self.fault(Fault::Detail { index: stored.index });
            }
            Some(_) => {}
            None => self.purged += 1,
        }
        // With the leaf as it was kept, one changed entry does not make every root after it a fault.
        if let Some(root) = self.tree.push(stored.leaf) {
            self.block(root);
        }
        self.compare();
        Ok(())
    }

    /// The next entry, which cannot be read at all.
    pub fn unreadable(&mut self, index: u64) {
        while self.tree.size() <= index {
            self.tree.push([0; 32]);
        }
        self.fault(Fault::Changed { index });
    }

    /// After the last entry: compares with the head of the tree and with what checkpoints promise.
    pub fn finish(mut self, head: &Frontier) -> Verified {
        let found = self.tree.size();
        let promised = self.checkpoints.keys().next_back().copied().unwrap_or(0).max(head.size());
        if promised > found {
            self.fault(Fault::Missing { from: found, to: None });
        }
        if *head != self.tree {
            self.fault(Fault::Head { head: head.size(), found });
        }
        for number in
            self.blocks.keys().copied().filter(|number| (number + 1) * BLOCK > found).collect::<Vec<_>>()
        {
            self.fault(Fault::Block { from: number * BLOCK, to: (number + 1) * BLOCK - 1 });
        }
        for checkpoint in std::mem::take(&mut self.checkpoints).into_values() {
            let why = format!("it speaks of {} entries, only {found} are there", checkpoint.size);
            self.fault(Fault::Checkpoint { size: checkpoint.size, why });
        }
        self.faults.sort_by_key(|fault| (!fault.is_placed(), fault.index()));
        Verified {
            size: found,
            root: hex(&self.tree.root()),
            checkpoints: self.sound,
            covered: self.covered,
            purged: self.purged,
            faults: self.faults,
        }
    }

    /// The stored root of the block that was just completed.
    fn block(&mut self, root: Hash) {
        let number = self.tree.size() / BLOCK - 1;
        if self.blocks.remove(&number) != Some(root) {
            self.fault(Fault::Block { from: number * BLOCK, to: (number + 1) * BLOCK - 1 });
        }
    }

    /// The checkpoint at the present size, if there is one.
    fn compare(&mut self) {
        let Some(stored) = self.checkpoints.remove(&self.tree.size()) else { return };
        let size = stored.size;
        let opened = match self.verifier {
            Some(verifier) => Checkpoint::open(&stored.note, verifier),
            None => Checkpoint::parse(&stored.note),
        };
        match opened {
            Err(e) => self.fault(Fault::Checkpoint { size, why: e.to_string() }),
            Ok(checkpoint) if checkpoint.size != size => {
                let why = format!("its text speaks of {} entries", checkpoint.size);
                self.fault(Fault::Checkpoint { size, why });
            }
            Ok(checkpoint) if checkpoint.root != self.tree.root() => {
                self.fault(Fault::Root { from: self.covered, size });
            }
            Ok(_) => {
                self.sound += 1;
                self.covered = size;
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
