//! What the runs came to: a table for people, a document for programs, and the findings.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// A line of the table.
#[derive(Clone, Debug)]
struct Row {
    part: &'static str,
    database: &'static str,
    case: String,
    figures: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Finding,
    LeftOut,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Verdict::Fine => "ok",
            Verdict::Finding => "FINDING",
            Verdict::LeftOut => "left out",
        }
    }
}

/// Rows and findings so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    findings: Vec<String>,
}

/// Different findings that are shown of one case.
const SHOWN: usize = 10;

impl Report {
    /// Notes what a case came to; it is fine where nothing was found.
    pub(crate) fn add(
        &mut self,
        part: &'static str,
        database: &'static str,
        case: &str,
        figures: String,
        findings: &[String],
    ) {
        let verdict = if findings.is_empty() { Verdict::Fine } else { Verdict::Finding };
        println!("{part} {database}: {case}: {figures} {}", verdict.word());
        let different: BTreeSet<&String> = findings.iter().collect();
        let named =
            different.into_iter().take(SHOWN).map(|finding| format!("{part} {database}: {case}: {finding}"));
        self.findings.extend(named);
        self.rows.push(Row { part, database, case: case.to_owned(), figures, verdict });
    }

    /// Notes what could not be done here.
    pub(crate) fn leave_out(&mut self, part: &'static str, database: &'static str, case: &str, why: String) {
        println!("{part} {database}: {case}: left out: {why}");
        self.rows.push(Row {
            part,
            database,
            case: case.to_owned(),
            figures: why,
            verdict: Verdict::LeftOut,
        });
    }

    /// Everything that was found.
    pub(crate) fn findings(&self) -> &[String] {
        &self.findings
    }

    /// The table.
    pub(crate) fn table(&self) -> String {
        let cells = |row: &Row| {
            [
                row.part.to_owned(),
                row.database.to_owned(),
                row.case.clone(),
                row.figures.clone(),
                row.verdict.word().to_owned(),
            ]
        };
        let titles = ["part", "database", "case", "figures", ""].map(str::to_owned);
        let lines: Vec<[String; 5]> = std::iter::once(titles).chain(self.rows.iter().map(cells)).collect();
        let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
        let widths: [usize; 5] = std::array::from_fn(width);
        let aligned = lines.iter().map(|line| {
            let cells: Vec<String> =
                line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            format!("{}\n", cells.join("  ").trim_end())
        });
        aligned.collect()
    }

    /// The same as JSON.
    pub(crate) fn json(&self, seed: u64) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "part": row.part, "database": row.database, "case": row.case, "figures": row.figures,
                    "verdict": row.verdict.word(),
                })
            })
            .collect();
        json!({ "seed": seed, "rows": rows, "findings": self.findings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_told_with_its_case() {
        let mut report = Report::default();
        report.add("kill", "sqlite", "rounds", "6".to_owned(), &[]);
        report.leave_out("sync", "sqlite", "traced", "no strace".to_owned());
        assert_eq!(report.findings(), [""; 0]);
        report.add("disk", "sqlite", "full", "2".to_owned(), &["a write got 500".to_owned()]);
        assert_eq!(report.findings(), ["disk sqlite: full: a write got 500"]);
        let table = report.table();
        let last: Vec<&str> =
            table.lines().map(|line| line.split_whitespace().last().unwrap_or_default()).collect();
        assert_eq!(last, ["figures", "ok", "out", "FINDING"]);
        assert_eq!(report.json(7)["rows"][2]["verdict"], "FINDING");
    }
}
