//! What is said to people about rules: a code with arguments, and the English text of the API.

use std::fmt;

/// A sentence that can be said in several languages: the code names it, the arguments fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    text: Text,
    arguments: Vec<(&'static str, String)>,
}

/// A sentence with places for arguments, in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Names the sentence among all of them; translations are found by it.
    pub code: &'static str,
    /// The English wording, which the API speaks.
    pub english: &'static str,
}

impl Text {
    /// The sentence without arguments.
    pub fn plain(self) -> Message {
        Message { text: self, arguments: Vec::new() }
    }

    /// The sentence with arguments by the names of their places.
    pub fn with<const N: usize>(self, arguments: [(&'static str, &dyn fmt::Display); N]) -> Message {
        let arguments = arguments.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        Message { text: self, arguments }
    }
}

impl Message {
    /// The code of the sentence.
    pub fn code(&self) -> &'static str {
        self.text.code
    }

    /// The arguments by name.
    pub fn arguments(&self) -> &[(&'static str, String)] {
        &self.arguments
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text.english;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            let argument = self.arguments.iter().find(|(own, _)| *own == name);
            f.write_str(before)?;
            f.write_str(argument.map_or("", |(_, value)| value))?;
            rest = after;
        }
        f.write_str(rest)
    }
}

/// Every sentence of this crate: what a translation has to know.
pub fn every() -> impl Iterator<Item = &'static Text> {
    let lists = [
        crate::checks::texts::ALL,
        crate::input::texts::ALL,
        crate::delete::texts::ALL,
        crate::campus::texts::ALL,
        crate::actions::texts::ALL,
        crate::queue::texts::ALL,
        crate::tickets::texts::ALL,
        crate::logo::texts::ALL,
    ];
    lists.into_iter().flatten()
}

/// Declares sentences, and `ALL` of them for whoever translates.
macro_rules! texts {
    ($( $name:ident = $code:literal: $english:literal; )+) => {
        $(
            #[doc = concat!("`", $code, "`: ", $english)]
            pub(crate) const $name: $crate::message::Text =
                $crate::message::Text { code: $code, english: $english };
        )+

        /// Every sentence of this list.
        pub(crate) const ALL: &[$crate::message::Text] = &[$( $name ),+];
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_one_sentence() {
        let mut codes: Vec<&str> = every().map(|text| text.code).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn arguments_stand_in_their_places() {
        const LONG: Text = Text { code: "too-long", english: "at most {max} characters, not {length}." };
        let message = LONG.with([("max", &5), ("length", &"{max}")]);
        assert_eq!(message.to_string(), "at most 5 characters, not {max}.");
        assert_eq!(message.code(), "too-long");
    }
}
