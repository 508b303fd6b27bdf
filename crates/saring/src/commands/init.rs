//! `saring init`: a commented settings file and a store.

use crate::cli::InitArgs;
use crate::config::{Config, TEMPLATE};
use crate::wiring;
use anyhow::{Context, bail};
use std::io::Write;

/// Writes `saring.toml` unless one is there, then sets the store up.
pub async fn run(args: &InitArgs) -> anyhow::Result<bool> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join("saring.toml");
    match std::fs::File::create_new(&path) {
        Ok(mut file) => file.write_all(TEMPLATE.as_bytes()).with_context(|| path.display().to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let shown = path.display();
            bail!(
                "{shown} is there already and was left alone; move it away to start anew, or run `saring check`"
            );
        }
        Err(error) => bail!("{}: {error}", path.display()),
    }
    let config = Config::read(&path)?;
    wiring::open(config).await?.store.close().await;
    println!("Written: {}", path.display());
    println!("The store and the key of the log are in {}.", folder.join("data").display());
    println!("\nNext, in {}:", folder.display());
    println!("  1. open saring.toml: your office, its areas, the sources, patrol.contact");
    println!("  2. saring claims import claims.jsonl");
    println!("  3. saring admin user add NAME --name 'Full Name' --role head");
    println!("  4. saring check, then saring serve");
    Ok(true)
}
