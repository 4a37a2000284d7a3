//! `GET /orgs/current/billing/usage`: the usage of the organization. Description: by metric and workspace; a request
//! with a bearer token must name its organization. Assumed: or a workspace of it.
//!
//! The figures grow with the days of the period since the organization was founded; an earlier period has none.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::{Uuid, uuid};

use crate::auth::Caller;
use crate::data::{ADA_WORKSPACE, ORGANIZATION, TEAM_WORKSPACE, moment, sample_id};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::state::App;

/// A deleted workspace: it is in the figures, but not in the list of workspaces.
const DELETED: Uuid = uuid!("5a3e0000-0000-4000-8000-0000000000dd");

const FOUNDED: OffsetDateTime = datetime!(2026-01-05 09:00 UTC);

/// A metric, and its daily usage in each workspace.
struct Metric {
    name: &'static str,
    daily: &'static [(Uuid, f64)],
    /// Whether the figures are broken down by workspace.
    divided: bool,
    on_current_plan: bool,
}

const METRICS: [Metric; 4] = [
    Metric {
        name: "Base traces",
        daily: &[(TEAM_WORKSPACE, 608.0), (ADA_WORKSPACE, 13.0), (DELETED, 1.0)],
        divided: true,
        on_current_plan: true,
    },
    Metric { name: "Extended traces", daily: &[(ADA_WORKSPACE, 0.5)], divided: true, on_current_plan: true },
    Metric { name: "Seats", daily: &[(TEAM_WORKSPACE, 0.25)], divided: false, on_current_plan: true },
    Metric {
        name: "Agent runs (2025 plan)",
        daily: &[(TEAM_WORKSPACE, 4.0)],
        divided: true,
        on_current_plan: false,
    },
];

pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("organization:read")?;
    caller.may_see_organization(app.service)?;
    organization(&headers)?;
    let (start, end) = (time(&params, "starting_on")?, time(&params, "ending_before")?);
    let only_current = params.flag("on_current_plan")?.unwrap_or(true);
    let days = (end - start.max(FOUNDED)).whole_days();
    let days = f64::from(i32::try_from(days).unwrap_or(0));
    let counted = METRICS.iter().filter(|metric| days > 0.0 && (metric.on_current_plan || !only_current));
    let metrics: Vec<Value> = counted.map(|metric| item(metric, days, (start, end))).collect();
    Ok(reply::value(StatusCode::OK, &json!(metrics)))
}

fn organization(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("x-organization-id").map(|id| id.to_str()) {
        Some(Ok(id)) if id == ORGANIZATION.to_string() => Ok(()),
        None if headers.contains_key("x-api-key") || headers.contains_key("x-tenant-id") => Ok(()),
        _ => Err(ApiError::Forbidden),
    }
}

fn time(params: &Params, field: &str) -> Result<OffsetDateTime, ApiError> {
    let text = params.text(field).ok_or_else(|| invalid(field, "Field required"))?;
    moment::parse(text).ok_or_else(|| invalid(field, "Input should be a valid datetime"))
}

fn item(metric: &Metric, days: f64, (start, end): (OffsetDateTime, OffsetDateTime)) -> Value {
    let groups: Map<String, Value> =
        metric.daily.iter().map(|(id, daily)| (id.to_string(), json!(daily * days))).collect();
    let total: f64 = metric.daily.iter().map(|(_, daily)| daily * days).sum();
    json!({
        "customer_id": ORGANIZATION,
        "billable_metric_id": sample_id(&format!("metric:{}", metric.name)),
        "billable_metric_name": metric.name,
        "start_timestamp": moment::zoned(start),
        "end_timestamp": moment::zoned(end),
        "value": total,
        "groups": metric.divided.then_some(groups),
    })
}
