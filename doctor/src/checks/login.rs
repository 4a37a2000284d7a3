//! The start of a login: a refused call, whose header leads to the metadata documents.

use http::Method;
use serde_json::json;

use crate::challenge::{Challenge, challenge_of, renamed_beside};
use crate::mend;
use crate::sight::{Sight, Trouble};
use crate::visitor::{Answer, Visitor};

/// A token of no issuer.
const GARBAGE: &str = "doctor.garbage.token";

/// A call without a credential.
pub(crate) async fn knock(visitor: &Visitor, path: &str) -> Result<Answer, Trouble> {
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    visitor.ask(visitor.post(path).json(&ping)).await
}

/// The challenge of a call without a credential.
pub(crate) fn challenge(answer: &Answer, metadata: &str) -> Result<Challenge, Trouble> {
    refused(answer)?;
    let challenge = challenge_of(answer, mend::UNAUTHORIZED, metadata)?;
    renamed_beside(answer, mend::UNAUTHORIZED)?;
    Ok(challenge)
}

/// Some clients probe with GET, and need the challenge there, too.
pub(crate) async fn probe(visitor: &Visitor, path: &str, metadata: &str) -> Sight {
    let answer = visitor.ask(visitor.request(Method::GET, path)).await?;
    challenge(&answer, metadata)?;
    Ok("401 with the challenge".to_owned())
}

/// A token that nobody issued.
pub(crate) async fn garbage(visitor: &Visitor, path: &str, metadata: &str) -> Sight {
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let answer = visitor.ask(visitor.post(path).bearer_auth(GARBAGE).json(&ping)).await?;
    let challenge = challenge(&answer, metadata)?;
    match challenge.get("error") {
        Some("invalid_token") => Ok("401 with invalid_token".to_owned()),
        // The header of a gateway response is static, and clients do not need the error.
        None => Ok("401 with the challenge; API Gateway's is the same as without a token".to_owned()),
        Some(other) => Err(Trouble::fault(
            format!("401 with the error \"{}\"", crate::sight::printable(other)),
            format!(
                "only invalid_token makes clients log in again: look at the gateway response {}",
                mend::UNAUTHORIZED
            ),
        )),
    }
}

fn refused(answer: &Answer) -> Result<(), Trouble> {
    if answer.status.is_success() {
        return Err(Trouble::fault(
            format!("status {}: the endpoint answers without a credential", answer.status.as_u16()),
            mend::IN_BETWEEN,
        ));
    }
    // A gateway response turns an authorizer's failure into a 503.
    mend::expect(answer, &[401], "authorizer")
}
