//! One spelling for all spellings of a name.

use std::borrow::Cow;

/// The words of a text in lower-case ASCII letters and digits; anything else separates. Common
/// abbreviations in place names are written out, so that "St. Louis" meets "Saint Louis".
pub(crate) fn words(text: &str) -> Vec<String> {
    ascii(text)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(expand)
        .collect()
}

/// The words of a text run together: what names are compared by.
pub(crate) fn key(text: &str) -> String {
    words(text).concat()
}

/// A key with the digraphs that stand for accented letters (`ue` for ü, `aa` for å) cut to the
/// bare letter, as [`key`] does with the accented letter itself.
pub(crate) fn without_digraphs(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut letters = key.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        let second = match letter {
            'a' | 'o' | 'u' => letters.peek().copied(),
            _ => None,
        };
        if second == Some('e') || (letter == 'a' && second == Some('a')) {
            letters.next();
        }
    }
    out
}

/// The ASCII letters and digits of a text, lower case, the rest left out. Unlike [`key`] this
/// can never change with a newer transliteration table, so the file format may depend on it.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(deunicode::deunicode(text)) }
}

fn expand(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    match word.as_str() {
        "st" => "saint".to_owned(),
        "ste" => "sainte".to_owned(),
        "mt" => "mount".to_owned(),
        "ft" => "fort".to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_share_a_key() {
        for (left, right) in [
            ("Zürich", "ZURICH"),
            ("São Paulo", "sao-paulo"),
            ("St. Louis", "Saint Louis"),
            ("Xi’an", "Xi'an"),
            ("Łódź", "Lodz"),
            ("Ålesund", "alesund"),
            ("Magny-les-Hameaux", "magny les  hameaux"),
        ] {
            assert_eq!(key(left), key(right), "{left} and {right}");
        }
    }

    #[test]
    fn digraphs_meet_the_bare_letter() {
        assert_eq!(without_digraphs("zuerich"), key("Zürich"));
        assert_eq!(without_digraphs("aalesund"), key("Ålesund"));
        assert_eq!(without_digraphs("goeteborg"), key("Göteborg"));
        assert_eq!(without_digraphs("london"), "london");
    }

    #[test]
    fn text_without_letters_has_no_words() {
        assert!(words(" .,-/ ").is_empty());
        assert_eq!(bare("Zürich-1"), "zrich1");
    }
}
