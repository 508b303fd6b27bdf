//! Lines of a file, numbered, with a cap on their length.

use super::{LONGEST, Place, utf8};
use encoding_rs::{CoderResult, Decoder, UTF_8};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// Non-empty lines.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    place: Place,
}

impl Lines {
    pub(super) fn open(mut file: File, sixteen: bool, start: Place) -> std::io::Result<Self> {
        file.seek(SeekFrom::Start(start.byte))?;
        Ok(Self { reader: BufReader::with_capacity(256 << 10, utf8(file, sixteen)), place: start })
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The next line that is not empty, with its number.
    pub(super) fn next(&mut self) -> Option<(u64, Result<Vec<u8>, String>)> {
        loop {
            let mut line = Vec::new();
            match self.read(&mut line) {
                Ok(0) => return None,
                Ok(length) if length as usize > LONGEST => {
                    let why =
                        format!("{} MiB long, at most {} are read; left out", length >> 20, LONGEST >> 20);
                    return Some((self.place.line, Err(why)));
                }
                Ok(_) => {
                    let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
                    if !text.is_empty() {
                        return Some((self.place.line, Ok(text.to_vec())));
                    }
                }
                Err(error) => {
                    let why = format!("the file cannot be read on ({error}); copy it again");
                    // nothing more will come of it
                    self.reader = BufReader::new(Box::new(std::io::empty()));
                    return Some((self.place.line + 1, Err(why)));
                }
            }
        }
    }

    /// Reads to the next line feed, keeping at most the longest line; gives the bytes passed.
    fn read(&mut self, line: &mut Vec<u8>) -> std::io::Result<u64> {
        let mut passed = 0_u64;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let take = end.map_or(chunk.len(), |at| at + 1);
            let room = (LONGEST + 1).saturating_sub(line.len());
            line.extend_from_slice(&chunk[..take.min(room)]);
            self.reader.consume(take);
            passed += take as u64;
            if end.is_some() {
                break;
            }
        }
        self.place.byte += passed;
        self.place.line += u64::from(passed > 0);
        Ok(passed)
    }
}

/// UTF-16 (by its mark) to UTF-8 on the fly.
pub(super) struct Transcode<R> {
    inner: R,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: BufRead> Transcode<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, decoder: UTF_8.new_decoder(), ready: Vec::new(), at: 0, ended: false }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        while self.at == self.ready.len() && !self.ended {
            let chunk = self.inner.fill_buf()?;
            self.ended = chunk.is_empty();
            let mut text = String::with_capacity(
                self.decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(chunk.len() * 3 + 16),
            );
            let (result, used, _) = self.decoder.decode_to_string(chunk, &mut text, self.ended);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            self.inner.consume(used);
            (self.ready, self.at) = (text.into_bytes(), 0);
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Transcode<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.refill()?;
        let count = out.len().min(self.ready.len() - self.at);
        out[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
