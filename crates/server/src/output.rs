//! The only place that writes to the terminal.

use std::io::{self, IsTerminal, Write};

use clap::builder::StyledStr;

/// Writes text to standard output, as it is.
///
/// # Errors
/// When the reader has gone, or the device is full.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a text with colours to standard output, without them unless somebody looks.
///
/// # Errors
/// As for [`print`].
pub(crate) fn print_styled(text: &StyledStr) -> io::Result<()> {
    print(&dressed(text, io::stdout().is_terminal()))
}

/// Writes a text with colours to standard error, without them unless somebody looks.
pub(crate) fn say_styled(text: &StyledStr) {
    say(&dressed(text, is_watched()));
}

fn dressed(text: &StyledStr, is_watched: bool) -> String {
    // The convention of no-color.org.
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if is_watched && wanted { text.ansi().to_string() } else { text.to_string() }
}

/// Writes a line to standard error. There is nobody to tell when that fails.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether somebody looks at standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}
