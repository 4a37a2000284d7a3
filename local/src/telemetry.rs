//! Log lines on standard error.

use shared::telemetry;
use tracing::Level;
use tracing_subscriber::EnvFilter;

/// Starts logging; a process with an existing subscriber keeps it.
pub(crate) fn start(level: Level) {
    let mut filter = EnvFilter::new("warn");
    for (name, level) in telemetry::levels(level) {
        if let Ok(directive) = format!("{name}={level}").parse() {
            filter = filter.add_directive(directive);
        }
    }
    // Colours are control characters, which our log lines never contain.
    let lines = tracing_subscriber::fmt().with_ansi(false);
    let lines = lines.with_writer(|| telemetry::Lines(std::io::stderr()));
    let _already_started = lines.with_env_filter(filter).try_init();
    telemetry::log_panics();
}
