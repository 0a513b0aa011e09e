//! Times, read from their text.

/// Microseconds since 1970 of a time with optional parts; `None` when the text names no moment.
pub(crate) fn micros(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let days = days(date)?;
    let Some(separator) = rest.chars().next() else { return Some(days * DAY) };
    if separator != 'T' && separator != ' ' {
        return None;
    }
    let rest = &rest[1..];
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    Some(days * DAY + clock_micros(clock)? - zone_micros(zone)?)
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// Days since 1970 of `YYYY-MM-DD`, counted year by year and month by month.
fn days(date: &str) -> Option<i64> {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if year < 1 || !(1..=12).contains(&month) || !(1..=months[month as usize - 1]).contains(&day) {
        return None;
    }
    let length = |year: i64| if leap(year) { 366 } else { 365 };
    let years: i64 =
        if year >= 1970 { (1970..year).map(length).sum() } else { -(year..1970).map(length).sum::<i64>() };
    Some(years + months[..month as usize - 1].iter().sum::<i64>() + day - 1)
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.ffffff`.
fn clock_micros(clock: &str) -> Option<i64> {
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute) = (number(parts.first()?, 2)?, number(parts.get(1)?, 2)?);
    let (second, fraction) = match parts.get(2) {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (number(text, 2)?, 0),
            Some((second, fraction)) if (1..=6).contains(&fraction.len()) => {
                let scale = 10_i64.pow(6 - fraction.len() as u32);
                (number(second, 2)?, number(fraction, fraction.len())? * scale)
            }
            Some(_) => return None,
        },
    };
    let valid = parts.len() <= 3 && hour < 24 && minute < 60 && second < 60;
    valid.then_some((hour * 3600 + minute * 60 + second) * SECOND + fraction)
}

/// Nothing, `Z`, `±HH`, `±HHMM` or `±HH:MM`.
fn zone_micros(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at(1);
    let minutes = match rest.len() {
        2 => number(rest, 2)? * 60,
        4 => number(rest.get(..2)?, 2)? * 60 + number(rest.get(2..)?, 2)?,
        5 if rest.as_bytes()[2] == b':' => number(rest.get(..2)?, 2)? * 60 + number(rest.get(3..)?, 2)?,
        _ => return None,
    };
    let micros = minutes * 60 * SECOND;
    match sign {
        "+" => Some(micros),
        "-" => Some(-micros),
        _ => None,
    }
}

#[test]
fn moments_are_counted_from_1970() {
    for (text, expected) in [
        ("1970-01-01", Some(0)),
        ("1969-12-31 23:59", Some(-60 * SECOND)),
        ("2000-03-01T00:00:00Z", Some(951_868_800 * SECOND)),
        ("2000-03-01T01:00:00.5+01:00", Some(951_868_800 * SECOND + 500_000)),
        ("2001-02-29", None),
        ("2001-02-2", None),
        ("2001-02-02T", None),
        ("2001-02-02T24:00", None),
    ] {
        assert_eq!(micros(text), expected, "{text}");
    }
}
