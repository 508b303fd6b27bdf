//! One zip file, its parts stored as they are: the same parts give the same bytes.

use anyhow::{Context, ensure};
use flate2::Crc;
use saring_domain::ids::hex;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// Version 2.0 of the form.
const VERSION: u16 = 20;
/// 1 January 1980, the first day that the form knows.
const DAY: u16 = 0x21;
/// Made on a Unix, a plain file that everyone may read.
const MADE_BY: u16 = 3 << 8 | VERSION;
const RIGHTS: u32 = 0o100_644 << 16;

/// The parts of a file that goes out.
#[derive(Default)]
pub struct Bundle {
    parts: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// Adds a part.
    pub fn add(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.parts.push((name.to_owned(), bytes.into()));
    }

    /// Adds the SHA-256 of all parts so far, in the form that `sha256sum --check` reads.
    pub fn add_sums(&mut self) {
        let line = |(name, bytes): &(String, Vec<u8>)| format!("{}  {name}\n", hex(&Sha256::digest(bytes)));
        let sums: String = self.parts.iter().map(line).collect();
        self.add("SHA256SUMS", sums);
    }

    /// Writes the file under a name that is still free.
    pub fn write(&self, to: &Path) -> anyhow::Result<()> {
        let shown = || to.display().to_string();
        ensure!(!to.exists(), "{} exists: choose another name", shown());
        let part = to.with_extension("part");
        let mut file = std::fs::File::create(&part).with_context(shown)?;
        file.write_all(&self.bytes()?).with_context(shown)?;
        file.sync_all().with_context(shown)?;
        std::fs::rename(&part, to).with_context(shown)
    }

    /// The file as bytes.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, bytes) in &self.parts {
            let at = u32::try_from(out.len()).context("the file would be larger than 4 GiB")?;
            let head = head(name, bytes)?;
            out.extend(0x0403_4b50_u32.to_le_bytes());
            out.extend(&head);
            out.extend(name.as_bytes());
            out.extend(bytes);
            directory.extend(0x0201_4b50_u32.to_le_bytes());
            directory.extend(MADE_BY.to_le_bytes());
            directory.extend(&head);
            directory.extend([0; 6]); // no comment, first disk, plain bytes
            directory.extend(RIGHTS.to_le_bytes());
            directory.extend(at.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let (at, size, count) = (out.len(), directory.len(), u16::try_from(self.parts.len())?);
        out.extend(directory);
        out.extend(0x0605_4b50_u32.to_le_bytes());
        out.extend([0; 4]);
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(u32::try_from(size)?.to_le_bytes());
        out.extend(u32::try_from(at)?.to_le_bytes());
        out.extend([0; 2]);
        Ok(out)
    }
}

/// What the head of a part and its line in the directory share.
fn head(name: &str, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut crc = Crc::new();
    crc.update(bytes);
    let size = u32::try_from(bytes.len()).context("a part is larger than 4 GiB")?;
    let mut out = Vec::new();
    [VERSION, FLAGS, 0, 0, DAY].iter().for_each(|field| out.extend(field.to_le_bytes()));
    [crc.sum(), size, size].iter().for_each(|field| out.extend(field.to_le_bytes()));
    [u16::try_from(name.len())?, 0].iter().for_each(|field| out.extend(field.to_le_bytes()));
    Ok(out)
}
