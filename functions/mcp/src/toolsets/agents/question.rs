//! A question of an agent, as clients and people see it.

use agent_server::Interrupt;
use serde::Serialize;
use serde_json::Value;

use super::approval::Approval;
use super::connection::{self, AccountPage};
use super::schema::of_answer;

/// The maximum length of a question's text, in characters. The whole value is beside it.
const MAX_MESSAGE: usize = 4_000;

/// The maximum length of its summary, in characters.
const MAX_SUMMARY: usize = 200;

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
    /// The page for the person to open: ours, once the question is part of a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

impl Question {
    /// The actions to decide on, if the question is LangChain's for an approval.
    pub(crate) fn approval(&self) -> Option<Approval> {
        let schema = self.schema.as_ref()?;
        Approval::of(&self.value, Some(schema)).filter(|asked| asked.fits(schema))
    }

    /// The pages where accounts are connected, if the question is for missing ones.
    pub(crate) fn accounts(&self) -> Option<Vec<AccountPage>> {
        connection::pages(&self.value)
    }

    /// The text in one short line, for an error about it.
    pub(crate) fn summary(&self) -> String {
        let first = self.message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        cut(first, MAX_SUMMARY)
    }
}

impl From<Interrupt> for Question {
    fn from(interrupt: Interrupt) -> Self {
        let Interrupt { id, value, response_schema } = interrupt;
        let schema = response_schema.filter(Value::is_object).map(of_answer);
        let approval = Approval::of(&value, schema.as_ref());
        let message = text(&value).or_else(|| approval.as_ref().map(Approval::text));
        let message = message.unwrap_or_else(|| value.to_string());
        let schema = schema.or_else(|| approval.as_ref().map(Approval::schema));
        Self { id, message: shown(&message), schema, url: None, value }
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

/// The text without control characters, except those of its layout. What it says is the agent's: addresses stay.
fn shown(text: &str) -> String {
    let is_shown = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.chars().filter(is_shown).collect();
    cut(&text, MAX_MESSAGE)
}

/// The text, with a mark where it was cut.
fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some(_) => text.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(value: Value, response_schema: Option<Value>) -> Question {
        Interrupt { id: "i1".into(), value, response_schema }.into()
    }

    #[test]
    fn the_text_is_found_in_the_value() {
        for (value, message) in [
            (json!("Go on?"), "Go on?"),
            (json!({"other": 1, "question": "Go\non?"}), "Go\non?"),
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
    fn a_text_keeps_its_addresses_and_lines_and_shows_where_it_was_cut() {
        let asked = question(json!("\u{1b}[1mSee\r\n\thttps://a.example/x?y=1\0"), None);
        assert_eq!(asked.message, "[1mSee\n\thttps://a.example/x?y=1");
        assert_eq!(asked.summary(), "[1mSee");
        let fits = "é".repeat(MAX_MESSAGE);
        assert_eq!(question(json!(fits), None).message, fits);
        let long = question(json!(format!("{fits}!")), None);
        assert_eq!(long.message.chars().count(), MAX_MESSAGE);
        assert!(long.message.ends_with("é…") && long.summary().ends_with("é…"));
        assert_eq!(long.summary().chars().count(), MAX_SUMMARY);
    }

    #[test]
    fn only_an_object_is_a_schema() {
        let schema = json!({"type": "boolean"});
        assert_eq!(question(json!("?"), Some(schema.clone())).schema, Some(schema));
        assert_eq!(question(json!("?"), Some(json!("boolean"))).schema, None);
    }

    #[test]
    fn an_approval_says_what_may_be_decided() {
        let value = json!({
            "action_requests": [{"name": "send", "args": {"to": "x"}, "description": "Sends a mail."}, {"name": "wipe", "args": {}}],
            "review_configs": [{"action_name": "send", "allowed_decisions": ["approve", "reject"]}],
        });
        let asked = question(value.clone(), None);
        assert_eq!(asked.message, "May the agent do this?\nsend: Sends a mail.\nwipe");
        let decisions = &asked.schema.as_ref().unwrap()["properties"]["decisions"];
        assert_eq!((&decisions["minItems"], &decisions["maxItems"]), (&json!(2), &json!(2)));
        let actions = asked.approval().unwrap().actions;
        assert_eq!(actions[0].decisions, ["approve", "reject"]);
        assert_eq!(actions[1].decisions, ["approve", "edit", "reject"]);
        assert_eq!(question(value, Some(json!({"type": "boolean"}))).approval(), None);
    }
}
