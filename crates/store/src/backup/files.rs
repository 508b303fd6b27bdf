//! The sealed files of evidence in a backup: written as they lie, put back only as the database says they were sealed.

use super::read::{Line, Reader};
use super::write::Out;
use super::{FileStart, Piece, failed};
use crate::db::{Tx, args};
use crate::encode::parse;
use crate::error::StoreResult;
use crate::sealed::Vault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saring_domain::{EvidenceId, SealedFile};
use std::collections::BTreeMap;

/// Bytes of a file in one line.
const PIECE: usize = 1 << 20;
/// Most bytes of one piece of evidence that is read back.
const MOST: usize = 256 << 20;

/// What was written of the files.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) files: u64,
    pub(super) flaws: Vec<String>,
}

/// What was sealed, by evidence, as the database has it.
async fn sealed(tx: &mut Tx) -> StoreResult<BTreeMap<EvidenceId, Vec<SealedFile>>> {
    let sql = "SELECT id, files FROM evidence WHERE state = 'sealed' AND files IS NOT NULL ORDER BY seq";
    let rows = tx.all(sql, args![]).await?;
    let read = |row: &crate::db::Row| {
        let id = row.text(0)?;
        Ok((EvidenceId::from(id.as_str()), parse(&row.text(1)?, "evidence", &id)?))
    };
    rows.iter().map(read).collect()
}

/// Writes the files of all sealed evidence. What is not as it was sealed is told and left out: a backup that holds it
/// would pass it off as good.
pub(super) async fn write(tx: &mut Tx, out: &mut Out, vault: &Vault) -> StoreResult<Kept> {
    let mut kept = Kept::default();
    for (id, files) in sealed(tx).await? {
        let flaws = vault.flaws(&id, &files);
        if !flaws.is_empty() {
            kept.flaws.extend(flaws);
            continue;
        }
        for file in files {
            let bytes = vault.read(&id, &file.name)?;
            out.line(&FileStart { file: id.clone(), name: file.name })?;
            for piece in bytes.chunks(PIECE) {
                out.line(&Piece { piece: STANDARD.encode(piece) })?;
            }
            kept.files += 1;
        }
    }
    Ok(kept)
}

/// Files on their way back into a vault. Until they are kept, what was put there goes away again.
pub(super) struct Incoming<'v> {
    vault: &'v Vault,
    wanted: BTreeMap<EvidenceId, Vec<SealedFile>>,
    open: Option<(FileStart, Vec<u8>)>,
    /// Whole files of the evidence that is being read.
    whole: Vec<(String, Vec<u8>)>,
    put: Vec<EvidenceId>,
    pub(super) files: u64,
}

impl<'v> Incoming<'v> {
    pub(super) async fn of(tx: &mut Tx, vault: &'v Vault) -> StoreResult<Self> {
        let wanted = sealed(tx).await?;
        Ok(Self { vault, wanted, open: None, whole: Vec::new(), put: Vec::new(), files: 0 })
    }

    /// Takes a line about a file.
    pub(super) fn take(&mut self, reader: &Reader, line: Line) -> StoreResult<()> {
        match line {
            Line::File(start) => {
                let changes = self.open.as_ref().is_some_and(|(open, _)| open.file != start.file);
                self.close_file();
                if changes {
                    self.seal(reader)?;
                }
                self.open = Some((start, Vec::new()));
            }
            Line::Piece(piece) => {
                let bytes =
                    STANDARD.decode(piece).map_err(|_| reader.wrong("a piece of a file that is broken"))?;
                let held: usize = self.whole.iter().map(|(_, bytes)| bytes.len()).sum();
                let (_, open) = self.open.as_mut().ok_or_else(|| reader.wrong("a piece before any file"))?;
                if held + open.len() + bytes.len() > MOST {
                    return Err(reader.wrong("a piece of evidence that is larger than any"));
                }
                open.extend(bytes);
            }
            _ => {}
        }
        Ok(())
    }

    fn close_file(&mut self) {
        if let Some((start, bytes)) = self.open.take() {
            self.whole.push((start.name.clone(), bytes));
            self.open_id(start.file);
        }
    }

    fn open_id(&mut self, id: EvidenceId) {
        if self.put.last() != Some(&id) {
            self.put.push(id);
        }
    }

    /// Seals the whole files of the last evidence, where they are what was sealed.
    fn seal(&mut self, reader: &Reader) -> StoreResult<()> {
        let Some(id) = self.put.last().filter(|_| !self.whole.is_empty()).cloned() else { return Ok(()) };
        let files: Vec<(&str, &[u8])> =
            self.whole.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let expected = self.wanted.remove(&id);
        let plain = files.iter().all(|(name, _)| expected.iter().flatten().any(|file| file.name == *name));
        if !plain {
            self.put.pop();
            return Err(reader.wrong("a file that no evidence has: nothing was restored"));
        }
        let put = self.vault.seal(&id, &files)?;
        if Some(&put) != expected.as_ref() {
            let why = format!("the files of evidence '{id}' are not what was sealed: nothing was restored");
            return Err(reader.wrong(&why));
        }
        self.files += put.len() as u64;
        self.whole.clear();
        Ok(())
    }

    /// The last files are whole; gives what the database knows and the backup does not hold.
    pub(super) fn finish(&mut self, reader: &Reader) -> StoreResult<Vec<EvidenceId>> {
        self.close_file();
        self.seal(reader)?;
        Ok(self.wanted.keys().cloned().collect())
    }

    /// What was put into the vault stays.
    pub(super) fn keep(mut self) {
        self.put.clear();
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        for id in &self.put {
            let _ = self.vault.wipe(id);
        }
    }
}

/// Refuses a vault that holds something: files of other evidence must not be mixed in.
pub(super) fn refuse_unless_empty(vault: &Vault) -> StoreResult<()> {
    match vault.holds_any() {
        None => Ok(()),
        Some(path) => {
            Err(failed(&path, "there is sealed evidence already: a backup is restored beside none"))
        }
    }
}
