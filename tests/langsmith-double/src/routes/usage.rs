//! `GET /orgs/current/billing/usage`: what the organization used, by metric and workspace.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::data::{ADA_WORKSPACE, ORGANIZATION, TEAM_WORKSPACE, sample_id};
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};

/// Metric, and its use in the team's workspace and in Ada's.
const METRICS: [(&str, u64, u64); 2] = [("Base traces", 18_250, 412), ("Extended traces", 1_030, 9)];

pub(crate) async fn read(_: Caller, params: Params) -> Result<Response, ApiError> {
    let required = |field| params.text(field).ok_or_else(|| invalid(field, "Field required"));
    let (start, end) = (required("starting_on")?, required("ending_before")?);
    let metrics: Vec<Value> = METRICS.iter().map(|metric| item(metric, start, end)).collect();
    Ok(reply::value(StatusCode::OK, &json!(metrics)))
}

fn item((name, team, own): &(&str, u64, u64), start: &str, end: &str) -> Value {
    json!({
        "customer_id": ORGANIZATION,
        "billable_metric_id": sample_id(&format!("metric:{name}")),
        "billable_metric_name": name,
        "start_timestamp": start,
        "end_timestamp": end,
        "value": team + own,
        "groups": {TEAM_WORKSPACE.to_string(): team, ADA_WORKSPACE.to_string(): own},
    })
}
