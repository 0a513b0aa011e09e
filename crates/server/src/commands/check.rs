//! `peeringd check`: does what a database holds agree with itself?

use app::backup::{self, Finding, Severity};

use super::load::{grouped, plural};
use crate::failure::{Done, End, Failure};
use crate::output;
use crate::progress::Meter;
use crate::settings::Settings;

/// Lists what is wrong. Notes tell of data that is merely odd, and leave the status alone.
pub(crate) async fn run(settings: &Settings) -> Done {
    let store = super::open(settings).await?;
    let meter = Meter::start();
    let checked = backup::check(&store, &meter).await;
    drop(meter);
    let place = store.place().to_owned();
    store.close().await;
    let findings = checked.map_err(|error| Failure::told(&error))?;
    output::print(&told(&findings, &place))?;
    Ok(if errors(&findings) == 0 { End::Fine } else { End::Finding })
}

fn errors(findings: &[Finding]) -> u64 {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count() as u64
}

fn told(findings: &[Finding], place: &str) -> String {
    let errors = errors(findings);
    let notes = findings.len() as u64 - errors;
    let mut text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    let verdict = match errors {
        0 => "is whole".to_owned(),
        count => format!("has {} {}", grouped(count), plural(count, "error")),
    };
    let notes = match notes {
        0 => String::new(),
        count => format!(", with {} {}", grouped(count), plural(count, "note")),
    };
    text.push_str(&format!("{place} {verdict}{notes}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity) -> Finding {
        Finding { severity, text: "net 1: odd".to_owned() }
    }

    #[test]
    fn the_verdict_counts_errors_and_notes() {
        assert_eq!(told(&[], "sqlite:x"), "sqlite:x is whole\n");
        assert_eq!(told(&[finding(Severity::Note)], "x"), "note: net 1: odd\nx is whole, with 1 note\n");
        let both = [finding(Severity::Error), finding(Severity::Error), finding(Severity::Note)];
        assert!(told(&both, "x").ends_with("\nx has 2 errors, with 1 note\n"));
        assert_eq!(errors(&both), 2);
    }
}
