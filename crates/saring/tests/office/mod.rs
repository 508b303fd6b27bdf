//! An office of its own in a temporary folder, for running the real program.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a call that fails fails the test; not every test uses all"
)]

pub mod pages;
pub mod posts;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Settings, store and key in a folder that goes away.
pub struct TestOffice {
    folder: tempfile::TempDir,
}

impl TestOffice {
    /// As `saring init` leaves it, with `further` settings at the end.
    pub fn new(further: &str) -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        let made = office.run(&["init", "."]);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made));
        let path = office.path("saring.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let settings = settings.replace("contact = \"\"", "contact = \"humas@sukamaju.example\"");
        std::fs::write(&path, settings + further).unwrap();
        office
    }

    /// A file or folder of the office.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        name.to_owned()
    }

    /// The program with these arguments, in the folder of the office.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saring"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("SARING_CONFIG")
            .env_remove("SARING_STORE_URL");
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it, expects this exit code and gives what it said.
    pub fn says(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output));
        text(&output)
    }

    /// Runs it well and reads its standard output as JSON.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let output = self.run(args);
        assert!(output.status.success() || output.status.code() == Some(1), "{args:?}: {}", text(&output));
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{args:?}: {error}: {}", text(&output)))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Both streams.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
