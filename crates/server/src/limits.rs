//! Options that limit how often callers may ask. The table of scopes in `app` is the table of options as well.

use app::limits::{Rate, RefusalRules, Rules, SCOPES, Scope};

use crate::failure::Failure;
use crate::options::{Command, Opt, Values};
use crate::settings::{Parsed, needed, optional};

/// The limit of each scope.
pub(crate) const LIMITS: [Opt; SCOPES.len()] = [
    limit(0),
    limit(1),
    limit(2),
    limit(3),
    limit(4),
    limit(5),
    limit(6),
    limit(7),
    limit(8),
    limit(9),
    limit(10),
    limit(11),
    limit(12),
    limit(13),
];

const fn limit(n: usize) -> Opt {
    Opt {
        name: SCOPES[n].option,
        value: Some("RATE"),
        default: Some(SCOPES[n].default),
        commands: &[Command::Serve],
        secret: false,
        help: SCOPES[n].about,
        remedy: "give off, or a number and a period, such as 100/second, 20/minute, 1000/hour or 5000/day",
    }
}

const fn own(
    name: &'static str,
    value: &'static str,
    default: Option<&'static str>,
    help: &'static str,
    remedy: &'static str,
) -> Opt {
    Opt { name, value: Some(value), default, commands: &[Command::Serve], secret: false, help, remedy }
}

/// From how many bytes on an answer counts as a large one.
pub(crate) const REPEATED_BYTES: Opt = own(
    "limit-repeated-bytes",
    "BYTES",
    Some("1000000"),
    "How long an answer is at least that the limits of repeated reads count",
    "give a whole number from 1 on",
);

/// What anonymous readers are told at their limit.
pub(crate) const ANONYMOUS_MESSAGE: Opt = own(
    "limit-anonymous-message",
    "TEXT",
    None,
    "What readers without credentials are told who ask too often; {time} stands for the time to wait",
    MESSAGE,
);

/// What other readers are told at their limit.
pub(crate) const USER_MESSAGE: Opt = own(
    "limit-user-message",
    "TEXT",
    None,
    "What readers with credentials are told who ask too often; {time} stands for the time to wait",
    MESSAGE,
);

const MESSAGE: &str = "give a line of text, such as \"Too many requests, try again in {time}.\"";

/// How long a 401 is repeated.
pub(crate) const NEGATIVE_CACHE_401: Opt = own(
    "negative-cache-401",
    "SECONDS",
    Some("60"),
    "How long a read that was answered 401 is answered so again without a look; 0 for not at all",
    SECONDS,
);

/// How long a 403 is repeated.
pub(crate) const NEGATIVE_CACHE_403: Opt = own(
    "negative-cache-403",
    "SECONDS",
    Some("10"),
    "How long a read that was answered 403 is answered so again without a look; 0 for not at all",
    SECONDS,
);

/// How long a credential that was switched off is refused.
pub(crate) const NEGATIVE_CACHE_INACTIVE: Opt = own(
    "negative-cache-inactive",
    "SECONDS",
    Some("3600"),
    "How long all reads are refused without a look whose key or account is switched off; 0 for not at all",
    SECONDS,
);

const SECONDS: &str = "give a whole number of seconds from 0 to 86400";

/// How many refusals a caller may get.
pub(crate) const NEGATIVE_CACHE_REFUSALS: Opt = own(
    "negative-cache-refusals",
    "N",
    Some("10"),
    "How many answers 401 and 403 within a minute a caller may get before it is answered 429; off for any number",
    "give off, or a whole number from 1 to 1000",
);

/// Reads all of these options. Without limits, nothing of what is refused is remembered either.
///
/// # Errors
/// On the first value that breaks a rule.
pub(crate) fn read(values: &Values, on: bool) -> Result<Rules, Failure> {
    let mut rules = Rules::default();
    for (scope, option) in Scope::ALL.into_iter().zip(&LIMITS) {
        rules = rules.with(scope, needed(values, option, rate)?);
    }
    rules.anonymous_message = optional(values, &ANONYMOUS_MESSAGE, message)?;
    rules.user_message = optional(values, &USER_MESSAGE, message)?;
    rules.large_bytes = needed(values, &REPEATED_BYTES, |text| {
        text.parse().ok().filter(|bytes| *bytes > 0).ok_or_else(|| "not a whole number above 0".to_owned())
    })?;
    rules.refusals = RefusalRules {
        unauthorized: needed(values, &NEGATIVE_CACHE_401, seconds)?,
        forbidden: needed(values, &NEGATIVE_CACHE_403, seconds)?,
        inactive: needed(values, &NEGATIVE_CACHE_INACTIVE, seconds)?,
        per_minute: needed(values, &NEGATIVE_CACHE_REFUSALS, refusals)?,
    };
    Ok(if on { rules } else { Rules::off() })
}

fn rate(text: &str) -> Parsed<Option<Rate>> {
    if text == "off" { Ok(None) } else { text.parse().map(Some) }
}

fn message(text: &str) -> Parsed<String> {
    match text.chars().find(|c| c.is_control()) {
        Some(_) => Err("more than one line, or another control character".to_owned()),
        None => Ok(text.to_owned()),
    }
}

fn seconds(text: &str) -> Parsed<u32> {
    const DAY: u32 = 86_400;
    text.parse().ok().filter(|seconds| *seconds <= DAY).ok_or_else(|| "no such number of seconds".to_owned())
}

fn refusals(text: &str) -> Parsed<Option<u32>> {
    if text == "off" {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| (1..=1_000).contains(number));
    number.map(Some).ok_or_else(|| "neither off nor such a number".to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use app::limits::Period;

    use super::*;

    fn rules(variables: &[(&str, &str)], on: bool) -> Result<Rules, String> {
        let named = |(name, value): &(&str, &str)| (format!("PEERINGD_{name}"), OsString::from(value));
        let environment = variables.iter().map(named).collect();
        let values = Values::settle(Command::Serve, |_| None, &environment).expect("readable");
        read(&values, on).map_err(|failure| failure.to_string())
    }

    #[test]
    fn every_scope_is_an_option_with_its_default() {
        assert_eq!(rules(&[], true), Ok(Rules::default()));
        for (scope, row) in Scope::ALL.into_iter().zip(&SCOPES) {
            let name = row.option.to_uppercase().replace('-', "_");
            let expected = Rules::default().with(scope, Some(Rate::new(7, Period::Hour)));
            assert_eq!(rules(&[(&name, "7/hour")], true), Ok(expected), "{name}");
            assert_eq!(rules(&[(&name, "off")], true), Ok(Rules::default().with(scope, None)), "{name}");
        }
    }

    #[test]
    fn without_limits_nothing_is_remembered() {
        assert_eq!(rules(&[("LIMIT_WRITE", "1/day")], false), Ok(Rules::off()));
    }

    #[test]
    fn the_other_rules_are_options_as_well() {
        let read = rules(
            &[
                ("LIMIT_ANONYMOUS_MESSAGE", "a {time}"),
                ("LIMIT_USER_MESSAGE", "b"),
                ("LIMIT_REPEATED_BYTES", "5"),
                ("NEGATIVE_CACHE_401", "0"),
                ("NEGATIVE_CACHE_403", "1"),
                ("NEGATIVE_CACHE_INACTIVE", "2"),
                ("NEGATIVE_CACHE_REFUSALS", "off"),
            ],
            true,
        );
        let expected = Rules {
            anonymous_message: Some("a {time}".to_owned()),
            user_message: Some("b".to_owned()),
            large_bytes: 5,
            refusals: RefusalRules { unauthorized: 0, forbidden: 1, inactive: 2, per_minute: None },
            ..Rules::default()
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn wrong_values_are_named_with_rule_and_remedy() {
        for (name, value, told) in [
            ("LIMIT_ANONYMOUS", "100", "neither off nor a number and a period: give off, or"),
            ("LIMIT_WRITE", "0/minute", "the number is not one from 1 to 1000000: give off, or"),
            ("LIMIT_USER", "5/week", "the period is not second, minute, hour or day: give off, or"),
            ("LIMIT_REPEATED_BYTES", "0", "not a whole number above 0: give a whole number"),
            ("LIMIT_USER_MESSAGE", "a\nb", "more than one line"),
            ("NEGATIVE_CACHE_401", "-1", "no such number of seconds: give a whole number"),
            ("NEGATIVE_CACHE_403", "86401", "no such number of seconds: give a whole number"),
            ("NEGATIVE_CACHE_REFUSALS", "0", "neither off nor such a number: give off, or"),
        ] {
            let failure = rules(&[(name, value)], true).expect_err(value);
            let shown = value.replace('\n', " ");
            assert!(failure.starts_with(&format!("PEERINGD_{name}={shown}: {told}")), "{failure}");
            assert!(rules(&[(name, value)], false).is_err(), "also where limits are off: {name}");
        }
    }
}
