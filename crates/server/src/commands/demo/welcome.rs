//! What a newcomer reads first.

use std::fmt;
use std::path::Path;

use demo::Account;

/// The greeting of a demo.
pub(super) struct Welcome<'a> {
    /// Where the server answers, without a slash at its end.
    pub(super) url: String,
    /// Where its files are.
    pub(super) folder: &'a Path,
    /// Who can sign in.
    pub(super) accounts: Vec<Account>,
    /// The notice of the source of place data.
    pub(super) attribution: &'a str,
    /// Whether other machines can reach the server.
    pub(super) open_to_others: bool,
}

impl fmt::Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Welcome { url, folder, attribution, .. } = self;
        let folder = folder.display();
        writeln!(f, "\nA made-up directory of networks, exchanges and facilities is ready.\n")?;
        writeln!(f, "  API    {url}/api/")?;
        writeln!(f, "  Files  {folder}   (to delete them: rm -r {folder})\n")?;
        self.write_examples(f)?;
        self.write_accounts(f)?;
        if self.open_to_others {
            writeln!(f, "Others can reach this server, and passwords and keys follow from the seed:")?;
            writeln!(f, "use --seed with a number that they do not know.\n")?;
        }
        if !attribution.is_empty() {
            writeln!(f, "{attribution}\n")?;
        }
        writeln!(f, "Ctrl-C stops it.\n")
    }
}

impl Welcome<'_> {
    fn write_examples(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.url;
        writeln!(f, "Try")?;
        writeln!(f, "  curl '{url}/api/net?limit=3'")?;
        writeln!(f, "  curl '{url}/api/ix?net_count__gt=20&fields=id,name,country,net_count'")?;
        if let Some(account) = self.reader() {
            let key = &account.api_key;
            writeln!(f, "  curl -H 'Authorization: Api-Key {key}' '{url}/api/poc?role=NOC&limit=3'")?;
        }
        writeln!(f)
    }

    /// Contacts that only registered people see are the point of the example, so it takes the least of those who
    /// see them.
    fn reader(&self) -> Option<&Account> {
        self.accounts.iter().find(|account| account.username == "user").or(self.accounts.first())
    }

    fn write_accounts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&Account) -> &str, title: &str| {
            self.accounts.iter().map(|account| text(account).len()).max().unwrap_or(0).max(title.len())
        };
        let name = width(|account| &account.username, "User");
        let password = width(|account| &account.password, "Password");
        let key = width(|account| &account.api_key, "API key");
        writeln!(f, "{:name$}  {:password$}  {:key$}  Who this is", "User", "Password", "API key")?;
        for Account { username, password: secret, api_key, role } in &self.accounts {
            writeln!(f, "{username:name$}  {secret:password$}  {api_key:key$}  {role}")?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(open_to_others: bool) -> String {
        let account = |username: &str, role| Account {
            username: username.to_owned(),
            password: "secret".to_owned(),
            api_key: format!("{username}.key"),
            role,
        };
        Welcome {
            url: "http://127.0.0.1:8080".to_owned(),
            folder: Path::new("peeringd-demo"),
            accounts: vec![account("admin", "administrator"), account("user", "verified user")],
            attribution: "Cities: somebody.",
            open_to_others,
        }
        .to_string()
    }

    #[test]
    fn a_newcomer_learns_all_that_is_needed() {
        assert_eq!(
            welcome(false),
            "
A made-up directory of networks, exchanges and facilities is ready.

  API    http://127.0.0.1:8080/api/
  Files  peeringd-demo   (to delete them: rm -r peeringd-demo)

Try
  curl 'http://127.0.0.1:8080/api/net?limit=3'
  curl 'http://127.0.0.1:8080/api/ix?net_count__gt=20&fields=id,name,country,net_count'
  curl -H 'Authorization: Api-Key user.key' 'http://127.0.0.1:8080/api/poc?role=NOC&limit=3'

User   Password  API key    Who this is
admin  secret    admin.key  administrator
user   secret    user.key   verified user

Cities: somebody.

Ctrl-C stops it.

"
        );
    }

    #[test]
    fn a_demo_that_others_reach_warns_of_its_known_passwords() {
        assert!(welcome(true).contains("--seed with a number that they do not know"));
    }
}
