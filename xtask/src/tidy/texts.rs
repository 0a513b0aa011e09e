//! Rules about every text that people write: no notes to self, no paths of somebody's machine.

use super::files::TextFile;

// Pieced together, so that this file keeps its own rules.
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const PRIVATE_FOLDERS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// Checks every line of every text.
pub(super) fn check(files: &[TextFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let complaints = note(line).into_iter().chain(private_path(line));
            found.extend(complaints.map(|why| format!("{}:{}: {why}", file.path, index + 1)));
        }
    }
    found
}

fn note(line: &str) -> Option<String> {
    let word = NOTES.iter().find(|word| has_word(line, word))?;
    Some(format!("`{word}`: do it, or file it where work is tracked"))
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == word)
}

fn private_path(line: &str) -> Option<String> {
    let folder = PRIVATE_FOLDERS.iter().find(|folder| starts_a_path(line, folder))?;
    Some(format!("`{folder}` is a folder of somebody's machine"))
}

/// Only an absolute path counts: the same letters amid a longer path or URL mean something else.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/}]*".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(line: String) -> usize {
        check(&[TextFile { path: "a.md".to_owned(), text: line }]).len()
    }

    #[test]
    fn notes_to_self_are_found_as_words() {
        for word in NOTES {
            assert_eq!(complaints(format!("// {word}: later")), 1);
            assert_eq!(complaints(format!("({word})")), 1);
            assert_eq!(complaints(format!("MAS{word}N {word}_LIST")), 0);
        }
    }

    #[test]
    fn absolute_private_paths_are_found_and_longer_ones_left_alone() {
        for folder in PRIVATE_FOLDERS {
            assert_eq!(complaints(format!("see `{folder}x`")), 1);
            assert_eq!(complaints(format!("{folder}x")), 1);
            assert_eq!(complaints(format!("sqlite:{folder}x.db")), 1);
            assert_eq!(complaints(format!("https://example.net{folder}x")), 0);
            assert_eq!(complaints(format!("crates{folder}x")), 0);
        }
    }

    #[test]
    fn a_finding_names_file_and_line() {
        let text = format!("fine\n{}\n", NOTES[0]);
        let found = check(&[TextFile { path: "docs/a.md".to_owned(), text }]);
        assert!(found[0].starts_with("docs/a.md:2: "), "{found:?}");
    }
}
