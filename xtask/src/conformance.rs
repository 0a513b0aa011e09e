//! `cargo xtask conformance`: the release program against recorded exchanges with the reference server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Failure, quoted};
use crate::postgres::Server;
use crate::requirements;

/// Where the corpus lies beside a checkout that has one, seen from the workspace root.
const DEFAULT_CORPUS: &str = "../shared/conformance";

/// The variable under which the tests look for the recorded data set.
pub(crate) const DATASET_VARIABLE: &str = "PEERINGD_TEST_DATASET";

/// Differences from the reference that this project wants, with reasons.
const ACCEPTED: &str = "conformance/accepted.jsonl";

/// Builds the program, replays the corpus against it and ends with the status of the replay.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let root = command::workspace_root();
    let request = Request::parse(args).map_err(Failure::broken)?;
    let Some(corpus) = find_corpus(&root, &request)? else {
        println!("conformance: skipped, there is no corpus at {DEFAULT_CORPUS}");
        return Ok(());
    };
    if !command::answers("python3", "--version") {
        return Err(Failure::broken("conformance needs python3 (Debian package python3) to run the replay"));
    }
    command::run(command::cargo().args(["build", "--release", "--locked", "-p", "server"]))?;
    let program = target_folder()?.join("release").join("peeringd");
    let lines = if request.postgres {
        requirements::ensure()?;
        Lines::on_server(&program, Server::start()?)
    } else {
        Lines::on_files(&program)
    };
    command::run(&mut replay(&root, &corpus, &lines, &request.rest))
}

/// The arguments of this command: the corpus wanted, and what the replay gets.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    corpus: Option<PathBuf>,
    postgres: bool,
    rest: Vec<String>,
}

impl Request {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut request = Self { corpus: None, postgres: false, rest: Vec::new() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--corpus" {
                let folder = args.next().ok_or("--corpus needs a folder")?;
                request.corpus = Some(PathBuf::from(folder));
            } else if let Some(folder) = arg.strip_prefix("--corpus=") {
                request.corpus = Some(PathBuf::from(folder));
            } else if arg == "--postgres" {
                request.postgres = true;
            } else {
                request.rest.push(arg.clone());
            }
        }
        Ok(request)
    }
}

/// A folder of recorded exchanges, and the tool that replays them.
#[derive(Debug, PartialEq, Eq)]
struct Corpus {
    folder: PathBuf,
    tool: PathBuf,
}

/// A corpus that was asked for must exist; the default one may be absent.
///
/// A folder may hold recordings alone: then the tool beside the default corpus replays them.
fn find_corpus(root: &Path, request: &Request) -> Result<Option<Corpus>, Failure> {
    let default = root.join(DEFAULT_CORPUS);
    let folder = match &request.corpus {
        Some(folder) if folder.is_dir() => folder.clone(),
        Some(folder) => {
            return Err(Failure::broken(format!("--corpus {}: there is no such folder", folder.display())));
        }
        None if default.is_dir() => default.clone(),
        None => return Ok(None),
    };
    let tools = [folder.join("replay"), default.join("replay")];
    match tools.into_iter().find(|tool| tool.is_file()) {
        Some(tool) => Ok(Some(Corpus { folder, tool })),
        None => Err(Failure::broken(format!("{} holds no `replay`", folder.display()))),
    }
}

/// The data set of the default corpus, where there is one.
pub(crate) fn dataset(root: &Path) -> Option<PathBuf> {
    Some(root.join(DEFAULT_CORPUS).join("dataset.json")).filter(|file| file.is_file())
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let text = command::output(command::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Failure::broken(format!("cargo metadata does not read as JSON: {error}")))?;
    let folder = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    folder.map(PathBuf::from).ok_or_else(|| Failure::broken("cargo metadata names no target_directory"))
}

fn replay(root: &Path, corpus: &Corpus, lines: &Lines, rest: &[String]) -> Command {
    // Run from the caller's folder, so that file names among the arguments mean what the caller meant.
    let mut command = Command::new("python3");
    command.arg(&corpus.tool).arg("--corpus").arg(&corpus.folder);
    command.args(["--load", &lines.load, "--serve", &lines.serve]);
    command.arg("--accept").arg(root.join(ACCEPTED)).args(rest);
    command
}

/// What the replay gives to a shell after it has filled in the words in braces.
struct Lines {
    load: String,
    serve: String,
    /// The server that the lines lead to, for as long as they are of use.
    _server: Option<Server>,
}

impl Lines {
    fn on_files(program: &Path) -> Self {
        Self {
            load: load_line(program, "sqlite:{db}"),
            serve: serve_line(program, "sqlite:{db}"),
            _server: None,
        }
    }

    /// The file `{db}` holds the name of a database. Each server that is started gets a copy of that database, as
    /// it gets a copy of the file otherwise.
    fn on_server(program: &Path, server: Server) -> Self {
        let psql = server.psql();
        let url = quoted(&server.url_of("NAME")).replace("NAME", "'$name'");
        let load = load_line(program, &url);
        let serve = serve_line(program, &url);
        Self {
            load: format!(
                "name=loaded_$$ && {psql} \"CREATE DATABASE $name\" && echo $name > {{db}} && {load}"
            ),
            serve: format!(
                "name=served_$$ && {psql} \"CREATE DATABASE $name TEMPLATE $(cat {{db}})\" && exec {serve}"
            ),
            _server: Some(server),
        }
    }
}

fn load_line(program: &Path, database: &str) -> String {
    let program = quoted(&program.to_string_lossy());
    format!("{program} load --database {database} --allow-plaintext-secrets '{{dataset}}'")
}

fn serve_line(program: &Path, database: &str) -> String {
    let program = quoted(&program.to_string_lossy());
    format!(
        "{program} serve --database {database} --listen 127.0.0.1:{{port}} \
         --public-url https://www.peeringdb.com --geocoder {{stub}}/geocode --rdap {{stub}}/rdap \
         --egress-gateway {{stub}}/fetch --rate-limits off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Request, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Request::parse(&args)
    }

    #[test]
    fn only_the_corpus_is_ours_and_the_rest_is_handed_on() {
        let rest: Vec<String> = ["--reads", "--min", "99"].map(str::to_owned).into();
        for line in ["--reads --corpus here --min 99", "--corpus=here --reads --min 99"] {
            let expected =
                Request { corpus: Some(PathBuf::from("here")), postgres: false, rest: rest.clone() };
            assert_eq!(parse(line), Ok(expected), "{line}");
        }
        assert_eq!(parse("--reads --postgres --min 99"), Ok(Request { corpus: None, postgres: true, rest }));
        assert_eq!(parse("--reads --corpus"), Err("--corpus needs a folder".to_owned()));
    }

    #[test]
    fn an_absent_default_is_skipped_and_an_absent_wish_is_an_error() {
        let nowhere = Path::new("/nowhere/at/all");
        let request = Request { corpus: None, postgres: false, rest: Vec::new() };
        assert_eq!(find_corpus(nowhere, &request), Ok(None));
        assert_eq!(dataset(nowhere), None);
        let request = Request { corpus: Some(nowhere.to_path_buf()), postgres: false, rest: Vec::new() };
        assert_eq!(find_corpus(nowhere, &request).map_err(|failure| failure.status), Err(2));
    }

    #[test]
    fn a_folder_without_any_replay_is_an_error() {
        let source = command::workspace_root().join("xtask/src");
        let request = Request { corpus: Some(source), postgres: false, rest: Vec::new() };
        let failure = find_corpus(Path::new("/nowhere"), &request).expect_err("no tool there");
        assert!(failure.message.ends_with("holds no `replay`"), "{}", failure.message);
    }

    #[test]
    fn the_lines_keep_the_words_that_the_replay_fills_in() {
        let program = Path::new("/a folder/peeringd");
        assert_eq!(
            load_line(program, "sqlite:{db}"),
            "'/a folder/peeringd' load --database sqlite:{db} --allow-plaintext-secrets '{dataset}'"
        );
        let serve = serve_line(program, "sqlite:{db}");
        for word in ["sqlite:{db}", "127.0.0.1:{port}", "{stub}/geocode", "{stub}/rdap", "{stub}/fetch"] {
            assert!(serve.split(' ').any(|part| part == word), "{word} in {serve}");
        }
    }

    #[test]
    fn the_replay_gets_the_accepted_differences_and_then_the_arguments() {
        let corpus = Corpus { folder: PathBuf::from("c"), tool: PathBuf::from("c/replay") };
        let root = command::workspace_root();
        let made = replay(&root, &corpus, &Lines::on_files(Path::new("p")), &["--reads".to_owned()]);
        let args: Vec<_> = made.get_args().collect();
        let accepted = root.join(ACCEPTED);
        assert!(accepted.is_file());
        assert_eq!(args[args.len() - 3..], ["--accept".as_ref(), accepted.as_os_str(), "--reads".as_ref()]);
    }
}
