//! A question as the page asks it: by its form, as a decision on each of an agent's actions, by the page where an account
//! is connected, or as JSON by its schema.

use serde_json::Value;

use super::field::{Control, Field};
use super::submitted::Submitted;
use crate::toolsets::agents::{ApprovedAction, Form, Question};

/// A question with its fields.
pub(super) struct AskedQuestion {
    pub(super) message: String,
    /// What the agent asks, if that is more than a text.
    pub(super) details: Option<String>,
    /// The page to open first.
    pub(super) opens: Option<String>,
    pub(super) fields: Vec<Field>,
}

/// How a question is answered.
pub(super) enum Kind {
    /// The person has connected the account.
    Connected,
    Form(Form),
    Approval(Vec<ApprovedAction>),
    Json,
}

impl Kind {
    pub(super) fn of(question: &Question) -> Self {
        if question.url.is_some() {
            return Self::Connected;
        }
        match (question.approval(), Form::of(question)) {
            (Some(actions), _) => Self::Approval(actions),
            (None, Some(form)) => Self::Form(form),
            (None, None) => Self::Json,
        }
    }
}

/// The prefix of the names of a question's fields.
pub(super) fn prefix(place: usize) -> String {
    format!("{place}.")
}

/// The prefix of the names of an action's fields.
pub(super) fn prefix_of_action(place: usize, action: usize) -> String {
    format!("{place}.{action}.")
}

impl AskedQuestion {
    /// The question at this place, with what was entered before.
    pub(super) fn of(place: usize, question: &Question, submitted: &Submitted) -> Self {
        let kind = Kind::of(question);
        let fields = match &kind {
            Kind::Connected => Vec::new(),
            Kind::Form(form) => Field::all(&prefix(place), &form.schema, submitted),
            Kind::Approval(actions) => actions
                .iter()
                .enumerate()
                .flat_map(|(at, action)| of_action(&prefix_of_action(place, at), action, submitted))
                .collect(),
            Kind::Json => {
                let mut field = Field::json(prefix(place), "Answer, as JSON", String::new(), submitted);
                field.hint =
                    question.schema.as_ref().map(|schema| format!("It must fit this schema: {schema}"));
                vec![field]
            }
        };
        let is_text = matches!(kind, Kind::Connected | Kind::Approval(_)) || question.value.is_string();
        Self {
            message: question.message.clone(),
            details: (!is_text).then(|| serde_json::to_string_pretty(&question.value).unwrap_or_default()),
            opens: question.url.clone(),
            fields,
        }
    }
}

/// The fields for the decision on an action (LangChain's `HumanInTheLoopMiddleware`).
fn of_action(prefix: &str, action: &ApprovedAction, submitted: &Submitted) -> Vec<Field> {
    let may = |decision: &str| action.decisions.iter().any(|allowed| allowed == decision);
    let decision = format!("{prefix}type");
    let chosen = submitted.values(&decision).first().map(|value| (*value).to_owned());
    let options = action.decisions.iter().map(|one| (one.clone(), chosen.as_ref() == Some(one))).collect();
    let args = serde_json::to_string_pretty(&action.args).unwrap_or_default();
    let mut fields = vec![Field {
        name: decision,
        label: Some(format!("{}: your decision", action.name)),
        hint: (!may("edit")).then(|| format!("Its arguments: {args}")),
        control: Control::One(options),
        is_required: true,
        value: chosen.unwrap_or_default(),
    }];
    if may("edit") {
        let mut field = Field::json(format!("{prefix}args"), "Its arguments", args, submitted);
        field.hint = Some("Your changes count if you choose edit.".to_owned());
        fields.push(field);
    }
    if may("reject") {
        let name = format!("{prefix}message");
        let value = submitted.values(&name).first().map_or_else(String::new, |value| (*value).to_owned());
        fields.push(Field {
            name,
            label: Some("A word to the agent, if you reject".to_owned()),
            hint: None,
            control: Control::Text,
            is_required: false,
            value,
        });
    }
    fields
}

/// The decision on an action, from the form.
pub(super) fn decision(
    prefix: &str,
    action: &ApprovedAction,
    submitted: &Submitted,
) -> Result<Value, String> {
    let first =
        |name: &str| submitted.values(&format!("{prefix}{name}")).first().copied().unwrap_or_default();
    match first("type") {
        "" => Err(format!("Decide on {}.", action.name)),
        "edit" => {
            let args: Value = serde_json::from_str(first("args"))
                .map_err(|error| format!("The arguments of {} are not JSON: {error}", action.name))?;
            Ok(serde_json::json!({"type": "edit", "edited_action": {"name": action.name, "args": args}}))
        }
        "reject" if !first("message").trim().is_empty() => {
            Ok(serde_json::json!({"type": "reject", "message": first("message")}))
        }
        other => Ok(serde_json::json!({ "type": other })),
    }
}
