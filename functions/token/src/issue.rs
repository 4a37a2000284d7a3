//! The token response (RFC 6749 section 5.1).

use axum::http::StatusCode;
use axum::response::Response;
use oauth::access::{AccessClaims, LIFE};
use oauth::grant::Grant;
use oauth::scope::{Access, ScopeSet};
use oauth::token::Token;
use primitives::clock::Timestamp;
use primitives::random;
use serde::Serialize;
use shared::web::reply;

use crate::Deps;
use crate::error::TokenError;

#[derive(Serialize)]
struct Issued<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: &'a str,
    scope: String,
}

/// An access token for the generation of the minted refresh token, and the response with both. The access token never
/// outlives the grant's cap; its scopes are those of the grant, or the subset that a refresh requested (RFC 6749
/// section 6).
pub(crate) fn tokens(
    deps: &Deps,
    grant: &Grant,
    minted: &Token,
    scope: Option<ScopeSet>,
    now: Timestamp,
) -> Result<Response, TokenError> {
    let expires_at = now.plus(LIFE).secs().min(grant.expires_at);
    let granted = Access::parse_known(&grant.scope);
    let access = Access { scopes: scope.unwrap_or(granted.scopes), ..granted };
    let claims = AccessClaims {
        iss: deps.public.issuer().to_owned(),
        aud: deps.public.at(&grant.resource).resource(),
        sub: grant.user_ref.clone(),
        client_id: grant.client_id.clone(),
        scope: access.scopes.to_string(),
        iat: now.secs(),
        exp: expires_at,
        jti: random::token::<12>(deps.random.as_ref()),
        grant: grant.grant_id.clone(),
        chain: minted.target.chain.clone(),
        generation: minted.target.generation,
        cred: grant.credential_id.clone(),
        workspace: grant.workspace.claim().to_owned(),
    };
    let access_token = deps.signer.sign(&claims).map_err(|_| TokenError::Signing)?;
    let issued = Issued {
        access_token: &access_token,
        token_type: "Bearer",
        expires_in: expires_at.saturating_sub(now.secs()),
        refresh_token: minted.expose(),
        scope: access.to_string(),
    };
    Ok(reply::json(StatusCode::OK, &issued))
}
