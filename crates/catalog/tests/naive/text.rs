//! Texts compared without regard to case and accents.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Punctuation and symbols in the order of the default collation table.
const ORDER: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// The characters of a text that count, in the form in which they count.
pub(crate) fn fold(text: &str) -> Vec<char> {
    let decomposed = text.nfkd().filter(|c| !is_combining_mark(*c));
    decomposed.flat_map(|c| folded(c).chars().collect::<Vec<char>>()).collect()
}

fn folded(c: char) -> String {
    match c {
        'ß' | 'ẞ' => "ss".into(),
        'æ' | 'Æ' => "ae".into(),
        'œ' | 'Œ' => "oe".into(),
        'ø' | 'Ø' => "o".into(),
        'đ' | 'Đ' | 'ð' | 'Ð' => "d".into(),
        'ł' | 'Ł' => "l".into(),
        'ħ' | 'Ħ' => "h".into(),
        'ŧ' | 'Ŧ' => "t".into(),
        'ı' => "i".into(),
        'þ' | 'Þ' => "th".into(),
        'ς' => "σ".into(),
        c if is_format(c) => String::new(),
        c if c.is_ascii() && c.is_control() && !ORDER.contains(c) => String::new(),
        c => c.to_lowercase().filter(|c| !is_combining_mark(*c)).collect(),
    }
}

/// Characters that have no weight in collation.
fn is_format(c: char) -> bool {
    let code = c as u32;
    [0x80..=0x9f, 0xad..=0xad, 0x200b..=0x200f, 0x202a..=0x202e, 0x2060..=0x2064, 0xfe00..=0xfe0f]
        .iter()
        .any(|range| range.contains(&code))
        || code == 0xfeff
}

/// Order of two folded texts: blanks, punctuation and symbols stand before digits and letters.
pub(crate) fn compare(a: &[char], b: &[char]) -> Ordering {
    let rank = |c: &char| match ORDER.chars().position(|other| other == *c) {
        Some(at) => (0, at),
        None => (1, *c as usize),
    };
    a.iter().map(rank).cmp(b.iter().map(rank))
}

/// Whether one folded text is part of the other.
pub(crate) fn contains(text: &[char], part: &[char]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

/// The folded forms of an operand: transliterated to ASCII, and as it is where it is written in another script.
pub(crate) fn operands(text: &str) -> Vec<Vec<char>> {
    let mut forms = vec![fold(&model::collate::transliterate(text))];
    if text.chars().any(|c| c.is_alphabetic() && c as u32 >= 0x250) {
        forms.push(fold(text));
    }
    forms
}
