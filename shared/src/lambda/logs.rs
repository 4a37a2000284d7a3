//! Log lines on standard output, one JSON object per line, the format of the log group.

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::telemetry;

/// Starts logging.
pub(super) fn start(level: Level) {
    // The runtime logs every refused event as an error, and each 401 of the authorizer is one.
    let loud = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
        .with_targets(telemetry::levels(level));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false);
    let lines = lines.with_writer(|| telemetry::Lines(std::io::stdout()));
    let _already_started = tracing_subscriber::registry().with(lines.with_filter(loud)).try_init();
    telemetry::log_panics();
}
