//! `POST /token`: dispatches by grant type.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use oauth::resource::Resource;
use primitives::ids::ClientId;
use tracing::Instrument as _;

use crate::Deps;
use crate::error::TokenError;
use crate::form::Form;
use crate::{client_auth, exchange, refresh};

pub(crate) async fn token(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, TokenError> {
    let form = Form::read(&headers, body).await?;
    let resource = form.resource(&deps.public)?;
    let client = client_auth::identify(&headers, &form).ok_or(TokenError::Missing("client_id"))?;
    // A separate task from the first write to its record: a client disconnect cannot cut a rotation in two.
    let task = tokio::spawn(decide(deps, client, form, resource).in_current_span());
    task.await.unwrap_or(Err(TokenError::Undecided(None)))
}

async fn decide(
    deps: Arc<Deps>,
    client: ClientId,
    form: Form,
    resource: Option<Resource>,
) -> Result<Response, TokenError> {
    match form.grant_type.as_deref() {
        Some("authorization_code") => exchange::exchange(&deps, client, form, resource).await,
        Some("refresh_token") => refresh::refresh(&deps, client, form, resource).await,
        Some(_) => Err(TokenError::UnsupportedGrantType),
        None => Err(TokenError::Missing("grant_type")),
    }
}
