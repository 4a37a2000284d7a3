//! Deletes expired items regularly, as the DynamoDB service does by itself.

use std::time::Duration;

use tokio::sync::watch;

use super::Database;

/// The interval between two sweeps.
const EVERY: Duration = Duration::from_hours(1);

/// Sweeps until shutdown is requested.
pub(crate) async fn sweep(database: Database, mut end: watch::Receiver<bool>) {
    // Also at the start: a process that is restarted more often than the interval would otherwise never delete
    // anything.
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
