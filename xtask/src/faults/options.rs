//! The command line of the fault runs.

use std::path::PathBuf;

/// Kills on each database.
const ROUNDS: u64 = 6;
const ROUNDS_LONG: u64 = 200;

/// What can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Kill,
    Sync,
    Disk,
    Bodies,
}

const PARTS: [(&str, Part); 4] =
    [("kill", Part::Kill), ("sync", Part::Sync), ("disk", Part::Disk), ("bodies", Part::Bodies)];

/// What is run, and how.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) sqlite: bool,
    pub(crate) postgres: bool,
    pub(crate) long: bool,
    pub(crate) rounds: u64,
    pub(crate) seed: u64,
    /// Another program than the debug build.
    pub(crate) program: Option<PathBuf>,
    /// Where the results go as JSON.
    pub(crate) json: Option<PathBuf>,
    /// None named means all.
    parts: Vec<Part>,
}

impl Options {
    pub(crate) fn read(words: &[String]) -> Result<Options, String> {
        let mut options = Options {
            sqlite: true,
            postgres: true,
            long: false,
            rounds: 0,
            seed: 1,
            program: None,
            json: None,
            parts: Vec::new(),
        };
        let (mut rounds, mut words) = (None, words.iter());
        while let Some(word) = words.next() {
            match word.as_str() {
                "--long" => options.long = true,
                "--sqlite" => options.postgres = false,
                "--postgres" => options.sqlite = false,
                "--rounds" => rounds = Some(number(word, words.next())?.max(1)),
                "--seed" => options.seed = number(word, words.next())?,
                "--program" => options.program = Some(file(word, words.next())?),
                "--json" => options.json = Some(file(word, words.next())?),
                name => match PARTS.iter().find(|(own, _)| *own == name) {
                    Some((_, part)) => options.parts.push(*part),
                    None => {
                        return Err(format!(
                            "{name}: not known here; give kill, sync, disk, bodies, --long, --sqlite, --postgres, --rounds N, --seed N, --program FILE, --json FILE"
                        ));
                    }
                },
            }
        }
        if !options.sqlite && !options.postgres {
            return Err(
                "--sqlite and --postgres leave nothing; give one of them, or none for both".to_owned()
            );
        }
        options.rounds = rounds.unwrap_or(if options.long { ROUNDS_LONG } else { ROUNDS });
        Ok(options)
    }

    /// Whether a part is asked for.
    pub(crate) fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}

fn number(option: &str, word: Option<&String>) -> Result<u64, String> {
    let word = word.ok_or_else(|| format!("{option} needs a whole number"))?;
    word.parse().map_err(|_| format!("{option} {word}: is no whole number; give one from 0 on"))
}

fn file(option: &str, word: Option<&String>) -> Result<PathBuf, String> {
    word.map(PathBuf::from).ok_or_else(|| format!("{option} needs a file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words)
    }

    #[test]
    fn nothing_given_is_everything_in_its_short_form() {
        let options = read("").expect("valid");
        assert!(options.sqlite && options.postgres && options.has(Part::Kill) && options.has(Part::Bodies));
        assert_eq!((options.rounds, options.seed), (ROUNDS, 1));
        assert_eq!(read("--long").expect("valid").rounds, ROUNDS_LONG);
    }

    #[test]
    fn parts_databases_and_numbers_are_chosen() {
        let options = read("kill sync --long --rounds 9 --sqlite --seed 7").expect("valid");
        assert!(options.has(Part::Sync) && !options.has(Part::Disk) && !options.postgres);
        assert_eq!((options.rounds, options.seed), (9, 7));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, named) in [
            ("--rounds", "--rounds needs"),
            ("--seed x", "--seed x: is no whole number"),
            ("killl", "killl: not known"),
            ("--sqlite --postgres", "leave nothing"),
        ] {
            let told = read(line).expect_err(line);
            assert!(told.contains(named), "{told}");
        }
    }
}
