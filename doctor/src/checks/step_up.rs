//! The 403 for a token that lacks a permission. API Gateway takes its challenge from the authorizer's context, the one
//! part of the front door that AWS does not document exactly, so every new stack should be checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::scope::ScopeSet;
use primitives::secret::Secret;
use serde_json::Value;
use shared::mcp::scopes::TOOL_SCOPES;

use crate::challenge::{REMAPPED, challenge_of};
use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::speaker::{Credential, Speaker};
use crate::visitor::Visitor;

/// The reason for skipping it without a token.
pub(crate) const NOT_CHECKED: &str = "not checked: it takes a login without one of the permissions; give its access \
     token with --token-env";

/// Calls a tool that the token's permissions do not cover.
pub(crate) async fn check(visitor: &Visitor, path: &str, metadata: &str, token: &Secret) -> Sight {
    let granted = granted(token).ok_or_else(|| {
        Trouble::skipped("not checked: what --token-env names holds no access token of this server")
    })?;
    let beyond = TOOL_SCOPES.into_iter().find(|(_, scope)| !granted.contains(*scope));
    let Some((tool, needed)) = beyond else {
        return Err(Trouble::skipped(
            "not checked: the token has every permission; log in without one of them",
        ));
    };
    let speaker = Speaker { visitor, path, credential: Credential::Token(token) };
    let answer = visitor.ask(speaker.modern("tools/call", Some(tool))).await?;
    if answer.status.as_u16() == 401 {
        return Err(Trouble::skipped("not checked: the token is no longer accepted; get a new one"));
    }
    mend::expect(&answer, &[403], "mcp")?;
    if answer.headers.contains_key(REMAPPED) && !answer.headers.contains_key("www-authenticate") {
        return Err(Trouble::warning(
            format!("403 of the function and not of the authorizer: its challenge came as {REMAPPED}"),
            "clients must read the scopes in the body. With ApiKeyHeader=off this is intended, because API \
             Gateway may cache the authorizer's answer; with ApiKeyHeader=on read the log of the function \
             authorizer",
        ));
    }
    let fallback =
        "set StepUpChallenge=all-scopes, which does not use the authorizer's context, and deploy again";
    let challenge = challenge_of(&answer, "ACCESS_DENIED", metadata).map_err(|trouble| Trouble {
        fix: Some(trouble.fix.unwrap_or_default() + ". Or " + fallback),
        ..trouble
    })?;
    let named = ScopeSet::parse_known(challenge.get("scope").unwrap_or_default());
    if challenge.get("error") != Some("insufficient_scope") || !named.contains(needed) {
        let seen = format!("403, but the challenge is {}", printable(&challenge.text));
        return Err(Trouble::fault(seen, fallback));
    }
    Ok(format!("{tool} is refused with 403, and the challenge names {}", needed.as_str()))
}

/// The permissions in an access token. The server checks its signature.
fn granted(token: &Secret) -> Option<ScopeSet> {
    let payload = token.expose().split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(ScopeSet::parse_known(claims.get("scope")?.as_str()?))
}
