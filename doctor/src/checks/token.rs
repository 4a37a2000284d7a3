//! The token endpoint's refusals. A success would need a person to log in.

use serde_json::Value;

use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::visitor::Visitor;

/// A code that nobody issued, of a client that nobody registered (RFC 6749 section 5.2).
pub(crate) async fn exchange(visitor: &Visitor) -> Sight {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "doctor-unknown-client"),
        ("code", "doctor-garbage"),
        ("code_verifier", "the-doctor-never-exchanges-a-code-so-this-may-be-known"),
    ];
    let answer = visitor.ask(visitor.post("/token").form(&form)).await?;
    mend::expect(&answer, &[400, 401], "token")?;
    let error = answer.json().and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
    let Some(error) = error.filter(|error| matches!(error.as_str(), "invalid_client" | "invalid_grant"))
    else {
        return Err(Trouble::fault("a refusal that is no OAuth error in JSON", mend::IN_BETWEEN));
    };
    if !answer.lists("cache-control", "no-store") {
        return Err(Trouble::fault(
            "without cache-control: no-store: tokens could be cached in between",
            "the function token sets it on every answer: a proxy or a content delivery network in front changes it",
        ));
    }
    Ok(format!("{} {error}, no-store", answer.status.as_u16()))
}

/// A token that nobody issued is revoked already (RFC 7009 section 2.2).
pub(crate) async fn revocation(visitor: &Visitor, server: Option<&Value>) -> Sight {
    let answer = visitor.ask(visitor.post("/revoke").form(&[("token", "doctor-garbage")])).await?;
    mend::expect(&answer, &[200], "token")?;
    let told = server.and_then(|server| server.get("revocation_endpoint")).and_then(Value::as_str);
    match told {
        Some(told) if told != visitor.url("/revoke") => {
            Err(Trouble::fault(format!("revocation_endpoint is {}", printable(told)), mend::PUBLIC_URL))
        }
        _ => Ok("200 for a token that nobody has".to_owned()),
    }
}
