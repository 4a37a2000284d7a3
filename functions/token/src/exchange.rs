//! `grant_type=authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use axum::response::Response;
use oauth::code::{Exchange, ExchangeVerdict};
use oauth::grant::EndReason;
use oauth::pkce::CodeChallenge;
use oauth::resource::Resource;
use oauth::token::{Kind, Token};
use primitives::ids::ClientId;
use shared::store::Write;

use crate::Deps;
use crate::client_auth::dead_grant;
use crate::error::TokenError;
use crate::form::Form;
use crate::issue;

pub(crate) async fn exchange(
    deps: &Deps,
    client: ClientId,
    form: Form,
    resource: Option<Resource>,
) -> Result<Response, TokenError> {
    let code = form.code.ok_or(TokenError::Missing("code"))?;
    let verifier = form.code_verifier.ok_or(TokenError::Missing("code_verifier"))?;
    let challenge = CodeChallenge::of(verifier.expose()).map_err(|_| TokenError::MalformedVerifier)?;
    let now = deps.clock.now();
    let Ok(code) = deps.minter.read(Kind::Code, code.expose()) else {
        return Err(dead_grant(&deps.store, &client, now).await);
    };
    let minted = deps.minter.mint(Kind::Refresh, code.target.clone(), deps.random.as_ref());
    let exchange = Exchange { code, client, redirect_uri: form.redirect_uri, challenge, resource };
    match deps.store.grants.exchange(&exchange, &minted.hash(), now).await? {
        Write::Applied(grant) => {
            tracing::info!(target: "audit", event = "code_exchanged", user = %grant.user_ref, grant = %grant.grant_id, client = %grant.client_id);
            issue::tokens(deps, &grant, &minted, None, now)
        }
        Write::Refused(grant) => match exchange.judge(grant.as_deref(), &minted.hash(), now) {
            ExchangeVerdict::Landed => match grant {
                Some(grant) => issue::tokens(deps, &grant, &minted, None, now),
                None => Err(TokenError::DeadGrant),
            },
            ExchangeVerdict::Refused => Err(dead_grant(&deps.store, &exchange.client, now).await),
            ExchangeVerdict::OtherResource => Err(TokenError::OtherResource),
            ExchangeVerdict::Replay => Err(replayed(deps, &exchange.code).await?),
        },
    }
}

/// Two parties have redeemed the code, so all tokens issued from it end (RFC 6749 section 4.1.2).
async fn replayed(deps: &Deps, code: &Token) -> Result<TokenError, TokenError> {
    let target = &code.target;
    tracing::warn!(target: "audit", event = "code_replayed", user = %target.user, grant = %target.grant);
    let now = deps.clock.now();
    deps.store.grants.end(&target.user, &target.grant, None, EndReason::CodeReplayed, now).await?;
    Ok(TokenError::DeadGrant)
}
