//! A rate: so many requests within a stretch of time.

use std::fmt;
use std::str::FromStr;

use model::Time;

/// So many requests within a stretch of time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    period: Period,
}

/// The stretch of time of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// One second.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

impl Period {
    const ALL: [Period; 4] = [Period::Second, Period::Minute, Period::Hour, Period::Day];

    const fn name(self) -> &'static str {
        match self {
            Period::Second => "second",
            Period::Minute => "minute",
            Period::Hour => "hour",
            Period::Day => "day",
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3_600,
            Period::Day => 86_400,
        }
    }
}

/// The largest number of requests that a rate may have.
const REQUESTS_MAX: u32 = 1_000_000;

impl Rate {
    /// A rate. `requests` is taken as 1 where it is 0: a limit that lets nothing through is none.
    pub const fn new(requests: u32, period: Period) -> Rate {
        Rate { requests: if requests == 0 { 1 } else { requests }, period }
    }

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// Length of the stretch of time, microseconds.
    pub const fn micros(self) -> i64 {
        self.period.seconds() * Time::SECOND
    }

    /// The same in seconds.
    pub const fn seconds(self) -> i64 {
        self.period.seconds()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.period.name())
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads texts such as `100/second`; the word may be cut to its first letter.
    ///
    /// # Errors
    /// The rule that the text breaks.
    fn from_str(text: &str) -> Result<Rate, String> {
        let (number, word) = text.split_once('/').ok_or("neither off nor a number and a period")?;
        let requests = number.trim().parse().ok().filter(|requests| (1..=REQUESTS_MAX).contains(requests));
        let requests = requests.ok_or_else(|| format!("the number is not one from 1 to {REQUESTS_MAX}"))?;
        let word = word.trim();
        let is_meant = |period: &Period| word == period.name() || word == &period.name()[..1];
        let period = Period::ALL.into_iter().find(is_meant);
        Ok(Rate::new(requests, period.ok_or("the period is not second, minute, hour or day")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_are_written() {
        for text in ["1/second", "100/minute", "1000000/hour", "20/day"] {
            assert_eq!(text.parse::<Rate>().expect(text).to_string(), text);
        }
        assert_eq!(" 3 / m ".trim().parse(), Ok(Rate::new(3, Period::Minute)));
        for (text, rule) in [
            ("", "neither off"),
            ("100", "neither off"),
            ("0/second", "the number"),
            ("-1/second", "the number"),
            ("1000001/second", "the number"),
            ("x/second", "the number"),
            ("1/week", "the period"),
            ("1/", "the period"),
        ] {
            let told = text.parse::<Rate>().expect_err(text);
            assert!(told.starts_with(rule), "{text}: {told}");
        }
    }
}
