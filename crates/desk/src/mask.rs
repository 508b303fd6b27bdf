//! Masks who and how to reach them in shown text. One character stays one character, so spans keep their place.

/// What a masked character becomes.
const DOT: char = '•';
/// Fewest digits of a phone number.
const PHONE: usize = 9;
/// Fewest digits that are always a number of a person (identity card, account) and never a figure.
const ALWAYS: usize = 12;
/// Sites whose first path part names an account.
const PROFILES: [&str; 10] = [
    "facebook.com/",
    "fb.com/",
    "instagram.com/",
    "tiktok.com/",
    "twitter.com/",
    "x.com/",
    "t.me/",
    "threads.net/",
    "youtube.com/",
    "wa.me/",
];

/// `text` with handles, e-mail addresses, phone and identity numbers, and names of profiles masked. Has as many
/// characters (Unicode scalar values) as `text`.
pub fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = chars.clone();
    handles_and_mail(&chars, &mut out);
    numbers(&chars, &mut out);
    profiles(&chars, &mut out);
    out.into_iter().collect()
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn cover(out: &mut [char], from: usize, to: usize) {
    for c in &mut out[from..to] {
        if in_name(*c) || *c == '+' {
            *c = DOT;
        }
    }
}

/// `@name` keeps its sign; `local@domain` is masked on both sides.
fn handles_and_mail(chars: &[char], out: &mut [char]) {
    for at in (0..chars.len()).filter(|&at| matches!(chars[at], '@' | '＠')) {
        let is_local = |c: &char| in_name(*c) || *c == '+';
        let start = at - chars[..at].iter().rev().take_while(|c| is_local(c)).count();
        let mut end = at + 1 + chars[at + 1..].iter().take_while(|c| in_name(**c)).count();
        while end > at + 1 && matches!(chars[end - 1], '.' | '-') {
            end -= 1; // the full stop of the sentence
        }
        if end - at > 1 {
            cover(out, start, at);
            cover(out, at + 1, end);
        }
    }
}

/// A run of digits with separators between them.
fn numbers(chars: &[char], out: &mut [char]) {
    let mut at = 0;
    while at < chars.len() {
        if !starts_number(chars, at) {
            at += 1;
            continue;
        }
        let end = run_end(chars, at);
        if is_personal(&chars[at..end], money_before(&chars[..at])) {
            let mut shown = 0;
            for place in at..end {
                if chars[place].is_numeric() {
                    shown += 1;
                    if shown > 2 {
                        out[place] = DOT;
                    }
                }
            }
        }
        at = end;
    }
}

fn starts_number(chars: &[char], at: usize) -> bool {
    let opens =
        chars[at].is_numeric() || (chars[at] == '+' && chars.get(at + 1).is_some_and(|c| c.is_numeric()));
    opens && (at == 0 || !chars[at - 1].is_alphanumeric())
}

fn run_end(chars: &[char], from: usize) -> usize {
    let mut end = from + 1;
    loop {
        let gap = chars[end..]
            .iter()
            .take(2)
            .take_while(|c| matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}'))
            .count();
        match chars.get(end + gap) {
            Some(c) if c.is_numeric() => end += gap + 1,
            _ => return end,
        }
    }
}

fn money_before(before: &[char]) -> bool {
    let tail: String = before.iter().rev().filter(|c| !c.is_whitespace()).take(3).collect();
    let tail: String = tail.chars().rev().collect::<String>().to_lowercase();
    tail.ends_with("rp") || tail.ends_with("rp.") || tail.ends_with('$') || tail.ends_with("idr")
}

fn is_personal(run: &[char], money: bool) -> bool {
    let digits: String = run.iter().filter(|c| c.is_numeric()).collect();
    let grouped = is_grouped(run);
    if money || grouped || is_date(run) {
        return false;
    }
    let phone = run[0] == '+' || digits.starts_with('0') || digits.starts_with("62");
    digits.chars().count() >= if phone { PHONE } else { ALWAYS }
}

/// `1.250.000`: groups of three behind full stops are a figure.
fn is_grouped(run: &[char]) -> bool {
    let text: String = run.iter().collect();
    let parts: Vec<&str> = text.split('.').collect();
    let three = |part: &&str| part.chars().count() == 3 && part.chars().all(char::is_numeric);
    parts.len() > 2 && parts[0].chars().count() <= 3 && parts[1..].iter().all(three) && !text.starts_with('0')
}

/// `24-11-2026 08.30` and `2026-11-24`.
fn is_date(run: &[char]) -> bool {
    let text: String = run.iter().collect();
    let parts: Vec<usize> = text.split(['-', '.']).take(3).map(|part| part.trim().len()).collect();
    let day_first = matches!(parts[..], [1..=2, 1..=2, year] if year >= 4);
    let year_first =
        matches!(parts[..], [4, 1..=2, day] if day > 0) && (text.starts_with("19") || text.starts_with("20"));
    (day_first || year_first) && text.chars().filter(|c| c.is_numeric()).count() <= 14
}

/// The name in the address of a profile.
fn profiles(chars: &[char], out: &mut [char]) {
    let lower: Vec<char> = chars.iter().map(|c| c.to_ascii_lowercase()).collect();
    for site in PROFILES {
        let site: Vec<char> = site.chars().collect();
        for at in 0..lower.len().saturating_sub(site.len()) {
            if lower[at..].starts_with(&site)
                && (at == 0 || matches!(lower[at - 1], '/' | '.' | ' ' | '\n' | '(' | '"'))
            {
                let from = at + site.len();
                let end = from + chars[from..].iter().take_while(|c| in_name(**c)).count();
                cover(out, from, end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_is_masked_and_figures_are_not() {
        for (text, shown) in [
            ("kata @budi.santoso99, benar.", "kata @••••••••••••••, benar."),
            ("@a", "@•"),
            ("surel ke ani_k@contoh.example ya", "surel ke •••••@•••••••••••••• ya"),
            ("WA 0812-3456-7890 sekarang", "WA 08••-••••-•••• sekarang"),
            ("telepon +62 812 3456 789.", "telepon +62 ••• •••• •••."),
            ("(021) 555 12345", "(02•) ••• •••••"),
            ("NIK 3503012304900001", "NIK 35••••••••••••••"),
            ("rekening 123456789012", "rekening 12••••••••••"),
            ("bantuan Rp 600.000.000.000 cair", "bantuan Rp 600.000.000.000 cair"),
            ("Rp1500000000", "Rp1500000000"),
            ("1.250.000.000 orang", "1.250.000.000 orang"),
            ("pada 24-11-2026 08.30", "pada 24-11-2026 08.30"),
            ("hubungi 110 atau 1500567", "hubungi 110 atau 1500567"),
            ("lihat https://instagram.com/warga.kita/p", "lihat https://instagram.com/••••••••••/p"),
            ("max.com/film", "max.com/film"),
            ("harga naik 5%", "harga naik 5%"),
        ] {
            assert_eq!(mask(text), shown, "{text}");
            assert_eq!(mask(text).chars().count(), text.chars().count());
        }
    }
}
