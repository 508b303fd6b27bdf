//! What the binary tells the desk.

use crate::report::ReportTexts;
use async_trait::async_trait;
use jiff::Timestamp;
use saring_domain::{Evidence, Office, OfficeId, SourceDef, SourceKind, Timetable, Trouble};
use std::sync::Arc;

/// Writes the daily report as PDF bytes. The desk offers the download only where the binary gives one.
pub type PdfWriter = Arc<dyn Fn(&ReportTexts) -> Result<Vec<u8>, String> + Send + Sync>;

/// Sealed files of evidence, which the binary keeps. Errors are words for the log.
#[async_trait]
pub trait SealedCopies: Send + Sync {
    /// The bytes of a sealed file.
    async fn file(&self, evidence: &Evidence, name: &str) -> Result<Vec<u8>, String>;
    /// What is wrong with it by the log and the files; empty where all is well.
    async fn flaws(&self, evidence: &Evidence) -> Result<Vec<String>, String>;
    /// Everything that goes with it when it leaves the house, as one zip.
    async fn bundle(&self, evidence: &Evidence, office: &Office, locale: &str) -> Result<Vec<u8>, String>;
}

/// What could be read at an address, tried before it becomes a source.
#[derive(Clone, Debug)]
pub struct Tried {
    /// How it would be read.
    pub kind: SourceKind,
    /// Where.
    pub url: String,
    /// What one read gave, or why it failed.
    pub read: Result<Sample, Trouble>,
}

/// What one read of a source gave.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Entries, or checked claims.
    pub entries: usize,
    /// More is waiting behind them.
    pub more: bool,
    /// The newest, handles and numbers of people masked.
    pub examples: Vec<Example>,
    /// Entries that could not be read.
    pub bad: Vec<Trouble>,
}

/// An entry of a source that is tried.
#[derive(Clone, Debug)]
pub struct Example {
    /// When it was published, where it says so.
    pub at: Option<Timestamp>,
    /// Its beginning.
    pub text: String,
    /// The verdict of a checked claim.
    pub verdict: Option<String>,
}

/// Reads addresses as a patrol would, without storing anything. Every request goes through the guarded client.
#[async_trait]
pub trait SourceTrier: Send + Sync {
    /// What could be read at an address, the surest first; dates without a zone are read in `zone`.
    async fn look(&self, address: &str, zone: Option<&str>) -> Result<Vec<Tried>, Trouble>;
    /// One read of this source.
    async fn read(&self, def: &SourceDef) -> Result<Sample, Trouble>;
}

/// Settings of the desk. Start from [`DeskConfig::new`] and change what differs.
#[derive(Clone)]
pub struct DeskConfig {
    /// The installation's own office, shown before sign-in.
    pub office: OfficeId,
    /// All offices; a person belongs to one of them.
    pub offices: Vec<Office>,
    /// Served over HTTPS: cookies are `Secure` with the `__Host-` prefix and HSTS is sent. Plain HTTP is for loopback.
    pub secure: bool,
    /// A reverse proxy stands in front: the last address of `X-Forwarded-For` is the caller's.
    pub behind_proxy: bool,
    /// Seconds without use after which a session ends.
    pub session_idle: u64,
    /// Seconds after which a session ends whatever happens.
    pub session_absolute: u64,
    /// Language before sign-in where the browser asks for none that we speak: `id` or `en`.
    pub locale: String,
    /// Rows of a page of a list.
    pub page_size: u32,
    /// Seconds between two looks at the numbers for open pages.
    pub live_seconds: u64,
    /// When rounds are due.
    pub timetable: Timetable,
    /// Sealed files of evidence, where they are on this machine.
    pub copies: Option<Arc<dyn SealedCopies>>,
    /// Tries sources, where this machine may ask others.
    pub trier: Option<Arc<dyn SourceTrier>>,
    /// Writes the report as PDF, where there is a writer.
    pub pdf: Option<PdfWriter>,
    /// The clock; tests set it.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl DeskConfig {
    /// Settings for `offices`, the first of which is the installation's own; plain HTTP, one hour idle, twelve in all.
    pub fn new(offices: Vec<Office>) -> Self {
        let office = offices.first().map_or_else(|| OfficeId::from("kantor"), |office| office.id.clone());
        Self {
            office,
            offices,
            secure: false,
            behind_proxy: false,
            session_idle: 3600,
            session_absolute: 12 * 3600,
            locale: crate::DEFAULT_LOCALE.to_owned(),
            page_size: 25,
            live_seconds: 5,
            timetable: Timetable::default(),
            copies: None,
            trier: None,
            pdf: None,
            clock: Arc::new(Timestamp::now),
        }
    }
}

impl std::fmt::Debug for DeskConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeskConfig")
            .field("office", &self.office)
            .field("secure", &self.secure)
            .field("session_idle", &self.session_idle)
            .field("session_absolute", &self.session_absolute)
            .finish_non_exhaustive()
    }
}
