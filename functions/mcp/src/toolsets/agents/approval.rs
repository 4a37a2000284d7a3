//! LangChain's question for the approval of tool calls (`HumanInTheLoopMiddleware`), in both of its modes: one question
//! for all calls of a turn, or one for each call.

use serde::Deserialize;
use serde_json::{Value, json};

/// The decisions that LangChain knows.
const DECISIONS: [&str; 4] = ["approve", "edit", "reject", "respond"];

/// Those of a call for which the question names none.
const USUAL: [&str; 3] = ["approve", "edit", "reject"];

/// The actions of an agent that a person decides on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Approval {
    pub(crate) actions: Vec<ApprovedAction>,
    mode: Mode,
}

/// An action of an agent that a person decides on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApprovedAction {
    pub(crate) name: String,
    description: Option<String>,
    /// Its arguments.
    pub(crate) args: Value,
    /// The possible decisions, such as `approve`.
    pub(crate) decisions: Vec<String>,
}

/// LangChain's `interrupt_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Batched,
    PerCall,
}

/// The value of the question in the mode `batched`.
#[derive(Deserialize)]
struct Batch {
    action_requests: Vec<Action>,
    #[serde(default)]
    review_configs: Vec<Review>,
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    action_name: String,
    #[serde(default)]
    allowed_decisions: Vec<String>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    args: Value,
}

/// The value of the question in the mode `per_call`.
#[derive(Deserialize)]
struct Call {
    #[serde(rename = "type")]
    _kind: CallKind,
    #[serde(flatten)]
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CallKind {
    ToolApproval,
}

impl Action {
    fn with(self, decisions: Vec<String>) -> ApprovedAction {
        let Self { name, description, args } = self;
        ApprovedAction { name, description, args, decisions }
    }
}

impl Approval {
    /// The approval that a question with this value asks for. Of a single call, the schema says what may be decided.
    pub(crate) fn of(value: &Value, schema: Option<&Value>) -> Option<Self> {
        if let Ok(Call { action, .. }) = Call::deserialize(value) {
            let decisions = schema.map_or_else(usual, decisions);
            return Some(Self { actions: vec![action.with(decisions)], mode: Mode::PerCall });
        }
        let Batch { action_requests, review_configs } = Batch::deserialize(value).ok()?;
        let allowed = |action: &Action| {
            let review = review_configs.iter().find(|review| review.action_name == action.name);
            let named = review.map(|review| distinct(&review.allowed_decisions));
            named.filter(|named| !named.is_empty()).unwrap_or_else(usual)
        };
        let actions: Vec<_> = action_requests
            .into_iter()
            .map(|action| {
                let decisions = allowed(&action);
                action.with(decisions)
            })
            .collect();
        (!actions.is_empty()).then_some(Self { actions, mode: Mode::Batched })
    }

    /// Whether decisions are an answer by this schema. An agent with a schema of its own wants that.
    pub(super) fn fits(&self, schema: &Value) -> bool {
        match self.mode {
            Mode::Batched => *schema == self.schema(),
            Mode::PerCall => self.actions.iter().all(|action| !action.decisions.is_empty()),
        }
    }

    /// The text of the question, if it has none itself.
    pub(super) fn text(&self) -> String {
        let action = |action: &ApprovedAction| match action.description.as_deref() {
            Some(description) if !description.is_empty() => format!("{}: {description}", action.name),
            _ => action.name.clone(),
        };
        let actions: Vec<String> = self.actions.iter().map(action).collect();
        let separator = if actions.len() == 1 { " " } else { "\n" };
        format!("May the agent do this?{separator}{}", actions.join("\n"))
    }

    /// The schema of the answer.
    pub(super) fn schema(&self) -> Value {
        let mut decisions: Vec<Value> = self.actions.iter().map(ApprovedAction::schema).collect();
        if self.mode == Mode::PerCall {
            return decisions.pop().unwrap_or_default();
        }
        let count = decisions.len();
        json!({
            "type": "object",
            "properties": {"decisions": {
                "type": "array", "prefixItems": decisions, "minItems": count, "maxItems": count,
            }},
            "required": ["decisions"],
        })
    }

    /// The answer with a decision for each action, in their order.
    pub(crate) fn answer(&self, mut decisions: Vec<Value>) -> Value {
        match self.mode {
            Mode::Batched => json!({ "decisions": decisions }),
            Mode::PerCall => decisions.pop().unwrap_or_default(),
        }
    }
}

impl ApprovedAction {
    /// The schema of the decision on it. LangChain reads the members without a check of its own.
    fn schema(&self) -> Value {
        let mut branches: Vec<Value> = self.decisions.iter().map(|decision| branch(decision)).collect();
        if branches.len() == 1 {
            return branches.pop().unwrap_or_default();
        }
        json!({"type": "object", "oneOf": branches})
    }
}

/// The schema of one kind of decision.
fn branch(decision: &str) -> Value {
    let kind = json!({ "const": decision });
    let (properties, required) = match decision {
        "edit" => {
            let edited = json!({
                "type": "object",
                "properties": {"name": {"type": "string"}, "args": {"type": "object"}},
                "required": ["name", "args"],
            });
            (json!({"type": kind, "edited_action": edited}), vec!["type", "edited_action"])
        }
        "reject" => (json!({"type": kind, "message": {"type": "string"}}), vec!["type"]),
        "respond" => (json!({"type": kind, "message": {"type": "string"}}), vec!["type", "message"]),
        _ => (json!({ "type": kind }), vec!["type"]),
    };
    json!({"type": "object", "properties": properties, "required": required})
}

/// The decisions that the schema of an answer has branches for; none if it is not one of LangChain's.
fn decisions(schema: &Value) -> Vec<String> {
    let whole = std::slice::from_ref(schema);
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let decision = |branch: &Value| {
        let definition = branch.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        let branch = definition.map_or(Some(branch), |place| schema.pointer(place))?;
        let kind = branch.pointer("/properties/type/const")?.as_str()?;
        DECISIONS.contains(&kind).then(|| kind.to_owned())
    };
    let found: Option<Vec<String>> = branches.map_or(whole, Vec::as_slice).iter().map(decision).collect();
    found.map(|found| distinct(&found)).unwrap_or_default()
}

fn usual() -> Vec<String> {
    USUAL.map(ToOwned::to_owned).to_vec()
}

/// The decisions without repetitions, of which no answer could be exactly one.
fn distinct(decisions: &[String]) -> Vec<String> {
    let is_first =
        |(place, one): &(usize, &String)| decisions.iter().position(|other| other == *one) == Some(*place);
    decisions.iter().enumerate().filter(is_first).map(|(_, one)| one.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolsets::agents::schema::Validator;

    fn batch(allowed: &Value) -> Approval {
        let value = json!({
            "action_requests": [{"name": "send", "args": {"to": "x"}, "description": "Sends a mail."}],
            "review_configs": [{"action_name": "send", "allowed_decisions": allowed}],
        });
        Approval::of(&value, None).unwrap()
    }

    #[test]
    fn a_decision_has_what_langchain_requires() {
        let all = batch(&json!(["approve", "edit", "reject", "respond", "approve"])).schema();
        let validator = Validator::new(&all).unwrap();
        let is_complete = |decision: Value| validator.check(&json!({ "decisions": [decision] })).is_ok();
        let action = json!({"name": "send", "args": {"to": "y"}});
        for decision in [
            json!({"type": "approve"}),
            json!({"type": "edit", "edited_action": action}),
            json!({"type": "reject"}),
            json!({"type": "reject", "message": "No"}),
            json!({"type": "respond", "message": "Done"}),
        ] {
            assert!(is_complete(decision.clone()), "{decision}");
        }
        for decision in [
            json!({}),
            json!({"type": "accept"}),
            json!({"type": "edit"}),
            json!({"type": "edit", "edited_action": {"name": "send"}}),
            json!({"type": "edit", "edited_action": {"name": "send", "args": "x"}}),
            json!({"type": "reject", "message": 1}),
            json!({"type": "respond"}),
        ] {
            assert!(!is_complete(decision.clone()), "{decision}");
        }
        let one = batch(&json!(["respond"])).schema();
        let validator = Validator::new(&one).unwrap();
        assert!(validator.check(&json!({"decisions": [{"type": "respond", "message": ""}]})).is_ok());
        assert!(validator.check(&json!({"decisions": [{"type": "approve"}]})).is_err());
    }

    /// The schemas as LangChain 1.5.2 makes them by Pydantic, shortened.
    #[test]
    fn a_single_call_is_decided_on_by_its_schema() {
        let value = json!({"type": "tool_approval", "tool_call_id": "c", "name": "send", "args": {"to": "x"}, "description": ""});
        let branch = |name: &str| json!({"properties": {"type": {"const": name, "title": "Type", "type": "string"}}, "required": ["type"], "type": "object"});
        let many = json!({
            "$defs": {"ApproveDecision": branch("approve"), "RejectDecision": branch("reject")},
            "discriminator": {"propertyName": "type"},
            "oneOf": [{"$ref": "#/$defs/ApproveDecision"}, {"$ref": "#/$defs/RejectDecision"}],
        });
        for (schema, decisions) in [
            (many, vec!["approve", "reject"]),
            (branch("respond"), vec!["respond"]),
            (json!({"type": "boolean"}), vec![]),
            (branch("accept"), vec![]),
        ] {
            let asked = Approval::of(&value, Some(&schema)).unwrap();
            assert_eq!(asked.actions[0].decisions, decisions, "{schema}");
            assert_eq!(asked.fits(&schema), !decisions.is_empty(), "{schema}");
        }
        let asked = Approval::of(&value, None).unwrap();
        assert_eq!(asked.text(), "May the agent do this? send");
        assert_eq!(Approval::of(&value, Some(&asked.schema())).unwrap(), asked);
        assert_eq!(asked.answer(vec![json!({"type": "approve"})]), json!({"type": "approve"}));
    }

    #[test]
    fn another_value_is_no_approval() {
        for value in [json!("?"), json!({"action_requests": []}), json!({"type": "other", "name": "send"})] {
            assert_eq!(Approval::of(&value, None), None, "{value}");
        }
    }
}
