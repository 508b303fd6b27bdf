//! What people see: pages, sign-in, the words on screen, the daily report as HTML.
//!
//! The binary builds a [`DeskState`] from a store and a [`DeskConfig`] and serves [`router`]. Every page works without
//! JavaScript. Who may see what is one table, [`ROUTES`]; nobody gets past it, because the router is built from it.
//! Nothing here shows, sorts or counts by who posted: the views hold no handle, and shown text is masked.

mod assets;
mod config;
mod cookie;
mod frame;
mod gate;
mod headers;
mod highlight;
mod live;
mod mask;
mod pages;
mod password;
mod posted;
mod problem;
mod reading;
mod report;
mod routes;
mod session;
mod state;
mod time;
mod token;
mod wording;
mod words;

pub use config::{DeskConfig, Example, PdfWriter, Sample, SealedCopies, SourceTrier, Tried};
pub use mask::mask;
pub use password::{PasswordError, hash_password, password_matches, totp_step};
pub use report::{
    ReportTexts, Section, Signature, Table, evidence_texts, report_html, report_texts, texts_html,
};
pub use routes::{Access, ROUTES, Route, router};
pub use session::proven;
pub use state::{DeskState, DeskStore};
pub use token::{RandomError, one_time_link, random_token, sha256_of};
pub use words::{DEFAULT_LOCALE, LOCALES, known_locale};
