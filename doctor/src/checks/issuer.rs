//! The authorization server's metadata document (RFC 8414).

use serde_json::Value;

use crate::checks::resource::document;
use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::visitor::{Answer, Visitor};

/// The path of the document.
pub(crate) const ROOT: &str = "/.well-known/oauth-authorization-server";

/// The entries without which a client cannot log in.
const NEEDED: [(&str, &str); 5] = [
    ("code_challenge_methods_supported", "S256"),
    ("token_endpoint_auth_methods_supported", "none"),
    ("response_types_supported", "code"),
    ("grant_types_supported", "authorization_code"),
    ("grant_types_supported", "refresh_token"),
];

/// Every endpoint in the document.
const ENDPOINTS: [&str; 5] =
    ["authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint", "jwks_uri"];

/// The document itself.
pub(crate) fn read(answer: &Answer) -> Result<Value, Trouble> {
    document(answer, "metadata")
}

/// Clients that take the resource for the issuer append its path to the well-known path.
pub(crate) fn same_behind_path(answer: &Answer, root: &Value) -> Sight {
    if read(answer)? == *root {
        return Ok("the same document".to_owned());
    }
    Err(Trouble::fault("another document than at the root", mend::IN_BETWEEN))
}

/// The issuer must match byte for byte, or clients abort the login (RFC 8414 section 3.3).
pub(crate) fn equality(visitor: &Visitor, server: &Value, resource: Option<&Value>) -> Sight {
    let origin = visitor.url("");
    let issuer = server.get("issuer").and_then(Value::as_str).unwrap_or_default();
    if issuer != origin {
        let seen = format!("issuer is \"{}\", not \"{origin}\": they must match exactly", printable(issuer));
        return Err(Trouble::fault(seen, mend::PUBLIC_URL));
    }
    let named =
        resource.and_then(|document| document.pointer("/authorization_servers/0")).and_then(Value::as_str);
    match named {
        Some(named) if named == issuer => Ok(format!("{issuer}, in both documents")),
        Some(named) => Err(Trouble::fault(
            format!("the resource names \"{}\", its server calls itself \"{issuer}\"", printable(named)),
            mend::PUBLIC_URL,
        )),
        None => Ok(format!("{issuer}; the resource's document could not be compared")),
    }
}

/// Every endpoint is under the issuer's origin.
pub(crate) fn endpoints(visitor: &Visitor, server: &Value) -> Sight {
    let origin = visitor.url("/");
    for name in ENDPOINTS {
        let url = server.get(name).and_then(Value::as_str).unwrap_or_default();
        if !url.starts_with(&origin) {
            let seen = format!("{name} is \"{}\", not under {origin}", printable(url));
            return Err(Trouble::fault(seen, mend::PUBLIC_URL));
        }
    }
    Ok(format!("{} endpoints, all under the issuer", ENDPOINTS.len()))
}

/// PKCE, public clients, and the `iss` parameter of RFC 9207.
pub(crate) fn features(server: &Value) -> Sight {
    let lists = |name: &str, value: &str| {
        server.get(name).and_then(Value::as_array).is_some_and(|list| list.iter().any(|found| found == value))
    };
    let mut missing: Vec<_> = NEEDED
        .iter()
        .filter(|(name, value)| !lists(name, value))
        .map(|(name, value)| format!("{value} in {name}"))
        .collect();
    let flag = "authorization_response_iss_parameter_supported";
    if server.get(flag) != Some(&Value::Bool(true)) {
        missing.push(flag.to_owned());
    }
    if missing.is_empty() {
        return Ok("S256, public clients, code and refresh_token, iss (RFC 9207)".to_owned());
    }
    Err(Trouble::fault(
        format!("missing: {}", missing.join(", ")),
        "the function metadata is from another release than this program: deploy this program's release",
    ))
}
