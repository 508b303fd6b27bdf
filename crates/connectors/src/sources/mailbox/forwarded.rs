//! What was forwarded, without who sent it to whom: the heads that programs put before it, quote marks, signatures, names that
//! stand in the heads, addresses and telephone numbers.

use crate::html;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What stands for a name, an address or a number; as on the screens.
const GONE: &str = "•••";
/// What programs write above what they pass on.
const MARKS: [&str; 8] = [
    "forwarded message",
    "original message",
    "pesan yang diteruskan",
    "pesan diteruskan",
    "pesan terusan",
    "pesan asli",
    "diteruskan dari",
    "forwarded from",
];
/// Keys of the line that says what it is about.
const SUBJECTS: [&str; 5] = ["subject", "perihal", "hal", "subjek", "judul"];
/// Lines of a signature.
const LONGEST_SIGNATURE: usize = 12;
/// Names that are looked for.
const MOST_NAMES: usize = 100;

/// Lines of a head. The second group holds what it says.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let keys = "from|sender|to|cc|bcc|sent|date|subject|reply-to|dari|pengirim|kepada|untuk|ke|tembusan|dikirim|terkirim|\
                tanggal|tgl|perihal|hal|subjek|judul|balas ke";
    Regex::new(&format!(r"(?i)^\*?({keys})\*?\s?:\*?\s*(.*)$")).ok()
});
/// `Pada Sel, 24 Nov 2026 pukul 10.00 NAMA <alamat> menulis:`
static WROTE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(on|pada)\b.{6,200}\b(wrote|menulis)\s?:$").ok());
/// `[24/11/26 10.05] Nama: ` and `24/11/26, 10:05 - Nama: `, as chats are copied.
static CHAT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (day, time) =
        (r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?", r"\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:\s?[ap]m)?");
    Regex::new(&format!(
        r"(?i)^(?:\[(?:{day},?\s+{time}|{time},?\s+{day})\]\s*|{day},?\s+{time}\s+-\s+)[^:]{{1,60}}:\s*"
    ))
    .ok()
});
static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<?(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?").ok());
static PHONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\+\d|\(?\b(?:62|0)[2-9])(?:[ .()-]{0,2}\d){7,13}\b").ok());
/// A day at the start, which is no number of a person.
static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\d{1,2}[ .-]\d{1,2}[ .-]\d{4}\b").ok());
static PASSED_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:(?:fwd?|fw|trs|terusan|teruskan|diteruskan|re|bls|balas)\s*(?:\[\d+\])?\s*:\s*)+")
        .ok()
});

/// A subject without the marks of passing on and without people.
pub(super) fn subject(text: &str, names: &[String]) -> String {
    let line = html::squeezed(text);
    let bare = PASSED_ON.as_ref().map_or(line.clone(), |mark| mark.replace(&line, "").into_owned());
    nobody(&bare, names)
}

/// The words that were passed on, and those of the person who did, without anybody's name and address. `title` is not
/// said again; `names` are those that the message itself bears.
pub(super) fn words(text: &str, title: &str, names: &[String]) -> String {
    let lines: Vec<&str> =
        text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end()).collect();
    let mut names: Vec<String> = names.iter().take(MOST_NAMES).cloned().collect();
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let head = head_length(&lines[at..]);
        if head > 0 {
            for (key, value) in lines[at..at + head].iter().filter_map(|line| head_line(line)) {
                if SUBJECTS.contains(&key.as_str()) {
                    kept.extend(Some(subject(value, &[])).filter(|value| value != title));
                } else {
                    names.extend(name(value).filter(|_| names.len() < 2 * MOST_NAMES));
                }
            }
            kept.push(String::new());
            at += head;
        } else if *line == "--" {
            at += signature_length(&lines[at..]);
        } else {
            kept.push(CHAT.as_ref().map_or(line.to_string(), |chat| chat.replace(line, "").into_owned()));
            at += 1;
        }
    }
    let mut out = String::new();
    for line in kept.iter().filter(|line| !is_name(line, &names)) {
        let empty = line.is_empty() && (out.is_empty() || out.ends_with("\n\n"));
        if !empty {
            out.push_str(&nobody(line, &names));
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// How many lines at the start are the head of something passed on; 0 where none.
fn head_length(lines: &[&str]) -> usize {
    let first = lines[0];
    for at in 1..=lines.len().min(2) {
        // most lines of most messages are told by how they end
        if lines[at - 1].ends_with(':')
            && WROTE.as_ref().is_some_and(|wrote| wrote.is_match(&lines[..at].join(" ")))
        {
            return at;
        }
    }
    let marked = is_mark(first);
    let alone = !head_line(first).is_some_and(|(_, value)| value.contains('@'));
    if !marked && (head_line(first).is_none() || (alone && !heads_follow(&lines[1..]))) {
        return 0;
    }
    let mut end = 1;
    let mut people = !marked && !alone;
    for (at, line) in lines.iter().enumerate().skip(1) {
        match head_line(line) {
            Some((key, _)) => people = !SUBJECTS.contains(&key.as_str()),
            None if line.is_empty() => continue,
            // a long list of people goes on below its line
            None if people && line.contains('@') => {}
            None => break,
        }
        end = at + 1;
    }
    end
}

/// Whether another line of a head follows at once: one alone is a line of the text.
fn heads_follow(rest: &[&str]) -> bool {
    rest.iter().find(|line| !line.is_empty()).is_some_and(|line| head_line(line).is_some())
}

/// How many lines from the mark of a signature on belong to it; a long rest is no signature.
fn signature_length(lines: &[&str]) -> usize {
    let near = lines.len().min(LONGEST_SIGNATURE + 1);
    let end = (1..near).find(|at| head_length(&lines[*at..]) > 0).unwrap_or(near);
    if end <= LONGEST_SIGNATURE { end } else { 1 }
}

fn is_mark(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let dashed = line.starts_with("--") || line.starts_with("__") || line.ends_with(':');
    MARKS.iter().any(|mark| bare == *mark || (dashed && bare.len() < 80 && bare.contains(mark)))
}

/// Key and value of a line of a head.
fn head_line(line: &str) -> Option<(String, &str)> {
    let found = HEAD.as_ref().filter(|_| line.contains(':'))?.captures(line)?;
    Some((found.get(1)?.as_str().to_lowercase(), found.get(2)?.as_str()))
}

/// The name before an address.
fn name(value: &str) -> Option<String> {
    let name = value.split(['<', '[', '(']).next()?.trim_matches(|c: char| !c.is_alphanumeric());
    (!name.contains('@') && !name.chars().any(|c| c.is_ascii_digit()) && !name.is_empty())
        .then(|| name.to_owned())
}

/// Whether a line is a name and nothing else: how people sign.
fn is_name(line: &str, names: &[String]) -> bool {
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    !bare.is_empty() && names.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

/// What stands for a run of digits: itself where it is a day or hours.
fn telephone(run: &str) -> String {
    let day = DAY.as_ref().is_some_and(|day| day.is_match(run));
    let long = run.split(|c: char| !c.is_ascii_digit()).any(|part| part.len() > 2);
    if day || !long { run.to_owned() } else { GONE.to_owned() }
}

/// Text without names of two words and more, addresses and telephone numbers. A name of one word may be any word.
fn nobody(text: &str, names: &[String]) -> String {
    let mut out = text.to_owned();
    if let (Some(mail), Some(phone)) = (MAIL.as_ref(), PHONE.as_ref()) {
        out = mail.replace_all(&out, GONE).into_owned();
        out = phone.replace_all(&out, |found: &Captures<'_>| telephone(&found[0])).into_owned();
    }
    for name in names.iter().take(2 * MOST_NAMES).filter(|name| name.split_whitespace().count() > 1) {
        out = out.replace(name.as_str(), GONE);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_program_are_taken_out_and_the_text_stays() {
        let cases = [
            // Yahoo, one line a paragraph
            (
                "Cek ini\n\n----- Pesan yang Diteruskan -----\n\nDari: Siti Aminah <siti@surel.example>\n\nKepada: rt05@surel.example\n\n\
                 Terkirim: Rabu, 4 November 2026 20.10 WIB\n\nJudul: Awas!\n\nAir sungai naik.\nSiti Aminah",
                "Cek ini\n\nAwas!\n\nAir sungai naik.",
            ),
            // a telephone
            (
                "Mulai pesan yang diteruskan:\n\n> Dari: siti@surel.example\n> Tanggal: 4 November 2026 20.10.00 WIB\n> Kepada: Budi\n>\n> Air naik.",
                "Air naik.",
            ),
            // an answer, its line broken in two
            (
                "benar?\n\nPada Rab, 4 Nov 2026 pukul 20.10 Siti Aminah <siti@surel.example>\nmenulis:\n\n> Air naik.\n> Lari!",
                "benar?\n\nAir naik.\nLari!",
            ),
            ("On Wed, 4 Nov 2026 at 20:10, Siti <s@surel.example> wrote:\n> Air naik", "Air naik"),
            // bold marks, a list of people over several lines
            (
                "*From:* Siti\n*Sent:* Wednesday\n*To:* a@surel.example;\nb@surel.example;\n c@surel.example\n*Subject:* kabar\n\nAir naik",
                "Air naik",
            ),
            // chats as they are copied
            ("[4/11/26, 20.10.33] Siti Aminah: Air naik\n[4/11/26, 20.11.02] Budi: masa?", "Air naik\nmasa?"),
            ("04/11/2026 20.10 - +62 812-3456-789: Air naik", "Air naik"),
            // lines that only look like heads, and a mark that is no signature
            ("Untuk: semua warga RT 05\nharap waspada", "Untuk: semua warga RT 05\nharap waspada"),
            ("Dari sungai: air naik jam 20:10", "Dari sungai: air naik jam 20:10"),
            (
                "Pada hari Rabu banyak yang menulis: air naik.",
                "Pada hari Rabu banyak yang menulis: air naik.",
            ),
            (
                "satu\n--\ndua\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12",
                "satu\ndua\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12",
            ),
            ("satu\n-- \nSiti\nKetua RT", "satu"),
            // numbers of people go, figures stay
            ("buka 08.00-12.00 09.30, 05-11-2026 20.10 WIB", "buka 08.00-12.00 09.30, 05-11-2026 20.10 WIB"),
            ("hub 0812-3456-7890 / (0274) 512345 / +62 21 555 0123", "hub ••• / ••• / •••"),
            (
                "Rp 5.000.000 untuk 62 desa, 4 11 2026, RT 05 RW 02",
                "Rp 5.000.000 untuk 62 desa, 4 11 2026, RT 05 RW 02",
            ),
        ];
        for (text, expect) in cases {
            assert_eq!(words(text, "kabar", &["Rukmini".into()]), expect, "{text}");
        }
        assert_eq!(
            subject("Fwd: RE: Trs: [2] Air naik, kata Siti Aminah", &["Siti Aminah".into()]),
            "[2] Air naik, kata •••"
        );
        assert_eq!(subject("Rekap: air", &[]), "Rekap: air");
    }
}
