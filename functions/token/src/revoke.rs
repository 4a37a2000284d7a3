//! `POST /revoke` (RFC 7009). A token of either kind ends its whole grant: access tokens cannot outlive it, and a
//! client that logs out means the whole login.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use oauth::grant::EndReason;
use oauth::token::Kind;
use primitives::ids::{GrantId, UserRef};
use shared::public_keys::Unverified;
use shared::store::Write;

use crate::Deps;
use crate::client_auth;
use crate::error::TokenError;
use crate::form::Form;

pub(crate) async fn revoke(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, TokenError> {
    let form = Form::read(&headers, body).await?;
    let client = client_auth::identify(&headers, &form);
    let token = form.token.ok_or(TokenError::Missing("token"))?;
    // RFC 7009 section 2.2: an invalid token gets the same response as a revoked one.
    let Some((user, grant)) = target(&deps, token.expose()).await? else {
        return Ok(StatusCode::OK.into_response());
    };
    let now = deps.clock.now();
    match deps.store.grants.end(&user, &grant, client.as_ref(), EndReason::ClientRevoked, now).await? {
        Write::Refused(Some(_)) => Err(TokenError::DeadGrant),
        Write::Refused(None) => Ok(StatusCode::OK.into_response()),
        Write::Applied(_) => {
            tracing::info!(target: "audit", event = "grant_revoked", %user, %grant);
            Ok(StatusCode::OK.into_response())
        }
    }
}

async fn target(deps: &Deps, token: &str) -> Result<Option<(UserRef, GrantId)>, TokenError> {
    if let Ok(refresh) = deps.minter.read(Kind::Refresh, token) {
        return Ok(Some((refresh.target.user, refresh.target.grant)));
    }
    match deps.keys.verify_for_any(token).await {
        Ok(claims) => Ok(Some((claims.sub, claims.grant))),
        Err(Unverified::Invalid) => Ok(None),
        Err(Unverified::Store(error)) => Err(error.into()),
    }
}
