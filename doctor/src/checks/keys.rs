//! The public keys (RFC 7517): without one, tokens can be neither verified nor signed.

use serde_json::Value;

use crate::checks::resource::document;
use crate::sight::{Sight, Trouble, printable};
use crate::visitor::Visitor;

/// The private members of a key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key set.
pub(crate) async fn check(visitor: &Visitor) -> Sight {
    let answer = visitor.ask(visitor.get("/jwks.json")).await?;
    let set = document(&answer, "token")?;
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if keys.is_empty() {
        return Err(Trouble::fault(
            "no key: nobody can log in",
            "the janitor makes the first one when a deployment completes: aws lambda invoke --function-name \
             STACK-janitor /dev/stdout; if it says that the secret is not there: aws secretsmanager \
             restore-secret --secret-id STACK/signing-keys, or create-secret --name STACK/signing-keys once it \
             is gone, then invoke the janitor again",
        ));
    }
    for key in keys {
        if let Some(member) = PRIVATE.into_iter().find(|member| key.get(member).is_some()) {
            return Err(Trouble::fault(
                format!("a key shows its private member \"{member}\": whoever reads it can sign tokens"),
                "close the endpoint at once, delete the item of the table keys, recreate the secret (aws \
                 secretsmanager delete-secret --force-delete-without-recovery --secret-id STACK/signing-keys, \
                 then, a moment later, create-secret --name STACK/signing-keys), invoke the janitor, and find \
                 out who published it: this software does not",
            ));
        }
        let is = |name: &str, value: &str| key.get(name).and_then(Value::as_str) == Some(value);
        let held = |name: &str| key.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        let usable = is("kty", "EC") && is("crv", "P-256") && is("alg", "ES256");
        if !(usable && held("kid") && held("x") && held("y")) {
            return Err(Trouble::fault(
                format!("a key that is not one of ES256 with a kid: {}", printable(&key.to_string())),
                "this software publishes no other: find out what answers, and look at the item of the table keys",
            ));
        }
    }
    Ok(format!("{} of ES256, public members only", keys.len()))
}
