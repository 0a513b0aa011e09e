//! Which mail addresses an organization admits (accounts specification, 8.1).

use model::records::Org;

/// The domains that an organization restricts its people to, in their encoded form and lower case; none where it
/// restricts nobody. Lines that are no domain, such as blank ones, restrict nobody either.
pub(super) fn admitted(org: &Org) -> Vec<String> {
    let lines = org.email_domains.as_deref().filter(|_| org.restrict_user_emails).unwrap_or_default();
    let mut domains: Vec<String> = lines.lines().filter_map(normal).collect();
    domains.sort();
    domains.dedup();
    domains
}

/// Whether an address belongs to one of the domains; every address does where there are none.
pub(super) fn admits(domains: &[String], address: &str) -> bool {
    let domain = address.rsplit_once('@').and_then(|(_, domain)| normal(domain));
    domains.is_empty() || domain.is_some_and(|domain| domains.contains(&domain))
}

/// A domain as it is compared (UTS 46): people write it with an at sign, in capitals, or in the letters of their
/// language.
fn normal(domain: &str) -> Option<String> {
    let domain = domain.trim();
    let domain = domain.strip_prefix('@').unwrap_or(domain);
    idna::domain_to_ascii(domain).ok().filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(restricts: bool, domains: &str) -> Org {
        Org { restrict_user_emails: restricts, email_domains: Some(domains.into()), ..Org::default() }
    }

    #[test]
    fn domains_are_read_however_they_are_written() {
        let written = " One.Example\r\n@two.example\n\nB\u{fc}cher.example\none.example\n";
        assert_eq!(admitted(&org(true, written)), ["one.example", "two.example", "xn--bcher-kva.example"]);
        assert!(admitted(&org(false, written)).is_empty());
        assert!(admitted(&Org { restrict_user_emails: true, ..Org::default() }).is_empty());
    }

    #[test]
    fn an_address_matches_its_domain_exactly() {
        let domains = admitted(&org(true, "one.example\nb\u{fc}cher.example"));
        for (address, expected) in [
            ("a@one.example", true),
            ("a@ONE.example", true),
            ("\"a@b\"@one.example", true),
            ("a@xn--bcher-kva.example", true),
            ("a@B\u{fc}cher.example", true),
            ("a@sub.one.example", false),
            ("a@one.example.net", false),
            ("one.example", false),
            ("a@", false),
        ] {
            assert_eq!(admits(&domains, address), expected, "{address}");
        }
        assert!(admits(&[], "a@any.example"));
    }
}
