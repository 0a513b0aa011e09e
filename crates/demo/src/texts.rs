//! Texts of fields: addresses, domains, telephone numbers, notes.
//!
//! Whatever could reach somebody leads nowhere: hosts are below the `example` domains (RFC 2606), telephone numbers
//! come from ranges that are kept for fiction.

use model::{Degrees, SocialLink, Tag, collate};

use crate::dice::Dice;
use crate::names::fill;
use crate::words::{
    AREA_CODES, CLOSINGS, COMPANY_REMARKS, Country, Culture, ENGLISH_REMARKS, EXCHANGE_REMARKS,
    FACILITY_REMARKS, HEADINGS, TOPICS, Words,
};

/// The ASCII form of a name for hosts and accounts, such as `nordhavn-fiber`.
pub(crate) fn slug(name: &str) -> String {
    let folded = collate::search_fold(name);
    let mut slug = String::new();
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if c == ' ' && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    let trimmed = slug.trim_matches('-');
    if trimmed.len() < 2 { "network".to_owned() } else { trimmed.to_owned() }
}

/// A domain for a name.
pub(crate) fn domain(dice: &mut Dice, name: &str) -> String {
    let top = dice.weighed(&[("example.net", 5), ("example.com", 3), ("example.org", 2)]);
    format!("{}.{top}", slug(name))
}

/// The home page of a domain.
pub(crate) fn website(dice: &mut Dice, domain: &str) -> String {
    match dice.below(10) {
        0 => format!("http://www.{domain}"),
        1 => format!("https://{domain}/"),
        2 => format!("https://www.{domain}/"),
        _ => format!("https://www.{domain}"),
    }
}

/// Letters and digits for the marks of a pattern.
pub(crate) fn pattern(dice: &mut Dice, pattern: &str) -> String {
    pattern
        .chars()
        .map(|c| match c {
            '#' => char::from(*dice.pick(b"0123456789")),
            '@' => char::from(*dice.pick(b"ABCDEFGHJKLMNPRSTUWXY")),
            other => other,
        })
        .collect()
}

/// A telephone number of a country in E.164 form.
pub(crate) fn phone(dice: &mut Dice, country: &Country) -> String {
    if country.phones.is_empty() {
        let area = *dice.pick(AREA_CODES);
        return pattern(dice, &format!("+1{area}55501##"));
    }
    let range = *dice.pick(&country.phones);
    pattern(dice, range)
}

/// Sometimes a telephone number, otherwise nothing.
pub(crate) fn maybe_phone(dice: &mut Dice, country: &Country, probability: f64) -> String {
    if dice.chance(probability) { phone(dice, country) } else { String::new() }
}

/// A postal address.
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) second: String,
    pub(crate) suite: String,
    pub(crate) city: String,
    pub(crate) zip: String,
    pub(crate) latitude: Degrees,
    pub(crate) longitude: Degrees,
}

/// An address in a city, within a dozen kilometres of its centre.
pub(crate) fn address(dice: &mut Dice, words: &Words, city: usize) -> Address {
    let place = &words.cities[city];
    let native = words.country(city).native && dice.chance(0.3);
    let (latin, own) = dice.pick(&words.culture(city).streets);
    let street = if native { own } else { latin };
    let number = 1 + dice.below(18) * dice.below(18) + dice.below(20);
    let local = native || dice.chance(0.15);
    // The cosine keeps the distance east and west the same at all latitudes.
    let north = (dice.unit() - 0.5) * 0.18;
    let east = (dice.unit() - 0.5) * 0.18 / place.latitude.to_radians().cos();
    Address {
        street: street.replace("{n}", &number.to_string()),
        second: if dice.chance(0.12) { second_line(dice) } else { String::new() },
        suite: if dice.chance(0.06) { dice.between(100, 2400).to_string() } else { String::new() },
        city: if local { place.native } else { place.name }.to_owned(),
        zip: pattern(dice, place.zip),
        latitude: Degrees::from_f64(place.latitude + north).unwrap_or_default(),
        longitude: Degrees::from_f64(place.longitude + east).unwrap_or_default(),
    }
}

fn second_line(dice: &mut Dice) -> String {
    let word = *dice.pick(&["Building", "Hall", "Unit", "Block", "Tower", "Gate"]);
    let letter = char::from(*dice.pick(b"ABCDEFGH"));
    format!("{word} {letter}")
}

/// The name of a person.
pub(crate) fn person(dice: &mut Dice, culture: &Culture, native: bool) -> String {
    let (given, own_given) = dice.pick(&culture.given);
    let (family, own_family) = dice.pick(&culture.family);
    let native = native && !own_given.is_empty() && dice.chance(0.5);
    let (given, family) = if native { (own_given, own_family) } else { (given, family) };
    match (culture.family_first, native) {
        (true, true) => format!("{family}{given}"),
        (true, false) => format!("{family} {given}"),
        (false, _) => format!("{given} {family}"),
    }
}

/// Entries of social media: the website, and seldom accounts.
pub(crate) fn social(dice: &mut Dice, website: &str, domain: &str) -> Box<[SocialLink]> {
    let mut links = Vec::new();
    if !website.is_empty() && dice.chance(0.7) {
        links.push(link("website", website.to_owned()));
    }
    if dice.chance(0.14) {
        let mut services =
            ["linkedin", "x", "facebook", "mastodon", "instagram", "youtube", "telegram", "bluesky"];
        dice.shuffle(&mut services);
        let amount = 1 + dice.runs(0.35) as usize;
        links
            .extend(services.into_iter().take(amount).map(|service| link(service, account(service, domain))));
    }
    links.into_boxed_slice()
}

fn link(service: &str, identifier: String) -> SocialLink {
    SocialLink { service: service.into(), identifier: identifier.into() }
}

/// An account name that the rules of the service allow.
fn account(service: &str, domain: &str) -> String {
    let host = domain.split('.').next().unwrap_or_default();
    let plain: String = host.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    match service {
        "linkedin" => format!("{host}-net"),
        "mastodon" => format!("https://social.example.org/@{plain}"),
        "x" => format!("{plain}net"),
        "telegram" | "facebook" => format!("{plain}noc"),
        _ => format!("{plain}ops"),
    }
}

/// What notes are about.
pub(crate) struct Subject<'a> {
    pub(crate) tag: Tag,
    pub(crate) name: &'a str,
    pub(crate) city: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) culture: &'a Culture,
}

/// Notes in Markdown: none, a sentence, a few, or several sections.
pub(crate) fn notes(dice: &mut Dice, subject: &Subject<'_>, probability: f64) -> String {
    if !dice.chance(probability) {
        return String::new();
    }
    let length = dice.below(10);
    let mut author = Author { dice, subject, said: Vec::new() };
    match length {
        0..=4 => author.sentences(1),
        5..=7 => author.paragraph(),
        _ => author.document(),
    }
}

/// Somebody who writes notes and says nothing twice.
struct Author<'a> {
    dice: &'a mut Dice,
    subject: &'a Subject<'a>,
    said: Vec<&'a str>,
}

impl<'a> Author<'a> {
    fn sentences(&mut self, amount: usize) -> String {
        let separator = *self.dice.pick(&[" ", "\r\n", "\n\n"]);
        let mut text = String::new();
        for sentence in (0..amount).filter_map(|_| self.sentence()).collect::<Vec<_>>() {
            if !text.is_empty() {
                text.push_str(separator);
            }
            text.push_str(&sentence);
        }
        text
    }

    fn paragraph(&mut self) -> String {
        let amount = 2 + self.dice.below(3);
        self.sentences(amount)
    }

    /// A sentence in English or, on networks, in the language of the place; `None` when it was said before.
    fn sentence(&mut self) -> Option<String> {
        let own = &self.subject.culture.remarks;
        let list = match self.subject.tag {
            Tag::Net if !own.is_empty() && self.dice.chance(0.4) => {
                let text = self.dice.pick(own);
                return self.complete(text);
            }
            Tag::Net | Tag::Netixlan | Tag::Poc => ENGLISH_REMARKS,
            Tag::Fac | Tag::Campus | Tag::Netfac | Tag::Ixfac | Tag::Carrierfac => FACILITY_REMARKS,
            Tag::Ix | Tag::Ixlan | Tag::Ixpfx => EXCHANGE_REMARKS,
            Tag::Org | Tag::Carrier => COMPANY_REMARKS,
        };
        let text: &'static &'static str = self.dice.pick(list);
        self.complete(text)
    }

    fn complete(&mut self, text: &'a str) -> Option<String> {
        if self.said.contains(&text) {
            return None;
        }
        self.said.push(text);
        let number = *self.dice.pick(&["50", "100", "200", "500", "1000", "2000"]);
        let subject = self.subject;
        let text = fill(text, subject.name, subject.city).replace("{d}", subject.domain);
        Some(text.replace("{n}", number))
    }

    fn document(&mut self) -> String {
        let mut text = String::new();
        let mut headings = HEADINGS.to_vec();
        self.dice.shuffle(&mut headings);
        let amount = 1 + self.dice.runs(0.6) as usize;
        for heading in headings.into_iter().take(amount) {
            text.push_str(&format!("## {heading}\n\n{}\n\n", self.paragraph()));
            for _ in 0..self.dice.below(5) {
                let topic: &'static &'static str = self.dice.pick(TOPICS);
                let entry = self.complete(topic).map(|entry| format!("* {entry}\n"));
                text.push_str(&entry.unwrap_or_default());
            }
            text.push('\n');
        }
        let closing: &'static &'static str = self.dice.pick(CLOSINGS);
        text.push_str(&self.complete(closing).unwrap_or_default());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_host_labels() {
        assert_eq!(slug("Nordhavn Fiber"), "nordhavn-fiber");
        assert_eq!(slug("Zürich & Größe, S.A."), "zurich-grosse-s-a");
        assert_eq!(slug("北海"), "network");
    }

    #[test]
    fn phones_are_fictional() {
        let words = Words::read();
        let mut dice = Dice::new(3, 3);
        for country in &words.countries {
            let number = phone(&mut dice, country);
            assert!(number.starts_with('+') && number[1..].bytes().all(|b| b.is_ascii_digit()), "{number}");
            assert!((9..=16).contains(&number.len()), "{number}");
            assert!(!country.phones.is_empty() || number[5..].starts_with("55501"), "{number}");
        }
    }

    #[test]
    fn accounts_obey_the_services() {
        for host in ["ab.example.net", "a-very-long-name-of-some-company-indeed.example.org"] {
            assert!((4..=15).contains(&account("x", host).len()));
            assert!((5..=32).contains(&account("telegram", host).len()));
            assert!((5..=100).contains(&account("linkedin", host).len()));
            assert!(account("mastodon", host).starts_with("https://"));
        }
    }
}
