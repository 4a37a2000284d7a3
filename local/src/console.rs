//! The two texts that a person reads without asking for a log: that it runs, and why it does not.

use shared::telemetry::plain;

use crate::StartError;

/// Tells what a person may want to know after the start.
#[expect(clippy::print_stdout, reason = "the one text that a person reads on standard output")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Tells a failed start in one line on standard error.
#[expect(clippy::print_stderr, reason = "the one line that tells why there is no server")]
pub fn complain(error: &StartError) {
    eprintln!("error: {}", plain(&error.to_string()));
}
