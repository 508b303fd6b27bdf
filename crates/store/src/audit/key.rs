//! The key file that signs checkpoints: beside the database, readable by its owner only.
//!
//! Who has this file can sign another history; who loses it cannot sign on. So it is backed up apart from the database
//! and its public half is handed to an outsider on the first day.

use super::note::SignerKey;
use crate::db::random;
use crate::error::{StoreError, StoreResult};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Where the key of a database lies: `saring.db` has `saring.db.audit-key`.
pub fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".audit-key");
    name.into()
}

fn failed(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::File { path: path.display().to_string(), why: why.into() }
}

/// Reads the key file.
///
/// # Errors
/// `File` where it is missing, open to other users or not a key; each says what to do.
pub fn load(path: &Path) -> StoreResult<SignerKey> {
    let text = std::fs::read_to_string(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => failed(
            path,
            "the signing key of the audit log is missing; put it back from its safe place (without it no checkpoint \
             can be signed; what was signed before can still be verified)",
        ),
        _ => failed(path, format!("the signing key of the audit log cannot be read ({e})")),
    })?;
    refuse_open_to_others(path)?;
    SignerKey::parse(&text).map_err(|e| {
        failed(path, format!("the signing key of the audit log is damaged: {e}; put it back whole"))
    })
}

/// Makes a new key for the log `origin` and writes its file, which must not exist.
///
/// # Errors
/// `File` where it exists or cannot be written, or the name of the log cannot be used.
pub fn create(path: &Path, origin: &str) -> StoreResult<SignerKey> {
    let key = SignerKey::new(origin, &random()?).map_err(|e| failed(path, e.to_string()))?;
    write(path, &key).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => failed(path, "a signing key is already there; it is never overwritten"),
        _ => failed(path, format!("the signing key of the audit log cannot be written ({e})")),
    })?;
    Ok(key)
}

/// Reads the key file, or makes one where there is none.
///
/// # Errors
/// As [`load`] and [`create`]; `File` where the key is of another log than `origin`.
pub fn load_or_create(path: &Path, origin: &str) -> StoreResult<SignerKey> {
    if !path.exists() {
        return create(path, origin);
    }
    let key = load(path)?;
    if key.name() == origin {
        return Ok(key);
    }
    let why = format!(
        "this key signs the log '{}', the configuration names '{origin}'; set the name of the log back or give the \
         right key",
        key.name()
    );
    Err(failed(path, why))
}

fn write(path: &Path, key: &SignerKey) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(format!("{}\n", key.secret_text()).as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?; // else a power cut may lose the name of the file
    }
    Ok(())
}

#[cfg(unix)]
fn refuse_open_to_others(path: &Path) -> StoreResult<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|e| failed(path, e.to_string()))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(failed(
        path,
        format!("other users may read the signing key (mode {mode:o}); run: chmod 600 on this file"),
    ))
}

#[cfg(not(unix))]
fn refuse_open_to_others(_path: &Path) -> StoreResult<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "saring.sukamaju.example/log";

    #[test]
    fn a_key_is_made_once_and_then_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("saring.db"));
        assert!(load(&path).unwrap_err().to_string().contains("is missing"));
        let key = load_or_create(&path, LOG).unwrap();
        assert_eq!(load_or_create(&path, LOG).unwrap().seed(), key.seed());
        assert!(create(&path, LOG).unwrap_err().to_string().contains("never overwritten"));
        assert!(load_or_create(&path, "other/log").unwrap_err().to_string().contains("names 'other/log'"));
    }

    #[test]
    #[cfg(unix)]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, LOG).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_damaged_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, LOG).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        assert!(load(&path).unwrap_err().to_string().contains("damaged"));
    }
}
