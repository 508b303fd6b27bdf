//! The objects of a JSON array, one after the other, without holding the whole file; a broken one costs only itself.

use super::{LONGEST, Place, utf8};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// How far into a file its array may begin.
const HEAD: usize = 64 << 10;

/// Objects of an array.
pub(super) struct Objects {
    reader: BufReader<Box<dyn Read + Send>>,
    place: Place,
    ended: bool,
}

impl Objects {
    /// Goes to the array that follows `key` (empty for an array that is the whole file), or on to where reading stopped
    /// where an object still ends there.
    pub(super) fn open(mut file: File, sixteen: bool, start: Place, key: &str) -> std::io::Result<Self> {
        let resumed = start.byte > 0 && ends_object(&mut file, start.byte)?;
        let place = if resumed { start } else { Place::default() };
        file.seek(SeekFrom::Start(place.byte))?;
        let reader = BufReader::with_capacity(256 << 10, utf8(file, sixteen));
        let mut objects = Self { reader, place, ended: false };
        if !resumed {
            objects.find(key)?;
        }
        Ok(objects)
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The next object with the line it begins on.
    pub(super) fn next(&mut self) -> Option<(u64, Result<Vec<u8>, String>)> {
        loop {
            match self.byte() {
                Ok(Some(b'{')) => break,
                Ok(Some(b']') | None) => self.ended = true,
                Ok(Some(_)) => continue,
                Err(why) => return Some((self.place.line + 1, Err(why))),
            }
            if self.ended {
                return None;
            }
        }
        let line = self.place.line + 1;
        Some((line, self.object()))
    }

    fn object(&mut self) -> Result<Vec<u8>, String> {
        let (mut out, mut depth, mut quoted, mut escaped, mut length) =
            (vec![b'{'], 1_usize, false, false, 1_usize);
        while depth > 0 {
            let byte = self.byte()?.ok_or("it does not end")?;
            length += 1;
            if length <= LONGEST {
                out.push(byte);
            }
            match (quoted, byte) {
                (true, _) if escaped => escaped = false,
                (true, b'\\') => escaped = true,
                (_, b'"') => quoted = !quoted,
                (false, b'{') => depth += 1,
                (false, b'}') => depth -= 1,
                _ => {}
            }
        }
        if length > LONGEST {
            return Err(format!("{} MiB long, at most {} are read; left out", length >> 20, LONGEST >> 20));
        }
        Ok(out)
    }

    /// Passes the opening bracket behind `key`.
    fn find(&mut self, key: &str) -> std::io::Result<()> {
        let mut seen = Vec::new();
        while seen.len() < HEAD {
            let Ok(Some(byte)) = self.byte() else { break };
            seen.push(byte);
            if byte == b'['
                && String::from_utf8_lossy(&seen).trim_end_matches(['[', ' ', ':', '\n']).ends_with(key)
            {
                return Ok(());
            }
        }
        self.ended = true;
        Ok(())
    }

    fn byte(&mut self) -> Result<Option<u8>, String> {
        if self.ended {
            return Ok(None);
        }
        let read = self.reader.fill_buf().map(|chunk| chunk.first().copied());
        let byte = read.map_err(|error| {
            self.ended = true; // nothing more will come of it
            format!("the file cannot be read on ({error}); copy it again")
        })?;
        if let Some(byte) = byte {
            self.reader.consume(1);
            self.place.byte += 1;
            self.place.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }
}

fn ends_object(file: &mut File, at: u64) -> std::io::Result<bool> {
    let mut byte = [0];
    file.seek(SeekFrom::Start(at - 1))?;
    Ok(file.read(&mut byte)? == 1 && matches!(byte[0], b'}' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(text: &str, key: &str, start: Place) -> (Vec<String>, Place) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut objects = Objects::open(file, false, start, key).unwrap();
        let mut out = Vec::new();
        while let Some((line, object)) = objects.next() {
            out.push(match object {
                Ok(bytes) => format!("{line} {}", String::from_utf8(bytes).unwrap()),
                Err(why) => format!("{line} !{why}"),
            });
        }
        (out, objects.place())
    }

    #[test]
    fn objects_are_told_apart_whatever_stands_in_them() {
        let text = "[\n {\"a\": \"} ] \\\" {\"},\n {\"b\": {\"c\": [1, 2]}}\n]\n";
        assert_eq!(
            read(text, "", Place::default()).0,
            ["2 {\"a\": \"} ] \\\" {\"}", "3 {\"b\": {\"c\": [1, 2]}}"]
        );
        let keyed = "{\"name\": \"x\", \"list\": [1], \"messages\": [{\"id\": 1}], \"more\": [{\"id\": 2}]}";
        assert_eq!(read(keyed, "\"messages\"", Place::default()).0, ["1 {\"id\": 1}"]);
        assert_eq!(
            read("[{\"a\": 1}, {\"b\"", "", Place::default()).0,
            ["1 {\"a\": 1}", "1 !it does not end"]
        );
        for none in ["", "[]", "{}", "halo", "{\"messages\": 7}"] {
            assert!(read(none, "\"messages\"", Place::default()).0.is_empty(), "{none}");
        }
        assert!(read(&"[".repeat(100_000), "", Place::default()).0.is_empty());
    }

    #[test]
    fn a_longer_file_is_read_on_and_a_changed_one_from_its_start() {
        let (first, place) = read("[{\"a\": 1}]", "", Place::default());
        assert_eq!(first.len(), 1);
        assert!(read("[{\"a\": 1}]", "", place).0.is_empty());
        let inner = Place { byte: 9, line: 0 };
        assert_eq!(read("[{\"a\": 1}, {\"b\": 2}]", "", inner).0, ["1 {\"b\": 2}"]);
        assert_eq!(read("[{\"a\": 12345}, {\"b\": 2}]", "", inner).0.len(), 2);
    }
}
