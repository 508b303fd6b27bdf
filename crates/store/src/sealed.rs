//! Sealed files of evidence: a folder for each, read-only, apart from the working copy in the database.
//!
//! A folder appears under its name only when everything in it is whole and on the disk, and is never written again.

use crate::error::{StoreError, StoreResult};
use saring_domain::ids::hex;
use saring_domain::{EvidenceId, SealedFile};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of all sealed evidence.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// The vault in a folder, which is made when something is first sealed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The first thing in it; `None` where it is empty.
    pub fn holds_any(&self) -> Option<PathBuf> {
        Some(fs::read_dir(&self.folder).ok()?.flatten().next()?.path())
    }

    /// The folder of one piece of evidence.
    pub fn path(&self, id: &EvidenceId) -> PathBuf {
        let safe = id.as_str().chars().all(|c| c.is_ascii_alphanumeric());
        self.folder.join(if safe { id.as_str() } else { "-" })
    }

    /// Seals files: temporary folder, write, fsync, read-only, rename, fsync the folder. What a killed process left
    /// behind under the same id, sealed but never recorded, is replaced.
    ///
    /// # Errors
    /// `File` where the disk does not let it.
    pub fn seal(&self, id: &EvidenceId, files: &[(&str, &[u8])]) -> StoreResult<Vec<SealedFile>> {
        let to = self.path(id);
        if let Err(error) = self.try_seal(&to, files) {
            // what is half there takes room that is missing
            let _ = remove(&to.with_extension("tmp"));
            return Err(failed(&to, &error.to_string()));
        }
        let sealed = |(name, bytes): &(&str, &[u8])| SealedFile {
            name: (*name).to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        };
        Ok(files.iter().map(sealed).collect())
    }

    fn try_seal(&self, to: &Path, files: &[(&str, &[u8])]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        remove(to)?;
        let temporary = to.with_extension("tmp");
        remove(&temporary)?;
        fs::create_dir(&temporary)?;
        for (name, bytes) in files {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(temporary.join(name))?;
            file.write_all(bytes)?;
            read_only(&temporary.join(name), true)?;
            file.sync_all()?;
        }
        fs::File::open(&temporary)?.sync_all()?;
        fs::rename(&temporary, to)?;
        read_only(to, true)?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// Whether something could be sealed now: tried with a small file.
    ///
    /// # Errors
    /// `File` where the disk is full or the folder may not be written to.
    pub fn ready(&self) -> StoreResult<()> {
        let probe = self.folder.join(format!("probe-{}.tmp", std::process::id()));
        let tried = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::File::create(&probe))
            .and_then(|mut file| file.write_all(&[0; 1 << 16]).and_then(|()| file.sync_all()));
        let _ = fs::remove_file(&probe);
        tried.map_err(|error| failed(&self.folder, &error.to_string()))
    }

    /// Adds a file to what was sealed before; one of this name that a killed process left unrecorded is replaced.
    ///
    /// # Errors
    /// `File` where the disk does not let it.
    pub fn add(&self, id: &EvidenceId, name: &str, bytes: &[u8]) -> StoreResult<SealedFile> {
        let folder = self.path(id);
        let add = || -> std::io::Result<()> {
            let temporary = folder.with_extension("add");
            let _ = fs::remove_file(&temporary);
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
            file.write_all(bytes)?;
            read_only(&temporary, true)?;
            file.sync_all()?;
            read_only(&folder, false)?;
            let added = fs::rename(&temporary, folder.join(name));
            read_only(&folder, true)?;
            added?;
            fs::File::open(&folder)?.sync_all()
        };
        add().map_err(|error| failed(&folder, &error.to_string()))?;
        Ok(SealedFile {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        })
    }

    /// The bytes of a sealed file.
    ///
    /// # Errors
    /// `File` where it cannot be read.
    pub fn read(&self, id: &EvidenceId, name: &str) -> StoreResult<Vec<u8>> {
        let path = self.path(id).join(name);
        fs::read(&path).map_err(|error| failed(&path, &error.to_string()))
    }

    /// What is wrong with the files of a piece of evidence that should be `files`; empty where all is well.
    pub fn flaws(&self, id: &EvidenceId, files: &[SealedFile]) -> Vec<String> {
        let folder = self.path(id);
        let mut out: Vec<String> = files.iter().filter_map(|file| flaw(&folder, file)).collect();
        let there = fs::read_dir(&folder).into_iter().flatten().flatten();
        let names = there.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let strange = names.filter(|name| !files.iter().any(|file| file.name == *name));
        out.extend(strange.map(|name| format!("{id}/{name}: was not there when it was sealed")));
        out
    }

    /// Deletes the files of a piece of evidence; nothing where there are none.
    ///
    /// # Errors
    /// `File` where they cannot be deleted.
    pub fn wipe(&self, id: &EvidenceId) -> StoreResult<()> {
        let path = self.path(id);
        remove(&path).map_err(|error| failed(&path, &error.to_string()))
    }
}

fn flaw(folder: &Path, file: &SealedFile) -> Option<String> {
    let shown = format!("{}/{}", folder.file_name().unwrap_or_default().to_string_lossy(), file.name);
    let bytes = match fs::read(folder.join(&file.name)) {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("{shown}: cannot be read ({error})")),
    };
    let found = hex(&Sha256::digest(&bytes));
    if bytes.len() as u64 != file.bytes {
        return Some(format!("{shown}: has {} bytes, sealed were {}", bytes.len(), file.bytes));
    }
    (found != file.sha256).then(|| format!("{shown}: its SHA-256 is {found}, sealed was {}", file.sha256))
}

fn remove(folder: &Path) -> std::io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    read_only(folder, false)?;
    fs::remove_dir_all(folder)
}

/// Takes the right to write away from everyone, or gives it back to the owner.
#[cfg(unix)]
fn read_only(path: &Path, seal: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match (path.is_dir(), seal) {
        (true, true) => 0o500,
        (true, false) => 0o700,
        (false, _) => 0o400,
    };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn read_only(path: &Path, seal: bool) -> std::io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(seal && path.is_file());
    fs::set_permissions(path, permissions)
}

fn failed(path: &Path, why: &str) -> StoreError {
    let why = format!("{why}; the administrator makes room or repairs the rights of the folder");
    StoreError::File { path: path.display().to_string(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(folder.path().join("evidence"));
        (folder, vault)
    }

    #[test]
    fn a_flipped_bit_a_lost_file_and_a_strange_one_are_named() {
        let (_folder, vault) = vault();
        let id = EvidenceId::from("e1");
        let files = vault.seal(&id, &[("page.warc.gz", b"halaman"), ("manifest.json", b"{}")]).unwrap();
        assert_eq!(vault.flaws(&id, &files), [""; 0]);
        let path = vault.path(&id).join("page.warc.gz");
        assert!(fs::metadata(&path).unwrap().permissions().readonly());
        read_only(&vault.path(&id), false).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[3] ^= 1;
        fs::remove_file(&path).unwrap();
        fs::write(&path, &bytes).unwrap();
        fs::write(vault.path(&id).join("tamu"), b"x").unwrap();
        fs::remove_file(vault.path(&id).join("manifest.json")).unwrap();
        let flaws = vault.flaws(&id, &files);
        assert_eq!(flaws.len(), 3, "{flaws:?}");
        assert!(flaws[0].starts_with("e1/page.warc.gz: its SHA-256 is "), "{flaws:?}");
        assert!(flaws[1].starts_with("e1/manifest.json: cannot be read"), "{flaws:?}");
        assert_eq!(flaws[2], "e1/tamu: was not there when it was sealed");
        vault.wipe(&id).unwrap();
        vault.wipe(&id).unwrap();
        assert!(!vault.path(&id).exists());
    }

    #[test]
    fn a_file_that_comes_later_is_added_and_a_full_or_closed_disk_is_told() {
        let (folder, vault) = vault();
        vault.ready().unwrap();
        let id = EvidenceId::from("e1");
        let mut files = vault.seal(&id, &[("manifest.json", b"{}")]).unwrap();
        for stamp in [&b"lama"[..], b"cap"] {
            files.truncate(1);
            files.push(vault.add(&id, "manifest.tsr", stamp).unwrap());
        }
        assert_eq!(
            (vault.flaws(&id, &files), vault.read(&id, "manifest.tsr").unwrap()),
            (vec![], b"cap".to_vec())
        );
        assert!(fs::metadata(vault.path(&id)).unwrap().permissions().readonly());
        assert!(vault.add(&"e2".into(), "manifest.tsr", b"cap").is_err(), "nothing was sealed there");
        // a folder that cannot be one, as on a disk that cannot be written to
        let blocked = Vault::new(folder.path().join("evidence/e1/manifest.json"));
        let told = blocked.ready().unwrap_err().to_string();
        assert!(told.contains("the administrator makes room or repairs the rights"), "{told}");
        assert!(blocked.seal(&id, &[("a", b"x")]).is_err());
    }

    #[test]
    fn what_a_killed_process_left_is_sealed_anew_and_no_id_leads_out() {
        let (folder, vault) = vault();
        let id = EvidenceId::from("e1");
        fs::create_dir_all(folder.path().join("evidence/e1.tmp/x")).unwrap();
        vault.seal(&id, &[("a", b"lama")]).unwrap();
        let files = vault.seal(&id, &[("a", b"baru")]).unwrap();
        assert_eq!((vault.read(&id, "a").unwrap(), vault.flaws(&id, &files)), (b"baru".to_vec(), vec![]));
        assert!(!folder.path().join("evidence/e1.tmp").exists());
        assert!(vault.path(&"../../etc".into()).starts_with(folder.path().join("evidence")));
    }
}
