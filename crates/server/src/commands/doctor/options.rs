//! Options: are they valid, and where do they come from?

use crate::failure::Failure;
use crate::options::{Environment, OPTIONS, Origin, Values};

use super::Finding;

const WHAT: &str = "options";

/// `wrong` is what reading them ended with.
pub(super) fn check(values: &Values, environment: &Environment, wrong: Option<&Failure>) -> Vec<Finding> {
    let mut findings = vec![match wrong {
        // It names the remedy itself.
        Some(failure) => Finding::fail(WHAT, failure, ""),
        None => Finding::ok(WHAT, sources(values)),
    }];
    findings.extend(environment.strays().map(|variable| {
        Finding::warn(WHAT, format!("{variable} sets no option"), "unset it, or correct its name")
    }));
    findings
}

/// Which options are set, and by what. Their values may be secrets.
fn sources(values: &Values) -> String {
    let given = OPTIONS.iter().filter_map(|option| match &values.get(option)?.origin {
        Origin::Flag => Some(format!("--{}", option.name)),
        Origin::Variable(variable) | Origin::File(variable) => Some(variable.clone()),
        Origin::Default => None,
    });
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        return "all at their defaults".to_owned();
    }
    format!("set by {}, the others at their defaults", given.join(", "))
}
