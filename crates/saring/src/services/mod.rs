//! The parts that run: patrols, analysis, upkeep.

pub mod analyse;
pub mod evidence;
mod look_back;
pub mod patrol;
mod reading;
pub mod serve;
pub mod trying;
pub mod upkeep;
pub mod watch;
