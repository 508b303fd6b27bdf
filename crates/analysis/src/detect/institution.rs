//! Whether a text speaks of the office's own institution.
//!
//! It keeps an item out of the hate queue for good (`rights.md`), so it is read generously: abbreviations, heads of the
//! institution, hashtags and the bare kind ("polsek") where the text names no other place.

use super::place::words_of;
use super::reading::Word;
use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::gazetteer::{Gazetteer, fold};
use crate::known::Known;
use crate::model::{ModelError, Models};
use saring_domain::{Because, Judgement, Office, OfficeId, Span};
use std::collections::{HashMap, HashSet};

const KINDS: &str = include_str!("../../data/own_institution.txt");
const ENDINGS: [&str; 8] = ["nya", "e", "ne", "lah", "kah", "pun", "ku", "mu"];

/// The own institution's names, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Institutions {
    /// Whole forms as words, by their first word.
    forms: HashMap<String, Vec<Vec<String>>>,
    /// Forms written as one word, as in hashtags.
    joined: HashSet<String>,
    /// Kinds without a name, by their first word.
    bare: HashMap<String, Vec<Vec<String>>>,
    links: HashSet<String>,
}

impl Institutions {
    /// From the names as an office writes them, for instance `Polres Karangjati`.
    pub fn new(names: &[String]) -> Self {
        let lists = Kinds::read();
        let mut out = Self { links: lists.links, ..Self::default() };
        for name in names {
            let words = words(name);
            match kind(&lists.groups, &words) {
                Some((group, len)) => out.add_kind(group, words.get(len..).unwrap_or_default()),
                None => out.add_other(&words),
            }
        }
        out
    }

    fn add_kind(&mut self, group: &[Vec<String>], name: &[String]) {
        let name: Vec<String> = name.iter().filter(|word| !self.links.contains(*word)).cloned().collect();
        for form in group {
            if name.is_empty() {
                self.add_form(form);
                continue;
            }
            let whole: Vec<String> = form.iter().chain(&name).cloned().collect();
            self.add_form(&whole);
            // the bare kind of a village or district office is an everyday word: only police and agencies count
            if form.len() == 1
                && !["desa", "kecamatan", "kelurahan", "kota"].contains(&form.concat().as_str())
            {
                let first = form.first().cloned().unwrap_or_default();
                self.bare.entry(first).or_default().push(form.clone());
            }
        }
    }

    /// A name of no listed kind: as it is, and its initials where there are three or more.
    fn add_other(&mut self, words: &[String]) {
        self.add_form(words);
        let initials: String =
            words.iter().filter(|word| *word != "dan").filter_map(|word| word.chars().next()).collect();
        if initials.chars().count() > 2 {
            self.add_form(&[initials]);
        }
    }

    fn add_form(&mut self, form: &[String]) {
        let Some(first) = form.first() else { return };
        self.joined.insert(form.concat());
        let forms = self.forms.entry(first.clone()).or_default();
        if !forms.contains(&form.to_vec()) {
            forms.push(form.to_vec());
        }
    }

    /// Whether nothing is to be looked for.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Whether a word belongs to a form.
    fn knows(&self, word: &str) -> bool {
        self.forms.contains_key(word) || self.joined.contains(word) || self.links.contains(word)
    }

    /// Where the institution is named in full, and by which form, written as one word.
    fn named(&self, text: &[Word<'_>]) -> Vec<(Span, String)> {
        let mut out = Vec::new();
        for (at, word) in text.iter().enumerate() {
            let whole = stripped(&word.key).into_iter().find_map(|key| {
                if self.joined.contains(key) {
                    return Some((at + 1, key.to_owned()));
                }
                let forms = self.forms.get(key)?.iter();
                let ends = forms.filter_map(|form| Some((self.ends(text, at, form)?, form)));
                ends.max_by_key(|(end, _)| *end).map(|(end, form)| (end, form.concat()))
            });
            out.extend(whole.and_then(|(end, form)| Some((span(text, at, end)?, form))));
        }
        out
    }

    /// One past the last word of `form` at `at`; link words may stand between.
    fn ends(&self, text: &[Word<'_>], at: usize, form: &[String]) -> Option<usize> {
        let mut here = at + 1;
        for part in form.iter().skip(1) {
            let mut word = text.get(here)?;
            while word.key != part.as_str() && self.links.contains(word.key.as_ref()) {
                here += 1;
                word = text.get(here)?;
            }
            if !stripped(&word.key).contains(&part.as_str()) {
                return None;
            }
            here += 1;
        }
        Some(here)
    }

    /// Where its kind stands alone: no name follows.
    fn kind_alone(&self, text: &[Word<'_>], gazetteer: &Gazetteer) -> Vec<Span> {
        let mut out = Vec::new();
        for (at, word) in text.iter().enumerate() {
            let known = stripped(&word.key).into_iter().any(|key| self.bare.contains_key(key));
            let named = text.get(at + 1).is_some_and(|next| {
                next.joint == super::reading::Joint::Space
                    && ((next.capital && next.telling)
                        || gazetteer.name(&next.key).is_some_and(|name| name.wordness < 2))
            });
            if known && !named {
                out.extend(span(text, at, at + 1));
            }
        }
        out
    }
}

/// The names of the institutions of other offices, with whose each is.
#[derive(Clone, Debug, Default)]
pub struct Others {
    all: Institutions,
    /// By form, written as one word.
    owners: HashMap<String, OfficeId>,
}

impl Others {
    /// Of these offices, apart from what names the own institution too, or several of them. A kind without a name
    /// ("Diskominfo") could be anybody's and is left out.
    pub fn new(offices: &[&Office], own: &Institutions) -> Self {
        let lists = Kinds::read();
        let mut owners: HashMap<String, Vec<&OfficeId>> = HashMap::new();
        let mut out = Self {
            all: Institutions { links: lists.links.clone(), ..Institutions::default() },
            ..Self::default()
        };
        let whole = |name: &&String| {
            let words = words(name);
            let rest = kind(&lists.groups, &words).map_or(0, |(_, len)| len);
            words.iter().skip(rest).any(|word| !lists.links.contains(word))
        };
        for office in offices {
            let names: Vec<String> = office.institution_names.iter().filter(whole).cloned().collect();
            let found = Institutions::new(&names);
            for form in found.forms.values().flatten() {
                let joined = form.concat();
                if !own.joined.contains(&joined) {
                    out.all.add_form(form);
                    owners.entry(joined).or_default().push(&office.id);
                }
            }
        }
        let only = |(form, of): (String, Vec<&OfficeId>)| match of.as_slice() {
            [one] => Some((form, (*one).clone())),
            _ => None,
        };
        out.owners = owners.into_iter().filter_map(only).collect();
        out
    }

    /// Where they are named, and whose they are.
    fn named(&self, text: &[Word<'_>]) -> (Vec<Span>, Vec<OfficeId>) {
        let (mut spans, mut offices) = (Vec::new(), Vec::new());
        for (span, form) in self.all.named(text) {
            spans.push(span);
            offices.extend(self.owners.get(&form).filter(|office| !offices.contains(*office)).cloned());
        }
        (spans, offices)
    }
}

/// The words of a name.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| !word.is_empty()).collect()
}

/// The kind that a name begins with, and how many of its words say so.
fn kind<'k>(groups: &'k [Vec<Vec<String>>], words: &[String]) -> Option<(&'k Vec<Vec<String>>, usize)> {
    groups.iter().find_map(|group| {
        group.iter().filter(|form| words.starts_with(form)).map(Vec::len).max().map(|len| (group, len))
    })
}

/// A word and what is left of it without an ending: "polseknya", "polseke".
fn stripped(word: &str) -> Vec<&str> {
    let mut out = vec![word];
    out.extend(ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).filter(|rest| rest.len() > 2));
    out
}

fn span(text: &[Word<'_>], at: usize, end: usize) -> Option<Span> {
    Some(Span { start: text.get(at)?.start, end: text.get(end.checked_sub(1)?)?.end })
}

/// The lists of `data/own_institution.txt`.
struct Kinds {
    groups: Vec<Vec<Vec<String>>>,
    links: HashSet<String>,
}

impl Kinds {
    fn read() -> Self {
        let mut out = Self { groups: Vec::new(), links: HashSet::new() };
        for (section, items) in
            KINDS.lines().filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once(':'))
        {
            let items = items.split(',').map(str::trim);
            if section == "link" {
                out.links.extend(items.map(str::to_owned));
            } else {
                out.groups.push(items.map(|item| item.split(' ').map(str::to_owned).collect()).collect());
            }
        }
        out
    }
}

/// Writes [`Judgement::own_institution`], [`Judgement::institutions`] and the spans `own_institution`.
struct InstitutionDetector;

/// Makes the detector; the names are in [`Known`].
///
/// # Errors
/// None.
pub fn build(_models: &Models, _settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(InstitutionDetector))
}

impl Detector for InstitutionDetector {
    fn card(&self) -> Card {
        Card { name: "institution", version: "2" }
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        let (own, others) = (&known.institutions, &known.others);
        if own.is_empty() && others.all.is_empty() {
            return;
        }
        let text = words_of(subject, |word| {
            own.knows(word) || others.all.knows(word) || known.gazetteer.longest_from(word) > 0
        });
        let mut spans: Vec<Span> = own.named(&text).into_iter().map(|(span, _)| span).collect();
        let (below, offices) = others.named(&text);
        let elsewhere = || judgement.places.iter().all(|place| !known.is_home(&place.code));
        if spans.is_empty() && below.is_empty() && (judgement.places.is_empty() || !elsewhere()) {
            spans = own.kind_alone(&text, &known.gazetteer);
        }
        spans.extend(below);
        judgement.own_institution = !spans.is_empty();
        judgement.institutions = offices;
        judgement.spans.extend(spans.into_iter().map(|span| Because {
            start: span.start,
            end: span.end,
            because: "own_institution".into(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::judge_with;

    #[test]
    fn the_own_institution_is_found_under_all_its_names() {
        let mut known = Known::new(&Models::shipped(), &[]).unwrap();
        known.institutions = Institutions::new(&[
            "Polres Trenggalek".into(),
            "Dinas Kominfo Trenggalek".into(),
            "Forum Peduli Warga Lereng".into(),
        ]);
        known.covers = vec!["35.03".into()];
        let detector = build(&Models::shipped(), &Settings::default()).unwrap();
        let place = crate::detect::place::build(&Models::shipped(), &Settings::default()).unwrap();
        for (text, own) in [
            ("Polres Trenggalek menggelar bakti sosial", true),
            ("polres kabupaten trenggalek lambat banget balesnya", true),
            ("KAPOLRES TRENGGALEK: jangan percaya hoaks", true),
            ("#PolresTrenggalek mana janjimu", true),
            ("#polrestrenggalek mana janjimu", true),
            ("Kepolisian Resor Trenggalek membuka layanan SIM", true),
            ("Diskominfo Trenggalek libur", true),
            ("Acara FPWL ditunda", true),
            ("ngurus sim di polres antre dari subuh", true),
            ("polresnya tutup, aku sudah jauh-jauh datang", true),
            ("Antre SIM di Polres, warga Trenggalek mengeluh", true),
            ("Polres Kediri menangkap pencuri", false),
            ("Polres menangkap pencuri di Kediri", false),
            ("di polres kediri antre", false),
            ("Warga Trenggalek panen durian", false),
            ("", false),
        ] {
            let judgement = judge_with(&[place.as_ref(), detector.as_ref()], text, &known);
            assert_eq!(judgement.own_institution, own, "{text}");
            assert_eq!(judgement.spans.iter().any(|span| span.because == "own_institution"), own, "{text}");
        }
    }

    #[test]
    fn institutions_of_offices_below_are_told_apart() {
        let office = |id: &str, names: &[&str]| -> Office {
            serde_json::from_value(serde_json::json!({"id": id, "name": id, "institution_names": names}))
                .unwrap()
        };
        let (panggul, munjungan) = (
            office("panggul", &["Polsek Panggul", "Humas"]),
            office("munjungan", &["Polsek Munjungan", "Humas"]),
        );
        let kominfo = office("kominfo", &["Diskominfo Trenggalek", "Diskominfo", "Polres Trenggalek"]);
        let mut known = Known::new(&Models::shipped(), &[]).unwrap();
        known.institutions = Institutions::new(&["Polres Trenggalek".into()]);
        known.covers = vec!["35.03".into()];
        let known = known.with_offices_below(&[&panggul, &munjungan, &kominfo]);
        let detector = build(&Models::shipped(), &Settings::default()).unwrap();
        for (text, named, own) in [
            ("Polsek Panggul menggelar bakti sosial", &["panggul"][..], true),
            ("KAPOLSEK PANGGUL: jangan percaya hoaks", &["panggul"], true),
            ("#PolsekMunjungan kok lama ya", &["munjungan"], true),
            ("Polsek Panggul dan Polsek Munjungan patroli bersama", &["panggul", "munjungan"], true),
            ("Dinas Kominfo Trenggalek libur, kata Polsek Panggul", &["kominfo", "panggul"], true),
            ("Polres Trenggalek menggelar bakti sosial", &[], true),
            ("Humas menjawab", &[], true),
            ("Diskominfo libur", &[], false),
            ("Polsek Ngunut menangkap pencuri", &[], false),
        ] {
            let judgement = judge_with(&[detector.as_ref()], text, &known);
            let found: Vec<&str> = judgement.institutions.iter().map(OfficeId::as_str).collect();
            assert_eq!((found.as_slice(), judgement.own_institution), (named, own), "{text}");
        }
    }

    #[test]
    fn no_office_has_no_institution() {
        let known = Known::new(&Models::shipped(), &[]).unwrap();
        let detector = build(&Models::shipped(), &Settings::default()).unwrap();
        assert!(!judge_with(&[detector.as_ref()], "Polres Trenggalek", &known).own_institution);
    }
}
