//! The signals that shut down the process gracefully.

#[cfg(unix)]
use std::future::poll_fn;
#[cfg(unix)]
use std::task::Poll;

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// Handles SIGINT and SIGTERM from now on, and resolves with the first.
#[cfg(unix)]
pub(crate) fn end() -> impl Future<Output = ()> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
    let mut handlers = kinds.map(signal);
    poll_fn(move |context| {
        let mut received = handlers.iter_mut().filter_map(|handler| handler.as_mut().ok());
        if received.any(|handler| handler.poll_recv(context).is_ready()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

/// Resolves with Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn end() {
    let _no_handler = tokio::signal::ctrl_c().await;
}
