//! Reading a body within its caps, unpacking it on the way so that a bomb never unfolds in memory.

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::io::Write;
use std::time::Duration;
use tokio::time::timeout;

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// More bytes than allowed, packed or unpacked.
    TooBig,
    /// Nothing came for too long.
    Idle,
    /// The connection broke or the packing is broken.
    Broken(String),
}

/// A growing buffer that refuses to grow past its limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for Capped {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > self.limit {
            self.full = true;
            return Err(std::io::Error::other("the size cap is reached"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

enum Sink {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

impl Sink {
    fn new(gzip: bool, limit: usize) -> Self {
        let capped = Capped { bytes: Vec::new(), limit, full: false };
        if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(capped))) } else { Self::Plain(capped) }
    }

    fn put(&mut self, part: &Bytes) -> Result<(), BodyError> {
        let (result, full) = match self {
            Self::Plain(sink) => (sink.write_all(part), sink.full),
            Self::Gzip(sink) => (sink.write_all(part), sink.get_ref().full),
        };
        result.map_err(|error| if full { BodyError::TooBig } else { BodyError::Broken(packing(&error)) })
    }

    fn finish(self) -> Result<Vec<u8>, BodyError> {
        match self {
            Self::Plain(sink) => Ok(sink.bytes),
            Self::Gzip(mut sink) => match sink.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut sink.get_mut().bytes)),
                Err(_) if sink.get_ref().full => Err(BodyError::TooBig),
                Err(error) => Err(BodyError::Broken(packing(&error))),
            },
        }
    }
}

fn packing(error: &std::io::Error) -> String {
    format!("its gzip packing is broken ({error})")
}

/// The unpacked bytes and how many came over the wire.
pub(crate) async fn read(
    mut body: Incoming,
    gzip: bool,
    limit: u64,
    idle: Duration,
) -> Result<(Vec<u8>, u64), BodyError> {
    let mut sink = Sink::new(gzip, usize::try_from(limit).unwrap_or(usize::MAX));
    let mut wire = 0_u64;
    loop {
        let frame = match timeout(idle, body.frame()).await {
            Err(_) => return Err(BodyError::Idle),
            Ok(None) => return Ok((sink.finish()?, wire)),
            Ok(Some(Err(error))) => return Err(BodyError::Broken(format!("it was cut off ({error})"))),
            Ok(Some(Ok(frame))) => frame,
        };
        if let Some(data) = frame.data_ref() {
            wire += data.len() as u64;
            if wire > limit {
                return Err(BodyError::TooBig);
            }
            sink.put(data)?;
        }
    }
}
