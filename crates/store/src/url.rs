//! Names of databases, as options give them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file, from `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A PostgreSQL server, from `postgres://…`; kept whole, it may hold a password.
    Postgres(String),
}

/// Why a text names no database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It begins neither with `sqlite:` nor with `postgres:`.
    Scheme(String),
    /// `sqlite:` without a path.
    NoPath,
    /// `sqlite://name`, where a host would stand.
    Host,
    /// SQLite's word for a database in memory, which would be gone with the first connection.
    Memory,
    /// `postgres:` with something behind it that is no address of a server; says what is wrong.
    Server(String),
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FORMS: &str = "write sqlite:PATH or postgres://USER@HOST/NAME";
        match self {
            UrlError::Scheme(text) => write!(f, "{text:?} names no database; {FORMS}"),
            UrlError::NoPath => write!(f, "`sqlite:` lacks the path of the file; {FORMS}"),
            UrlError::Host => {
                f.write_str("two slashes announce a host, and SQLite has none; write sqlite:PATH")
            }
            UrlError::Memory => {
                f.write_str("a database in memory would not outlive its first connection; write sqlite:PATH")
            }
            UrlError::Server(why) => write!(f, "the address of the server is wrong, {why}; {FORMS}"),
        }
    }
}

impl std::error::Error for UrlError {}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<DatabaseUrl, UrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // Errors about it name what is wrong, and not the text, which may hold a password.
            check_parts(text)?;
            return match PgConnectOptions::from_str(text) {
                Ok(_) => Ok(DatabaseUrl::Postgres(text.to_owned())),
                Err(sqlx::Error::Configuration(why)) => Err(UrlError::Server(why.to_string())),
                Err(error) => Err(UrlError::Server(error.to_string())),
            };
        }
        // What follows an unknown scheme may hold a password, and errors are printed.
        let scheme = || text.split_once(':').map_or(text, |(scheme, _)| scheme).to_owned();
        match text.strip_prefix("sqlite:") {
            None => Err(UrlError::Scheme(scheme())),
            Some("") => Err(UrlError::NoPath),
            Some(":memory:") => Err(UrlError::Memory),
            Some(path) if path.starts_with("//") && !path.starts_with("///") => Err(UrlError::Host),
            Some(path) => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
        }
    }
}

/// The parameters of a PostgreSQL URL that mean something (sqlx-postgres, `options/parse.rs`), those of the form
/// `options[…]` apart. Others are refused, since they would be passed over, and written to the log with their value.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];

/// Looks for signs of a password with a bare `/`, `?` or `#` in it, which would be taken for parts of the address,
/// and for parameters that mean nothing.
fn check_parts(url: &str) -> Result<(), UrlError> {
    const BARE: &str = "/, ? and # in a user name or password have to be written as %2F, %3F and %23";
    let wrong = |why: &str| UrlError::Server(why.to_owned());
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = place.split_once('/').map_or("", |(_, path)| path);
    if path.contains('@') || rest.contains('#') {
        return Err(wrong(BARE));
    }
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        if name.contains(['@', '/', ':']) {
            return Err(wrong(BARE));
        }
        let known = PARAMETERS.contains(&name) || name == "options" || name.starts_with("options[");
        if !known {
            return Err(wrong(&format!("the parameter {name:?} is unknown")));
        }
    }
    Ok(())
}

impl fmt::Display for DatabaseUrl {
    /// The name without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
                // The last @ of the authority ends the user part; one behind the first / belongs to the path.
                let authority = rest.split('/').next().unwrap_or_default();
                let host_at = authority.rfind('@').map_or(0, |at| at + 1);
                let shown = rest[host_at..].split('?').next().unwrap_or_default();
                write!(f, "{scheme}://{shown}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_they_stand() {
        for (text, path) in
            [("sqlite:a.db", "a.db"), ("sqlite:/x/a b?.db", "/x/a b?.db"), ("sqlite:///x", "///x")]
        {
            assert_eq!(text.parse(), Ok(DatabaseUrl::Sqlite(PathBuf::from(path))));
        }
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for (text, error) in [
            ("", UrlError::Scheme(String::new())),
            ("a.db", UrlError::Scheme("a.db".to_owned())),
            ("mysql://root:secret@host/x", UrlError::Scheme("mysql".to_owned())),
            ("sqlite:", UrlError::NoPath),
            ("sqlite://a.db", UrlError::Host),
            ("sqlite::memory:", UrlError::Memory),
            ("postgres:me:secret@host/x", UrlError::Scheme("postgres".to_owned())),
            (
                "postgres://u@h/x?sslpassword=secret",
                UrlError::Server("the parameter \"sslpassword\" is unknown".to_owned()),
            ),
            ("postgres://h:99999/x", UrlError::Server("invalid port number".to_owned())),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_password_that_is_taken_for_something_else_is_refused_without_being_told() {
        for text in [
            "postgres://u:/s3cret@db/n",
            "postgres://u:12/s3cret@db/n",
            "postgres://u:p?s3cret@db/n",
            "postgres://u:p#s3cret@db/n",
        ] {
            let told = text.parse::<DatabaseUrl>().expect_err("refused").to_string();
            assert!(told.contains("%2F") && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let url: DatabaseUrl = "postgres://me:p@ss@db.example/name?password=x".parse().expect("a database");
        assert_eq!(url.to_string(), "postgres://db.example/name");
        assert_eq!(format!("{url:?}"), "postgres://db.example/name");
    }
}
