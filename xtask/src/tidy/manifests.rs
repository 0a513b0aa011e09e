//! Which crate may use which, and where versions stand.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::files::TextFile;

/// What a crate may use.
struct Rule {
    /// The package this is about.
    package: &'static str,
    /// Our own crates that it may build on.
    uses: &'static [&'static str],
    /// Families of foreign crates that it must do without.
    never: &'static [&'static str],
}

/// Crates that compute and nothing else: no network, no database, no runtime.
const PURE: &[&str] = &["tokio", "sqlx", "axum", "reqwest", "hyper", "tower", "lettre"];

/// The dependency table of ARCHITECTURE.md.
const RULES: &[Rule] = &[
    Rule { package: "model", uses: &[], never: PURE },
    Rule { package: "places", uses: &[], never: PURE },
    Rule { package: "demo", uses: &["model"], never: PURE },
    Rule { package: "catalog", uses: &["model"], never: PURE },
    Rule { package: "rules", uses: &["model", "catalog"], never: PURE },
    Rule { package: "auth", uses: &["model"], never: PURE },
    Rule { package: "store", uses: &["model"], never: &["axum", "reqwest", "hyper", "tower", "lettre"] },
    Rule {
        package: "app",
        uses: &["model", "catalog", "rules", "auth", "store", "places"],
        never: &["axum", "reqwest", "hyper", "tower", "lettre"],
    },
    Rule {
        package: "jobs",
        uses: &["model", "catalog", "rules", "auth", "store", "app"],
        never: &["axum", "tower"],
    },
    Rule {
        package: "api",
        uses: &["model", "catalog", "rules", "auth", "app"],
        never: &["sqlx", "reqwest", "lettre"],
    },
    Rule {
        package: "server",
        uses: &["model", "places", "demo", "catalog", "rules", "auth", "store", "app", "jobs", "api"],
        never: &[],
    },
    Rule {
        package: "testkit",
        uses: &["model", "places", "demo", "catalog", "rules", "auth", "store", "app", "jobs", "api"],
        never: &[],
    },
    // Measures the program from outside; it reads the directory itself to know what to ask for, and commits to a database
    // of its own for comparison.
    Rule {
        package: "bench",
        uses: &["model", "demo", "catalog", "store"],
        never: &["axum", "reqwest", "tower", "lettre"],
    },
    // Developer commands have to compile in seconds on a fresh machine.
    Rule { package: "xtask", uses: &["places"], never: PURE },
];

/// Help for tests; production code that leaned on it would ship a fake clock.
const DEV_ONLY: &str = "testkit";

/// Checks every member's manifest against the table and the root manifest.
pub(super) fn check_workspace(files: &[TextFile]) -> Vec<String> {
    let mut found = Vec::new();
    let mut root = Table::new();
    let mut members = Vec::new();
    for file in files.iter().filter(|file| is_manifest(&file.path)) {
        match file.text.parse::<Table>() {
            Ok(table) if file.path == "Cargo.toml" => root = table,
            Ok(table) => members.push((file.path.as_str(), table)),
            Err(error) => found.push(format!("{}: {}", file.path, error.message())),
        }
    }
    let shared = shared_dependencies(&root);
    for (path, table) in &members {
        found.extend(check_member(path, table, &shared));
    }
    found.extend(missing_members(&members));
    found
}

fn is_manifest(path: &str) -> bool {
    path.rsplit('/').next() == Some("Cargo.toml")
}

/// What the names of the root manifest stand for.
struct Shared {
    /// The package behind a name; a dependency may be renamed.
    package: BTreeMap<String, String>,
    /// The packages that live in this workspace.
    ours: Vec<String>,
}

fn shared_dependencies(root: &Table) -> Shared {
    let mut shared = Shared { package: BTreeMap::new(), ours: Vec::new() };
    let listed = root.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    for (name, entry) in listed.and_then(Value::as_table).into_iter().flatten() {
        let package = entry.get("package").and_then(Value::as_str).unwrap_or(name).to_owned();
        if entry.get("path").is_some() {
            shared.ours.push(package.clone());
        }
        shared.package.insert(name.clone(), package);
    }
    shared
}

/// A rule about a crate that is gone would hide that its name was mistyped.
fn missing_members(members: &[(&str, Table)]) -> Vec<String> {
    let names: Vec<&str> = members.iter().map(|(_, table)| package_name(table)).collect();
    let gone = RULES.iter().filter(|rule| !names.contains(&rule.package));
    gone.map(|rule| format!("tidy has a rule for {}, and there is no such crate", rule.package)).collect()
}

fn package_name(manifest: &Table) -> &str {
    let name = manifest.get("package").and_then(|package| package.get("name"));
    name.and_then(Value::as_str).unwrap_or_default()
}

fn check_member(path: &str, manifest: &Table, shared: &Shared) -> Vec<String> {
    let mut found = Vec::new();
    if !inherits(manifest.get("lints")) {
        found.push(format!("{path}: needs `[lints] workspace = true`"));
    }
    let name = package_name(manifest);
    let Some(rule) = RULES.iter().find(|rule| rule.package == name) else {
        found.push(format!("{path}: tidy knows no rule for the crate `{name}`; add what it may use"));
        return found;
    };
    for dependency in dependencies(manifest) {
        if !inherits(Some(dependency.entry)) {
            found.push(format!(
                "{path}: `{}` needs `workspace = true`; versions stand in the root manifest",
                dependency.name
            ));
        }
        let package = shared.package.get(dependency.name).map_or(dependency.name, String::as_str);
        let ours = shared.ours.iter().any(|own| own == package);
        if let Some(why) = forbidden(rule, package, ours, dependency.dev) {
            found.push(format!("{path}: `{name}` {why}"));
        }
    }
    found
}

fn inherits(entry: Option<&Value>) -> bool {
    entry.and_then(|entry| entry.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// Tests may use what they like; what ships may not.
fn forbidden(rule: &Rule, package: &str, ours: bool, dev: bool) -> Option<String> {
    if dev {
        return None;
    }
    if package == DEV_ONLY {
        return Some(format!("may use `{DEV_ONLY}` in its tests only"));
    }
    if ours && !rule.uses.contains(&package) {
        return Some(format!("may not use `{package}`; it may use: {}", listing(rule.uses)));
    }
    let family = rule.never.iter().find(|family| in_family(package, family))?;
    Some(format!("may not use `{package}`: it has to do without {family}"))
}

fn in_family(package: &str, family: &str) -> bool {
    package.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn listing(names: &[&str]) -> String {
    if names.is_empty() { "none of our crates".to_owned() } else { names.join(", ") }
}

struct Dependency<'a> {
    name: &'a str,
    entry: &'a Value,
    dev: bool,
}

/// Every dependency of a manifest, those for one platform only included.
fn dependencies(manifest: &Table) -> Vec<Dependency<'_>> {
    let mut all = Vec::new();
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = platforms.filter_map(|(_, platform)| platform.as_table());
    for table in std::iter::once(manifest).chain(tables) {
        for (kind, dev) in
            [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
        {
            let entries = table.get(kind).and_then(Value::as_table).into_iter().flatten();
            all.extend(entries.map(|(name, entry)| Dependency { name, entry, dev }));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "
        [workspace.dependencies]
        model = { path = \"crates/model\" }
        store = { path = \"crates/store\" }
        testkit = { path = \"crates/testkit\" }
        axum = \"0.8\"
        serde = \"1\"
        web = { package = \"axum\", version = \"0.8\" }
    ";

    fn member(text: &str) -> Vec<String> {
        let root: Table = ROOT.parse().expect("a manifest");
        let manifest: Table = text.parse().expect("a manifest");
        check_member("m/Cargo.toml", &manifest, &shared_dependencies(&root))
    }

    fn catalog(rest: &str) -> Vec<String> {
        member(&format!("package.name = \"catalog\"\nlints.workspace = true\n{rest}"))
    }

    #[test]
    fn an_allowed_edge_passes() {
        assert_eq!(
            catalog("dependencies.model.workspace = true\ndependencies.serde.workspace = true"),
            [""; 0]
        );
    }

    #[test]
    fn a_forbidden_edge_to_one_of_ours_is_found() {
        assert_eq!(
            catalog("dependencies.store.workspace = true"),
            ["m/Cargo.toml: `catalog` may not use `store`; it may use: model"]
        );
    }

    #[test]
    fn a_forbidden_foreign_crate_is_found_under_any_name_and_on_any_platform() {
        let expected = ["m/Cargo.toml: `catalog` may not use `axum`: it has to do without axum"];
        assert_eq!(catalog("dependencies.axum.workspace = true"), expected);
        assert_eq!(catalog("dependencies.web.workspace = true"), expected);
        assert_eq!(catalog("build-dependencies.axum.workspace = true"), expected);
        assert_eq!(catalog("[target.'cfg(unix)'.dependencies]\naxum.workspace = true"), expected);
    }

    #[test]
    fn tests_may_use_more() {
        assert_eq!(catalog("[dev-dependencies]\ntestkit.workspace = true\naxum.workspace = true"), [""; 0]);
        let found = catalog("dependencies.testkit.workspace = true");
        assert_eq!(found, ["m/Cargo.toml: `catalog` may use `testkit` in its tests only"]);
    }

    #[test]
    fn versions_and_lints_come_from_the_root() {
        let found = member("package.name = \"catalog\"\ndependencies.serde = \"1\"");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("[lints]"), "{found:?}");
        assert!(found[1].contains("`serde` needs `workspace = true`"), "{found:?}");
    }

    #[test]
    fn a_crate_without_a_rule_is_found() {
        let found = member("package.name = \"novel\"\nlints.workspace = true");
        assert!(found[0].contains("no rule for the crate `novel`"), "{found:?}");
    }

    #[test]
    fn a_rule_without_a_crate_is_found() {
        let all = RULES.len();
        assert_eq!(missing_members(&[]).len(), all);
        let manifest: Table = "package.name = \"model\"".parse().expect("a manifest");
        assert_eq!(missing_members(&[("crates/model/Cargo.toml", manifest)]).len(), all - 1);
    }

    #[test]
    fn families_do_not_swallow_their_neighbours() {
        assert!(in_family("axum-extra", "axum"));
        assert!(in_family("tokio", "tokio"));
        assert!(!in_family("towering", "tower"));
    }

    #[test]
    fn a_manifest_that_does_not_parse_is_named() {
        let broken = TextFile { path: "crates/x/Cargo.toml".to_owned(), text: "[".to_owned() };
        let found = check_workspace(&[broken]);
        assert!(found[0].starts_with("crates/x/Cargo.toml: "), "{found:?}");
    }
}
