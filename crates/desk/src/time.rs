//! Times as people say them, with the zone named.

use crate::words::Words;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// "Selasa, 24 November 2026".
pub(crate) fn day_words(w: Words, date: Date) -> String {
    let weekday = w.t(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
    format!("{weekday}, {}", date_words(w, date))
}

/// "24 November 2026".
pub(crate) fn date_words(w: Words, date: Date) -> String {
    format!("{} {} {}", date.day(), w.t(&format!("month-{}", date.month())), date.year())
}

/// "24 Nov 2026, 14.05 WIB": the full time, for hover and evidence.
pub(crate) fn full(w: Words, at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned_datetime(zone.clone());
    let month: String = w.t(&format!("month-{}", local.month())).chars().take(3).collect();
    format!("{} {month} {}, {}", local.day(), local.year(), clock_of(w, &local))
}

/// "14.05 WIB".
pub(crate) fn clock(w: Words, at: Timestamp, zone: &TimeZone) -> String {
    clock_of(w, &at.to_zoned_datetime(zone.clone()))
}

fn clock_of(w: Words, local: &ZonedDateTime) -> String {
    let dot = if w.locale == "id" { '.' } else { ':' };
    format!("{:02}{dot}{:02} {}", local.hour(), local.minute(), zone_name(local))
}

/// The zone at a time: "WIB".
pub(crate) fn zone(at: Timestamp, zone: &TimeZone) -> String {
    zone_name(&at.to_zoned_datetime(zone.clone()))
}

/// WIB, WITA or WIT, or the offset elsewhere.
fn zone_name(local: &ZonedDateTime) -> String {
    let in_asia = local.time_zone().iana_name().is_none_or(|zone| zone.starts_with("Asia/"));
    match (in_asia, local.offset().seconds()) {
        (true, 25_200) => "WIB".into(),
        (true, 28_800) => "WITA".into(),
        (true, 32_400) => "WIT".into(),
        _ => local.strftime("UTC%:z").to_string(),
    }
}

/// "2 jam lalu", "3 hari lalu".
pub(crate) fn ago(w: Words, at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    if minutes < 1 { w.t("time-now") } else { w.a("time-ago", span(w, minutes)) }
}

/// "tenggat 2 jam lagi" or "lewat 3 jam", and whether it is over.
pub(crate) fn due(w: Words, at: Timestamp, now: Timestamp) -> (String, bool) {
    let minutes = at.duration_since(now).as_mins();
    let over = at < now;
    let key = if over { "time-overdue" } else { "time-due" };
    (w.a(key, span(w, minutes.abs().max(1))), over)
}

/// "5 menit", "2 jam", "3 hari".
pub(crate) fn span(w: Words, minutes: i64) -> String {
    match minutes {
        ..60 => w.n("time-minutes", minutes),
        60..2880 => w.n("time-hours", minutes / 60),
        _ => w.n("time-days", minutes / 1440),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a call that fails fails the test")]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        let id = Words::of("id");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-24T08:00:00Z");
        assert_eq!(ago(id, at("2026-11-24T05:59:00Z"), now), "2 jam lalu");
        assert_eq!(ago(id, now, now), "baru saja");
        assert_eq!(due(id, at("2026-11-24T08:30:00Z"), now), ("tenggat 30 menit lagi".into(), false));
        assert_eq!(due(id, at("2026-11-22T07:00:00Z"), now), ("lewat 2 hari".into(), true));
        for (zone, words) in [
            ("Asia/Jakarta", "24 Nov 2026, 15.00 WIB"),
            ("Asia/Makassar", "24 Nov 2026, 16.00 WITA"),
            ("Asia/Jayapura", "24 Nov 2026, 17.00 WIT"),
        ] {
            assert_eq!(full(id, now, &TimeZone::get(zone).unwrap()), words);
        }
        assert_eq!(day_words(id, jiff::civil::date(2026, 11, 24)), "Selasa, 24 November 2026");
        assert_eq!(day_words(Words::of("en"), jiff::civil::date(2026, 11, 22)), "Sunday, 22 November 2026");
    }
}
