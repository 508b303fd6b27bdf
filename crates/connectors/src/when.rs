//! Points in time as sources write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Beginnings of month names, Indonesian and English.
const MONTHS: [(&str, i8); 17] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("mei", 5),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("agu", 8),
    ("agt", 8),
    ("aug", 8),
    ("sep", 9),
    ("okt", 10),
    ("oct", 10),
    ("nov", 11),
    ("des", 12),
    ("dec", 12),
];

/// [`parse`] for what is written for readers in Indonesia: a time without a zone is one of its capital.
pub(crate) fn local(text: &str) -> Option<Timestamp> {
    parse(text, &TimeZone::fixed(jiff::tz::offset(7)))
}

/// Reads RFC 3339, RFC 2822, Unix seconds, milliseconds or microseconds, `2026-11-24 08:30`, `24/11/2026 08.30`,
/// `Sel, 24 Nov 2026 08:30:00 +0700` and Twitter's `Tue Nov 24 08:30:00 +0000 2026`. A time without a zone is read
/// in `zone`.
pub(crate) fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    number(text).or_else(|| words(text, zone))
}

/// Unix time; what the number counts is told by its size.
fn number(text: &str) -> Option<Timestamp> {
    let number: f64 = text.parse().ok().filter(|n: &f64| n.is_finite() && *n > 1e8)?;
    let seconds = match number {
        n if n < 1e11 => n,
        n if n < 1e14 => n / 1e3,
        n if n < 1e17 => n / 1e6,
        _ => return None,
    };
    Timestamp::from_microsecond((seconds * 1e6) as i64).ok()
}

/// A date out of its parts in whatever order they come.
fn words(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let (mut numbers, mut month, mut time, mut offset) = (Vec::new(), None, None, None);
    let spaced = match text.as_bytes().get(10) {
        Some(b'T') => text.replacen('T', " ", 1),
        _ => text.to_owned(),
    };
    for word in spaced.split([' ', ',']).filter(|word| !word.is_empty()) {
        if offset.is_none() && time.is_some() && zone_of(word).is_some() {
            offset = zone_of(word);
        } else if let Some((found, rest)) = date_of(word) {
            numbers.extend(found);
            offset = offset.or(rest);
        } else if let Some(found) = time_of(word).filter(|_| time.is_none()) {
            time = Some(found.0);
            offset = offset.or(found.1);
        } else if let Ok(n) = word.trim_end_matches('.').parse::<i16>() {
            numbers.push(n);
        } else if month.is_none() {
            month = month_of(word);
        }
    }
    let at = DateTime::from_parts(date(&numbers, month)?, time.unwrap_or(Time::midnight()));
    match offset {
        Some(seconds) => {
            let utc = TimeZone::UTC.to_timestamp(at).ok()?;
            utc.checked_sub(SignedDuration::from_secs(seconds)).ok()
        }
        None => zone.to_timestamp(at).ok(),
    }
}

/// Day, month and year: the year is the one above 31; without a month word the month stands in the middle.
fn date(numbers: &[i16], month: Option<i8>) -> Option<Date> {
    let (day, month, year) = match (numbers, month) {
        ([day, year], Some(month)) if *year > 31 => (*day, month, *year),
        ([year, day], Some(month)) if *year > 31 => (*day, month, *year),
        ([year, month, day], None) if *year > 31 => (*day, i8::try_from(*month).ok()?, *year),
        ([day, month, year], None) if *year > 31 => (*day, i8::try_from(*month).ok()?, *year),
        _ => return None,
    };
    let year = if year < 100 { year + 2000 } else { year };
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

/// `2026-11-24` or `24/11/2026`: three numbers (the zone after them is none).
fn date_of(word: &str) -> Option<([i16; 3], Option<i64>)> {
    let mut parts = word.split(['-', '/']).map(|part| part.parse::<i16>().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some((three, None))
}

/// `08:30`, `08.30`, `08:30:00.123+07:00`.
fn time_of(word: &str) -> Option<(Time, Option<i64>)> {
    let split =
        word.find(['+', 'Z', 'z']).or_else(|| word.rfind('-').filter(|at| *at > 3)).unwrap_or(word.len());
    let (clock, zone) = word.split_at(split);
    let mut parts = clock.split([':', '.']).map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    let offset = if zone.is_empty() { None } else { Some(zone_of(zone)?) };
    Some((Time::new(hour, minute, second.min(59), 0).ok()?, offset))
}

/// Seconds east of Greenwich.
fn zone_of(word: &str) -> Option<i64> {
    let hours = |h: i64| Some(h * 3600);
    match word.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" | "UT" => return hours(0),
        "EDT" => return hours(-4),
        "EST" => return hours(-5),
        "WIB" => return hours(7),
        "WITA" => return hours(8),
        "WIT" => return hours(9),
        _ => {}
    }
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = word[1..].chars().filter(|c| *c != ':').collect();
    let whole = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = digits.parse().ok().filter(|_| whole)?;
    Some(sign * (number / 100 * 3600 + number % 100 * 60))
}

fn month_of(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    MONTHS.iter().find(|(name, _)| word.starts_with(name)).map(|(_, month)| *month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_moment() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let expect: Timestamp = "2026-11-24T01:30:00Z".parse().unwrap();
        let same = [
            "2026-11-24T01:30:00Z",
            "2026-11-24T08:30:00+07:00",
            "2026-11-24 08:30:00",
            "2026-11-24 08:30",
            "2026-11-24T08:30:00",
            "2026-11-24T08:30:00+0700",
            "24/11/2026 08:30",
            "24/11/2026 08.30",
            "24-11-2026 08:30:00",
            "1795483800",
            "1795483800000",
            "1795483800.0",
            "Tue, 24 Nov 2026 01:30:00 GMT",
            "Tue, 24 Nov 2026 08:30:00 +0700",
            "Sel, 24 Nov 2026 08:30:00 +0700",
            "Tue Nov 24 01:30:00 +0000 2026",
            "24 November 2026 08:30 WIB",
            "Selasa, 24 November 2026 09.30 WITA",
            "2026/11/24 08:30",
            "2026-11-23 20:30:00 EST",
            "2026-11-23 21:30:00 EDT",
        ];
        for text in same {
            assert_eq!(parse(text, &zone), Some(expect), "{text}");
        }
        assert_eq!(parse("24 Agustus 2026", &TimeZone::UTC), "2026-08-24T00:00:00Z".parse().ok());
        for text in
            ["", "kemarin", "12", "32/13/2026", "-5", "NaN", "99:99", "2026-02-30 10:00", &"9".repeat(99)]
        {
            assert_eq!(parse(text, &zone), None, "{text}");
        }
    }
}
