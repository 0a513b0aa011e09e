//! Rules about Rust sources: who reads the clock and the environment, and how long a file may be.

use super::files::TextFile;
use super::{Exception, stale};

/// Calls that belong to a few places only.
struct Ban {
    /// What the calls look like.
    calls: &'static [&'static str],
    /// Path prefixes where they belong.
    home: &'static [&'static str],
    /// Whether tests may make them.
    tests_may: bool,
    /// Where the value comes from instead.
    remedy: &'static str,
    /// The name of the list of exceptions, for findings about the list itself.
    list: &'static str,
    /// Files that make the calls although they are not at home there.
    exceptions: &'static [Exception],
}

const CLOCK_EXCEPTIONS: &[Exception] = &[];

const ENVIRONMENT_EXCEPTIONS: &[Exception] = &[Exception {
    path: "crates/testkit/src/database.rs",
    reason: "tests have no options; one variable names the server that `cargo xtask test` starts for them",
}];

const BANS: &[Ban] = &[
    Ban {
        calls: &[
            "SystemTime::now",
            "Instant::now",
            "OffsetDateTime::now_utc",
            "Timestamp::now",
            "Zoned::now",
        ],
        home: &[
            "crates/server/",
            "crates/jobs/",
            "crates/app/src/clock",
            "crates/bench/",
            "crates/testkit/",
            "xtask/",
        ],
        tests_may: true,
        remedy: "the time comes in as an argument",
        list: "CLOCK_EXCEPTIONS",
        exceptions: CLOCK_EXCEPTIONS,
    },
    Ban {
        calls: &["env::var"],
        home: &["crates/server/", "xtask/"],
        tests_may: false,
        remedy: "settings come from the option table in `server`",
        list: "ENVIRONMENT_EXCEPTIONS",
        exceptions: ENVIRONMENT_EXCEPTIONS,
    },
];

/// Past this a file needs a reason.
const MAX_LINES: usize = 800;

/// Kinds of file that have to stay readable in one sitting.
const SHORT_KINDS: &[&str] = &["rs", "py", "sql", "css", "js", "mjs", "html"];

const LENGTH_EXCEPTIONS: &[Exception] = &[];

/// Applies every rule about sources.
pub(super) fn check(files: &[TextFile]) -> Vec<String> {
    let mut found = check_lengths(files, LENGTH_EXCEPTIONS);
    for ban in BANS {
        found.extend(check_ban(files, ban));
    }
    found
}

fn check_lengths(files: &[TextFile], exceptions: &[Exception]) -> Vec<String> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    for file in files.iter().filter(|file| SHORT_KINDS.iter().any(|kind| file.has_extension(kind))) {
        let lines = file.text.lines().count();
        if lines <= MAX_LINES {
            continue;
        }
        used.push(file.path.as_str());
        if !exceptions.iter().any(|exception| exception.path == file.path) {
            found.push(format!(
                "{}: {lines} lines; past {MAX_LINES} a file needs a reason in LENGTH_EXCEPTIONS",
                file.path
            ));
        }
    }
    found.extend(stale("LENGTH_EXCEPTIONS", exceptions, &used));
    found
}

fn check_ban(files: &[TextFile], ban: &Ban) -> Vec<String> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    for file in files.iter().filter(|file| file.has_extension("rs") && !at_home(&file.path, ban)) {
        for (number, call) in calls(file, ban) {
            used.push(file.path.as_str());
            if !ban.exceptions.iter().any(|exception| exception.path == file.path) {
                found.push(format!("{}:{number}: `{call}` does not belong here: {}", file.path, ban.remedy));
            }
        }
    }
    found.extend(stale(ban.list, ban.exceptions, &used));
    found
}

fn at_home(path: &str, ban: &Ban) -> bool {
    ban.home.iter().any(|home| path.starts_with(home)) || (ban.tests_may && is_test_file(path))
}

fn is_test_file(path: &str) -> bool {
    let mut parts = path.split('/');
    let name = parts.next_back().unwrap_or_default();
    name == "tests.rs" || parts.any(|part| matches!(part, "tests" | "benches" | "examples"))
}

fn calls<'a>(file: &TextFile, ban: &Ban) -> Vec<(usize, &'a str)>
where
    Ban: 'a,
{
    let mut found = Vec::new();
    for (index, line) in code_lines(&file.text, !ban.tests_may) {
        let made = ban.calls.iter().filter(|call| line.contains(*call));
        found.extend(made.map(|call| (index + 1, *call)));
    }
    found
}

/// The lines that are not comments, and not in a test module unless those are wanted.
///
/// rustfmt puts the brace that closes a module of the file at the start of a line, which is all that
/// has to be known to find the end. A text in a test that holds such a line ends the module too early,
/// and then more is checked than need be, never less.
fn code_lines(text: &str, with_tests: bool) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut announced = false;
    let mut in_tests = false;
    for (index, line) in text.lines().enumerate() {
        if in_tests {
            in_tests = line != "}";
            continue;
        }
        if !with_tests && line == "#[cfg(test)]" {
            announced = true;
            continue;
        }
        if announced && line.starts_with("mod ") && line.ends_with('{') {
            (announced, in_tests) = (false, true);
            continue;
        }
        announced = announced && line.starts_with("#[");
        if !line.trim_start().starts_with("//") {
            kept.push((index, line));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn clock(path: &str, text: &str) -> Vec<String> {
        check_ban(&[file(path, text)], &BANS[0])
    }

    #[test]
    fn the_clock_is_read_at_home_only() {
        let text = "fn f() {\n    let now = Instant::now();\n}\n";
        assert_eq!(
            clock("crates/catalog/src/lib.rs", text),
            [
                "crates/catalog/src/lib.rs:2: `Instant::now` does not belong here: the time comes in as an argument"
            ]
        );
        for path in ["crates/server/src/main.rs", "crates/app/src/clock.rs", "crates/api/tests/reads.rs"] {
            assert_eq!(clock(path, text), [""; 0], "{path}");
        }
    }

    #[test]
    fn comments_and_test_modules_may_speak_of_the_clock() {
        let text =
            "// Instant::now is not for us\n#[cfg(test)]\nmod tests {\n    fn f() { Instant::now(); }\n}\n";
        assert_eq!(clock("crates/catalog/src/lib.rs", text), [""; 0]);
        let after = format!("{text}fn g() {{ Instant::now(); }}\n");
        assert_eq!(clock("crates/catalog/src/lib.rs", &after).len(), 1);
    }

    #[test]
    fn a_test_function_does_not_hide_the_rest_of_the_file() {
        let text = "#[cfg(test)]\nfn f() {}\nmod inner {\n    fn g() { Instant::now(); }\n}\n";
        assert_eq!(clock("crates/catalog/src/lib.rs", text).len(), 1);
    }

    #[test]
    fn the_environment_is_closed_to_tests_as_well() {
        let text = "#[cfg(test)]\nmod tests {\n    fn f() { std::env::var_os(\"X\"); }\n}\n";
        let ban = Ban { exceptions: &[], ..BANS[1] };
        assert_eq!(check_ban(&[file("crates/store/src/lib.rs", text)], &ban).len(), 1);
        let compiled_in = "const FOLDER: &str = env!(\"CARGO_MANIFEST_DIR\");\n";
        assert_eq!(check_ban(&[file("crates/store/src/lib.rs", compiled_in)], &ban), [""; 0]);
    }

    #[test]
    fn an_exception_is_heard_and_expires() {
        let listed: &[Exception] =
            &[Exception { path: "crates/api/src/a.rs", reason: "times its own requests" }];
        let ban = Ban { exceptions: listed, ..BAN_FOR_TESTS };
        assert_eq!(check_ban(&[file("crates/api/src/a.rs", "Instant::now()")], &ban), [""; 0]);
        let found = check_ban(&[file("crates/api/src/a.rs", "")], &ban);
        assert_eq!(found, ["LIST names crates/api/src/a.rs, which does not need it"]);
    }

    const BAN_FOR_TESTS: Ban = Ban {
        calls: &["Instant::now"],
        home: &[],
        tests_may: true,
        remedy: "none",
        list: "LIST",
        exceptions: &[],
    };

    #[test]
    fn long_files_need_a_reason() {
        let long = "x\n".repeat(MAX_LINES + 1);
        let files = [file("a.rs", &long), file("b.rs", "x\n"), file("c.md", &long)];
        let found = check_lengths(&files, &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.rs: 801 lines"), "{found:?}");
        let listed = [Exception { path: "a.rs", reason: "one table, read as a whole" }];
        assert_eq!(check_lengths(&files, &listed), [""; 0]);
    }
}
