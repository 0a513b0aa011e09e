//! Small value types of record fields.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month, OffsetDateTime};

/// Text of a field; never shared, never grown.
pub type Text = Box<str>;

/// An autonomous system number (RFC 6793), 0…4 294 967 295.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asn(pub u32);

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// A text that is no time of the accepted form.
#[derive(Debug, PartialEq, Eq)]
pub struct BadTime;

impl Time {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;

    /// The start of the second `seconds` after the epoch.
    pub const fn from_unix(seconds: i64) -> Time {
        Time(seconds.saturating_mul(Time::SECOND))
    }

    /// Whole seconds since the epoch, cut.
    pub const fn unix(self) -> i64 {
        self.0.div_euclid(Time::SECOND)
    }

    fn date_time(self) -> OffsetDateTime {
        // Outside the years 1…9999 nothing can be rendered; such values cannot enter (see `from_parts`).
        OffsetDateTime::from_unix_timestamp(self.unix()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Writes `YYYY-MM-DDTHH:MM:SSZ`; microseconds are cut.
    pub fn write(self, out: &mut String) {
        use fmt::Write;
        let t = self.date_time();
        let _ = write!(
            out,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        );
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff`: the textual form that prefix filters compare with.
    pub fn sql_text(self) -> String {
        use fmt::Write;
        let mut text = String::with_capacity(26);
        self.write(&mut text);
        text.pop();
        text.replace_range(10..11, " ");
        let _ = write!(text, ".{:06}", self.0.rem_euclid(Time::SECOND));
        text
    }

    /// Builds a time from calendar parts in UTC.
    ///
    /// # Errors
    /// When the parts name no such moment.
    pub fn from_parts(date: (i32, u8, u8), clock: (u8, u8, u8), micros: u32) -> Result<Time, BadTime> {
        let (year, month, day) = date;
        if !(1..=9999).contains(&year) {
            return Err(BadTime);
        }
        let month = Month::try_from(month).map_err(|_| BadTime)?;
        let date = Date::from_calendar_date(year, month, day).map_err(|_| BadTime)?;
        let moment =
            date.with_hms_micro(clock.0, clock.1, clock.2, micros).map_err(|_| BadTime)?.assume_utc();
        Ok(Time(moment.unix_timestamp() * Time::SECOND + i64::from(micros)))
    }

    /// Parses `YYYY-MM-DD`, optionally followed by `T` or a blank and `HH:MM[:SS[.ffffff]]`, optionally followed by
    /// `Z` or an offset `±HH:MM`. Without an offset the text means UTC.
    ///
    /// # Errors
    /// When the text has another form or names no such moment.
    pub fn parse(text: &str) -> Result<Time, BadTime> {
        let bytes = text.as_bytes();
        if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(BadTime);
        }
        let date = (digits(bytes, 0, 4)? as i32, digits(bytes, 5, 2)? as u8, digits(bytes, 8, 2)? as u8);
        let rest = &bytes[10..];
        if rest.is_empty() {
            return Time::from_parts(date, (0, 0, 0), 0);
        }
        if rest[0] != b'T' && rest[0] != b' ' {
            return Err(BadTime);
        }
        let (clock, micros, zone) = parse_clock(&rest[1..])?;
        let local = Time::from_parts(date, clock, micros)?;
        Ok(Time(local.0 - parse_zone(zone)? * Time::SECOND))
    }
}

fn digits(bytes: &[u8], at: usize, count: usize) -> Result<u32, BadTime> {
    let part = bytes.get(at..at + count).ok_or(BadTime)?;
    part.iter().try_fold(0u32, |sum, b| {
        if b.is_ascii_digit() { Ok(sum * 10 + u32::from(b - b'0')) } else { Err(BadTime) }
    })
}

type Clock = (u8, u8, u8);

fn parse_clock(bytes: &[u8]) -> Result<(Clock, u32, &[u8]), BadTime> {
    let hour = digits(bytes, 0, 2)? as u8;
    if bytes.get(2) != Some(&b':') {
        return Err(BadTime);
    }
    let minute = digits(bytes, 3, 2)? as u8;
    if bytes.get(5) != Some(&b':') {
        return Ok(((hour, minute, 0), 0, &bytes[5..]));
    }
    let second = digits(bytes, 6, 2)? as u8;
    let mut rest = &bytes[8..];
    let mut micros = 0;
    if rest.first() == Some(&b'.') {
        let len = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if len == 0 || len > 6 {
            return Err(BadTime);
        }
        micros = digits(rest, 1, len)? * 10u32.pow(6 - len as u32);
        rest = &rest[1 + len..];
    }
    Ok(((hour, minute, second), micros, rest))
}

fn parse_zone(zone: &[u8]) -> Result<i64, BadTime> {
    match zone {
        [] | b"Z" | b"z" => Ok(0),
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let hours = i64::from(digits(rest, 0, 2)?);
            let minutes = match rest.len() {
                2 => 0,
                4 => i64::from(digits(rest, 2, 2)?),
                5 if rest[2] == b':' => i64::from(digits(rest, 3, 2)?),
                _ => return Err(BadTime),
            };
            let seconds = hours * 3600 + minutes * 60;
            Ok(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => Err(BadTime),
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(20);
        self.write(&mut text);
        f.write_str(&text)
    }
}

/// A geographic coordinate in millionths of a degree (the six stored decimals).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees(pub i32);

impl Degrees {
    /// Rounds to six decimals. `None` outside ±180 or when not a number.
    pub fn from_f64(degrees: f64) -> Option<Degrees> {
        (degrees.abs() <= 180.0).then(|| Degrees((degrees * 1e6).round() as i32))
    }

    /// Decimal degrees.
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / 1e6
    }
}

/// Life-cycle status of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Published.
    #[default]
    Ok,
    /// Waits for approval (or, for a campus, for a second facility).
    Pending,
    /// Soft-deleted: only seen through `since`.
    Deleted,
}

/// Who may see a contact or a feed URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// Members of the owning organization.
    Private,
    /// Verified users and API keys.
    Users,
    /// Everybody.
    #[default]
    Public,
}

/// IP protocol of a prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// IP version 4.
    #[default]
    IPv4,
    /// IP version 6.
    IPv6,
}

macro_rules! word_enum {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word on the wire and in storage.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
        }
        impl FromStr for $type {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok($type::$variant),)+ _ => Err(UnknownWord) }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The text is no word of the enumeration.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownWord;

word_enum!(Status { Ok = "ok", Pending = "pending", Deleted = "deleted" });
word_enum!(Visibility { Private = "Private", Users = "Users", Public = "Public" });
word_enum!(Protocol { IPv4 = "IPv4", IPv6 = "IPv6" });

/// A set of members of the field's choice list: bit *n* is the *n*-th choice in definition order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MultiChoice(pub u16);

impl MultiChoice {
    /// The members, in definition order.
    pub fn members<'a>(self, choices: &'a [&'static str]) -> impl Iterator<Item = &'static str> + 'a {
        choices.iter().enumerate().filter(move |(n, _)| self.0 & (1 << n) != 0).map(|(_, word)| *word)
    }

    /// The stored text form: members joined by commas, in definition order.
    pub fn csv(self, choices: &[&'static str]) -> String {
        let mut text = String::new();
        for word in self.members(choices) {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(word);
        }
        text
    }

    /// Adds a member. `false` when the word is no choice.
    pub fn insert(&mut self, choices: &[&'static str], word: &str) -> bool {
        match choices.iter().position(|choice| *choice == word) {
            Some(n) => {
                self.0 |= 1 << n;
                true
            }
            None => false,
        }
    }
}

/// One entry of `social_media`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocialLink {
    /// Service name, such as `website` or `linkedin`.
    pub service: Text,
    /// Account name or URL there.
    pub identifier: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-23T07:43:44Z", 1_795_419_824_000_000),
            ("2026-11-23 07:43:44.25", 1_795_419_824_250_000),
            ("2026-11-23T09:43:44+02:00", 1_795_419_824_000_000),
            ("2026-11-23", 1_795_392_000_000_000),
        ] {
            assert_eq!(Time::parse(text), Ok(Time(micros)), "{text}");
        }
        assert_eq!(Time(1_795_419_824_250_000).to_string(), "2026-11-23T07:43:44Z");
        assert_eq!(Time(1_795_419_824_250_000).sql_text(), "2026-11-23 07:43:44.250000");
        for text in ["", "2026", "2026-13-01", "2026-02-30", "2026-11-23x", "0000-01-01", "2026-11-23T7:00"] {
            assert_eq!(Time::parse(text), Err(BadTime), "{text}");
        }
    }

    #[test]
    fn multi_choice_keeps_definition_order() {
        let choices = ["NSP", "Content"];
        let mut set = MultiChoice::default();
        assert!(set.insert(&choices, "Content") && set.insert(&choices, "NSP") && !set.insert(&choices, "x"));
        assert_eq!(set.csv(&choices), "NSP,Content");
    }
}
