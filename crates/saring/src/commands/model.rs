//! `saring model`: the encoder of the precise mode.

use crate::cli::ModelCommand;
use crate::encoder;

/// Installs it, or says where it is.
pub fn run(command: &ModelCommand) -> anyhow::Result<bool> {
    let ModelCommand::Install { from } = command;
    let path = encoder::install(from.as_deref())?;
    println!("the encoder is at {}", path.display());
    println!("use it with `saring analyse --precise`, or for a desk with `precise = true` under [analysis]");
    Ok(true)
}
