//! Log lines on standard error.

use std::io::IsTerminal as _;

use shared::telemetry;
use tracing::Level;
use tracing_subscriber::EnvFilter;

/// Starts logging; a process that logs already goes on as it does.
pub(crate) fn start(level: Level) {
    let mut filter = EnvFilter::new("warn");
    for (name, level) in telemetry::levels(level) {
        if let Ok(directive) = format!("{name}={level}").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let to = std::io::stderr;
    // A file or a collector would keep the colours as control characters.
    let lines = tracing_subscriber::fmt().with_writer(to).with_ansi(to().is_terminal());
    let _already_started = lines.with_env_filter(filter).try_init();
}
