//! Figures and days in a text: "Rp 500 ribu", "1.000.000", "25 %", "2 Mei 2024".

/// A figure: its value, or a day, as text that can be compared and shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Figure {
    /// A number in plain digits: `500000`, `2.5`, `25%`.
    Number(String),
    /// A day: `2 mei`, `2 mei 2024`.
    Day(String),
}

const MONTHS: [(&str, usize); 33] = [
    ("januari", 0),
    ("jan", 0),
    ("january", 0),
    ("februari", 1),
    ("feb", 1),
    ("pebruari", 1),
    ("maret", 2),
    ("mar", 2),
    ("march", 2),
    ("april", 3),
    ("apr", 3),
    ("mei", 4),
    ("may", 4),
    ("juni", 5),
    ("jun", 5),
    ("juli", 6),
    ("jul", 6),
    ("july", 6),
    ("agustus", 7),
    ("agu", 7),
    ("agt", 7),
    ("august", 7),
    ("september", 8),
    ("sep", 8),
    ("sept", 8),
    ("oktober", 9),
    ("okt", 9),
    ("october", 9),
    ("november", 10),
    ("nov", 10),
    ("desember", 11),
    ("des", 11),
    ("december", 11),
];
const MONTH_NAMES: [&str; 12] = [
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
];
const SCALES: [(&str, u32); 16] = [
    ("ribu", 3),
    ("rb", 3),
    ("ewu", 3),
    ("rebu", 3),
    ("juta", 6),
    ("jt", 6),
    ("yuta", 6),
    ("miliar", 9),
    ("milyar", 9),
    ("milliar", 9),
    ("triliun", 12),
    ("trilyun", 12),
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
    ("trillion", 12),
];
/// More figures than this in one text are not compared.
const MOST: usize = 40;

/// The figures of a text in order, at most 40. Linear in its length.
pub fn figures(text: &str) -> Vec<Figure> {
    let parts = parts(text);
    let mut out = Vec::new();
    let mut at = 0;
    while at < parts.len() && out.len() < MOST {
        let Some(number) = number(&parts[at]) else {
            at += 1;
            continue;
        };
        let next = parts.get(at + 1).map_or("", String::as_str);
        at += 1;
        if let Some(month) =
            find(&MONTHS, next).filter(|_| number.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day)))
        {
            let year = parts.get(at + 1).filter(|year| is_year(year));
            let year_part = year.map_or(String::new(), |year| format!(" {year}"));
            out.push(Figure::Day(format!("{number} {}{year_part}", MONTH_NAMES[month])));
            at += 1 + usize::from(year.is_some());
        } else if let Some(zeros) = find(&SCALES, next) {
            out.push(Figure::Number(scaled(&number, zeros)));
            at += 1;
        } else if matches!(next, "%" | "persen" | "percent") {
            out.push(Figure::Number(format!("{number}%")));
            at += 1;
        } else {
            out.push(Figure::Number(number));
        }
    }
    out
}

fn find<T: Copy>(list: &[(&str, T)], word: &str) -> Option<T> {
    list.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.bytes().all(|b| b.is_ascii_digit())
}

/// Words, numbers with their separators, and percent signs, in lower case; "2jt" and "25%" fall in two.
fn parts(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut before, mut last) = (' ', ' ');
    let mut in_name = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let digit = c.is_ascii_digit();
        let separator =
            matches!(c, '.' | ',') && last.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit);
        // "covid-19", "U-20" and "u20" are names, "rp500" is not
        if digit && !last.is_ascii_digit() && !matches!(last, '.' | ',') {
            let currency = out.last().is_some_and(|part| part == "rp");
            in_name = (last.is_alphabetic() && !currency) || (last == '-' && before.is_alphabetic());
        }
        in_name &= digit || separator;
        if in_name {
            last = c;
            continue;
        }
        let joins = separator
            || (digit
                && (last.is_ascii_digit() || matches!(last, '.' | ','))
                && out.last().is_some_and(|o| o.starts_with(|c: char| c.is_ascii_digit())))
            || (c.is_alphabetic() && last.is_alphabetic());
        if joins || digit || c.is_alphabetic() || c == '%' {
            if !joins || out.is_empty() {
                out.push(String::new());
            }
            if let Some(part) = out.last_mut() {
                part.extend(c.to_lowercase());
            }
        }
        // after "12. 5" the point has ended the number
        before = last;
        last = if matches!(c, '.' | ',') && !separator { ' ' } else { c };
    }
    out
}

/// Plain digits of "1.000.000", "2,5", "017": points and commas before exactly three digits are thousands.
fn number(part: &str) -> Option<String> {
    if !part.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut out = String::new();
    let mut groups = part.split(['.', ',']);
    out.push_str(groups.next()?);
    let rest: Vec<&str> = groups.collect();
    let thousands = !rest.is_empty() && out.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    for (n, group) in rest.iter().enumerate() {
        if !thousands {
            out.push(if n == 0 { '.' } else { ',' });
        }
        out.push_str(group);
    }
    let trimmed = out.trim_start_matches('0');
    Some(if trimmed.is_empty() || !trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        out
    } else {
        trimmed.to_owned()
    })
}

/// The number with its point moved: (`2.5`, 6) is `2500000`.
fn scaled(number: &str, zeros: u32) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > zeros as usize || !part.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let padded = format!("{whole}{part}{}", "0".repeat(zeros as usize - part.len()));
    let trimmed = padded.trim_start_matches('0');
    if trimmed.is_empty() { "0".into() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_people_write_them() {
        let number = |text: &str| Figure::Number(text.into());
        let day = |text: &str| Figure::Day(text.into());
        for (text, wanted) in [
            ("Rp 500 ribu", vec![number("500000")]),
            ("Rp1.000.000,- saja", vec![number("1000000")]),
            ("2,5 juta atau 2jt", vec![number("2500000"), number("2000000")]),
            ("270 million people, 5 thousand cows", vec![number("270000000"), number("5000")]),
            ("naik 25% dan 3 persen", vec![number("25%"), number("3%")]),
            ("tanggal 02 Mei 2024 dan 3 jun", vec![day("2 mei 2024"), day("3 juni")]),
            ("ada 12. 5 orang, 007", vec![number("12"), number("5"), number("7")]),
            ("covid-19, U-20, U20.5 dan 5-10 ekor", vec![number("5"), number("10")]),
            ("tanpa angka", vec![]),
        ] {
            assert_eq!(figures(text), wanted, "{text}");
        }
        assert_eq!(figures(&"1 ".repeat(100_000)).len(), MOST);
    }
}
