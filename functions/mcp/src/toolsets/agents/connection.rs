//! LangSmith's question for accounts that a person has to connect (Managed Deep Agents).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The answer after the person has connected the accounts.
pub(crate) const CONNECTED: Value = Value::Bool(true);

/// The value of the question.
#[derive(Deserialize)]
struct Connection {
    #[serde(rename = "type")]
    _kind: ConnectionKind,
    #[serde(default)]
    credentials: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ConnectionKind {
    CredentialAuthorizationRequired,
}

/// The page where an account is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountPage {
    /// What LangSmith calls the account, if it does.
    pub(crate) name: Option<String>,
    pub(crate) url: String,
}

/// The pages where the missing accounts are connected, if the question's value asks for that. An account without a page
/// that a browser may be sent to is left out.
pub(super) fn pages(value: &Value) -> Option<Vec<AccountPage>> {
    let Connection { credentials, .. } = Connection::deserialize(value).ok()?;
    let page = |account: &Value| {
        let url = Url::parse(account.get("connect_url")?.as_str()?).ok()?;
        let name = account.get("slug").and_then(Value::as_str).filter(|name| !name.is_empty());
        (url.scheme() == "https").then(|| AccountPage { name: name.map(ToOwned::to_owned), url: url.into() })
    };
    Some(credentials.as_array().into_iter().flatten().filter_map(page).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_account_with_a_page_is_one_to_connect() {
        let asked = |credentials: Value| {
            let value = json!({"type": "credential_authorization_required", "credentials": credentials});
            pages(&value).unwrap().into_iter().map(|page| (page.name, page.url)).collect::<Vec<_>>()
        };
        let found = asked(json!([
            {"slug": "mail", "kind": "oauth2", "connect_url": "https://smith.example/connect?x=1", "auth_id": "a"},
            {"slug": "files"},
            {"slug": 5, "connect_url": "https://smith.example/2"},
        ]));
        let expected = [
            (Some("mail".to_owned()), "https://smith.example/connect?x=1".to_owned()),
            (None, "https://smith.example/2".to_owned()),
        ];
        assert_eq!(found, expected);
        for url in
            [json!("javascript:alert(1)"), json!("http://smith.example/"), json!("nowhere"), json!(null)]
        {
            assert_eq!(asked(json!([{ "connect_url": url }])), [], "{url}");
        }
        assert_eq!(asked(Value::Null), []);
        assert_eq!(pages(&json!({"type": "other", "credentials": []})), None);
        assert_eq!(pages(&json!("?")), None);
    }
}
