//! Signed notes and checkpoints, as C2SP writes them (`signed-note`, `tlog-checkpoint`), signed with Ed25519.
//!
//! A checkpoint is three lines (name of the log, number of leaves, root), an empty line and signature lines. Any tool
//! of the transparency-log world reads it; who keeps one can later prove that the log was not rewritten.

use super::tree::Hash;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Ed25519 in the key formats of C2SP.
const ED25519: u8 = 1;
/// Longer notes are refused unread.
const LONGEST: usize = 1 << 20;
/// More signature lines are refused unread.
const MOST_SIGNATURES: usize = 100;

/// Why a note, a checkpoint or a key is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoteError {
    /// The name of a log or key.
    #[error(
        "'{0}' cannot name a log: choose a name without spaces and '+', for instance saring.sukamaju.example/log"
    )]
    Name(String),
    /// The text of a key.
    #[error("this is not a key of a log ({0}); copy it whole, it looks like NAME+HASH+BASE64")]
    Key(&'static str),
    /// The text of a note.
    #[error("this is not a signed note ({0})")]
    Form(&'static str),
    /// No signature by the key that was asked for.
    #[error("the note is not signed by {0}; check that the key is that of this log")]
    Unsigned(String),
    /// A signature that does not hold.
    #[error("the signature of {0} does not fit the text: one of them was changed")]
    Forged(String),
}

/// Names have no spaces and no plus sign, for both separate fields.
fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+');
    if bad { Err(NoteError::Name(name.to_owned())) } else { Ok(()) }
}

/// First four bytes of SHA-256 over name, line feed, algorithm and public key.
fn key_hash(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

fn hash_text(hash: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(hash))
}

/// 33 bytes of base64: the algorithm and the key.
fn key_bytes(text: &str) -> Result<[u8; 32], NoteError> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| NoteError::Key("its last part is not base64"))?;
    match bytes.split_first() {
        Some((&ED25519, key)) => key.try_into().map_err(|_| NoteError::Key("it has the wrong length")),
        _ => Err(NoteError::Key("it is not an Ed25519 key")),
    }
}

/// A public key with its name. Its text form is `name+hash+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    hash: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Self {
        Self { name: name.to_owned(), hash: key_hash(name, &key), key }
    }

    /// Name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note that this key signed, its last line feed included.
    ///
    /// # Errors
    /// `Form` where it is not a note, `Unsigned` and `Forged` as they say.
    pub fn open<'n>(&self, note: &'n str) -> Result<&'n str, NoteError> {
        let (text, signatures) = parts(note)?;
        for line in signatures.lines() {
            let (name, hash, signature) = signature_line(line)?;
            if name == self.name && hash == self.hash {
                let holds = Signature::from_slice(&signature)
                    .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok());
                return if holds { Ok(text) } else { Err(NoteError::Forged(self.name.clone())) };
            }
        }
        Err(NoteError::Unsigned(self.to_string()))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode([&[ED25519], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{}+{key}", self.name, hash_text(self.hash))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut fields = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(NoteError::Key("it does not have three parts"));
        };
        check_name(name)?;
        let key = VerifyingKey::from_bytes(&key_bytes(key)?)
            .map_err(|_| NoteError::Key("it is not a point of the curve"))?;
        let key = Self::new(name, key);
        if hash_text(key.hash) == hash {
            Ok(key)
        } else {
            Err(NoteError::Key("its hash does not fit name and key"))
        }
    }
}

/// A secret key with its name. Its text form is `PRIVATE+KEY+name+hash+base64`; `Debug` hides it.
#[derive(Clone)]
pub struct SignerKey {
    name: String,
    key: SigningKey,
}

impl SignerKey {
    /// From the name of the log and an Ed25519 seed.
    ///
    /// # Errors
    /// `Name` where the name cannot stand in a note.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// From its text form.
    ///
    /// # Errors
    /// `Key` or `Name` where it is none.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let fields =
            text.trim().strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key("it is not a secret key"))?;
        let mut fields = fields.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(NoteError::Key("it does not have three parts after PRIVATE+KEY"));
        };
        let signer = Self::new(name, &key_bytes(key)?)?;
        let fits = hash_text(signer.verifier().hash) == hash;
        if fits { Ok(signer) } else { Err(NoteError::Key("its hash does not fit name and key")) }
    }

    /// The text form, secret included: for the key file only.
    pub fn secret_text(&self) -> String {
        let key = BASE64_STANDARD.encode([&[ED25519], self.key.as_bytes().as_slice()].concat());
        format!("PRIVATE+KEY+{}+{}+{key}", self.name, hash_text(self.verifier().hash))
    }

    /// The seed, for `Options::signing_key`.
    pub fn seed(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(&self.name, self.key.verifying_key())
    }

    /// Signs a text that ends with a line feed.
    ///
    /// # Errors
    /// `Form` where the text could not be read back: no line feed at its end, an empty line in it, control
    /// characters.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let line = [self.verifier().hash.as_slice(), &signature].concat();
        let note = format!("{text}\n\u{2014} {} {}\n", self.name, BASE64_STANDARD.encode(line));
        if parts(&note)?.0 == text {
            Ok(note)
        } else {
            Err(NoteError::Form("its text would not be read back"))
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerKey").field("name", &self.name).field("key", &"(secret)").finish()
    }
}

/// Text and signature lines of a note, split at the last empty line.
fn parts(note: &str) -> Result<(&str, &str), NoteError> {
    if note.len() > LONGEST {
        return Err(NoteError::Form("it is longer than 1 MB"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Form("it has control characters"));
    }
    let end = note.rfind("\n\n").ok_or(NoteError::Form("there is no empty line before signatures"))?;
    let (text, signatures) = (&note[..=end], &note[end + 2..]);
    if signatures.is_empty() || !signatures.ends_with('\n') {
        return Err(NoteError::Form("its last line is cut off"));
    }
    if signatures.lines().count() > MOST_SIGNATURES {
        return Err(NoteError::Form("it has more than 100 signatures"));
    }
    Ok((text, signatures))
}

/// Name, key hash and signature of a line.
fn signature_line(line: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    const BAD: NoteError = NoteError::Form("a signature line is broken");
    let (name, base64) = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(BAD)?;
    check_name(name)?;
    let bytes = BASE64_STANDARD.decode(base64).map_err(|_| BAD)?;
    let (hash, signature) = bytes.split_first_chunk::<4>().ok_or(BAD)?;
    if signature.is_empty() { Err(BAD) } else { Ok((name, *hash, signature.to_vec())) }
}

/// What a log says of itself: so many leaves under this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Leaves in the tree.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The three lines that are signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// Reads the text of a note; lines after the third are extensions and are passed over.
    ///
    /// # Errors
    /// `Form` where it is no checkpoint.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Form("a checkpoint has three lines"));
        };
        let number: u64 =
            size.parse().map_err(|_| NoteError::Form("its second line is not a number of leaves"))?;
        if number.to_string() != size {
            return Err(NoteError::Form("its number of leaves is not written plainly"));
        }
        let root = BASE64_STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let root = root.ok_or(NoteError::Form("its third line is not a root"))?;
        if origin.is_empty() {
            return Err(NoteError::Form("it names no log"));
        }
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }

    /// Signs it as the log that it names.
    ///
    /// # Errors
    /// `Name` where the signer bears another name; `Form` where the text cannot be a note.
    pub fn sign(&self, signer: &SignerKey) -> Result<String, NoteError> {
        if self.origin != signer.name {
            return Err(NoteError::Name(self.origin.clone()));
        }
        signer.sign(&self.text())
    }

    /// Checks the signature of a note and reads its checkpoint, which must be of the log that the key names.
    ///
    /// # Errors
    /// As [`VerifierKey::open`] and [`Checkpoint::parse`]; `Unsigned` where it is of another log.
    pub fn open(note: &str, verifier: &VerifierKey) -> Result<Self, NoteError> {
        let checkpoint = Self::parse(verifier.open(note)?)?;
        if checkpoint.origin == verifier.name {
            Ok(checkpoint)
        } else {
            Err(NoteError::Unsigned(verifier.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key and note of the specification.
    const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const SPEC_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn signer() -> SignerKey {
        SignerKey::new("saring.sukamaju.example/log", &[7; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_opens() {
        let key: VerifierKey = SPEC_KEY.parse().unwrap();
        assert_eq!(key.to_string(), SPEC_KEY);
        assert_eq!(key.open(SPEC_NOTE).unwrap(), "This is an example message.\n");
        let changed = SPEC_NOTE.replace("an example", "another");
        assert_eq!(key.open(&changed), Err(NoteError::Forged("example.com/foo".into())));
        assert_eq!(
            signer().verifier().open(SPEC_NOTE),
            Err(NoteError::Unsigned(signer().verifier().to_string()))
        );
    }

    #[test]
    fn a_checkpoint_survives_signing_and_every_changed_byte_is_seen() {
        let checkpoint = Checkpoint { origin: signer().name.clone(), size: 8, root: [3; 32] };
        let note = checkpoint.sign(&signer()).unwrap();
        let verifier = signer().verifier();
        assert_eq!(Checkpoint::open(&note, &verifier), Ok(checkpoint));
        for (at, old) in note.char_indices() {
            let new = if old == 'x' { 'y' } else { 'x' };
            let changed = format!("{}{new}{}", &note[..at], &note[at + old.len_utf8()..]);
            assert!(Checkpoint::open(&changed, &verifier).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_witness_may_add_a_line() {
        let text = Checkpoint { origin: signer().name.clone(), size: 1, root: [0; 32] }.text();
        let witness = SignerKey::new("witness.example", &[9; 32]).unwrap();
        let (ours, theirs) = (signer().sign(&text).unwrap(), witness.sign(&text).unwrap());
        let both = format!("{theirs}{}", ours.rsplit_once("\n\n").unwrap().1);
        assert_eq!(signer().verifier().open(&both).unwrap(), text);
        assert_eq!(witness.verifier().open(&both).unwrap(), text);
    }

    #[test]
    fn what_is_no_note_or_no_key_is_refused() {
        for text in ["no line feed", "a\n\nb\n\u{2014} cut", "tab\t\n"] {
            assert!(signer().sign(text).is_err(), "{text:?}");
        }
        for key in ["", "a+b", "a b+00000000+AQ==", "x+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"]
        {
            assert!(key.parse::<VerifierKey>().is_err(), "{key:?}");
        }
        for text in ["o\n08\nAAAA\n", "o\n8\n", "o\n8\nAAAA\n", "\n8\nAAAA\n", "o\n-1\nAAAA\n"] {
            assert!(Checkpoint::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_secret_key_is_read_back_and_never_printed() {
        let text = signer().secret_text();
        assert_eq!(SignerKey::parse(&text).unwrap().seed(), [7; 32]);
        assert!(SignerKey::parse(&text.replace("sukamaju", "sukamundur")).is_err());
        assert_eq!(
            format!("{:?}", signer()),
            r#"SignerKey { name: "saring.sukamaju.example/log", key: "(secret)" }"#
        );
    }
}
