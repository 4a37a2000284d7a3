//! The end of an instance. Lambda sends SIGTERM only to those that have an extension registered, so there is one that
//! takes no events; without it the process would be killed with its connections open.

use std::future::pending;

use lambda_extension::Extension;
use tokio::signal::unix::{SignalKind, signal};

/// Must be unique within a function.
const NAME: &str = "graceful-end";

/// Asks to be told. Must be done before the first event is asked for.
pub(super) async fn subscribe() {
    match Extension::new().with_events(&[]).with_extension_name(NAME).register().await {
        Ok(extension) => {
            // Waits for ever for events that it has not subscribed to: that is how an extension says that it is ready.
            tokio::spawn(async move {
                if let Err(error) = extension.run().await {
                    tracing::warn!(%error, "the end of this instance will not be announced");
                }
            });
        }
        Err(error) => tracing::warn!(%error, "the end of this instance will not be announced"),
    }
}

/// Resolves when the end is announced. Lambda does that between two events only.
pub(super) async fn announced() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "the end of this instance will not be noticed");
            pending::<()>().await;
        }
    }
}
