//! How far long work has come: a bar for people, now and then a line for everything else.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::backup::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

/// Time between lines.
const PAUSE: Duration = Duration::from_secs(2);

/// Follows work on standard error, until it is dropped.
pub(crate) struct Meter {
    face: Mutex<Face>,
}

enum Face {
    Bar(Bar),
    Lines(Lines),
}

impl Meter {
    /// A bar when somebody looks, lines otherwise.
    pub(crate) fn start() -> Meter {
        let face = if output::is_watched() {
            Face::Bar(Bar { label: String::new(), bar: ProgressBar::hidden() })
        } else {
            Face::Lines(Lines::default())
        };
        Meter { face: Mutex::new(face) }
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Meter {
    fn step(&self, label: &str, done: u64, total: Option<u64>) {
        match &mut *self.face() {
            Face::Bar(bar) => bar.step(label, done, total),
            Face::Lines(lines) => {
                if let Some(line) = lines.step(label, done, total, Instant::now()) {
                    output::say(&line);
                }
            }
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Face::Bar(bar) = &*self.face() {
            bar.bar.finish_and_clear();
        }
    }
}

struct Bar {
    label: String,
    bar: ProgressBar,
}

impl Bar {
    fn step(&mut self, label: &str, done: u64, total: Option<u64>) {
        if self.label != label {
            self.bar.finish_and_clear();
            self.bar = drawn(label, total);
            label.clone_into(&mut self.label);
        }
        self.bar.set_position(done);
    }
}

const BAR: &str = "{msg:<32} {bar:30} {percent:>3} %";
const SPINNER: &str = "{spinner} {msg}";

fn drawn(label: &str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), BAR),
        None => (ProgressBar::new_spinner(), SPINNER),
    };
    // Both templates are checked by a test; the plain style is as good as none.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = bar.with_style(style).with_message(label.to_owned());
    if total.is_none() {
        // Work that cannot tell how far it is may tell nothing for a while.
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    bar
}

#[derive(Default)]
struct Lines {
    last: Option<Instant>,
}

impl Lines {
    /// The line that is due, if one is.
    fn step(&mut self, label: &str, done: u64, total: Option<u64>, now: Instant) -> Option<String> {
        if self.last.is_some_and(|last| now.duration_since(last) < PAUSE) {
            return None;
        }
        self.last = Some(now);
        Some(match total {
            Some(total) if total > 0 => {
                format!("{label}: {} %", (u128::from(done) * 100 / u128::from(total)).min(100))
            }
            _ if done > 0 => format!("{label}: {done}"),
            _ => label.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_at_once_and_then_at_intervals() {
        let mut lines = Lines::default();
        let start = Instant::now();
        assert_eq!(lines.step("reading", 0, Some(10), start).as_deref(), Some("reading: 0 %"));
        assert_eq!(lines.step("reading", 5, Some(10), start + PAUSE / 2), None);
        assert_eq!(lines.step("writing", 5, Some(10), start + PAUSE).as_deref(), Some("writing: 50 %"));
        assert_eq!(lines.step("writing", 7, None, start + PAUSE * 2).as_deref(), Some("writing: 7"));
        assert_eq!(lines.step("nothing", 0, Some(0), start + PAUSE * 3).as_deref(), Some("nothing"));
    }

    #[test]
    fn the_templates_of_the_bar_are_valid() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
