//! WARC 1.1 (ISO 28500): records with block and payload digests, each packed with gzip on its own.

use data_encoding::BASE32;
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::io::Write;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was sent to a server.
    Request,
    /// What it answered.
    Response,
    /// Bytes that came to us in another way.
    Resource,
    /// What is said about another record.
    Metadata,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Resource => "resource",
            Self::Metadata => "metadata",
        }
    }
}

/// One record.
#[derive(Clone, Debug)]
pub struct Record<'r> {
    /// What it holds.
    pub kind: Kind,
    /// Address (or URN) of what it is about.
    pub target: &'r str,
    /// When the bytes were read.
    pub at: Timestamp,
    /// Media type of the block.
    pub media_type: &'r str,
    /// The bytes.
    pub block: &'r [u8],
    /// Where the payload begins in the block of a request or response: behind its HTTP head.
    pub payload_at: Option<usize>,
    /// The record of the same exchange, by its id.
    pub concurrent_to: Option<&'r str>,
}

/// A WARC file as it grows.
pub struct Warc {
    out: Vec<u8>,
    name: String,
    info: String,
    records: u64,
}

impl Warc {
    /// Begins a file with its `warcinfo` record: fields that say who made it, with what and how.
    ///
    /// # Errors
    /// Where packing fails, which memory alone can cause.
    pub fn begin(name: &str, at: Timestamp, fields: &[(&str, &str)]) -> std::io::Result<Self> {
        let mut warc = Self { out: Vec::new(), name: name.to_owned(), info: String::new(), records: 0 };
        let block: String =
            fields.iter().map(|(name, value)| format!("{name}: {}\r\n", one_line(value))).collect();
        let id = warc.id(at, "warcinfo", block.as_bytes());
        let head = [
            ("WARC-Filename", one_line(name)),
            ("Content-Type", "application/warc-fields".into()),
            ("WARC-Block-Digest", digest(block.as_bytes())),
        ];
        warc.write("warcinfo", &id, at, &head, block.as_bytes())?;
        warc.info = id;
        Ok(warc)
    }

    /// Adds a record and gives its id, `<urn:uuid:..>`.
    ///
    /// # Errors
    /// As [`Warc::begin`].
    pub fn put(&mut self, record: &Record<'_>) -> std::io::Result<String> {
        let id = self.id(record.at, record.kind.code(), record.block);
        let mut head = vec![
            ("WARC-Target-URI", one_line(record.target)),
            ("WARC-Warcinfo-ID", self.info.clone()),
            ("Content-Type", one_line(record.media_type)),
            ("WARC-Block-Digest", digest(record.block)),
        ];
        if let Some(payload) = record.payload_at.and_then(|at| record.block.get(at..)) {
            head.push(("WARC-Payload-Digest", digest(payload)));
        }
        if let Some(other) = record.concurrent_to {
            head.push(("WARC-Concurrent-To", one_line(other)));
        }
        self.write(record.kind.code(), &id, record.at, &head, record.block)?;
        Ok(id)
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Never: a file begins with its `warcinfo`.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The whole file.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn write(
        &mut self,
        kind: &str,
        id: &str,
        at: Timestamp,
        head: &[(&str, String)],
        block: &[u8],
    ) -> std::io::Result<()> {
        let mut packer = GzEncoder::new(&mut self.out, Compression::default());
        write!(packer, "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {at:.6}\r\n")?;
        for (name, value) in head {
            write!(packer, "{name}: {value}\r\n")?;
        }
        write!(packer, "Content-Length: {}\r\n\r\n", block.len())?;
        packer.write_all(block)?;
        packer.write_all(b"\r\n\r\n")?;
        packer.finish()?;
        self.records += 1;
        Ok(())
    }

    /// A UUID of version 8 (RFC 9562) that derives from the file, the place and the content of the record.
    fn id(&self, at: Timestamp, kind: &str, block: &[u8]) -> String {
        let place = format!("{}\n{}\n{at}\n{kind}\n", self.name, self.records);
        let hash = Sha256::new().chain_update(place).chain_update(block).finalize();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&hash[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex = saring_domain::ids::hex(&bytes);
        format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// `sha256:` and the Base32 form, as WARC readers expect it.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", BASE32.encode(&Sha256::digest(bytes)))
}

/// A value that cannot begin a new header line.
fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_record_is_a_gzip_member_of_its_own_and_no_value_opens_a_line() {
        let at = "2026-11-25T00:00:00Z".parse().unwrap();
        let mut warc = Warc::begin("a.warc.gz", at, &[("software", "Saring\r\nWARC-Type: x")]).unwrap();
        let first = warc.len();
        let record = Record {
            kind: Kind::Response,
            target: "https://contoh.example/\r\nX: y",
            at,
            media_type: "application/http; msgtype=response",
            block: b"HTTP/1.1 200 OK\r\n\r\nhalo",
            payload_at: Some(19),
            concurrent_to: None,
        };
        let id = warc.put(&record).unwrap();
        assert_ne!(id, warc.put(&record).unwrap(), "the same bytes at another place are another record");
        let bytes = warc.finish();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[first..]).read_to_string(&mut text).unwrap();
        assert!(text.starts_with("WARC/1.1\r\nWARC-Type: response\r\n"), "{text}");
        assert!(text.contains("WARC-Date: 2026-11-25T00:00:00.000000Z\r\n"), "{text}");
        assert!(text.contains("WARC-Target-URI: https://contoh.example/  X: y\r\n"), "{text}");
        assert!(text.contains(&format!("WARC-Payload-Digest: {}\r\n", digest(b"halo"))), "{text}");
        assert!(text.ends_with("\r\n\r\nhalo\r\n\r\n"), "{text}");
    }
}
