//! What is logged: our own crates at the level that the operator chose. Libraries log bodies and headers below `warn`.

use tracing::Level;

/// Our crates that log.
pub const OURS: [&str; 9] =
    ["authorize", "authorizer", "janitor", "local", "mcp", "metadata", "register", "shared", "token"];

/// The target of audit lines. The log line is the audit record, so no level switches it off.
pub const AUDIT: &str = "audit";

/// What is logged at `level`, target by target. Everything else is logged from `warn` on.
pub fn levels(level: Level) -> impl Iterator<Item = (&'static str, Level)> {
    OURS.into_iter().map(move |target| (target, level)).chain([(AUDIT, Level::INFO)])
}
