//! Registers a client, as every new one does (RFC 7591).

use serde_json::{Value, json};

use crate::mend;
use crate::sight::{Trouble, printable};
use crate::visitor::Visitor;

/// The client's redirect URI. Nobody listens there, and no code is ever requested.
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";
/// A secret that must not be returned.
const SECRET: &str = "doctor-sends-no-secrets";

/// The registered client's id.
pub(crate) async fn register(visitor: &Visitor) -> Result<String, Trouble> {
    // A client that asks for a secret gets `none`, and a secret that it sends is not stored.
    let metadata = json!({
        "client_name": "doctor",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": SECRET,
    });
    let answer = visitor.ask(visitor.post("/register").json(&metadata)).await?;
    mend::expect(&answer, &[201], "register")?;
    let not_ours = |seen: String| Trouble::fault(seen, mend::IN_BETWEEN);
    let registered = answer.json().ok_or_else(|| not_ours("the answer is not a JSON object".to_owned()))?;
    let text = |name: &str| registered.get(name).and_then(Value::as_str);
    if answer.holds(SECRET) || text("client_secret").is_some() {
        return Err(not_ours("the answer holds a secret, though clients here have none".to_owned()));
    }
    if text("token_endpoint_auth_method") != Some("none") {
        let found = printable(text("token_endpoint_auth_method").unwrap_or("missing"));
        return Err(not_ours(format!("token_endpoint_auth_method is {found}, not none")));
    }
    if registered.get("redirect_uris") != Some(&json!([REDIRECT_URI])) {
        return Err(not_ours("redirect_uris are not the registered ones".to_owned()));
    }
    let id = text("client_id").filter(|id| !id.is_empty());
    id.map(ToOwned::to_owned).ok_or_else(|| not_ours("the answer has no client_id".to_owned()))
}
