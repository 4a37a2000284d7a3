//! A question as the page asks it: by its form, as a decision on each of an agent's actions, by the pages where accounts
//! are connected, or as JSON by its schema.

use serde_json::{Value, json};

use super::field::{Choice, Control, Field};
use super::submitted::Submitted;
use crate::toolsets::agents::{AccountPage, Approval, ApprovedAction, Form, Question};

/// A question with its fields.
pub(super) struct AskedQuestion {
    pub(super) message: String,
    /// What the agent asks, if that is not the message.
    pub(super) details: Option<String>,
    /// The pages to open first, if the question is for missing accounts.
    pub(super) accounts: Option<Vec<AccountPage>>,
    pub(super) fields: Vec<Field>,
}

/// How a question is answered.
pub(super) enum Kind {
    /// The person has connected the accounts.
    Connection(Vec<AccountPage>),
    Form(Form),
    Approval(Approval),
    Json,
}

impl Kind {
    pub(super) fn of(question: &Question) -> Self {
        if let Some(accounts) = question.accounts() {
            return Self::Connection(accounts);
        }
        match (question.approval(), Form::of(question)) {
            (Some(approval), _) => Self::Approval(approval),
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
            Kind::Connection(_) => Vec::new(),
            Kind::Form(form) => Field::all(&prefix(place), &form.schema, submitted),
            Kind::Approval(approval) => approval
                .actions
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
        let accounts = match kind {
            Kind::Connection(accounts) => Some(accounts),
            _ => None,
        };
        let details = match &question.value {
            Value::String(text) => text.clone(),
            value => pretty(value),
        };
        let is_message = details == question.message;
        Self {
            message: question.message.clone(),
            details: (!is_message).then_some(details),
            accounts,
            fields,
        }
    }
}

/// The fields for the decision on an action (LangChain's `HumanInTheLoopMiddleware`).
fn of_action(prefix: &str, action: &ApprovedAction, submitted: &Submitted) -> Vec<Field> {
    let may = |decision: &str| action.decisions.iter().any(|allowed| allowed == decision);
    let decision = format!("{prefix}type");
    let chosen = submitted.values(&decision).first().map(|value| (*value).to_owned());
    let option = |one: &String| Choice {
        value: one.clone(),
        title: one.clone(),
        is_chosen: chosen.as_ref() == Some(one),
    };
    let options = action.decisions.iter().map(option).collect();
    let args = pretty(&action.args);
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
    let text = |member: &str, label: &str| {
        let name = format!("{prefix}{member}");
        let value = submitted.values(&name).first().map_or_else(String::new, |value| (*value).to_owned());
        let (label, control) = (Some(label.to_owned()), Control::Text);
        Field { name, label, hint: None, control, is_required: false, value }
    };
    if may("respond") {
        let mut field = text("response", "Your response, if you choose respond");
        field.hint = Some("The agent gets it in place of the action's result.".to_owned());
        fields.push(field);
    }
    if may("reject") {
        fields.push(text("message", "A word to the agent, if you reject"));
    }
    fields
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The decision on an action, from the form.
pub(super) fn decision(
    prefix: &str,
    action: &ApprovedAction,
    submitted: &Submitted,
) -> Result<Value, String> {
    let entered = |name: &str| submitted.values(&format!("{prefix}{name}")).first().copied();
    let text = |name: &str| entered(name).filter(|text| !text.trim().is_empty());
    let name = &action.name;
    match entered("type").unwrap_or_default() {
        "" => Err(format!("Decide on {name}.")),
        "edit" => {
            let args: Value = serde_json::from_str(entered("args").unwrap_or_default())
                .map_err(|error| format!("The arguments of {name} are not JSON: {error}"))?;
            if !args.is_object() {
                return Err(format!("The arguments of {name} must be an object of JSON."));
            }
            Ok(json!({"type": "edit", "edited_action": {"name": name, "args": args}}))
        }
        "reject" => Ok(match text("message") {
            Some(message) => json!({"type": "reject", "message": message}),
            None => json!({"type": "reject"}),
        }),
        "respond" => match text("response") {
            Some(message) => Ok(json!({"type": "respond", "message": message})),
            None => Err(format!("Write the response that the agent gets in place of {name}.")),
        },
        _ if entered("args").is_some_and(|args| is_changed(args, &action.args)) => Err(format!(
            "You changed the arguments of {name}. Choose edit to run it with them, or undo your changes."
        )),
        other => Ok(json!({ "type": other })),
    }
}

/// Whether a person has changed the arguments. Browsers send other line breaks than they were given.
fn is_changed(entered: &str, args: &Value) -> bool {
    let is_same_text = entered.lines().eq(pretty(args).lines());
    !is_same_text && serde_json::from_str::<Value>(entered).ok().as_ref() != Some(args)
}

#[cfg(test)]
mod tests {
    use agent_server::Interrupt;

    use super::*;

    fn asked(value: Value) -> AskedQuestion {
        let question = Interrupt { id: "q".into(), value, response_schema: None }.into();
        AskedQuestion::of(0, &question, &Submitted::default())
    }

    #[test]
    fn the_whole_value_is_shown_unless_it_is_the_message() {
        assert_eq!(asked(json!("Go\non?")).details, None);
        let long = "x".repeat(5_000);
        assert_eq!(asked(json!(long)).details, Some(long));
        assert_eq!(asked(json!({"message": "Go on?"})).details.unwrap(), "{\n  \"message\": \"Go on?\"\n}");
        let approval =
            asked(json!({"action_requests": [{"name": "send", "description": "y".repeat(5_000)}]}));
        assert!(approval.details.unwrap().contains(&"y".repeat(5_000)));
    }

    #[test]
    fn all_missing_accounts_are_shown() {
        let account =
            |place: usize| json!({"slug": "a", "connect_url": format!("https://a.example/{place}")});
        let value =
            json!({"type": "credential_authorization_required", "credentials": [account(1), {}, account(2)]});
        let urls: Vec<_> = asked(value).accounts.unwrap().into_iter().map(|account| account.url).collect();
        assert_eq!(urls, ["https://a.example/1", "https://a.example/2"]);
        assert_eq!(asked(json!("?")).accounts, None);
    }
}
