//! What the title of a check says: `[SALAH] ...`, `Cek Fakta: Hoaks ...`; and its conclusion without who said it.

use crate::html;
use saring_domain::Rating;

/// What a check is announced with.
const LABELS: &[&str] = &[
    "cek fakta",
    "periksa fakta",
    "cekfakta",
    "fakta atau hoaks",
    "hoaks atau fakta",
    "hoax atau fakta",
    "fact check",
    "klarifikasi fakta",
];
/// Verdicts that may stand before the statement without brackets, the longest of each beginning first.
const VERDICTS: &[&str] = &[
    "belum terbukti",
    "sebagian benar",
    "sebagian salah",
    "tanpa konteks",
    "kurang konteks",
    "tidak benar",
    "menyesatkan",
    "disinformasi",
    "misinformasi",
    "penipuan",
    "keliru",
    "hoaks",
    "hoax",
    "salah",
    "palsu",
    "benar",
    "satire",
    "satir",
];
/// Words between the verdict and the statement that say nothing.
const FILLERS: &[&str] = &["klaim bahwa ", "klaim ", "ini ", "informasi ", "kabar bahwa "];
/// What the conclusion of a check is headed with.
const CONCLUSIONS: &[&str] = &["kesimpulan", "hasil periksa fakta", "hasil cek fakta", "conclusion"];
/// What ends it.
const AFTER: &[&str] = &["referensi", "rujukan", "sumber", "tautan", "baca juga", "editor", "penulis"];
/// Characters of a conclusion.
const LONGEST: usize = 1_500;
/// Words that tell of who posted something.
const ACCOUNTS: &[&str] = &["akun", "pengguna", "account", "username", "diunggah oleh", "milik"];

/// A check as its title tells it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) claim: String,
    pub(super) verdict: Option<String>,
}

/// Reads a title; `None` where it announces no check.
pub(super) fn read(title: &str) -> Option<Told> {
    let title = html::line(title);
    let (labelled, rest) = label(&title);
    let (verdict, rest) = bracketed(rest).or_else(|| leading(rest, labelled)).unwrap_or((None, rest));
    if !labelled && verdict.is_none() {
        return None;
    }
    let claim = unquoted(&handles_out(filler(rest.trim_start_matches(separator), verdict.is_some())));
    claim.chars().any(char::is_alphanumeric).then_some(Told { claim, verdict })
}

fn separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | ',' | '!' | '|' | '-' | '–' | '—' | '.')
}

/// Takes `CEK FAKTA:` off, in brackets or not.
fn label(title: &str) -> (bool, &str) {
    let bare = title.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
    for label in LABELS {
        let Some(rest) = after(bare, label) else { continue };
        let rest = rest.trim_start_matches([']', ')']);
        if rest.starts_with(separator) && !rest.trim_start_matches(separator).is_empty() {
            return (true, rest.trim_start_matches(separator));
        }
    }
    (false, title)
}

/// The rest of `text` behind `start`, whatever its case; both are without letters that change length with case.
fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| &text[start.len()..])
}

/// `[SALAH] ...`, `(HOAKS) ...`; several one after the other count by the first that is a verdict.
fn bracketed(mut text: &str) -> Option<(Option<String>, &str)> {
    let mut verdict = None;
    loop {
        let trimmed = text.trim_start();
        let close = match trimmed.chars().next() {
            Some('[') => ']',
            Some('(') => ')',
            _ => break,
        };
        let Some((inside, rest)) = trimmed[1..].split_once(close) else { break };
        let known = Rating::from_word(inside) != Rating::Unrated;
        if !known && verdict.is_none() {
            break;
        }
        verdict = verdict.or_else(|| known.then(|| inside.trim().to_owned()));
        text = rest;
    }
    verdict.map(|word| (Some(word), text))
}

/// `SALAH: ...` and, behind a label, `Hoaks ...`.
fn leading(text: &str, labelled: bool) -> Option<(Option<String>, &str)> {
    let word = VERDICTS.iter().find(|word| {
        let rest = after(text, word).unwrap_or_default();
        let ended = rest.starts_with([':', '!']) || (labelled && rest.starts_with(separator));
        ended && !rest.trim_start_matches(separator).is_empty()
    })?;
    Some((Some(text[..word.len()].to_owned()), &text[word.len()..]))
}

fn filler(text: &str, judged: bool) -> &str {
    FILLERS.iter().filter(|_| judged).find_map(|word| after(text, word)).unwrap_or(text)
}

/// A statement without the quotation marks around it.
pub(super) fn unquoted(text: &str) -> String {
    let text = text.trim();
    for (open, close) in [('“', '”'), ('"', '"'), ('‘', '’'), ('\'', '\'')] {
        let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inside) = inside.filter(|inside| !inside.contains([open, close])) {
            return inside.trim().to_owned();
        }
    }
    text.to_owned()
}

/// A line without the handles of accounts.
pub(super) fn handles_out(line: &str) -> String {
    line.split_whitespace().filter(|word| !handle(word)).collect::<Vec<_>>().join(" ")
}

fn handle(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
    word.starts_with('@') && word.len() > 1
}

/// The conclusion that a check ends with, without sentences that name accounts; empty where none is headed so.
pub(super) fn conclusion(text: &str) -> String {
    let start = |line: &str| {
        let line = line.trim().trim_start_matches(['[', '#', '*']);
        CONCLUSIONS
            .iter()
            .find_map(|word| after(line, word))
            .map(|rest| rest.trim_start_matches([']', '*']).to_owned())
    };
    let mut lines = text.lines().skip_while(|line| start(line).is_none());
    let Some(first) = lines.next().and_then(start) else { return String::new() };
    let first = first.trim_start_matches(separator).to_owned();
    let ends = |line: &&str| AFTER.iter().any(|word| after(line.trim(), word).is_some());
    let rest = lines.take_while(|line| !ends(line)).map(str::to_owned);
    let whole: Vec<String> =
        std::iter::once(first).chain(rest).filter(|line| !line.trim().is_empty()).collect();
    impersonal(&whole.join("\n")).chars().take(LONGEST).collect()
}

/// A text without the sentences that tell whose post it was.
pub(super) fn impersonal(text: &str) -> String {
    let names = |sentence: &str| {
        let lower = sentence.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric() && c != '@').collect::<Vec<_>>().join(" ");
        let padded = format!(" {words} ");
        sentence.split_whitespace().any(handle)
            || ACCOUNTS.iter().any(|word| padded.contains(&format!(" {word} ")))
    };
    let lines = text.lines().map(|line| {
        let kept: Vec<&str> = line.split_inclusive(". ").filter(|sentence| !names(sentence)).collect();
        kept.concat().trim().to_owned()
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
