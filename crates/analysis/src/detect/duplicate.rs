//! The same text again: exact copies, and copies with small changes.
//!
//! What repeats what depends on what came before, so this is no [`Detector`](super::Detector): one [`Duplicates`] sees
//! the prints of a stream in order, after the parallel stage.

use saring_text::WordHash;
use saring_text::fingerprint::SAME;
use std::collections::HashMap;

pub use saring_text::fingerprint::Print;

/// Earlier texts that share a band are compared up to this number, so that a flood of one phrase stays cheap.
const CANDIDATES: usize = 64;

/// The texts seen so far. Copies point at the first of their kind, never at each other, so that a chain of small changes
/// does not drift.
#[derive(Debug, Default)]
pub struct Duplicates {
    firsts: Vec<(String, Print)>,
    exact: HashMap<u64, u32, WordHash>,
    bands: HashMap<u64, u32, WordHash>,
    /// Further firsts of a band: (first, next entry), 0 ends the chain.
    more: Vec<(u32, u32)>,
}

impl Duplicates {
    /// Nothing seen.
    pub fn new() -> Self {
        Self { more: vec![(0, 0)], ..Self::default() }
    }

    /// Takes in what was seen before, oldest first.
    pub fn seed(&mut self, prints: impl IntoIterator<Item = (String, Print)>) {
        for (id, print) in prints {
            self.check(&id, &print);
        }
    }

    /// The earlier text that this one repeats; a new text is remembered. The same id again is no copy of itself.
    pub fn check(&mut self, id: &str, print: &Print) -> Option<String> {
        if print.is_blank() {
            return None;
        }
        let bands = print.bands();
        let found = self.exact.get(&print.exact).copied().or_else(|| self.nearest(print, &bands));
        match found {
            Some(first) => {
                self.exact.entry(print.exact).or_insert(first);
                self.firsts
                    .get(first as usize)
                    .map(|(earlier, _)| earlier.clone())
                    .filter(|earlier| earlier != id)
            }
            None => {
                self.remember(id, print, &bands);
                None
            }
        }
    }

    /// Number of different texts remembered.
    pub fn len(&self) -> usize {
        self.firsts.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.firsts.is_empty()
    }

    /// The likest earlier text, the oldest among equals.
    fn nearest(&self, print: &Print, bands: &[u64]) -> Option<u32> {
        let mut best: Option<(f64, u32)> = None;
        // looked up together, so that they come from memory together
        let chains: Vec<u32> = bands.iter().map(|band| self.bands.get(band).copied().unwrap_or(0)).collect();
        for chain in chains {
            for first in self.chain(chain).take(CANDIDATES) {
                let Some((_, earlier)) = self.firsts.get(first as usize) else { continue };
                let likeness = print.likeness(earlier);
                let better =
                    best.is_none_or(|(most, at)| likeness > most || (likeness == most && first < at));
                if likeness >= SAME && better && !print.contradicts(earlier) {
                    best = Some((likeness, first));
                }
            }
        }
        best.map(|(_, first)| first)
    }

    /// The firsts of a band whose chain begins there, newest first.
    fn chain(&self, mut at: u32) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let &(first, next) = self.more.get(at as usize).filter(|_| at != 0)?;
            at = next;
            Some(first)
        })
    }

    fn remember(&mut self, id: &str, print: &Print, bands: &[u64]) {
        let first = self.firsts.len() as u32;
        self.firsts.push((id.to_owned(), print.clone()));
        self.exact.insert(print.exact, first);
        for band in bands {
            let head = self.bands.entry(*band).or_insert(0);
            self.more.push((first, *head));
            *head = self.more.len() as u32 - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_text::Plain;

    fn print(text: &str) -> Print {
        Print::of(&Plain::of(text))
    }

    const POST: &str = "Info penting dari grup warga: mulai besok jembatan gantung di lereng utara ditutup \
                        selama dua minggu karena talinya putus, tolong sebarkan supaya tidak ada yang celaka";

    #[test]
    fn copies_are_found_and_other_texts_are_not() {
        let cases = [
            ("a", POST, None),
            ("b", POST, Some("a")),
            ("c", &POST.to_uppercase(), Some("a")),
            ("d", &format!("{POST} 🙏🙏 viralkan"), Some("a")),
            ("e", &POST.replace("dua minggu", "tiga minggu"), Some("a")),
            ("f", "Jembatan gantung ditutup", None),
            ("g", "Jembatan gantung dibuka", None),
            ("h", "jembatan gantung, ditutup!", Some("f")),
            (
                "i",
                "Loker pabrik sepatu gaji lima juta, kirim berkas ke kantor desa sebelum hari Jumat sore",
                None,
            ),
            ("j", "🙂🙂", None),
            ("k", "🙂🙂", None),
            ("l", "", None),
        ];
        let mut seen = Duplicates::new();
        for (id, text, of) in cases {
            assert_eq!(seen.check(id, &print(text)).as_deref(), of, "{text}");
        }
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn a_restart_forgets_nothing_and_a_job_may_run_twice() {
        let mut seen = Duplicates::new();
        seen.seed([("a".to_owned(), print(POST)), ("b".to_owned(), print(POST))]);
        assert_eq!(seen.check("a", &print(POST)), None);
        assert_eq!(seen.check("b", &print(POST)).as_deref(), Some("a"));
    }

    #[test]
    fn small_changes_do_not_add_up() {
        let mut seen = Duplicates::new();
        let mut words: Vec<String> = (0..30).map(|at| format!("kata{at}")).collect();
        assert_eq!(seen.check("w0", &print(&words.join(" "))), None);
        let mut answers = Vec::new();
        for at in 0..30 {
            words[at] = format!("lain{at}");
            answers.push(seen.check(&format!("w{}", at + 1), &print(&words.join(" "))));
        }
        assert_eq!(answers[0].as_deref(), Some("w0"));
        assert_ne!(answers[29].as_deref(), Some("w0"), "nothing of the first text is left");
    }

    #[test]
    fn likeness_estimates_the_share_of_common_pairs() {
        let long: Vec<String> = (0..400).map(|at| format!("kata{at}")).collect();
        let (all, half) = (print(&long.join(" ")), print(&long[..200].join(" ")));
        assert!((all.likeness(&all) - 1.0).abs() < 1e-12);
        assert!((all.likeness(&half) - 0.5).abs() < 0.25, "{}", all.likeness(&half));
        assert!(all.likeness(&print("sama sekali bukan teks yang itu tadi")) < 0.2);
    }
}
