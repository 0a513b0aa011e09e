//! This run beside another one.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::table::{Row, aligned};

/// The figures that are compared, as they are named in the document.
const FIGURES: [&str; 4] = ["median_us", "p99_us", "per_second", "bytes"];

/// The ratios of this run's figures to those of the run that a file holds.
pub(crate) fn with_file(rows: &[Row], file: &Path) -> Outcome<String> {
    let text = fs::read_to_string(file).map_err(Failure::of(file.display()))?;
    let before: Value =
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(with(rows, &before))
}

fn with(rows: &[Row], before: &Value) -> String {
    let known = before.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let titles = ["this run / the other", "median", "p99", "requests/s", "bytes"];
    let mut lines = vec![titles.map(str::to_owned)];
    for row in rows {
        let Some(old) = known.iter().find(|old| old["name"] == row.name.as_str()) else { continue };
        let new = row.json();
        let ratios = FIGURES.map(|figure| ratio(&new[figure], &old[figure]));
        let [median, p99, rate, bytes] = ratios;
        lines.push([row.name.clone(), median, p99, rate, bytes]);
    }
    let machine = before.get("machine").and_then(Value::as_str).unwrap_or("unknown");
    format!("the other run: {machine}\n{}", aligned(&lines))
}

/// Empty where one of the runs has no figure.
fn ratio(new: &Value, old: &Value) -> String {
    match (new.as_f64(), old.as_f64()) {
        (Some(new), Some(old)) if old > 0.0 => format!("{:.2}", new / old),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_matched_by_name() {
        let rows = [
            Row { median: Some(Duration::from_micros(50)), ..Row::new("a") }.with_rate(30.0),
            Row::new("new"),
        ];
        let before = json!({"machine": "m", "rows": [{"name": "a", "median_us": 100.0, "per_second": 10.0}]});
        let text = with(&rows, &before);
        assert!(text.contains("other run: m") && !text.contains("new"), "{text}");
        let line = text.lines().last().expect("a line");
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["a", "0.50", "3.00"]);
    }
}
