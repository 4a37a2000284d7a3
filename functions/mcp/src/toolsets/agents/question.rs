//! A question of an agent, as clients and people see it.

use agent_server::Interrupt;
use primitives::explanation::cleaned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::schema::of_answer;

/// The maximum length of a question's text, in characters. The whole value is beside it.
const MAX_MESSAGE: usize = 1_000;

/// The members of a question's value that are its text, in this order.
const TEXTS: [&str; 5] = ["message", "question", "text", "prompt", "description"];

/// A question (LangGraph's `interrupt()`).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Question {
    /// The id that its answer names.
    pub(crate) id: String,
    /// Its text.
    pub(crate) message: String,
    /// The question as the agent asks it.
    pub(crate) value: Value,
    /// The JSON Schema of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<Value>,
    /// A page that the person has to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// LangSmith's question for an account to connect (Managed Deep Agents).
#[derive(Deserialize)]
struct Connection {
    #[serde(rename = "type")]
    kind: ConnectionKind,
    #[serde(default)]
    credentials: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ConnectionKind {
    CredentialAuthorizationRequired,
}

#[derive(Deserialize)]
struct Account {
    connect_url: String,
}

/// LangChain's question for the approval of tool calls (`HumanInTheLoopMiddleware`).
#[derive(Deserialize)]
struct Approval {
    action_requests: Vec<Action>,
    #[serde(default)]
    review_configs: Vec<Review>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    args: Value,
}

/// An action of an agent that a person decides on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApprovedAction {
    pub(crate) name: String,
    /// Its arguments.
    pub(crate) args: Value,
    /// The possible decisions, such as `approve`.
    pub(crate) decisions: Vec<String>,
}

impl Question {
    /// The actions to decide on, if the question is LangChain's for an approval.
    pub(crate) fn approval(&self) -> Option<Vec<ApprovedAction>> {
        let asked =
            Approval::deserialize(&self.value).ok().filter(|asked| !asked.action_requests.is_empty())?;
        // An agent with a schema of its own wants that.
        (self.schema.as_ref() == Some(&asked.schema())).then(|| asked.actions())
    }
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    action_name: String,
    #[serde(default)]
    allowed_decisions: Vec<String>,
}

impl From<Interrupt> for Question {
    fn from(interrupt: Interrupt) -> Self {
        let Interrupt { id, value, response_schema } = interrupt;
        let approval = Approval::deserialize(&value).ok().filter(|asked| !asked.action_requests.is_empty());
        let message = text(&value).or_else(|| approval.as_ref().map(Approval::text));
        let message = message.unwrap_or_else(|| value.to_string());
        let schema = response_schema.filter(Value::is_object).map(of_answer);
        let schema = schema.or_else(|| approval.as_ref().map(Approval::schema));
        Self { id, message: cleaned(&message, MAX_MESSAGE), schema, url: page(&value), value }
    }
}

/// The text in a question's value.
fn text(value: &Value) -> Option<String> {
    let said = |text: &Value| text.as_str().filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned);
    match value {
        Value::Object(members) => TEXTS.iter().find_map(|name| said(members.get(*name)?)),
        value => said(value),
    }
}

/// The page where the first missing account is connected.
fn page(value: &Value) -> Option<String> {
    let Connection { kind: ConnectionKind::CredentialAuthorizationRequired, credentials } =
        Connection::deserialize(value).ok()?;
    let url = Url::parse(&credentials.first()?.connect_url).ok()?;
    (url.scheme() == "https").then(|| url.into())
}

impl Approval {
    fn text(&self) -> String {
        let action = |action: &Action| match &action.description {
            Some(description) => format!("{}: {description}", action.name),
            None => action.name.clone(),
        };
        let actions: Vec<String> = self.action_requests.iter().map(action).collect();
        format!("May the agent do this? {}", actions.join("; "))
    }

    /// The answer has a decision for each action, in their order.
    fn schema(&self) -> Value {
        let decisions: Vec<Value> = self.action_requests.iter().map(|action| self.decision(action)).collect();
        let count = decisions.len();
        json!({
            "type": "object",
            "properties": {"decisions": {
                "type": "array", "prefixItems": decisions, "minItems": count, "maxItems": count,
            }},
            "required": ["decisions"],
        })
    }

    fn actions(&self) -> Vec<ApprovedAction> {
        let decided = |action: &Action| ApprovedAction {
            name: action.name.clone(),
            args: action.args.clone(),
            decisions: self.allowed(action).into_iter().map(ToOwned::to_owned).collect(),
        };
        self.action_requests.iter().map(decided).collect()
    }

    fn allowed(&self, action: &Action) -> Vec<&str> {
        let review = self.review_configs.iter().find(|review| review.action_name == action.name);
        match review {
            Some(review) if !review.allowed_decisions.is_empty() => {
                review.allowed_decisions.iter().map(String::as_str).collect()
            }
            _ => vec!["approve", "edit", "reject"],
        }
    }

    fn decision(&self, action: &Action) -> Value {
        let allowed = self.allowed(action);
        let edited = json!({
            "type": "object",
            "properties": {"name": {"type": "string"}, "args": {"type": "object"}},
            "required": ["name", "args"],
        });
        let members: Map<String, Value> = [
            ("type".to_owned(), json!({ "enum": allowed })),
            ("edited_action".to_owned(), edited),
            ("message".to_owned(), json!({"type": "string"})),
        ]
        .into_iter()
        .collect();
        json!({"type": "object", "properties": members, "required": ["type"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(value: Value, response_schema: Option<Value>) -> Question {
        Interrupt { id: "i1".into(), value, response_schema }.into()
    }

    #[test]
    fn the_text_is_found_in_the_value() {
        for (value, message) in [
            (json!("Go on?"), "Go on?"),
            (json!({"other": 1, "question": "Go\non?"}), "Go on?"),
            (json!({"message": " ", "text": "Go on?"}), "Go on?"),
            (json!({"a": [1]}), r#"{"a":[1]}"#),
            (json!(null), "null"),
        ] {
            let question = question(value.clone(), None);
            assert_eq!((question.message.as_str(), &question.value), (message, &value));
            assert_eq!((question.schema, question.url), (None, None));
        }
    }

    #[test]
    fn only_an_object_is_a_schema() {
        let schema = json!({"type": "boolean"});
        assert_eq!(question(json!("?"), Some(schema.clone())).schema, Some(schema));
        assert_eq!(question(json!("?"), Some(json!("boolean"))).schema, None);
    }

    #[test]
    fn a_missing_account_is_a_page_to_open() {
        let value = |url: &str| {
            let account = json!({"slug": "mail", "kind": "oauth2", "connect_url": url, "auth_id": "a"});
            json!({"type": "credential_authorization_required", "message": "Connect mail.", "credentials": [account]})
        };
        let asked = question(value("https://smith.example/connect?x=1"), None);
        assert_eq!(
            (asked.message.as_str(), asked.url.as_deref()),
            ("Connect mail.", Some("https://smith.example/connect?x=1"))
        );
        for url in ["javascript:alert(1)", "http://smith.example/", "nowhere"] {
            assert_eq!(question(value(url), None).url, None, "{url}");
        }
    }

    #[test]
    fn an_approval_says_what_may_be_decided() {
        let value = json!({
            "action_requests": [{"name": "send", "args": {"to": "x"}, "description": "Sends a mail."}, {"name": "wipe", "args": {}}],
            "review_configs": [{"action_name": "send", "allowed_decisions": ["approve", "reject"]}],
        });
        let asked = question(value, None);
        assert_eq!(asked.message, "May the agent do this? send: Sends a mail.; wipe");
        let decisions = &asked.schema.unwrap()["properties"]["decisions"];
        assert_eq!((&decisions["minItems"], &decisions["maxItems"]), (&json!(2), &json!(2)));
        let types = |at: usize| decisions["prefixItems"][at]["properties"]["type"]["enum"].clone();
        assert_eq!(types(0), json!(["approve", "reject"]));
        assert_eq!(types(1), json!(["approve", "edit", "reject"]));
    }
}
