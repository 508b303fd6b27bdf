//! Points in time as sources write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit};

/// The web is no older, Unix seconds of 1 January 1991: what is dated before is a slip.
const FIRST: i64 = 662_688_000;
/// How far ahead of the clock a date may lie: a time zone, no more.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Names of the days, Monday first.
const DAYS: [&[&str]; 7] = [
    &["senin", "monday", "mon"],
    &["selasa", "tuesday", "tue"],
    &["rabu", "wednesday", "wed"],
    &["kamis", "thursday", "thu"],
    &["jumat", "jum'at", "jum\u{2019}at", "friday", "fri"],
    &["sabtu", "saturday", "sat"],
    &["minggu", "ahad", "sunday", "sun"],
];

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

/// The zone of the capital, which holds for what says no other.
pub(crate) fn capital() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(7))
}

/// [`parse`] for what is written for readers in Indonesia: a time without a zone is one of its capital.
pub(crate) fn local(text: &str) -> Option<Timestamp> {
    parse(text, &capital())
}

/// A date as it stands before readers: what [`parse`] reads, and what is told from the moment of reading (`now`):
/// `kemarin pukul 19.30`, `2 jam yang lalu`, `Senin (23/11)`, `Rabu pagi`. Without a clock it is the beginning of the
/// day. A zone that the text names goes before `zone`. What [`believed`] refuses is `None`.
pub(crate) fn written(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    let marks = ['|', '(', ')', ',', ';', '\u{b7}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{a0}', '\n', '\t'];
    let clean = text.to_lowercase().replace(marks, " ");
    let at = parse(text, zone).or_else(|| parse(&clean, zone)).or_else(|| relative(&clean, zone, now));
    at.filter(|at| believed(*at, now))
}

/// Whether a date says the time of day as well.
pub(crate) fn clocked(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | 'T'))
        .any(|word| time_of(word).is_some())
}

/// Whether something on the web that is read at `now` can be of this date.
pub(crate) fn believed(at: Timestamp, now: Timestamp) -> bool {
    at.as_second() >= FIRST && at <= now + AHEAD
}

/// A date told from `now`, in lower case and without marks.
fn relative(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let words: Vec<&str> = text.split_whitespace().take(16).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let named = words.iter().skip(1).find_map(|word| zone_of(word).filter(|_| word.starts_with('w')));
    let named = named.and_then(|seconds| jiff::tz::Offset::from_seconds(i32::try_from(seconds).ok()?).ok());
    let zone = &named.map_or_else(|| zone.clone(), TimeZone::fixed);
    let clock = words.iter().find_map(|word| time_of(word)).map(|(time, _)| time);
    let at = |day: Date| zone.to_timestamp(day.to_datetime(clock.unwrap_or(Time::midnight()))).ok();
    let local = zone.to_datetime(now);
    let today = local.date();
    if text.contains("baru saja") || text.contains("just now") || has(&["barusan"]) {
        return Some(now);
    }
    if let Some(end) = words.iter().position(|word| matches!(*word, "lalu" | "ago" | "silam"))
        && let Some((count, unit)) = span(&words[..end])
    {
        let then = zone.to_datetime(now).checked_sub(match unit {
            Unit::Minute | Unit::Hour => return now.checked_sub(SignedDuration::from_mins(count)).ok(),
            Unit::Day => count.days(),
            Unit::Month => count.months(),
            _ => count.years(),
        });
        return at(then.ok()?.date());
    }
    if text.contains("tadi malam") || has(&["semalam"]) {
        return at(if local.hour() < 18 { today.yesterday().ok()? } else { today });
    }
    if text.contains("kemarin lusa") || text.contains("kemarin dulu") {
        return at(today.checked_sub(2.days()).ok()?);
    }
    if has(&["kemarin", "kemaren", "yesterday"]) {
        return at(today.yesterday().ok()?);
    }
    let year = words.iter().any(|word| word.parse().is_ok_and(|year| (1991..2100).contains(&year)));
    if let Some((day, month)) = day_and_month(&words).filter(|_| !year) {
        // the year it is, or the one before: a page of January tells of December
        let years = [today.year(), today.year() - 1];
        return years
            .iter()
            .filter_map(|year| at(Date::new(*year, month, day).ok()?))
            .find(|at| believed(*at, now));
    }
    if text.contains("minggu lalu") && !text.contains("hari minggu") {
        return None; // the week before as a rule, and no day
    }
    if let Some(day) = DAYS.iter().position(|names| has(names)) {
        let back =
            (i64::from(today.weekday().to_monday_zero_offset()) - i64::try_from(day).ok()?).rem_euclid(7);
        let back = if back == 0 && has(&["lalu", "kemarin"]) { 7 } else { back };
        let found = at(today.checked_sub(back.days()).ok()?)?;
        return if found > now { at(today.checked_sub((back + 7).days()).ok()?) } else { Some(found) };
    }
    let today_words = [
        "hari ini",
        "pagi ini",
        "siang ini",
        "sore ini",
        "petang ini",
        "malam ini",
        "tadi pagi",
        "tadi siang",
        "tadi sore",
        "today",
    ];
    if today_words.iter().any(|said| text.contains(said)) {
        return at(today);
    }
    None
}

/// `2 jam yang`, `sejam`, `setengah jam`, `about 3 hours`: how much, in minutes for minutes and hours, else in the unit.
fn span(words: &[&str]) -> Option<(i64, Unit)> {
    let words: Vec<&str> = words.iter().copied().filter(|word| *word != "yang").collect();
    let (last, before) = words.split_last()?;
    let (one, name) = match last.strip_prefix("se") {
        Some(rest) if unit(rest).is_some() => (true, rest),
        _ => (false, *last),
    };
    let (unit, size) = unit(name)?;
    let count = match before.last() {
        _ if one => 1,
        Some(&"setengah") if size == 60 => return Some((30, unit)),
        Some(&("satu" | "a" | "an" | "one")) => 1,
        Some(&"beberapa") => return None,
        Some(word) => word.parse::<u16>().ok()?.into(),
        None => return None,
    };
    Some((count * size, unit))
}

fn unit(name: &str) -> Option<(Unit, i64)> {
    Some(match name {
        "menit" | "mnt" | "minute" | "minutes" | "mins" => (Unit::Minute, 1),
        "jam" | "hour" | "hours" => (Unit::Hour, 60),
        "hari" | "day" | "days" => (Unit::Day, 1),
        "minggu" | "pekan" | "week" | "weeks" => (Unit::Day, 7),
        "bulan" | "month" | "months" => (Unit::Month, 1),
        "tahun" | "year" | "years" => (Unit::Year, 1),
        _ => return None,
    })
}

/// `23/11` or `23 november`: day and month where no year stands.
fn day_and_month(words: &[&str]) -> Option<(i8, i8)> {
    let slashed = words.iter().find_map(|word| {
        let (day, month) = word.split_once(['/', '-'])?;
        Some((day.parse::<i8>().ok()?, month.parse::<i8>().ok()?))
    });
    slashed.or_else(|| {
        let mut pairs = words.windows(2);
        pairs.find_map(|pair| Some((pair[0].parse::<i8>().ok()?, month_of(pair[1])?)))
    })
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
    let spaced = match text.as_bytes().get(10..12) {
        Some(b" T") => text.replacen(" T", " ", 1),
        Some([b'T', _]) => text.replacen('T', " ", 1),
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
            if date(&numbers, month).is_none() {
                numbers.push(n); // else it counts comments or readers
            }
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

    #[test]
    fn what_is_written_for_readers_becomes_an_instant() {
        // read on Wednesday, 25 November 2026, 10.00 in the capital
        let now: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let cases = [
            ("Selasa, 24/11/2026 07:15 WIB", "2026-11-24T00:15:00Z"),
            ("Selasa, 24 Nov 2026 07:15 WIB", "2026-11-24T00:15:00Z"),
            ("Selasa, 24 November 2026 | 07:15 WIB", "2026-11-24T00:15:00Z"),
            ("24 Nov 2026 | 07.15 WITA", "2026-11-23T23:15:00Z"),
            ("24 Nov 2026 | 07.15 WIT", "2026-11-23T22:15:00Z"),
            ("24 Nov 2026, 07:15", "2026-11-24T00:15:00Z"),
            ("Kompas.com - 24/11/2026, 07:15 WIB", "2026-11-24T00:15:00Z"),
            ("Selasa (24/11/2026) 07.15 WIB", "2026-11-24T00:15:00Z"),
            ("Selasa, 24 November 2026 pukul 07.15", "2026-11-24T00:15:00Z"),
            ("24-11-2026 07:15:30 WIT", "2026-11-23T22:15:30Z"),
            ("2026-11-24 07:15", "2026-11-24T00:15:00Z"),
            ("2026-11-24 T00:15:00Z", "2026-11-24T00:15:00Z"),
            ("Selasa, 24 November 2026, 07:15 WIB Komentar : 0", "2026-11-24T00:15:00Z"),
            ("Selasa, 24 November 2015, 07:15 WIB Komentar : 12", "2015-11-24T00:15:00Z"),
            ("2026-11-24T07:15:00", "2026-11-24T00:15:00Z"),
            ("2026-11-24T07:15:00+07:00", "2026-11-24T00:15:00Z"),
            ("2026-11-24T07:15:00+0800", "2026-11-23T23:15:00Z"),
            ("2026-11-24T00:15:00Z", "2026-11-24T00:15:00Z"),
            ("2026-11-24T00:15:00.000Z", "2026-11-24T00:15:00Z"),
            ("Tue, 24 Nov 2026 00:15:00 GMT", "2026-11-24T00:15:00Z"),
            ("Jumat, 1 Mei 2026 13:05 WIB", "2026-05-01T06:05:00Z"),
            ("Jum'at, 07 Agustus 2026 | 09:00 WIB", "2026-08-07T02:00:00Z"),
            ("Minggu, 4 Okt 2026", "2026-10-03T17:00:00Z"),
            ("17 Desember 2025 23:59 WITA", "2025-12-17T15:59:00Z"),
            ("24 November 2026", "2026-11-23T17:00:00Z"),
            ("24/11/2026", "2026-11-23T17:00:00Z"),
            ("kemarin pukul 19.30", "2026-11-24T12:30:00Z"),
            ("Kemarin, 19:30 WITA", "2026-11-24T11:30:00Z"),
            ("kemarin", "2026-11-23T17:00:00Z"),
            ("kemarin lusa", "2026-11-22T17:00:00Z"),
            ("Kemarin malam", "2026-11-23T17:00:00Z"),
            ("2 jam yang lalu", "2026-11-25T01:00:00Z"),
            ("2 jam lalu", "2026-11-25T01:00:00Z"),
            ("sejam lalu", "2026-11-25T02:00:00Z"),
            ("sejam yang lalu", "2026-11-25T02:00:00Z"),
            ("satu jam lalu", "2026-11-25T02:00:00Z"),
            ("setengah jam lalu", "2026-11-25T02:30:00Z"),
            ("5 menit yang lalu", "2026-11-25T02:55:00Z"),
            ("semenit lalu", "2026-11-25T02:59:00Z"),
            ("Tayang 45 menit lalu", "2026-11-25T02:15:00Z"),
            ("sehari lalu", "2026-11-23T17:00:00Z"),
            ("3 hari yang lalu", "2026-11-21T17:00:00Z"),
            ("seminggu lalu", "2026-11-17T17:00:00Z"),
            ("2 pekan lalu", "2026-11-10T17:00:00Z"),
            ("sebulan yang lalu", "2026-10-24T17:00:00Z"),
            ("2 tahun lalu", "2024-11-24T17:00:00Z"),
            ("3 hours ago", "2026-11-25T00:00:00Z"),
            ("an hour ago", "2026-11-25T02:00:00Z"),
            ("yesterday", "2026-11-23T17:00:00Z"),
            ("hari ini", "2026-11-24T17:00:00Z"),
            ("Hari ini, 08.20 WIB", "2026-11-25T01:20:00Z"),
            ("pagi ini", "2026-11-24T17:00:00Z"),
            ("tadi pagi pukul 06.00", "2026-11-24T23:00:00Z"),
            ("tadi malam", "2026-11-23T17:00:00Z"),
            ("semalam pukul 22.10 WIB", "2026-11-24T15:10:00Z"),
            ("baru saja", "2026-11-25T03:00:00Z"),
            ("Barusan", "2026-11-25T03:00:00Z"),
            ("Senin (23/11)", "2026-11-22T17:00:00Z"),
            ("Senin (23/11) malam", "2026-11-22T17:00:00Z"),
            ("Senin (23/11), 21.00 WIT", "2026-11-23T12:00:00Z"),
            ("Kamis (31/12)", "2025-12-30T17:00:00Z"),
            ("23 November", "2026-11-22T17:00:00Z"),
            ("23 Nov 19.30 WIB", "2026-11-23T12:30:00Z"),
            ("Rabu pagi", "2026-11-24T17:00:00Z"),
            ("Selasa malam", "2026-11-23T17:00:00Z"),
            ("Kamis", "2026-11-18T17:00:00Z"),
            ("Rabu lalu", "2026-11-17T17:00:00Z"),
            ("Rabu, 19.30 WIB", "2026-11-18T12:30:00Z"),
            ("Minggu sore", "2026-11-21T17:00:00Z"),
        ];
        for (text, expect) in cases {
            assert_eq!(written(text, &capital(), now), expect.parse().ok(), "{text}");
        }
        let east = TimeZone::fixed(jiff::tz::offset(9));
        let other = [
            ("24/11/2026 07:15", "2026-11-23T22:15:00Z"),
            ("24/11/2026 07:15 WIB", "2026-11-24T00:15:00Z"),
            ("kemarin pukul 19.30", "2026-11-24T10:30:00Z"),
            ("hari ini", "2026-11-24T15:00:00Z"),
        ];
        for (text, expect) in other {
            assert_eq!(written(text, &east, now), expect.parse().ok(), "{text} in the east");
        }
        let none = [
            "",
            "1 Januari 1970",
            "1970-01-01T00:00:00Z",
            "24/11/2099 07:15 WIB",
            "2099-01-01",
            "0",
            "minggu lalu",
            "beberapa jam lalu",
            "besok",
            "lalu",
            "Beranda",
            "jam 7",
            "32/13",
            "31 Februari",
            "99999 tahun lalu",
            "WIB",
            "Rp 2.500",
        ];
        for text in none {
            assert_eq!(written(text, &capital(), now), None, "{text}");
        }
        assert_eq!(
            written(&"kemarin ".repeat(100_000), &capital(), now),
            written("kemarin", &capital(), now)
        );
    }
}
