//! What a newcomer's machine has to build and carry.

use anyhow::Context;
use std::path::Path;
use std::process::ExitCode;

const MOST_CRATES: usize = 450;
const MOST_WEIGHTS: u64 = 12 << 20;

/// Locked crates of the workspace.
pub fn locked_crates(root: &Path) -> anyhow::Result<usize> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    Ok(lock.lines().filter(|line| *line == "[[package]]").count())
}

/// Bytes of all trained weights.
pub fn weights(root: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(root.join("models")).context("models")? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|end| end == "bin") {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

/// Breaches of the two limits, in words.
pub fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let (crates, bytes) = (locked_crates(root)?, weights(root)?);
    let mut out = Vec::new();
    if crates > MOST_CRATES {
        out.push(format!("Cargo.lock: {crates} crates, at most {MOST_CRATES}: drop a dependency"));
    }
    if bytes > MOST_WEIGHTS {
        out.push(format!("models/: {bytes} bytes of weights, at most {MOST_WEIGHTS}: prune a model"));
    }
    Ok(out)
}

/// Prints both figures.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    println!("locked crates   {:>9}  (at most {MOST_CRATES})", locked_crates(root)?);
    println!("bytes of weights{:>9}  (at most {MOST_WEIGHTS})", weights(root)?);
    let breaches = breaches(root)?;
    breaches.iter().for_each(|breach| eprintln!("{breach}"));
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
