//! `GET /api-host/v2/deployments`: the control plane's list of deployments, of a self-hosted LangSmith. Written from the
//! code of its client. SDK: LangGraph's command line (`langgraph_cli/host_backend.py` of langgraph-cli 0.4.40) has the
//! paths, the parameters, and the members that it reads; it says that an old control plane ignores the offset. Public
//! report: the states (`codekiln/langstar`). Assumed: the credentials are those of LangSmith, bearer tokens included.
//! Assumed: limit and offset are bounded as in other lists.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::agent_deployments::AgentDeployment;
use crate::auth::Caller;
use crate::params::Params;
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let (limit, offset) = (params.limit(20)?, params.offset()?);
    let page = app.agent_deployments.page((caller.workspace.id, caller.who()), limit, offset);
    let resources: Vec<Value> = page.iter().map(item).collect();
    Ok(reply::value(StatusCode::OK, &json!({"resources": resources, "offset": offset})))
}

fn item(deployment: &AgentDeployment) -> Value {
    json!({
        "id": deployment.id,
        "name": deployment.name,
        "source": "external_docker",
        "source_config": {"custom_url": deployment.url},
        "status": deployment.status,
        "tenant_id": deployment.workspace,
    })
}
