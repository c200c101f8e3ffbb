//! The only place that prints. Results go to stdout, everything else to stderr.

use super::{diagnostics, typed};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// Prints a result, without a password that was typed in a wrong place. A reader that went away is no
/// error of ours.
pub(super) fn print(text: &str) {
    let text = typed::hide(text, &arguments());
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).ok();
    if !text.ends_with('\n') {
        stdout.write_all(b"\n").ok();
    }
    stdout.flush().ok();
}

/// What was typed behind the program's name.
pub(super) fn arguments() -> Vec<String> {
    std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Says something beside the result, and no password that was typed in a wrong place.
pub(super) fn say(text: &str) {
    let text = typed::hide(text, &arguments());
    let mut stderr = std::io::stderr().lock();
    stderr.write_all(text.as_bytes()).ok();
    stderr.write_all(b"\n").ok();
}

/// Says why the command did not do its work, and what to do.
pub(super) fn error(error: &Error) {
    let (bold, plain) = if colours() { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let mut text = format!("{bold}error{plain}: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    if let Some(help) = error.help_text() {
        let _ = write!(text, "\n  help: {help}");
    }
    say(&text);
}

/// Draws the problems of a rule file.
pub(super) fn diagnostics(problems: &[Diagnostic]) {
    say(diagnostics::render(problems, colours()).trim_end());
}

/// Whether stderr takes colours.
pub(super) fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether stderr is watched by a person.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
