//! The parts of `saring`, as a library so that tests and benches reach the services.

mod bundle;
mod claim_files;
pub mod cli;
pub mod commands;
pub mod config;
mod demo;
mod encoder;
mod json;
mod progress;
mod report;
pub mod services;
pub mod wiring;
