//! The two texts that a person sees without asking for logs: that the server runs, or why it does not.

use std::io::{self, Write as _};

use shared::telemetry::plain;

use crate::StartError;

/// Prints the information after the start. If that fails (a full disk, a closed pipe), the server runs all the same.
pub(crate) fn print(text: &str) {
    let _nobody_reads = writeln!(io::stdout(), "{text}");
}

/// Reports a failed start in one line on standard error. If that cannot be written, the exit code remains.
pub fn print_error(error: &StartError) {
    let _nobody_reads = writeln!(io::stderr(), "error: {}", plain(&error.to_string()));
}
