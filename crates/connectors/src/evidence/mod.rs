//! Evidence off the wire: a page with what it needs, kept so that others can read and check it.

mod candidates;
mod page;
pub mod picture;
mod requisites;
mod timestamp;
pub mod warc;

pub use page::{Archive, Caps, Own, Part, archive};
pub use timestamp::timestamp;
