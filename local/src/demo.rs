//! `--demo`: a LangSmith with sample data in this process, so that a newcomer without an account sees everything work.

use langsmith_double::{Double, Options};

use crate::StartError;

/// Starts the double.
pub(crate) async fn start() -> Result<Double, StartError> {
    langsmith_double::start(Options::default()).await.map_err(StartError::Demo)
}
