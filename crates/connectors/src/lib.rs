//! Every outside protocol: the guarded HTTP client, the sources that read through it, and files.
//!
//! Reading a source once, then a file:
//! ```no_run
//! # use saring_connectors::{Client, FetchError, Settings, files, sources};
//! # use saring_domain::{Cursor, SourceDef};
//! # async fn patrol(def: SourceDef, mut cursor: Cursor, epoch_key: [u8; 32]) -> Result<(), FetchError> {
//! let client = Client::new(Settings::new("redaksi@kantor.example"))?; // one for all sources
//! let source = sources::build(&def, &client, epoch_key)?;
//! loop {
//!     let fetched = source.fetch(&cursor, jiff::Timestamp::now()).await?; // errors tell permanent() and held()
//!     // save fetched.captures and fetched.next in one transaction, show fetched.bad
//!     cursor = fetched.next;
//!     if !fetched.more {
//!         break;
//!     }
//! }
//! let options = files::Options::new("impor".into(), epoch_key, jiff::Timestamp::now());
//! for row in files::open("posts.csv".as_ref(), &options)? {
//!     match row {
//!         files::Row::Good(pair) => println!("{}", pair.1.id),
//!         files::Row::Bad { line, flaw } => eprintln!("line {line}: {flaw}"),
//!     }
//! }
//! # Ok(()) }
//! ```

#[cfg(test)]
mod bed;
pub mod boilerplate;
pub mod client;
mod decode;
mod error;
pub mod evidence;
pub mod files;
pub mod html;
pub mod json;
pub mod sources;
mod when;

pub use client::{Allow, Client, Conditions, Limits, Reply, Settings};
pub use error::{FetchError, Flaw};
pub use sources::Source;
