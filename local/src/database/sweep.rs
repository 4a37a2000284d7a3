//! Expired items are deleted now and then, as the service does on its own.

use std::time::Duration;

use tokio::sync::watch;

use super::Database;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Sweeps until the end is asked for.
pub(crate) async fn sweep(database: Database, mut end: watch::Receiver<bool>) {
    // At the start, too: a process that is restarted more often than that would never delete anything.
    let mut times = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            _ = times.tick() => {
                let database = database.clone();
                let _panicked = tokio::task::spawn_blocking(move || database.sweep()).await;
            }
            () = async { drop(end.wait_for(|end| *end).await) } => return,
        }
    }
}
