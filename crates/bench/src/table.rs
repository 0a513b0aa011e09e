//! Rows of results: the table for people and the document for machines.

use std::time::Duration;

use serde_json::{Value, json};

use crate::load::Load;

/// One row of results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) median: Option<Duration>,
    pub(crate) p99: Option<Duration>,
    /// Requests per second.
    pub(crate) rate: Option<f64>,
    pub(crate) bytes: Option<u64>,
    /// Against something else in the same run.
    pub(crate) ratio: Option<f64>,
    pub(crate) budget: Option<Budget>,
    pub(crate) note: String,
}

/// What a row may take.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) text: String,
    pub(crate) is_met: bool,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>) -> Row {
        Row { name: name.into(), ..Row::default() }
    }

    /// A row with the latencies and the size of a load.
    pub(crate) fn latency(name: impl Into<String>, load: &Load) -> Row {
        Row {
            median: Some(load.samples.median()),
            p99: Some(load.samples.p99()),
            bytes: Some(load.bytes),
            ..Row::new(name)
        }
    }

    pub(crate) fn with_rate(self, rate: f64) -> Row {
        Row { rate: Some(rate), ..self }
    }

    pub(crate) fn noted(self, note: impl Into<String>) -> Row {
        Row { note: note.into(), ..self }
    }

    pub(crate) fn median_below(self, limit: Duration) -> Row {
        let is_met = self.median.is_some_and(|median| median < limit);
        self.judged(format!("median < {}", time(limit)), is_met)
    }

    pub(crate) fn p99_below(self, limit: Duration) -> Row {
        let is_met = self.p99.is_some_and(|p99| p99 < limit);
        self.judged(format!("p99 < {}", time(limit)), is_met)
    }

    pub(crate) fn rate_from(self, least: f64) -> Row {
        let is_met = self.rate.is_some_and(|rate| rate >= least);
        self.judged(format!(">= {least:.0}/s"), is_met)
    }

    pub(crate) fn ratio_within(self, most: f64) -> Row {
        let is_met = self.ratio.is_some_and(|ratio| ratio <= most);
        self.judged(format!("ratio <= {most}"), is_met)
    }

    pub(crate) fn bytes_below(self, most: u64) -> Row {
        let is_met = self.bytes.is_some_and(|bytes| bytes < most);
        self.judged(format!("< {}", size(most)), is_met)
    }

    fn judged(self, text: String, is_met: bool) -> Row {
        Row { budget: Some(Budget { text, is_met }), ..self }
    }

    pub(crate) fn is_missed(&self) -> bool {
        self.budget.as_ref().is_some_and(|budget| !budget.is_met)
    }

    /// The row as JSON: times in microseconds.
    pub(crate) fn json(&self) -> Value {
        let micros = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e6);
        json!({
            "name": self.name,
            "median_us": micros(self.median),
            "p99_us": micros(self.p99),
            "per_second": self.rate,
            "bytes": self.bytes,
            "ratio": self.ratio,
            "budget": self.budget.as_ref().map(|budget| budget.text.as_str()),
            "met": self.budget.as_ref().map(|budget| budget.is_met),
            "note": self.note,
        })
    }

    fn cells(&self) -> [String; COLUMNS] {
        let (budget, verdict) = match &self.budget {
            Some(budget) => (budget.text.clone(), if budget.is_met { "ok" } else { "MISSED" }),
            None => (String::new(), ""),
        };
        [
            self.name.clone(),
            self.median.map(time).unwrap_or_default(),
            self.p99.map(time).unwrap_or_default(),
            self.rate.map(|rate| format!("{rate:.0}")).unwrap_or_default(),
            self.bytes.map(size).unwrap_or_default(),
            self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            budget,
            verdict.to_owned(),
            self.note.clone(),
        ]
    }
}

const COLUMNS: usize = 9;

const TITLES: [&str; COLUMNS] =
    ["what", "median", "p99", "requests/s", "bytes", "ratio", "budget", "", "note"];

/// The rows under their titles, aligned.
pub(crate) fn drawn(rows: &[Row]) -> String {
    let mut lines = vec![TITLES.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    aligned(&lines)
}

/// Lines of cells with each column as wide as its widest cell.
pub(crate) fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A duration in the unit that suits it.
pub(crate) fn time(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        0.0..1e3 => format!("{micros:.0} µs"),
        1e3..1e6 => format!("{:.2} ms", micros / 1e3),
        _ => format!("{:.2} s", micros / 1e6),
    }
}

/// A number of bytes in the unit that suits it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_judged() {
        let row = Row { median: Some(Duration::from_micros(499)), ..Row::new("a") };
        assert!(!row.clone().median_below(Duration::from_micros(500)).is_missed());
        assert!(row.clone().median_below(Duration::from_micros(499)).is_missed());
        // What was not measured meets no budget.
        assert!(row.clone().p99_below(Duration::from_secs(1)).is_missed());
        assert!(!row.is_missed());
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let lines = [["a", "1 µs", "x"], ["bcd", "20 ms", ""]].map(|line| line.map(str::to_owned));
        assert_eq!(aligned(&lines), "a    1 µs   x\nbcd  20 ms\n");
    }

    #[test]
    fn figures_have_the_unit_that_suits_them() {
        assert_eq!(time(Duration::from_micros(80)), "80 µs");
        assert_eq!(time(Duration::from_micros(2_345)), "2.35 ms");
        assert_eq!(time(Duration::from_millis(2_500)), "2.50 s");
        assert_eq!(
            (size(900), size(64_000), size(38_100_000)),
            ("900 B".into(), "64 kB".into(), "38.1 MB".into())
        );
    }
}
