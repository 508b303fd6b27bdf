//! The chain of detectors over batches of items.

use crate::detect::duplicate::{Duplicates, Print};
use crate::detect::{DETECTORS, Detector, Subject};
use crate::known::Known;
use crate::model::{ModelError, Models};
use crate::prioritise::prioritise;
use jiff::Timestamp;
use rayon::prelude::*;
use saring_domain::{Item, Judgement, Queue};
use std::collections::HashMap;
use std::ops::Range;

/// Items that a thread judges together at most, and bytes of text after which no other joins them: enough that the tables of a
/// detector are in the near caches from one item to the next, few enough that what is read of the items stays there too.
const TOGETHER: usize = 256;
const TOGETHER_BYTES: usize = 64 << 10;

/// Knobs that change results (never speed).
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many candidate claims a judgement lists.
    pub top: usize,
    /// Whether claims published after a post was made are matched with it too. An office that knows a check wants the
    /// old post that goes round again; who measures must not let a post see what came later.
    pub later_claims: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { top: 5, later_claims: false }
    }
}

/// Models and knowledge, ready to judge.
pub struct Analyser {
    detectors: Vec<Box<dyn Detector>>,
    known: Known,
    names: Vec<String>,
    top: usize,
}

impl Analyser {
    /// Builds every detector of [`DETECTORS`] from its weights.
    ///
    /// # Errors
    /// [`ModelError`] names the first model that cannot be used.
    pub fn new(models: &Models, known: Known, settings: &Settings) -> Result<Self, ModelError> {
        let detectors =
            DETECTORS.iter().map(|build| build(models, settings)).collect::<Result<Vec<_>, _>>()?;
        let names = detectors.iter().map(|d| d.card()).map(|c| format!("{}@{}", c.name, c.version)).collect();
        Ok(Self { detectors, known, names, top: settings.top })
    }

    /// What is known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// How many candidate claims a judgement lists.
    pub(crate) fn top(&self) -> usize {
        self.top
    }

    /// Whether a detector of this name runs.
    pub fn has(&self, detector: &str) -> bool {
        self.detectors.iter().any(|own| own.card().name == detector)
    }

    /// Judges items on all threads of the current rayon pool; output in input order, whatever the batching. Copies and
    /// spread depend on earlier items: [`Stream::settle`] adds them, one item after another.
    pub fn judge(&self, items: &[Item]) -> Vec<Judged> {
        let length = |item: &Item| item.text.len() + item.title.as_deref().map_or(0, str::len);
        in_runs(items, length, |items| {
            let mut judged = self.judge_bare(items.iter());
            judged.iter_mut().for_each(|judged| judged.judgement.detectors.clone_from(&self.names));
            judged
        })
    }

    /// Judges one item on this thread, detector by detector, as if there were no others.
    pub fn judge_one(&self, item: &Item) -> Judged {
        let subject = Subject::of(item);
        let mut judgement = Judgement::blank(item.id.as_str());
        for detector in &self.detectors {
            detector.detect(&subject, &self.known, &mut judgement);
        }
        judgement.detectors.clone_from(&self.names);
        self.finish(&subject, judgement)
    }

    /// Judges items on this thread, without the names of the detectors, which are no part of the contract's output. One detector
    /// after another goes over all of them; see [`in_runs`] for how many that should be.
    pub fn judge_bare<'i>(&self, items: impl Iterator<Item = &'i Item>) -> Vec<Judged> {
        let mut all: Vec<(Subject<'_>, Judgement)> =
            items.map(|item| (Subject::of(item), Judgement::blank(item.id.as_str()))).collect();
        // the heads share the stream: made for all first, the vocabulary stays at hand
        for (subject, _) in &all {
            subject.stream(&self.known);
        }
        for detector in &self.detectors {
            detector.detect_all(&mut all, &self.known);
        }
        all.into_iter().map(|(subject, judgement)| self.finish(&subject, judgement)).collect()
    }

    fn finish(&self, subject: &Subject<'_>, mut judgement: Judgement) -> Judged {
        prioritise(subject, &self.known, &mut judgement);
        Judged { judgement, print: Print::of(&subject.plain) }
    }
}

/// Does `work` on all threads of the current rayon pool, for as many of a batch together as go well through [`Analyser::judge_bare`];
/// what comes of it in the order of the batch. `length` tells bytes of text.
pub fn in_runs<T: Sync, R: Send>(
    batch: &[T],
    length: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let runs = together(batch.iter().map(length));
    runs.into_par_iter().flat_map_iter(|run| work(&batch[run])).collect()
}

/// Which of a batch, with texts of these lengths, a thread takes together.
fn together(lengths: impl ExactSizeIterator<Item = usize>) -> Vec<Range<usize>> {
    let count = lengths.len();
    let most = count.div_ceil(rayon::current_num_threads()).min(TOGETHER);
    let (mut runs, mut from, mut bytes) = (Vec::new(), 0, 0);
    for (at, length) in lengths.enumerate() {
        bytes += length;
        if at + 1 - from == most || bytes > TOGETHER_BYTES || at + 1 == count {
            runs.push(from..at + 1);
            (from, bytes) = (at + 1, 0);
        }
    }
    runs
}

/// What is thought of one item by itself, and the print by which its copies are found.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// All findings, queue and priority.
    pub judgement: Judgement,
    /// Fingerprint of the text.
    pub print: Print,
}

/// What depends on the order of a stream: which item repeats which, and how far a text has spread.
#[derive(Debug)]
pub struct Stream {
    duplicates: Duplicates,
    spread: HashMap<String, Spread>,
}

#[derive(Clone, Copy, Debug)]
struct Spread {
    copies: u32,
    first: Timestamp,
    last: Timestamp,
}

impl Default for Stream {
    fn default() -> Self {
        Self { duplicates: Duplicates::new(), spread: HashMap::new() }
    }
}

impl Stream {
    /// Completes judgements in the order of the stream: `duplicate_of`, and a priority raised by spread where the copies
    /// say when they were posted.
    pub fn settle(&mut self, item: &Item, judged: &mut Judged) {
        let judgement = &mut judged.judgement;
        self.position(&judgement.id, &judged.print, item.posted_at).settle(judgement);
    }

    /// Takes the next text into the stream: its id, its print, and when it was posted. [`Position::settle`] says so in its judgement.
    pub fn position(&mut self, id: &str, print: &Print, posted_at: Option<Timestamp>) -> Position {
        let duplicate_of = self.duplicates.check(id, print);
        let Some(at) = posted_at.filter(|_| !print.is_blank()) else {
            return Position { duplicate_of, spread: None };
        };
        let text = duplicate_of.as_deref().unwrap_or(id);
        let new = Spread { copies: 0, first: at, last: at };
        let spread = self.spread.entry(text.to_owned()).or_insert(new);
        spread.copies += 1;
        spread.first = spread.first.min(at);
        spread.last = spread.last.max(at);
        Position { duplicate_of, spread: Some((spread.copies, spread.hours())) }
    }
}

/// Where a text stands in its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The earlier id with the same text.
    pub duplicate_of: Option<String>,
    /// Copies so far, and the hours between the first and the last; of texts that say when they were posted.
    spread: Option<(u32, u32)>,
}

impl Position {
    /// Completes the judgement of the text.
    pub fn settle(self, judgement: &mut Judgement) {
        judgement.duplicate_of = self.duplicate_of;
        if let Some((copies, hours)) = self.spread.filter(|_| judgement.queue != Queue::None) {
            judgement.priority = judgement.priority.spread(copies, hours);
        }
    }
}

impl Spread {
    /// Hours between the first and the last copy, begun ones counted whole, at least one.
    fn hours(self) -> u32 {
        let seconds = (self.last.as_second() - self.first.as_second()).max(1);
        u32::try_from((seconds + 3599) / 3600).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::post;
    use saring_domain::{Claim, Reason};

    const TEXTS: [&str; 6] = [
        "Sebarkan! Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari",
        "Jembatan di Kecamatan Panggul, Trenggalek putus diterjang banjir",
        "selamat pagi, semoga sehat semua",
        "",
        "🙂🙂",
        "kapan jalan di Kota Batu diperbaiki pak?",
    ];

    fn analyser() -> Analyser {
        let claim = Claim {
            id: "c1".into(),
            title: "Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari".into(),
            text: String::new(),
            url: None,
            date: None,
            verdict: Some("Salah".into()),
            source: None,
        };
        let models = Models::shipped();
        let known = Known::new(&models, &[claim]).unwrap();
        Analyser::new(&models, known, &Settings::default()).unwrap()
    }

    fn stream(analyser: &Analyser, items: &[Item], batch: usize) -> Vec<Judgement> {
        let mut stream = Stream::default();
        let mut out = Vec::new();
        for items in items.chunks(batch) {
            for (item, mut judged) in items.iter().zip(analyser.judge(items)) {
                stream.settle(item, &mut judged);
                out.push(judged.judgement);
            }
        }
        out
    }

    #[test]
    fn results_depend_neither_on_threads_nor_on_batches() {
        let analyser = analyser();
        let items: Vec<Item> =
            (0..120).map(|at| post(&format!("i{at}"), &format!("{} {}", TEXTS[at % 6], at / 24))).collect();
        let one = stream(&analyser, &items, 1);
        assert_eq!(
            analyser.judge(&items),
            items.iter().map(|item| analyser.judge_one(item)).collect::<Vec<_>>()
        );
        assert!(one.iter().any(|judgement| judgement.duplicate_of.is_some()));
        assert!(one.iter().any(|judgement| !judgement.places.is_empty()));
        for (threads, batch) in [(1, 7), (2, 120), (4, 33)] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(
                pool.install(|| stream(&analyser, &items, batch)),
                one,
                "{threads} threads, {batch} a batch"
            );
        }
    }

    #[test]
    fn threads_take_few_items_and_short_ones_together() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let runs = |lengths: &[usize]| pool.install(|| together(lengths.iter().copied()));
        assert!(runs(&[]).is_empty());
        assert_eq!(runs(&[1]).len(), 1);
        assert_eq!(runs(&[1; 5]), [0..3, 3..5]);
        assert_eq!(runs(&[1, TOGETHER_BYTES, 1, 1, 1]), [0..2, 2..5]);
        assert_eq!(runs(&[1; 3 * TOGETHER]), [0..256, 256..512, 512..768]);
    }

    #[test]
    fn copies_within_hours_raise_the_priority() {
        let analyser = analyser();
        let mut items: Vec<Item> = (0..4).map(|at| post(&format!("i{at}"), TEXTS[0])).collect();
        for (hour, item) in items.iter_mut().enumerate() {
            item.posted_at = Some(Timestamp::from_second(1_760_000_000 + 1800 * hour as i64).unwrap());
        }
        let out = stream(&analyser, &items, 2);
        assert_eq!(out[3].duplicate_of.as_deref(), Some("i0"));
        assert_eq!(out[3].queue, Queue::Hoax, "{:?}", out[3].claims);
        assert!(
            out[3].priority.reasons.contains(&Reason::Spreading { copies: 4, hours: 2 }),
            "{:?}",
            out[3].priority
        );
        assert!(out[3].priority.score > out[0].priority.score);
    }

    #[test]
    fn every_finding_names_detector_and_version() {
        let analyser = analyser();
        let judged = analyser.judge_one(&post("i", TEXTS[1])).judgement;
        assert!(judged.findings().iter().all(|finding| finding.version != "0"), "{:?}", judged.findings());
        let places = judged.findings().into_iter().filter(|finding| finding.detector == "place").count();
        assert_eq!(places, 2, "{:?}", judged.findings());
    }
}
