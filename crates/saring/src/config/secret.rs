//! Values that must not be printed.

use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A value that Debug does not show.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Reads a secret file; its line end is cut off. On Unix the file may not be readable by others.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode =
                std::fs::metadata(path).with_context(|| path.display().to_string())?.permissions().mode();
            let shown = path.display();
            ensure!(
                mode & 0o077 == 0,
                "{shown} may be read by others (mode {:o}); run `chmod 600 {shown}`",
                mode & 0o777
            );
        }
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Ok(Self(text.trim_end().to_owned()))
    }

    /// The value itself: give it to who needs it, print it nowhere.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}
impl From<PathBuf> for Secret {
    fn from(path: PathBuf) -> Self {
        Self(path.to_string_lossy().into_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_not_printed_and_its_file_is_private() {
        assert_eq!(format!("{:?}", Secret::from("postgres://u:hunter2@h/d".to_owned())), "Secret(..)");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("url");
        std::fs::write(&path, "value\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Secret::read(&path).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(Secret::read(&path).unwrap().expose(), "value");
    }
}
