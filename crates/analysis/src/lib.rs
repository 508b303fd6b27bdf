//! What the machine thinks: pure, batched, parallel. No clock, no network, no database.
//!
//! An [`Analyser`] holds the models and what is known (claims, gazetteer, the office's own names); `judge` turns
//! items into [`Judgement`]s. A judgement is an opinion: it never acts.

pub mod analyser;
pub mod claims;
pub mod detect;
pub mod encoder;
pub mod evals;
pub mod gazetteer;
pub mod known;
pub mod look_back;
pub mod model;
pub mod prioritise;
pub mod train;
pub mod watch;

pub use analyser::{Analyser, Judged, Position, Settings, Stream, in_runs};
pub use detect::duplicate::{Duplicates, Print};
pub use detect::group_attack::own_groups::Groups;
pub use known::Known;
pub use look_back::Newcomers;
pub use saring_domain::Judgement;
pub use watch::{Caught, Followed, Looked, Matcher};
