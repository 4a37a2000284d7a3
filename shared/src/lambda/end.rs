//! Graceful shutdown of an instance. Lambda sends SIGTERM only if an extension is registered, so this registers one
//! without events; otherwise the process would be killed with its connections open.

use std::future::pending;

use lambda_extension::Extension;
use tokio::signal::unix::{SignalKind, signal};

/// Must be unique within a function.
const NAME: &str = "graceful-end";

/// Registers the extension. Must be done before the first event is requested.
pub(super) async fn subscribe() {
    match Extension::new().with_events(&[]).with_extension_name(NAME).register().await {
        Ok(extension) => {
            // Waits for ever, as no events are subscribed: with this request an extension reports that it is ready.
            tokio::spawn(async move {
                if let Err(error) = extension.run().await {
                    tracing::warn!(%error, "the end of this instance will not be announced");
                }
            });
        }
        Err(error) => tracing::warn!(%error, "the end of this instance will not be announced"),
    }
}

/// Resolves when Lambda announces the shutdown, which it does only between two events.
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
