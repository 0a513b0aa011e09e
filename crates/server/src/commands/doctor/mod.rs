//! `peeringd doctor`: is this installation as it should be, and what has to be mended?
//!
//! It changes nothing. Each check gives one finding, and a remedy where one is needed. No finding holds a secret.

mod database;
mod machine;
mod network;
mod options;

use std::fmt;

use serde_json::{Value as Json, json};

use crate::failure::{Done, End};
use crate::options::{Environment, JSON, Values};
use crate::output;
use crate::settings::Settings;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// As it should be.
    Ok,
    /// The program works, and something may be better.
    Warn,
    /// The program does not work, or what it promises does not hold.
    Fail,
}

impl Grade {
    const fn word(self) -> &'static str {
        match self {
            Grade::Ok => "ok",
            Grade::Warn => "warn",
            Grade::Fail => "fail",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    grade: Grade,
    /// What was looked at.
    what: &'static str,
    /// What it is like.
    detail: String,
    /// What to do; empty where nothing has to be done.
    remedy: String,
}

impl Finding {
    fn ok(what: &'static str, detail: impl fmt::Display) -> Finding {
        Finding { grade: Grade::Ok, what, detail: detail.to_string(), remedy: String::new() }
    }

    fn warn(what: &'static str, detail: impl fmt::Display, remedy: impl fmt::Display) -> Finding {
        Finding { grade: Grade::Warn, what, detail: detail.to_string(), remedy: remedy.to_string() }
    }

    fn fail(what: &'static str, detail: impl fmt::Display, remedy: impl fmt::Display) -> Finding {
        Finding { grade: Grade::Fail, what, detail: detail.to_string(), remedy: remedy.to_string() }
    }

    fn json(&self) -> Json {
        json!({
            "grade": self.grade.word(), "what": self.what, "detail": self.detail,
            "remedy": (!self.remedy.is_empty()).then_some(&self.remedy),
        })
    }
}

/// Looks at everything, as far as the options allow, and tells it.
pub(super) async fn run(values: &Values, environment: &Environment) -> Done {
    let settings = Settings::read(values);
    let mut findings = options::check(values, environment, settings.as_ref().err());
    // A wrong option keeps the rest from being read, but not the form of the answer.
    let as_json = settings.as_ref().map_or(values.get(&JSON).is_some(), |settings| settings.json);
    if let Ok(settings) = &settings {
        findings.extend(database::check(&settings.database).await);
        findings.extend(machine::check());
        findings.extend(network::check(settings).await);
    }
    output::print(&if as_json { as_document(&findings) } else { as_lines(&findings) })?;
    let worst = findings.iter().map(|finding| finding.grade).max();
    Ok(if worst == Some(Grade::Fail) { End::Finding } else { End::Fine })
}

fn count(findings: &[Finding], grade: Grade) -> usize {
    findings.iter().filter(|finding| finding.grade == grade).count()
}

/// One line for each finding: grade, what, detail and remedy, two blanks between.
fn as_lines(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    let lines = findings.iter().map(|Finding { grade, what, detail, remedy }| {
        let line = format!("{:4}  {what:width$}  {detail}  {remedy}", grade.word());
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

fn as_document(findings: &[Finding]) -> String {
    let counts = |grade| count(findings, grade);
    let document = json!({
        "findings": findings.iter().map(Finding::json).collect::<Vec<_>>(),
        "ok": counts(Grade::Ok), "warn": counts(Grade::Warn), "fail": counts(Grade::Fail),
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_told_line_by_line_or_as_a_document() {
        let findings = [
            Finding::ok("log", "3 changes"),
            Finding::warn("public URL", "is http://x", "give https"),
            Finding::fail("disk", "full", "make room"),
        ];
        assert_eq!(
            as_lines(&findings),
            "ok    log         3 changes\nwarn  public URL  is http://x  give https\n\
             fail  disk        full  make room\n"
        );
        let document: Json = serde_json::from_str(&as_document(&findings)).expect("JSON");
        assert_eq!(
            (&document["ok"], &document["warn"], &document["fail"]),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!(
            document["findings"][0],
            json!({ "grade": "ok", "what": "log", "detail": "3 changes", "remedy": null })
        );
    }
}
