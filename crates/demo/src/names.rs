//! Invented names, unique by type without regard to case and accents.

use std::collections::HashSet;

use model::{Tag, collate};

use crate::dice::Dice;
use crate::words::{City, Culture, Pair};

/// An invented name: what the names of an organization and of all it owns have in common.
#[derive(Clone, Debug)]
pub(crate) struct Brand {
    /// In Latin letters.
    pub(crate) latin: String,
    /// In the script of its culture; empty where names are written in Latin letters.
    pub(crate) native: String,
}

/// Words that stay small between others.
const PARTICLES: &[&str] =
    &["do ", "da ", "dos ", "das ", "de ", "del ", "di ", "din ", "al ", "al-", "d'", "dell'"];

impl Brand {
    pub(crate) fn invent(dice: &mut Dice, culture: &Culture, native: bool) -> Brand {
        let head = dice.pick(&culture.heads);
        // Where both parts grow together, a beginning alone is no word; "Sundsund" is none either.
        let words = culture.gap == " " || culture.code == "en";
        let alone = words && dice.chance(0.08);
        let tail =
            Some(dice.pick(&culture.tails)).filter(|tail| !alone && !head.0.eq_ignore_ascii_case(&tail.0));
        let latin = match tail {
            Some(tail) => format!("{}{}{}", head.0, culture.gap, in_name(culture, &tail.0)),
            None => head.0.clone(),
        };
        let own = match tail {
            Some(tail) => format!("{}{}{}", head.1, culture.native_gap, tail.1),
            None => head.1.clone(),
        };
        Brand { latin, native: if native { own } else { String::new() } }
    }

    /// A phrase with this name in Latin letters.
    pub(crate) fn latin(&self, phrase: &Pair, city: &City) -> String {
        fill(&phrase.0, &self.latin, city.name)
    }

    /// A phrase with this name in the native script; `None` where there is none, or none for the city.
    pub(crate) fn native(&self, phrase: &Pair, city: &City) -> Option<String> {
        let place = !phrase.1.contains("{c}") || !city.native.is_ascii();
        let written = !self.native.is_empty() && !phrase.1.is_empty() && place;
        written.then(|| fill(&phrase.1, &self.native, city.native))
    }
}

fn in_name(culture: &Culture, tail: &str) -> String {
    let apart = culture.gap == " " && !PARTICLES.iter().any(|particle| tail.starts_with(particle));
    if apart { capitalized(tail) } else { tail.to_owned() }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Puts name and city into a phrase.
pub(crate) fn fill(phrase: &str, name: &str, city: &str) -> String {
    phrase.replace("{}", name).replace("{c}", city)
}

/// Initials of a name, as people abbreviate it; `None` when they would be too few.
pub(crate) fn initials(name: &str) -> Option<String> {
    let letters: String = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next())
        .filter(|c| c.is_uppercase())
        .collect();
    (letters.chars().count() >= 3).then_some(letters)
}

/// The names in use.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashSet<(Tag, String)>,
}

impl Names {
    /// Takes a name when it is free and fits.
    pub(crate) fn take(&mut self, tag: Tag, name: &str) -> bool {
        let fits = name.chars().count() <= if tag == Tag::Ix { 64 } else { 255 };
        fits && self.taken.insert((tag, collate::key(name)))
    }

    /// The first free name of several tries, else a numbered one.
    pub(crate) fn first_free(&mut self, tag: Tag, tries: u32, mut make: impl FnMut(u32) -> String) -> String {
        let mut name = String::new();
        for attempt in 0..tries {
            name = make(attempt);
            if self.take(tag, &name) {
                return name;
            }
        }
        let room = 56;
        let base: String = name.chars().take(room).collect();
        let mut number = 2;
        loop {
            let numbered = format!("{} {number}", base.trim_end());
            if self.take(tag, &numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_without_case_and_accents() {
        let mut names = Names::default();
        assert!(names.take(Tag::Ix, "Größe"));
        assert!(!names.take(Tag::Ix, "GROSSE"));
        assert!(names.take(Tag::Net, "Größe"));
        assert!(!names.take(Tag::Ix, &"x".repeat(65)));
        let free = names.first_free(Tag::Ix, 2, |_| "grosse".to_owned());
        assert_eq!(free, "grosse 2");
    }

    #[test]
    fn initials_need_three_words() {
        assert_eq!(initials("Kestrel Internet Exchange Lyon").as_deref(), Some("KIEL"));
        assert_eq!(initials("Kestrel IX"), None);
    }
}
