//! The Lambda authorizer (type REQUEST) that API Gateway calls before it passes a request to the MCP endpoint.
//!
//! It exists because API Gateway renames `WWW-Authenticate` in the responses of functions, and every MCP login starts
//! with that header. When the authorizer refuses, API Gateway responds itself and sets the header as the template
//! defines it:
//!
//! - `Unauthorized`: 401. Any other failure is 503, because clients delete their tokens on 401.
//! - a policy that denies: 403, with the challenge from our context. Only the tool's name is known here, and only from
//!   clients that repeat it in a header; for the others the endpoint itself responds with 403.
//!
//! It decides by public keys alone and reads no grant: the endpoint checks for every call whether the login still
//! stands.

mod event;
mod policy;

use std::borrow::Cow;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use oauth::access::AccessClaims;
use oauth::public_url::{PublicUrl, Spelling};
use oauth::resource::Resource;
use oauth::scope::{Scope, ScopeSet};
use shared::key_shape::may_be_key;
use shared::lambda::{Handler, Refused};
use shared::mcp::scopes::ToolScopes;
use shared::mcp::selection::ToolSelection;
use shared::mcp::toolsets::is_parameter;
use shared::public_keys::{PublicKeys, Unverified};
use shared::web::challenge::{Challenge, challenge_header};
use shared::web::headers::{API_KEYS, MCP_METHOD, MCP_NAME, bearer, decoded, non_empty_values, single};

pub use event::Event;
pub use policy::Policy;

/// The only error text that API Gateway turns into a 401.
const UNAUTHORIZED: Refused = Refused("Unauthorized");
/// Any other text counts as a failure of the authorizer.
const UNDECIDED: Refused = Refused("the credential cannot be checked right now");

/// The authorizer.
pub struct Authorizer {
    /// Verifies access tokens.
    pub keys: PublicKeys,
    /// The issuer and its resources.
    pub public: PublicUrl,
    /// Whether the resource accepts a LangSmith key in place of a login. If not, every caller sends the same one
    /// header, so API Gateway may cache decisions by it. A cached denial would hit every call with that token, so in
    /// that case a valid token is never denied.
    pub api_keys: bool,
    /// The scopes of the tools.
    pub scopes: ToolScopes,
}

impl Handler for Authorizer {
    type Event = Event;
    type Answer = Policy;

    async fn answer(&self, event: Event) -> Result<Policy, Refused> {
        let outcome = self.decide(&event).await;
        tracing::info!(outcome = ?outcome.as_ref().map(Policy::effect), "decided");
        outcome
    }
}

impl Authorizer {
    async fn decide(&self, event: &Event) -> Result<Policy, Refused> {
        let headers = event.headers();
        let mut values = non_empty_values(&headers, [AUTHORIZATION]);
        match (values.next(), values.next()) {
            (Some(value), None) => {
                let resource = self.resource(event);
                let claims = self.verified(value, &resource).await?;
                Ok(self.judge(event, &headers, (&claims, &resource)))
            }
            // If it may be a key, the endpoint checks it with LangSmith.
            (None, _) if self.api_keys && has_key(&headers) => Ok(Policy::allow(event, "api-key")),
            // With two values, the endpoint might read the other one.
            (Some(_), Some(_)) | (None, _) => Err(UNAUTHORIZED),
        }
    }

    /// The requested resource. Whether the Agent Server of a path exists is known to the endpoint alone.
    fn resource(&self, event: &Event) -> Resource {
        Resource::of_server_path(event.path())
            .filter(|_| self.public.has_agent_endpoints())
            .unwrap_or_default()
    }

    async fn verified(&self, value: &HeaderValue, resource: &Resource) -> Result<AccessClaims, Refused> {
        let token = value.to_str().ok().and_then(bearer).ok_or(UNAUTHORIZED)?;
        match self.keys.verify(token, resource).await {
            Ok(claims) => Ok(claims),
            Err(Unverified::Invalid) => Err(UNAUTHORIZED),
            Err(Unverified::Store(error)) => {
                tracing::error!(%error, "the public keys cannot be read");
                Err(UNDECIDED)
            }
        }
    }

    fn judge(
        &self,
        event: &Event,
        headers: &HeaderMap,
        (claims, resource): (&AccessClaims, &Resource),
    ) -> Policy {
        match self.missing(event, headers, (claims.scopes(), resource)) {
            Some(needed) if self.api_keys => {
                let challenge = challenge_header(
                    &self.public,
                    Spelling::of(event.path(), None, is_parameter),
                    Challenge::InsufficientScope(needed),
                );
                Policy::deny(event, claims.sub.as_str(), challenge.to_str().unwrap_or_default())
            }
            _ => Policy::allow(event, claims.sub.as_str()),
        }
    }

    /// The scopes to challenge for when the token lacks one that the call needs: all granted scopes plus the missing
    /// one, since clients request exactly the challenged scopes and would lose the others.
    ///
    /// A tool that the request itself has deselected needs none: more scopes would not bring it back. Nor does a
    /// request with an invalid selection. The endpoint reports both errors.
    fn missing(
        &self,
        event: &Event,
        headers: &HeaderMap,
        (granted, resource): (ScopeSet, &Resource),
    ) -> Option<ScopeSet> {
        if single(headers, &MCP_METHOD) != Some("tools/call") {
            return None;
        }
        // An Agent Server's agents have names of its own, which may be those of LangSmith's tools.
        if !resource.is_mcp() {
            let needed = ScopeSet::from(Scope::AgentsRun);
            return (!granted.covers(needed)).then(|| granted.union(needed));
        }
        let name: Cow<'_, str> = single(headers, &MCP_NAME).and_then(decoded)?;
        let needed = self.scopes.of(&name).filter(|scope| !granted.contains(*scope))?;
        let selection = ToolSelection::of(headers, event.query()).ok()?;
        let is_on =
            if self.scopes.is_of_agents(&name) { selection.allows_sets() } else { selection.allows(&name) };
        is_on.then(|| granted.union(needed.into()))
    }
}

/// Whether there is a non-empty key header, and every such value may be a LangSmith key.
fn has_key(headers: &HeaderMap) -> bool {
    let mut keys = non_empty_values(headers, API_KEYS).peekable();
    keys.peek().is_some() && keys.all(|value| value.to_str().is_ok_and(|text| may_be_key(text.trim())))
}

#[cfg(test)]
mod tests;
