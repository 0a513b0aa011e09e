//! Comparison of texts without regard to case and accents.
//!
//! One key per text serves equality, prefix, containment, order and uniqueness: compare keys as strings.
//! The key is the text's characters at primary strength of Unicode collation (UTS #10) with every character
//! significant: compatibility decomposition, marks removed, case folded, letters with a stroke and ligatures
//! reduced to their base letters. Characters are then replaced by others whose code points stand in collation
//! order (blanks, punctuation, symbols, digits, letters), so that the order of the keys' bytes is the order of
//! the texts. A library's sort keys would give the same order, but compress weights so that the key of a prefix
//! is no prefix of the key.
//!
//! Two more functions stand apart: [`transliterate`] is what the values of API filters go through before they
//! are compared, and [`search_fold`] is what search uses.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Version of the key algorithm, stored beside stored keys: keys of another version are made again.
pub const KEY_VERSION: u32 = 1;

/// ASCII punctuation and symbols in collation order (DUCET). Letters and digits keep their place behind them.
const ASCII_ORDER: &[u8] = b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// For each ASCII character its replacement in keys: the rank in [`ASCII_ORDER`] plus one for those listed there,
/// 0 (left out) for control characters, the lower-case letter or digit itself otherwise.
const ASCII_KEY: [u8; 128] = {
    let mut table = [0u8; 128];
    let mut c = 0;
    while c < 128 {
        let byte = c as u8;
        if byte.is_ascii_alphanumeric() {
            table[c] = byte.to_ascii_lowercase();
        }
        c += 1;
    }
    let mut rank = 0;
    while rank < ASCII_ORDER.len() {
        table[ASCII_ORDER[rank] as usize] = rank as u8 + 1;
        rank += 1;
    }
    table
};

/// The comparison key of a text.
pub fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        out.extend(text.bytes().filter_map(ascii_key));
    } else {
        // Character by character: only marks are put in another order by normalization, and they do not stay.
        for c in text.chars() {
            if c.is_ascii() {
                out.extend(ascii_key(c as u8));
            } else {
                decompose_compatible(c, |part| {
                    if !is_combining_mark(part) {
                        push_key(&mut out, part);
                    }
                });
            }
        }
    }
    out
}

fn ascii_key(byte: u8) -> Option<char> {
    match ASCII_KEY[usize::from(byte & 0x7f)] {
        0 => None,
        key => Some(char::from(key)),
    }
}

fn push_key(out: &mut String, c: char) {
    if c.is_ascii() {
        out.extend(ascii_key(c as u8));
    } else if let Some(base) = base_letters(c) {
        out.push_str(base);
    } else if !is_ignorable(c) {
        out.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c)));
    }
}

/// Letters that decompose to no base letter in the character database but have its primary weight in the
/// default collation table, and ligatures.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ı' => "i",
        'þ' | 'Þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

/// Format characters, which collation ignores.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// A needle that is compared with many texts: its key, made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    key: String,
    /// The needle's key as bytes is ASCII: texts that are ASCII need no key of their own.
    ascii: bool,
}

impl Needle {
    /// Prepares a needle.
    pub fn new(text: &str) -> Needle {
        let key = key(text);
        let ascii = key.is_ascii();
        Needle { key, ascii }
    }

    /// The needle's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the text equals the needle.
    pub fn equals(&self, text: &str) -> bool {
        if text.is_ascii() {
            self.ascii && text.bytes().filter_map(ascii_key).eq(self.key.chars())
        } else {
            key(text) == self.key
        }
    }

    /// Whether the text begins with the needle.
    pub fn begins(&self, text: &str) -> bool {
        if text.is_ascii() {
            let mut rest = text.bytes().filter_map(ascii_key);
            self.ascii && self.key.chars().all(|c| rest.next() == Some(c))
        } else {
            key(text).starts_with(&self.key)
        }
    }

    /// Whether the needle occurs in the text.
    pub fn within(&self, text: &str) -> bool {
        let needle = self.key.as_bytes();
        let Some(first) = needle.first() else { return true };
        if !text.is_ascii() {
            return key(text).contains(&self.key);
        }
        if !self.ascii || needle.len() > text.len() {
            return false;
        }
        let bytes = text.as_bytes();
        (0..=bytes.len() - needle.len())
            .any(|at| ASCII_KEY[usize::from(bytes[at] & 0x7f)] == *first && begins_at(&bytes[at..], needle))
    }

    /// Whether the needle occurs in the text that has this key.
    pub fn is_in_key(&self, key: &str) -> bool {
        // Names are short: a library's search would take longer to prepare than to run.
        let (key, needle) = (key.as_bytes(), self.key.as_bytes());
        let Some(first) = needle.first() else { return true };
        let last = (key.len() + 1).saturating_sub(needle.len());
        (0..last).any(|at| key[at] == *first && key[at..].starts_with(needle))
    }

    /// Order of the text relative to the needle.
    pub fn order(&self, text: &str) -> std::cmp::Ordering {
        key(text).as_str().cmp(&self.key)
    }
}

fn begins_at(text: &[u8], needle: &[u8]) -> bool {
    let mut keys = text.iter().map(|b| ASCII_KEY[usize::from(b & 0x7f)]).filter(|k| *k != 0);
    needle.iter().all(|k| keys.next() == Some(*k))
}

/// ASCII rendering of a filter value, as clients of the reference expect (`rest.py`: `unidecode`).
pub fn transliterate(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // The library drops control characters, line breaks among them; they are ASCII already.
    for part in text.split_inclusive(|c: char| c.is_ascii_control()) {
        let body = part.trim_end_matches(|c: char| c.is_ascii_control());
        out.push_str(&deunicode::deunicode_with_tofu(body, ""));
        out.push_str(&part[body.len()..]);
    }
    Cow::Owned(out)
}

/// The form in which search compares words: lower case, without accents, other scripts kept, everything that is
/// no letter or digit a blank.
pub fn search_fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
        }
        return out;
    }
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if let Some(base) = base_letters(c) {
            out.push_str(base);
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !is_ignorable(c) && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        for (a, b) in [
            ("Zürich", "ZURICH"),
            ("Łódź", "lodz"),
            ("Straße", "STRASSE"),
            ("Ærø", "aero"),
            ("São Paulo", "sao paulo"),
            ("ﬁber", "fiber"),
            ("a\u{200b}b", "AB"),
            ("Ο\u{301}δος", "οδοσ"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("東京"), key("大阪"));
        assert_ne!(key("a b"), key("ab"));
    }

    #[test]
    fn whatever_normalization_moves_is_a_mark() {
        use unicode_normalization::char::canonical_combining_class;
        let moved = ('\u{0}'..=char::MAX).filter(|c| canonical_combining_class(*c) != 0);
        assert!(moved.into_iter().all(is_combining_mark));
    }

    #[test]
    fn order_is_blank_punctuation_symbol_digit_letter() {
        let sorted = [" x", "_x", "-x", ".x", "(x", "+x", "$x", "0x", "9", "a", "B", "z", "я", "東"];
        assert!(sorted.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
    }

    #[test]
    fn transliteration_gives_ascii() {
        assert_eq!(transliterate("Malmö Västergatan"), "Malmo Vastergatan");
        assert_eq!(transliterate("Łódź"), "Lodz");
        assert_eq!(transliterate("“x”"), "\"x\"");
        assert_eq!(transliterate("\té\r\n\nè"), "\te\r\n\ne");
    }

    #[test]
    fn search_folds_to_words() {
        assert_eq!(search_fold("DE-CIX (Frankfurt)"), "de cix frankfurt ");
        assert_eq!(search_fold("東京IX"), "東京ix");
        // One way for ASCII and one for everything else, and the same words.
        let ascii: String = (0..128u8).map(char::from).collect();
        assert_eq!(search_fold(&format!("{ascii}東")), search_fold(&ascii) + "東");
    }

    proptest! {
        #[test]
        fn needle_agrees_with_keys(text in "\\PC{0,12}|[ -~]{0,12}", needle in "\\PC{0,4}|[ -~]{0,4}") {
            let (t, n, prepared) = (key(&text), key(&needle), Needle::new(&needle));
            prop_assert_eq!(prepared.equals(&text), t == n);
            prop_assert_eq!(prepared.begins(&text), t.starts_with(&n));
            prop_assert_eq!(prepared.within(&text), t.contains(&n));
            prop_assert_eq!(prepared.is_in_key(&t), t.contains(&n));
        }

        #[test]
        fn keys_are_those_of_the_normalized_text(text in "\\PC{0,12}|[\u{c0}-\u{24f}\u{300}-\u{36f}a-z]{0,12}|[\u{ac00}-\u{d7a3}]{0,6}") {
            let normalized: String = text.nfkd().collect();
            prop_assert_eq!(key(&text), key(&normalized));
            let mut whole = String::new();
            text.nfkd().filter(|c| !is_combining_mark(*c)).for_each(|c| push_key(&mut whole, c));
            prop_assert_eq!(key(&text), whole);
        }

        #[test]
        fn every_part_of_a_text_is_within_it(text in "\\PC{0,12}") {
            let chars: Vec<char> = text.chars().collect();
            let half: String = chars[..chars.len() / 2].iter().collect();
            prop_assert!(Needle::new(&text).within(&text));
            // A cut between a letter and its marks changes nothing: marks do not count.
            prop_assert!(Needle::new(&half).within(&text) || !half.is_ascii());
        }
    }
}
