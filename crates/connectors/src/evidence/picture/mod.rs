//! A picture of a whole page as a browser shows it, made of what was captured and of nothing else.
//!
//! Chromium runs apart (an empty profile, an empty environment, its own sandbox, never as root) and is spoken to through
//! a pipe. Every request of the page is answered from the capture; whatever it does not hold fails. Scripts are off, and
//! for what might get past that there is no name and no proxy to dial: the page reaches nothing, outside or inside. The
//! whole process group is killed at the end, and at the limits in time and memory.

#[cfg(unix)]
mod drive;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod replay;

use crate::client::Hop;
#[cfg(unix)]
use process::Process;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Programs looked for where none is named.
const KNOWN: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Width of the window in pixels.
const WIDTH: u32 = 1280;

/// How far making a picture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From starting the browser to the picture.
    pub time: Duration,
    /// Memory of all its processes, MiB.
    pub memory: u64,
    /// Pixels from the top; what is further down is left out.
    pub height: u32,
    /// Bytes of the picture.
    pub bytes: usize,
}

impl Default for Limits {
    /// 60 seconds, 1,536 MiB, 12,000 pixels, 24 MiB.
    fn default() -> Self {
        Self { time: Duration::from_secs(60), memory: 1536, height: 12_000, bytes: 24 << 20 }
    }
}

/// A browser on this machine.
#[derive(Clone, Debug)]
pub struct Browser {
    program: PathBuf,
    limits: Limits,
}

/// A picture of a page.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The file.
    pub png: Vec<u8>,
    /// Name and version of the browser.
    pub tool: String,
    /// Its size in pixels.
    pub width: u32,
    /// Its size in pixels.
    pub height: u32,
    /// Whether the page goes on below.
    pub cut: bool,
    /// Requests of the page that the capture does not hold.
    pub missing: usize,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum NoPicture {
    /// There is no browser.
    #[error(
        "there is no Chromium on this machine: install it, or name it as evidence.browser in the settings"
    )]
    Absent,
    /// Nothing to look at.
    #[error("what was captured is no page ({0})")]
    NoPage(String),
    /// The limit in time.
    #[error("the browser took longer than {0} seconds and was ended")]
    Slow(u64),
    /// The limit in memory.
    #[error("the browser took more than {0} MiB of memory and was ended")]
    Memory(u64),
    /// The limit in bytes.
    #[error("the picture has more than {0} bytes")]
    TooBig(usize),
    /// It ended by itself.
    #[error("the browser ended before there was a picture: {0}")]
    Crashed(String),
    /// It could not be started, or said something else.
    #[error("the browser cannot be used: {0}")]
    Unusable(String),
}

impl NoPicture {
    /// Code in the chain of custody and the texts of the screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoPage(_) => "no-page",
            Self::Slow(_) => "slow",
            Self::Memory(_) => "memory",
            Self::TooBig(_) => "too-big",
            Self::Crashed(_) => "crashed",
            Self::Unusable(_) => "unusable",
        }
    }
}

impl Browser {
    /// The browser of that name or path or, where the name is empty, the first that is installed.
    pub fn find(name: &str, limits: Limits) -> Option<Self> {
        let on_path = |name: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
        };
        let program = match name {
            "" => KNOWN.into_iter().find_map(on_path),
            name if name.contains('/') => Some(PathBuf::from(name)).filter(|file| file.is_file()),
            name => on_path(name),
        };
        program.filter(|_| cfg!(unix)).map(|program| Self { program, limits })
    }

    /// Where it lies.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A picture of the page at `url` (no redirect), from the exchanges that were captured.
    ///
    /// # Errors
    /// [`NoPicture`]; nothing of the browser is left running.
    #[cfg(unix)]
    pub async fn picture(&self, url: &str, hops: &[Hop]) -> Result<Picture, NoPicture> {
        let capture = replay::Capture::of(url, hops);
        let media = capture.media_type();
        if !["html", "image/", "text/plain"].iter().any(|kind| media.contains(kind)) {
            return Err(NoPicture::NoPage(media));
        }
        let Limits { time, memory, .. } = self.limits;
        let mut process = Process::start(&self.program, WIDTH, time).map_err(NoPicture::Unusable)?;
        let (asking, answers) = process.pipes()?;
        let drive = drive::Drive::new(asking, answers, capture);
        let made = tokio::select! {
            made = tokio::time::timeout(time, drive.picture(WIDTH, &self.limits)) => {
                made.unwrap_or(Err(NoPicture::Slow(time.as_secs())))
            }
            () = process.grows_beyond(memory) => Err(NoPicture::Memory(memory)),
        };
        let said = process.end().await;
        match made {
            Err(NoPicture::Crashed(what)) => Err(NoPicture::Crashed(said.unwrap_or(what))),
            other => other,
        }
    }

    /// None: processes are kept apart on Unix only.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(unix))]
    pub async fn picture(&self, _: &str, _: &[Hop]) -> Result<Picture, NoPicture> {
        Err(NoPicture::Absent)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
