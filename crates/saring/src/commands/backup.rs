//! `saring backup` and `saring restore`.

use crate::cli::{BackupArgs, RestoreArgs};
use crate::config::Config;
use crate::progress;
use crate::wiring::{self, House};
use jiff::Timestamp;
use saring_store::backup::restore as restore_into;
use std::path::Path;

/// Writes a backup while the house goes on working.
pub async fn backup(house: &House, args: &BackupArgs) -> anyhow::Result<bool> {
    let bar = progress::bar(0, "rows");
    let (vault, now) = (house.vault(), Timestamp::now());
    let done = house.store.backup(&args.to, Some(&vault), now, &|done, all| advance(&bar, done, all)).await?;
    bar.finish_and_clear();
    println!(
        "{}: {} rows, {} sealed files, {} bytes, log of {} entries",
        args.to.display(),
        done.rows,
        done.files,
        done.bytes,
        done.audit_size
    );
    println!(
        "Keep a copy of {} apart from it: without that key no checkpoint can be signed.",
        house.config.data().join("audit.key").display()
    );
    for flaw in &done.flaws {
        println!("NOT in it, since it is not as it was sealed: {flaw}");
    }
    Ok(done.flaws.is_empty())
}

/// Fills the empty store of the settings and the folder of sealed evidence.
pub async fn restore(config: &Path, args: &RestoreArgs) -> anyhow::Result<bool> {
    let house = wiring::open_empty(Config::read(config)?).await?;
    let bar = progress::bar(0, "rows");
    let done =
        restore_into(&args.from, &house.store, &house.vault(), &|done, all| advance(&bar, done, all)).await?;
    bar.finish_and_clear();
    println!(
        "Restored: {} rows and {} sealed files as of {}, log of {} entries verified",
        done.rows, done.files, done.made_at, done.audit_size
    );
    for note in &done.notes {
        println!("Note: {note}");
    }
    Ok(true)
}

fn advance(bar: &indicatif::ProgressBar, done: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(done);
}
