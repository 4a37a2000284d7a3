//! `GET /datasets`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("datasets:read")?;
    let (limit, offset, ids) = (params.limit(100)?, params.offset()?, params.ids("id")?);
    let types: Vec<&str> = params.all("data_type").collect();
    let name = params.text("name");
    let part = params.text("name_contains").map(str::to_lowercase);
    let found = app.world.datasets.iter().filter(|dataset| {
        dataset.workspace == caller.workspace.id
            && (ids.is_empty() || ids.contains(&dataset.id))
            && (types.is_empty() || types.contains(&dataset.data_type))
            && name.is_none_or(|name| dataset.name == name)
            && part.as_ref().is_none_or(|part| dataset.name.to_lowercase().contains(part))
    });
    let page = found.skip(offset).take(limit);
    Ok(reply::raw(reply::array(page.map(|dataset| dataset.json.as_str()))))
}
