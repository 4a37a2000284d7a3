//! `GET /sessions`: projects and experiments. Description: `TracerSession`, and the parameters of the listing.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::data::Session;
use crate::json::{contained, contains};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("projects:read")?;
    let (limit, offset) = (params.limit(100)?, params.offset()?);
    let include_stats = params.flag("include_stats")?.unwrap_or(false);
    let order = comparison(params.text("sort_by").unwrap_or("start_time"))?;
    let descending = params.flag("sort_by_desc")?.unwrap_or(true);
    app.world.projects.read(|ledger| {
        let mut found = filtered(ledger.sessions(caller.workspace.id), &params)?;
        found.sort_by(|left, right| order(left, right));
        if descending {
            found.reverse();
        }
        let page = found.iter().skip(offset).take(limit);
        Ok(reply::raw(reply::array(page.map(|session| session.json(include_stats)))))
    })
}

/// The projects that match the query.
pub(in crate::routes) fn filtered<'a>(
    sessions: &'a [Session],
    params: &Params,
) -> Result<Vec<&'a Session>, ApiError> {
    let (ids, datasets) = (params.ids("id")?, params.ids("reference_dataset")?);
    let name = params.text("name");
    let part = params.text("name_contains").map(str::to_lowercase);
    let free = params.flag("reference_free")?;
    let metadata = contained(params)?;
    let keeps = |session: &&Session| {
        (ids.is_empty() || ids.contains(&session.id))
            && (datasets.is_empty() || session.reference_dataset.is_some_and(|id| datasets.contains(&id)))
            && name.is_none_or(|name| session.name == name)
            && part.as_ref().is_none_or(|part| session.name.to_lowercase().contains(part))
            && free.is_none_or(|free| session.reference_dataset.is_none() == free)
            && metadata.as_ref().is_none_or(|wanted| contains(session.metadata(), wanted))
    };
    Ok(sessions.iter().filter(keeps).collect())
}

type Comparison = fn(&Session, &Session) -> Ordering;

fn comparison(column: &str) -> Result<Comparison, ApiError> {
    let by: Comparison = match column {
        "name" => |left, right| left.name.cmp(&right.name),
        "start_time" | "feedback" => |left, right| left.started.cmp(&right.started),
        "last_run_start_time" => |left, right| left.stats.last_run_start.cmp(&right.stats.last_run_start),
        "latency_p50" => |left, right| number(left.stats.latency_p50, right.stats.latency_p50),
        "latency_p99" => |left, right| number(left.stats.latency_p99, right.stats.latency_p99),
        "error_rate" => |left, right| number(left.stats.error_rate, right.stats.error_rate),
        _ => return Err(invalid("sort_by", "Input should be a sortable column")),
    };
    Ok(by)
}

fn number(left: Option<f64>, right: Option<f64>) -> Ordering {
    left.partial_cmp(&right).unwrap_or(Ordering::Equal)
}
