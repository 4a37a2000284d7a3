//! The common beginning of many routes: the permission, the id in the path, and the resource that it names.
//! Description: resources of another workspace do not exist for the caller.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::datasets::{Stock, StoredDataset};
use crate::json::id_of;
use crate::projects::Ledger;
use crate::reply::ApiError;
use crate::state::App;

/// Reads a dataset.
pub(super) fn in_dataset<T>(
    app: &App,
    caller: &Caller,
    id: &str,
    look: impl FnOnce(&Stock, &StoredDataset) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    caller.may("datasets:read")?;
    let id = id_of("dataset_id", id)?;
    app.world.datasets.read(|stock| look(stock, stock.dataset(caller.workspace.id, id)?))
}

/// Changes a dataset or its examples.
pub(super) fn change_dataset<T>(
    app: &App,
    caller: &Caller,
    id: &str,
    change: impl FnOnce(&mut Stock, Uuid, OffsetDateTime) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    caller.may("datasets:update")?;
    let id = id_of("dataset_id", id)?;
    app.world.datasets.write(clock::now(), |stock, at| {
        stock.dataset(caller.workspace.id, id)?;
        change(stock, id, at)
    })
}

/// Changes projects, runs or feedback.
pub(super) fn change_ledger<T>(
    app: &App,
    caller: &Caller,
    permission: &str,
    change: impl FnOnce(&mut Ledger, Uuid) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    caller.may(permission)?;
    app.world.projects.write(|ledger| change(ledger, caller.workspace.id))
}
