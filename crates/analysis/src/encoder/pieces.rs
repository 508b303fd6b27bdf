//! Cutting a text into the pieces the encoder knows: SentencePiece's unigram model (Kudo 2018, arXiv:1804.10959), the most
//! likely cut by Viterbi.

use super::EncoderError;
use super::image::Reader;
use std::collections::HashMap;

/// Stands for a space.
const MARK: char = '\u{2581}';
/// How much worse a character nobody knows is than the worst piece.
const UNKNOWN: f32 = 10.0;

/// The pieces and what is done to characters first.
pub(super) struct Pieces {
    ids: HashMap<Box<[u8]>, u32>,
    scores: Vec<f32>,
    /// Begin and end of a text, and what nobody knows.
    pub(super) begin: u32,
    pub(super) end: u32,
    unknown: u32,
    unknown_score: f32,
    longest: usize,
    replaced: HashMap<char, Vec<char>>,
}

impl Pieces {
    pub(super) fn read(at: &mut Reader<'_>) -> Result<Self, EncoderError> {
        let count = at.u32()? as usize;
        let (begin, end, _padding, unknown) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
        let length = at.u64()?;
        let offsets = numbers(at, count.checked_add(1).ok_or(EncoderError::Damaged)?, u32::from_le_bytes)?;
        let scores = numbers(at, count, f32::from_le_bytes)?;
        let bytes = at.take(length)?;
        let mut ids = HashMap::with_capacity(count);
        for (id, ends) in (0..).zip(offsets.windows(2)) {
            let piece = bytes.get(ends[0] as usize..ends[1] as usize).ok_or(EncoderError::Damaged)?;
            ids.entry(Box::from(piece)).or_insert(id);
        }
        let longest =
            offsets.windows(2).map(|ends| ends[1].saturating_sub(ends[0]) as usize).max().unwrap_or(1);
        let unknown_score = scores.iter().copied().fold(f32::MAX, f32::min) - UNKNOWN;
        let replaced = replaced(at)?;
        Ok(Self { ids, scores, begin, end, unknown, unknown_score, longest, replaced })
    }

    /// Ids of the pieces of a text, without its begin and end.
    pub(super) fn cut(&self, text: &str) -> Vec<u32> {
        let text = self.plain(text);
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let last = ends.len() - 1;
        // best score up to a character, and the piece and the place it began at
        let mut best = vec![(f32::MIN, self.unknown, 0); last + 1];
        best[0].0 = 0.0;
        for from in 0..last {
            let so_far = best[from].0;
            for to in from + 1..=last {
                let piece = &text.as_bytes()[ends[from]..ends[to]];
                if piece.len() > self.longest {
                    break;
                }
                if let Some(&id) = self.ids.get(piece).filter(|id| **id != self.unknown) {
                    let score = so_far + self.scores[id as usize];
                    if score > best[to].0 {
                        best[to] = (score, id, from);
                    }
                }
            }
            let score = so_far + self.unknown_score;
            if score > best[from + 1].0 {
                best[from + 1] = (score, self.unknown, from);
            }
        }
        let mut out = Vec::new();
        let mut at = last;
        while at > 0 {
            out.push(best[at].1);
            at = best[at].2;
        }
        out.reverse();
        out
    }

    /// The text as pieces are cut from it: characters replaced, single spaces as marks, one in front.
    fn plain(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 8);
        let mut space = false;
        let mut put = |character: char| {
            if character == ' ' {
                space = true;
            } else {
                if space || out.is_empty() {
                    out.push(MARK);
                }
                space = false;
                out.push(character);
            }
        };
        for character in text.chars() {
            match self.replaced.get(&character) {
                Some(others) => others.iter().copied().for_each(&mut put),
                None => put(character),
            }
        }
        if space || out.is_empty() {
            out.push(MARK);
        }
        out
    }
}

fn numbers<T>(at: &mut Reader<'_>, count: usize, read: fn([u8; 4]) -> T) -> Result<Vec<T>, EncoderError> {
    let bytes = at.take(count.checked_mul(4).ok_or(EncoderError::Damaged)?)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|four| read(*four)).collect())
}

fn replaced(at: &mut Reader<'_>) -> Result<HashMap<char, Vec<char>>, EncoderError> {
    let count = at.u32()?;
    at.u32()?; // bytes
    let character =
        |at: &mut Reader<'_>| Ok(char::from_u32(at.u32()?).unwrap_or(char::REPLACEMENT_CHARACTER));
    let mut out = HashMap::new();
    for _ in 0..count {
        let from = character(at)?;
        let others = at.take(1)?[0];
        out.insert(from, (0..others).map(|_| character(at)).collect::<Result<_, EncoderError>>()?);
    }
    Ok(out)
}
