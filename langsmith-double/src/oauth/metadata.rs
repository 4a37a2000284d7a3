//! The metadata of the authorization server. Standard: RFC 8414. Description: the two additions about resources.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::modes::SelfRegistered;
use crate::reply;
use crate::state::App;

pub(super) async fn read(State(app): State<Arc<App>>) -> Response {
    let base = &app.base;
    let open = app.modes.self_registered != SelfRegistered::Closed;
    let body = json!({
        "issuer": if app.misspelled_issuer.load(Ordering::SeqCst) { format!("{base}/") } else { base.clone() },
        "authorization_endpoint": format!("{base}/oauth/authorize"),
        "token_endpoint": format!("{base}/oauth/token"),
        "registration_endpoint": open.then(|| format!("{base}/oauth/register")),
        "revocation_endpoint": format!("{base}/oauth/revoke"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
        "protected_resources_supported": [base, format!("{base}/mcp")],
        "resource_parameter_supported": true,
    });
    reply::value(StatusCode::OK, &body)
}
