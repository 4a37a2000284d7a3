//! The two texts that a person reads without asking for a log: that it runs, and why it does not.

use std::io::{self, Write as _};

use shared::telemetry::plain;

use crate::StartError;

/// Tells what a person may want to know after the start. Where it cannot be written (a full disk, a closed pipe), nobody
/// reads it, and the server runs all the same.
pub(crate) fn say(text: &str) {
    let _nobody_reads = writeln!(io::stdout(), "{text}");
}

/// Tells a failed start in one line on standard error. Where it cannot be written, the exit code remains.
pub fn complain(error: &StartError) {
    let _nobody_reads = writeln!(io::stderr(), "error: {}", plain(&error.to_string()));
}
