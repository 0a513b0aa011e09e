//! Which requests are limited, and how far: the one table of scopes.

use super::rate::{Period, Rate};

/// A scope: requests that are counted together, by one kind of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Reads without credentials, by address.
    Anonymous,
    /// Reads by a person or an organization, by its id.
    User,
    /// Writes, by key; without credentials by address.
    Write,
    /// Reads with the parameter `distance`, by person or key.
    Distance,
    /// Requests for the import of an exchange's members, by requester and exchange. Such a request is not counted as
    /// a write.
    IxfImport,
    /// Requests about the members of organizations, by requester.
    OrganizationUsers,
    /// Reads of what was a large answer before, by address and path.
    RepeatedAddress,
    /// The same by /24 or /64 and path.
    RepeatedNetwork,
    /// The same by person and path.
    RepeatedUser,
    /// The same by organization and path.
    RepeatedOrganization,
    /// Lists of facilities or organizations with `state`, by address.
    StateAddress,
    /// The same by person.
    StateUser,
    /// The same by organization.
    StateOrganization,
    /// The same by superuser.
    StateAdmin,
}

/// A row of the table of scopes.
#[derive(Debug)]
pub struct ScopeRow {
    /// The scope.
    pub scope: Scope,
    /// What its limit is called as an option.
    pub option: &'static str,
    /// What it is called in the header `RateLimit-Policy`: the option without `limit-`.
    pub name: &'static str,
    /// Its limit unless the operator decides otherwise; `off` where there is none.
    pub default: &'static str,
    /// The same as a rate.
    pub rate: Option<Rate>,
    /// What is limited, for people.
    pub about: &'static str,
    /// What stands behind the usual message when the limit is reached.
    pub suffix: &'static str,
}

const STATE: &str = " - addresses are looked up for the `state` filter";

const fn row(
    scope: Scope,
    option: &'static str,
    (default, rate): (&'static str, Option<Rate>),
    about: &'static str,
) -> ScopeRow {
    ScopeRow { scope, option, name: name(option), default, rate, about, suffix: "" }
}

const fn name(option: &'static str) -> &'static str {
    option.split_at("limit-".len()).1
}

const fn state(scope: Scope, option: &'static str, about: &'static str) -> ScopeRow {
    ScopeRow { scope, option, name: name(option), default: "off", rate: None, about, suffix: STATE }
}

const OFF: (&str, Option<Rate>) = ("off", None);

/// Every scope, in the order of [`Scope::ALL`] (rest-api specification, 16).
pub const SCOPES: [ScopeRow; 14] = [
    row(
        Scope::Anonymous,
        "limit-anonymous",
        ("100/second", Some(Rate::new(100, Period::Second))),
        "Reads without credentials, by address",
    ),
    row(
        Scope::User,
        "limit-user",
        ("100/second", Some(Rate::new(100, Period::Second))),
        "Reads with credentials, by person or organization",
    ),
    row(
        Scope::Write,
        "limit-write",
        ("100/minute", Some(Rate::new(100, Period::Minute))),
        "Writes, by key or address",
    ),
    row(
        Scope::Distance,
        "limit-distance",
        ("10/minute", Some(Rate::new(10, Period::Minute))),
        "Reads with the parameter `distance`, by person or key",
    ),
    row(
        Scope::IxfImport,
        "limit-ixf-import",
        ("1/minute", Some(Rate::new(1, Period::Minute))),
        "Requests for the import of an exchange's members, by requester and exchange",
    ),
    row(
        Scope::OrganizationUsers,
        "limit-organization-users",
        ("1/second", Some(Rate::new(1, Period::Second))),
        "Requests about the members of organizations, by requester",
    ),
    row(
        Scope::RepeatedAddress,
        "limit-repeated-address",
        OFF,
        "Anonymous reads of what was a large answer before, by address and path",
    ),
    row(
        Scope::RepeatedNetwork,
        "limit-repeated-network",
        OFF,
        "Anonymous reads of what was a large answer before, by /24 or /64 and path",
    ),
    row(
        Scope::RepeatedUser,
        "limit-repeated-user",
        OFF,
        "Reads of what was a large answer before, by person and path",
    ),
    row(
        Scope::RepeatedOrganization,
        "limit-repeated-organization",
        OFF,
        "Reads of what was a large answer before, by organization and path",
    ),
    state(
        Scope::StateAddress,
        "limit-state-address",
        "Anonymous lists of facilities or organizations with `state`, by address",
    ),
    state(
        Scope::StateUser,
        "limit-state-user",
        "Lists of facilities or organizations with `state`, by person",
    ),
    state(
        Scope::StateOrganization,
        "limit-state-organization",
        "Lists of facilities or organizations with `state`, by organization",
    ),
    state(
        Scope::StateAdmin,
        "limit-state-admin",
        "Lists of facilities or organizations with `state`, by superuser",
    ),
];

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 14] = [
        Scope::Anonymous,
        Scope::User,
        Scope::Write,
        Scope::Distance,
        Scope::IxfImport,
        Scope::OrganizationUsers,
        Scope::RepeatedAddress,
        Scope::RepeatedNetwork,
        Scope::RepeatedUser,
        Scope::RepeatedOrganization,
        Scope::StateAddress,
        Scope::StateUser,
        Scope::StateOrganization,
        Scope::StateAdmin,
    ];

    /// Its row of the table.
    pub const fn row(self) -> &'static ScopeRow {
        &SCOPES[self as usize]
    }

    /// Whose message it has, if an operator has given it one.
    const fn spoken_for(self) -> Voice {
        match self {
            Scope::Anonymous | Scope::RepeatedAddress | Scope::RepeatedNetwork | Scope::StateAddress => {
                Voice::Anonymous
            }
            Scope::User
            | Scope::RepeatedUser
            | Scope::RepeatedOrganization
            | Scope::StateUser
            | Scope::StateOrganization
            | Scope::StateAdmin => Voice::User,
            Scope::Write | Scope::Distance | Scope::IxfImport | Scope::OrganizationUsers => Voice::Usual,
        }
    }
}

enum Voice {
    Anonymous,
    User,
    Usual,
}

/// Which requests are limited, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The limit of each scope, in the order of [`Scope::ALL`].
    pub rates: [Option<Rate>; SCOPES.len()],
    /// What anonymous readers are told instead of the usual message; `{time}` stands for the time to wait.
    pub anonymous_message: Option<String>,
    /// The same for readers with credentials.
    pub user_message: Option<String>,
    /// From how many bytes on an answer is a large one.
    pub large_bytes: u64,
    /// What becomes of callers that are refused.
    pub refusals: RefusalRules,
}

/// What becomes of callers that are refused (rest-api specification, 17). Times are seconds; 0 keeps nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalRules {
    /// How long a 401 is repeated.
    pub unauthorized: u32,
    /// How long a 403 is repeated.
    pub forbidden: u32,
    /// How long a credential is refused whose key or account was switched off.
    pub inactive: u32,
    /// How many 401 and 403 within a minute a caller may get before everything is refused; `None` for any number.
    pub per_minute: Option<u32>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            rates: Scope::ALL.map(|scope| scope.row().rate),
            anonymous_message: None,
            user_message: None,
            large_bytes: 1_000_000,
            refusals: RefusalRules { unauthorized: 60, forbidden: 10, inactive: 3_600, per_minute: Some(10) },
        }
    }
}

/// What callers are told that ask too often (rest-api specification, 2.2).
const MESSAGE: &str = "Request was throttled. Expected available in {time}.";

impl Rules {
    /// No limits, and no memory of refusals.
    pub fn off() -> Rules {
        Rules {
            rates: [None; SCOPES.len()],
            refusals: RefusalRules { unauthorized: 0, forbidden: 0, inactive: 0, per_minute: None },
            ..Rules::default()
        }
    }

    /// The same with another limit for a scope.
    #[must_use]
    pub fn with(mut self, scope: Scope, rate: Option<Rate>) -> Rules {
        self.rates[scope as usize] = rate;
        self
    }

    /// The limit of a scope, if it has one.
    pub const fn rate(&self, scope: Scope) -> Option<Rate> {
        self.rates[scope as usize]
    }

    /// Whether a scope has a limit.
    pub fn limit_anything(&self) -> bool {
        self.rates.iter().any(Option::is_some)
    }

    /// Whether repeated large answers have a limit.
    pub fn limit_large(&self) -> bool {
        const LARGE: [Scope; 4] = [
            Scope::RepeatedAddress,
            Scope::RepeatedNetwork,
            Scope::RepeatedUser,
            Scope::RepeatedOrganization,
        ];
        LARGE.into_iter().any(|scope| self.rate(scope).is_some())
    }

    /// What a caller is told who has to wait.
    pub fn message(&self, scope: Scope, seconds: u64) -> String {
        let own = match scope.spoken_for() {
            Voice::Anonymous => self.anonymous_message.as_deref(),
            Voice::User => self.user_message.as_deref(),
            Voice::Usual => None,
        };
        own.unwrap_or(MESSAGE).replace("{time}", &time_text(seconds)) + scope.row().suffix
    }
}

/// A time as the messages of the reference tell it, but for 60 seconds, which are a minute and not 0 hours.
fn time_text(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} seconds"),
        60..3_600 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_scopes_and_its_defaults_agree() {
        for (scope, row) in Scope::ALL.into_iter().zip(&SCOPES) {
            assert_eq!(scope, row.scope);
            assert_eq!(format!("limit-{}", scope.row().name), row.option);
            let read = (row.default != "off").then(|| row.default.parse().expect(row.default));
            assert_eq!(read, row.rate, "{}", row.name);
            assert_eq!(Rules::default().rate(scope), row.rate);
        }
    }

    #[test]
    fn times_are_told_in_whole_units() {
        for (seconds, text) in [
            (1, "1 seconds"),
            (59, "59 seconds"),
            (60, "1 minutes"),
            (119, "1 minutes"),
            (3_599, "59 minutes"),
            (3_600, "1 hours"),
            (86_400, "24 hours"),
        ] {
            assert_eq!(time_text(seconds), text);
            let told = Rules::default().message(Scope::Write, seconds);
            assert_eq!(told, format!("Request was throttled. Expected available in {text}."));
        }
    }

    #[test]
    fn operators_have_their_own_words_for_readers() {
        let rules = Rules {
            anonymous_message: Some("Sign in, or wait {time}".to_owned()),
            user_message: Some("Wait {time}".to_owned()),
            ..Rules::default()
        };
        assert_eq!(rules.message(Scope::Anonymous, 5), "Sign in, or wait 5 seconds");
        assert_eq!(rules.message(Scope::User, 60), "Wait 1 minutes");
        assert!(rules.message(Scope::StateUser, 60).starts_with("Wait 1 minutes - addresses"));
        assert!(rules.message(Scope::Write, 60).starts_with("Request was throttled"));
    }
}
