//! `--demo`: a LangSmith with sample data in this process, so that a newcomer without an account can try everything.

use langsmith_double::{Double, Options};

use crate::StartError;

/// Starts the double, which handles logins as hosted LangSmith does; `callback` is our redirect URI there.
pub(crate) async fn start(callback: String) -> Result<Double, StartError> {
    let options = Options { redirect_uris: vec![callback], ..Options::realistic() };
    langsmith_double::start(options).await.map_err(StartError::Demo)
}
