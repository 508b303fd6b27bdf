//! A match in words: what agrees, what differs, and which words of the post carry it.

use super::field::Quick;
use super::figures::{Figure, figures};
use super::index::ClaimIndex;
use super::opposite::opposite;
use super::query::Ranked;
use super::stance::denies;
use super::words::Word;
use crate::detect::group_attack::lexicon::lines;
use saring_domain::Span;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words of a post within which a statement is looked for.
const WINDOW: u32 = 30;
/// Most words named in one remark.
const NAMED: usize = 5;
/// Words with less weight are too common to be worth naming.
const TELLING: f32 = 3.0;
/// Spellings and other names of the same place.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("china", "tiongkok"),
    ("cina", "tiongkok"),
    ("sumatra", "sumatera"),
    ("jogja", "yogyakarta"),
    ("surakarta", "solo"),
    ("mekkah", "saudi"),
];
/// Most ranges underlined for one match.
const SPANS: usize = 24;
/// Most occurrences of one word that are looked at.
const PLACES: usize = 6;

/// Words that turn a statement round.
static NEGATIONS: LazyLock<HashSet<&str, Quick>> = LazyLock::new(|| {
    "tidak tak tdk gak ga nggak ngga bukan bkn belum tanpa ora mboten teu henteu not never no"
        .split(' ')
        .collect()
});
/// Places whose difference changes a claim, each with the wider places that it lies in.
static AREAS: LazyLock<HashMap<&str, Vec<&str>, Quick>> = LazyLock::new(|| {
    let mut out = HashMap::<_, Vec<&str>, _>::default();
    for (wider, places) in
        lines(include_str!("../../data/claim_areas.txt")).filter_map(|line| line.split_once(':'))
    {
        out.entry(wider).or_default();
        places.split_whitespace().for_each(|place| out.entry(place).or_default().push(wider));
    }
    out
});

/// A match, explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What agrees, for instance `both: jembatan, wirasana` or `same number: 500000`.
    pub agrees: Vec<String>,
    /// What differs, for instance `number differs: 5 / 50` (post / claim).
    pub differs: Vec<String>,
    /// The words of the post that carry the match.
    pub spans: Vec<Span>,
    /// The post denies the claim, negates it, says the opposite or speaks of another place: it does not repeat it.
    pub opposes: bool,
}

impl ClaimIndex {
    /// Explains how a post (`text` with its `words`) and a ranked title compare. Linear in the post.
    pub fn compare(&self, text: &str, post: &[Word], ranked: &Ranked) -> Comparison {
        let title = &self.title_words(ranked);
        let post = &*self.read_for(post, ranked);
        let stems: HashSet<u32, Quick> =
            title.iter().filter(|word| !word.stop).map(|word| word.stem).collect();
        let carrying = self.carrying(post, &stems);
        let mut out = Comparison { spans: spans(post, &carrying), ..Comparison::default() };
        let has: HashSet<u32, Quick> = carrying.iter().map(|&at| post[at].stem).collect();
        let named = |shared: bool| self.telling(title, |word| has.contains(&word.stem) == shared);
        push_list(&mut out.agrees, "both", &named(true));
        let (from, to) = surroundings(post, &carrying);
        let around = &post[from..to];
        let original = self.claims_of(ranked).next().map_or("", |claim| claim.title.as_str());
        compare_figures(&slice(text, around), original, &mut out);
        let places = compare_places(around, post, title, &mut out);
        let negated = compare_negation(around, title, &mut out);
        let turned = opposite(around, post, title, |word| NEGATIONS.contains(word.text.as_str()));
        if let Some((ours, theirs)) = turned {
            out.differs.insert(0, format!("says the opposite: {ours} / {theirs}"));
        }
        push_list(&mut out.differs, "only in the claim", &named(false));
        let denied = denies(text, post, title);
        if let Some((start, end)) = denied {
            out.differs.insert(0, format!("the text itself denies it: {}", cut(text, start, end)));
        }
        out.opposes = denied.is_some() || negated || places || turned.is_some();
        out
    }

    /// The words of a post as this title would have them: those of an English post as Indonesian titles write them.
    fn read_for<'p>(&self, post: &'p [Word], ranked: &Ranked) -> Cow<'p, [Word]> {
        if self.groups[ranked.group as usize].english || post.iter().all(|word| word.read.is_none()) {
            return Cow::Borrowed(post);
        }
        let read = |word: &Word| Word {
            stem: word.read_stem(),
            text: word.read.map_or_else(|| word.text.clone(), str::to_owned),
            ..word.clone()
        };
        post.iter().map(read).collect()
    }

    /// Positions of the words that carry the match: those of the window with most weight, and of title words outside
    /// it the first occurrence.
    fn carrying(&self, post: &[Word], stems: &HashSet<u32, Quick>) -> Vec<usize> {
        let mut times: HashMap<u32, usize, Quick> = HashMap::default();
        let mut places: Vec<usize> = Vec::new();
        for (at, word) in post.iter().enumerate() {
            if !word.stop && stems.contains(&word.stem) {
                let times = times.entry(word.stem).or_default();
                *times += 1;
                if *times <= PLACES {
                    places.push(at);
                }
            }
        }
        let inside = |from: usize| {
            let first = places[from];
            places[from..].iter().take_while(move |&&at| at - first < WINDOW as usize)
        };
        let weight = |from: usize| {
            let mut seen = HashSet::<_, Quick>::default();
            inside(from)
                .filter(|&&at| seen.insert(post[at].stem))
                .map(|&at| self.stem_idf(post[at].stem))
                .sum::<f32>()
        };
        let mut best: Option<(f32, usize)> = None;
        for from in 0..places.len() {
            let weight = weight(from);
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, from));
            }
        }
        let Some((_, from)) = best else { return Vec::new() };
        let mut carrying: Vec<usize> = inside(from).copied().collect();
        let mut seen: HashSet<u32, Quick> = carrying.iter().map(|&at| post[at].stem).collect();
        carrying.extend(places.iter().filter(|&&at| seen.insert(post[at].stem)));
        carrying.sort_unstable();
        carrying
    }

    /// The weightiest words of a title that are wanted, as the title writes them.
    fn telling(&self, title: &[Word], wanted: impl Fn(&Word) -> bool) -> Vec<String> {
        let mut seen = HashSet::<_, Quick>::default();
        let mut words: Vec<(f32, &Word)> = title
            .iter()
            .filter(|word| !word.stop && !word.number && wanted(word) && seen.insert(word.stem))
            .map(|word| (self.stem_idf(word.stem), word))
            .filter(|(idf, _)| *idf >= TELLING)
            .collect();
        words.sort_by(|a, b| b.0.total_cmp(&a.0));
        words.truncate(NAMED);
        words.into_iter().map(|(_, word)| word.text.clone()).collect()
    }
}

fn push_list(remarks: &mut Vec<String>, head: &str, words: &[String]) {
    if !words.is_empty() {
        remarks.push(format!("{head}: {}", words.join(", ")));
    }
}

/// Ranges of the words, neighbours joined.
fn spans(post: &[Word], carrying: &[usize]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut last = None;
    for &at in carrying {
        let word = &post[at];
        match out.last_mut() {
            // words of one alias lie on the same range
            Some(span) if last.is_some_and(|last| at == last + 1) && word.start <= span.end + 1 => {
                span.end = span.end.max(word.end);
            }
            _ => out.push(Span { start: word.start, end: word.end }),
        }
        last = Some(at);
    }
    out.truncate(SPANS);
    out
}

/// The words from a little before the first to a little behind the last word that carries the match, not more than two
/// windows.
fn surroundings(post: &[Word], carrying: &[usize]) -> (usize, usize) {
    let (Some(first), Some(last)) = (carrying.first(), carrying.last()) else { return (0, 0) };
    let from = first.saturating_sub(6);
    (from, (last + 7).min(post.len()).min(from + 2 * WINDOW as usize))
}

fn slice(text: &str, words: &[Word]) -> String {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => cut(text, first.start, last.end + 2),
        _ => String::new(),
    }
}

fn cut(text: &str, start: u32, end: u32) -> String {
    text.chars().skip(start as usize).take((end - start) as usize).collect()
}

/// Numbers and days that both name, or that the claim names and the post replaces.
fn compare_figures(post: &str, title: &str, out: &mut Comparison) {
    let (ours, theirs) = (figures(post), figures(title));
    let shown = |figure: &Figure| match figure {
        Figure::Number(text) | Figure::Day(text) => text.clone(),
    };
    for (kind, is_day) in [("number", false), ("date", true)] {
        let of = |list: &[Figure]| -> Vec<String> {
            let mut seen = HashSet::<_, Quick>::default();
            let fits = list.iter().filter(|figure| matches!(figure, Figure::Day(_)) == is_day);
            fits.map(shown).filter(|text| seen.insert(text.clone())).collect()
        };
        let (ours, theirs) = (of(&ours), of(&theirs));
        let shared: Vec<String> = theirs.iter().filter(|figure| ours.contains(figure)).cloned().collect();
        push_list(&mut out.agrees, &format!("same {kind}"), &shared);
        let missing: Vec<&String> = theirs.iter().filter(|figure| !ours.contains(figure)).collect();
        let other: Vec<&String> = ours.iter().filter(|figure| !theirs.contains(figure)).collect();
        if let (Some(ours), Some(theirs)) = (other.first(), missing.first())
            && !same_digits(ours, theirs)
        {
            out.differs.push(format!("{kind} differs: {ours} / {theirs}"));
        }
    }
}

/// Whether two numbers of three digits or more differ only in their scale: "226,9 M" is written for 226.9 billion.
fn same_digits(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.replace('.', "").trim_end_matches('0').to_owned();
    digits(one).len() >= 3 && digits(one) == digits(other)
}

/// Places that both name, or that the post replaces by another: then it tells another story (`true`).
fn compare_places(around: &[Word], post: &[Word], title: &[Word], out: &mut Comparison) -> bool {
    let (ours, theirs) = (areas(around), areas(title));
    let shared: Vec<&str> = theirs.iter().filter(|place| ours.contains(place)).copied().collect();
    if !shared.is_empty() {
        out.agrees.push(format!("same place: {}", shared.join(", ")));
    }
    let anywhere = areas(post);
    // a city of an island that the other names is no other place
    let within = |one: &str, other: &str| AREAS.get(one).is_some_and(|wider| wider.contains(&other));
    let apart = |place: &str, others: &[&str]| {
        others.iter().all(|other| *other != place && !within(place, other) && !within(other, place))
    };
    let other = ours.iter().find(|place| apart(place, &theirs));
    let missing = theirs.iter().find(|place| apart(place, &anywhere));
    if let (Some(ours), Some(theirs)) = (other, missing) {
        out.differs.push(format!("place differs: {ours} / {theirs}"));
        return shared.is_empty();
    }
    false
}

/// The known places among the words, each once, under one name.
fn areas(words: &[Word]) -> Vec<&str> {
    let mut seen = HashSet::<_, Quick>::default();
    let named = words.iter().map(|word| word.text.as_str()).filter(|word| AREAS.contains_key(word));
    let one_name =
        |word| OTHER_NAMES.iter().find(|(other, _)| *other == word).map_or(word, |(_, name)| *name);
    named.map(one_name).filter(|name| seen.insert(*name)).collect()
}

/// Whether only one of the two negates, and negates a word that both have. Where both negate something, which word the
/// negation stands before is mostly a matter of style.
fn compare_negation(around: &[Word], title: &[Word], out: &mut Comparison) -> bool {
    let (ours, theirs) = (negated(around), negated(title));
    let (one, other) = if ours.is_empty() { (&theirs, around) } else { (&ours, title) };
    if ours.is_empty() == theirs.is_empty() {
        return false;
    }
    // forms of one stem may be other words: "belum kebagian" negates no "bagi"
    let both = one.iter().find(|(_, word)| other.iter().any(|w| !w.stop && w.text == *word));
    let Some((negation, word)) = both else { return false };
    out.differs.push(match ours.is_empty() {
        true => format!("negation differs: {word} / {negation} {word}"),
        false => format!("negation differs: {negation} {word} / {word}"),
    });
    true
}

/// Every negation with the word behind it.
fn negated(words: &[Word]) -> Vec<(&str, &str)> {
    let pairs = words.windows(2).filter(|two| NEGATIONS.contains(two[0].text.as_str()));
    pairs.map(|two| (two[0].text.as_str(), two[1].text.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::words;
    use saring_domain::Claim;
    use std::sync::Arc;

    fn compared(title: &str, post: &str) -> Comparison {
        let claims: Vec<Claim> =
            vec![serde_json::from_value(serde_json::json!({"id": "a", "title": title})).unwrap()];
        let background: Vec<Vec<Word>> = (0..50).map(|n| words(&format!("kabar lain nomor {n}"))).collect();
        let weights = super::super::Weights {
            background: super::super::Background::count(&background, 2),
            ..Default::default()
        };
        let index = ClaimIndex::new(&claims, Arc::new(weights));
        let post_words = words(post);
        let ranked = index.search(&post_words, None, 1);
        index.compare(post, &post_words, &ranked[0])
    }

    #[test]
    fn a_match_is_explained_in_words() {
        for (title, post, agrees, differs, opposes) in [
            (
                "Bupati Karangsuma Bagikan Rp 50 Juta",
                "Bupati Karangsuma bagikan Rp 5 juta!",
                "",
                "number differs: 5000000 / 50000000",
                false,
            ),
            (
                "Uang Rp 500 Ribu dari Bupati Anu",
                "bupati anu kasih uang 500.000",
                "same number: 500000",
                "",
                false,
            ),
            (
                "Buaya Masuk Pasar di Surabaya",
                "buaya masuk pasar di Bandung",
                "",
                "place differs: bandung / surabaya",
                true,
            ),
            (
                "Buaya Masuk Pasar di Garut",
                "buaya masuk pasar di Cianjur",
                "",
                "place differs: cianjur / garut",
                true,
            ),
            ("Buaya Masuk Pasar di Sulawesi", "buaya masuk pasar di Majene", "both: ", "", false),
            (
                "Daun Kelorang Menyembuhkan Demam",
                "daun kelorang tidak menyembuhkan demam",
                "",
                "negation differs: tidak menyembuhkan / menyembuhkan",
                true,
            ),
            (
                "Jamu Kelorang di Wirasana Menyebabkan Warga Lumpuh",
                "bidan: jamu kelorang di wirasana aman dan murah",
                "",
                "says the opposite: aman / lumpuh",
                true,
            ),
            (
                "Jamu Kelorang di Wirasana Menyebabkan Warga Lumpuh",
                "jamu kelorang di wirasana tidak aman, warga lumpuh",
                "both: ",
                "",
                false,
            ),
            ("Vaksin Bukan Syarat Terbang", "vaksin tidak lagi jadi syarat terbang", "both: ", "", false),
            (
                "Tentara China Masuk Desa Wirasana",
                "tentara tiongkok masuk desa wirasana",
                "same place: tiongkok",
                "",
                false,
            ),
            ("Upeti 226,9 Miliar dari Wirasana", "upeti 226,9 M dari wirasana", "both: ", "", false),
            ("Gempa Wirasana 2 Mei", "gempa wirasana 3 mei", "both: ", "date differs: 3 mei / 2 mei", false),
            (
                "Jembatan Wirasana Ambruk",
                "kabar jembatan wirasana ambruk itu tidak benar",
                "both: ",
                "the text itself denies it: tidak benar",
                true,
            ),
        ] {
            let found = compared(title, post);
            assert!(found.agrees.iter().any(|remark| remark.starts_with(agrees)), "{post}: {found:?}");
            assert_eq!(
                found.differs.iter().any(|remark| remark == differs),
                !differs.is_empty(),
                "{post}: {found:?}"
            );
            assert_eq!(found.opposes, opposes, "{post}: {found:?}");
        }
    }

    #[test]
    fn spans_cover_the_words_that_carry_the_match() {
        let post = "🙂 kata tetangga: Jembatan Wirasana, kemarin ambruk";
        let chars: Vec<char> = post.chars().collect();
        let found = compared("Jembatan Wirasana Ambruk", post);
        let shown: Vec<String> =
            found.spans.iter().map(|s| chars[s.start as usize..s.end as usize].iter().collect()).collect();
        assert_eq!(shown, ["Jembatan Wirasana", "ambruk"]);
    }
}
