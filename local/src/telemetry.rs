//! Log lines on standard error. Only our own crates speak below `warn`: libraries log bodies and headers there.

use std::io::IsTerminal as _;

use tracing::Level;
use tracing_subscriber::EnvFilter;

const OURS: [&str; 7] = ["authorize", "local", "mcp", "metadata", "register", "shared", "token"];

/// Starts logging; a process that logs already goes on as it does.
pub(crate) fn start(level: Level) {
    // The log line is the audit record, so no level switches it off.
    let mut filter = EnvFilter::new("warn,audit=info");
    for name in OURS {
        if let Ok(directive) = format!("{name}={level}").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let to = std::io::stderr;
    // A file or a collector would keep the colours as control characters.
    let lines = tracing_subscriber::fmt().with_writer(to).with_ansi(to().is_terminal());
    let _already_started = lines.with_env_filter(filter).try_init();
}
