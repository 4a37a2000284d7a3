//! The response of the authorizer: an IAM policy for the caller.

use serde::Serialize;

use crate::event::Event;

/// The response that API Gateway expects from an authorizer.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    principal_id: String,
    policy_document: Document,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

/// The context that the gateway response for a denied request can use, as `context.authorizer.*`.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Context {
    /// The value of `WWW-Authenticate`.
    challenge: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

impl Policy {
    /// Allows the request.
    pub(crate) fn allow(event: &Event, principal: &str) -> Self {
        Self::new(event, principal, "Allow", None)
    }

    /// Makes API Gateway respond with 403 and the challenge.
    pub(crate) fn deny(event: &Event, principal: &str, challenge: &str) -> Self {
        Self::new(event, principal, "Deny", Some(Context { challenge: challenge.to_owned() }))
    }

    /// The effect of the policy.
    pub(crate) const fn effect(&self) -> &'static str {
        let Document { statement: [statement], .. } = &self.policy_document;
        statement.effect
    }

    fn new(event: &Event, principal: &str, effect: &'static str, context: Option<Context>) -> Self {
        let statement = Statement { action: "execute-api:Invoke", effect, resource: event.stage_arn() };
        Self {
            principal_id: principal.to_owned(),
            policy_document: Document { version: "2012-10-17", statement: [statement] },
            context,
        }
    }
}
