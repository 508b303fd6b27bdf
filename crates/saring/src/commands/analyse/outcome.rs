//! What came of a line: judged and encoded by the thread that read it, settled in the order of the stream.
//!
//! Of a judgement only its line of output lives on: the thread that judged it encodes it, so that its memory goes back to where it
//! was taken. What a text's place in the stream changes afterwards is put into the line.

use super::copies::{Copies, Found};
use super::line::{BadLine, Line, Parsed};
use jiff::Timestamp;
use saring_analysis::{Analyser, Judged, Judgement, Print, Stream};
use saring_domain::{Item, Queue};

/// How a line says that its text repeats no earlier one. Nothing within a string of the line reads like this, as a quotation mark there is
/// escaped.
const NO_COPY: &[u8] = b"\"duplicate_of\":null";

/// What came of one line.
pub(super) enum Outcome {
    Judged(Box<Done>),
    Bad(BadLine),
}

/// A judged line.
pub(super) struct Done {
    id: String,
    print: Print,
    posted_at: Option<Timestamp>,
    said: Said,
}

enum Said {
    /// The line of output.
    Line(Vec<u8>),
    /// A judgement whose priority may yet change.
    Judgement(Box<Judgement>),
}

/// A line before it is judged.
enum Read {
    /// There is nothing to judge.
    Known(Outcome),
    /// With its place among the copies, where its text came before.
    New(Box<Item>, Option<u64>),
}

impl Read {
    fn of(copies: &Copies, line: &Line) -> Self {
        let item = match line.parse() {
            Parsed::Item(item) => item,
            Parsed::Bad(bad) => return Self::Known(Outcome::Bad(bad)),
        };
        match copies.find(&item) {
            Ok(Found::Line(line, print)) => {
                let (id, said) = (item.id.as_str().to_owned(), Said::Line(line));
                Self::Known(Outcome::Judged(Box::new(Done { id, print, posted_at: item.posted_at, said })))
            }
            Ok(Found::Again(number)) => Self::New(item, Some(number)),
            _ => Self::New(item, None),
        }
    }

    fn item(&self) -> Option<&Item> {
        match self {
            Self::Known(_) => None,
            Self::New(item, _) => Some(item),
        }
    }
}

impl Outcome {
    /// Reads, judges and encodes lines, one for each; what has a text among `copies` before them is not
    /// judged.
    pub(super) fn of(analyser: &Analyser, copies: &Copies, lines: &[Line]) -> Vec<Self> {
        let read: Vec<Read> = lines.iter().map(|line| Read::of(copies, line)).collect();
        let mut judged = analyser.judge_bare(read.iter().filter_map(Read::item)).into_iter();
        let outcome = |read| match read {
            Read::Known(outcome) => Some(outcome),
            Read::New(item, again) => Some(Self::judged(copies, &item, again, judged.next()?)),
        };
        read.into_iter().filter_map(outcome).collect()
    }

    /// Encodes what is thought of an item, and keeps it for copies where the text came `again`.
    fn judged(copies: &Copies, item: &Item, again: Option<u64>, judged: Judged) -> Self {
        let Judged { judgement, print } = judged;
        let id = judgement.id.clone();
        let line = if judgement.queue != Queue::None && item.posted_at.is_some() {
            None
        } else {
            serde_json::to_vec(&judgement).ok()
        };
        if let (Some(number), Some(line)) = (again, &line) {
            // a line that cannot be kept is made again
            _ = copies.keep(number, item, line, &print);
        }
        let said = line.map_or_else(|| Said::Judgement(Box::new(judgement)), Said::Line);
        Self::Judged(Box::new(Done { id, print, posted_at: item.posted_at, said }))
    }

    /// Whether the line was good.
    pub(super) fn is_good(&self) -> bool {
        matches!(self, Self::Judged(_))
    }

    /// Takes the text into the stream.
    pub(super) fn settle(&mut self, stream: &mut Stream) -> serde_json::Result<()> {
        let Self::Judged(done) = self else { return Ok(()) };
        let position = stream.position(&done.id, &done.print, done.posted_at);
        match &mut done.said {
            Said::Judgement(judgement) => position.settle(judgement),
            Said::Line(line) => {
                if let Some(earlier) = position.duplicate_of {
                    name_copy(line, &earlier)?;
                }
            }
        }
        Ok(())
    }

    /// Appends its line of output.
    pub(super) fn line(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            Self::Judged(done) => match &done.said {
                Said::Line(line) => out.extend_from_slice(line),
                Said::Judgement(judgement) => serde_json::to_writer(&mut *out, judgement)?,
            },
            Self::Bad(bad) => serde_json::to_writer(&mut *out, bad)?,
        }
        out.push(b'\n');
        Ok(())
    }
}

/// Puts the earlier id into a line that says that there is none.
fn name_copy(line: &mut Vec<u8>, earlier: &str) -> serde_json::Result<()> {
    let found = line.windows(NO_COPY.len()).position(|part| part == NO_COPY);
    if let Some(end) = found.map(|at| at + NO_COPY.len()) {
        line.splice(end - "null".len()..end, serde_json::to_vec(earlier)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_in_its_line_as_in_its_judgement() {
        for id in ["b", r#""duplicate_of":null"#, "\u{1}\\"] {
            for earlier in ["a", "\"", "\n", r"\"] {
                let mut judgement = Judgement::blank(id);
                let mut line = serde_json::to_vec(&judgement).unwrap();
                name_copy(&mut line, earlier).unwrap();
                judgement.duplicate_of = Some(earlier.into());
                assert_eq!(line, serde_json::to_vec(&judgement).unwrap());
            }
        }
    }
}
