//! The answers in a submitted form.

use serde_json::{Map, Value};

use super::field;
use super::question::{Kind, decision, prefix, prefix_of_action};
use super::submitted::Submitted;
use crate::toolsets::agents::{CONNECTED, Question};

/// The answers by the ids of their questions, or what the person has to correct.
pub(super) fn answers(questions: &[Question], submitted: &Submitted) -> Result<Map<String, Value>, String> {
    let answer = |(place, question): (usize, &Question)| {
        Ok((question.id.clone(), of_question(place, question, submitted)?))
    };
    questions.iter().enumerate().map(answer).collect()
}

fn of_question(place: usize, question: &Question, submitted: &Submitted) -> Result<Value, String> {
    match Kind::of(question) {
        Kind::Connection(_) => Ok(CONNECTED),
        Kind::Form(form) => {
            let content = field::content(&prefix(place), &form.schema, submitted);
            form.answer(content).ok_or_else(|| format!("Answer this: {}", question.summary()))
        }
        Kind::Approval(approval) => {
            let decided = approval
                .actions
                .iter()
                .enumerate()
                .map(|(at, action)| decision(&prefix_of_action(place, at), action, submitted));
            Ok(approval.answer(decided.collect::<Result<Vec<Value>, String>>()?))
        }
        Kind::Json => {
            let text = submitted.values(&prefix(place)).first().copied().unwrap_or_default();
            serde_json::from_str(text).map_err(|error| format!("The answer is not JSON: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use agent_server::Interrupt;
    use serde_json::json;

    use super::*;

    fn question(value: Value, schema: Option<Value>) -> Question {
        Interrupt { id: "q".into(), value, response_schema: schema }.into()
    }

    fn answered(question: &Question, form: &str) -> Result<Value, String> {
        answers(std::slice::from_ref(question), &Submitted::parse(form.as_bytes()))
            .map(|answers| answers["q"].clone())
    }

    #[test]
    fn fields_become_values_of_their_types() {
        let schema = json!({
            "type": "object",
            "properties": {
                "to": {"type": "string"}, "copies": {"type": "integer"}, "urgent": {"type": "boolean"},
                "color": {"enum": ["red", "blue"]},
                "days": {"type": "array", "items": {"enum": ["mon", "tue", "wed"]}},
            },
            "required": ["to"],
        });
        let mail = question(json!("Send?"), Some(schema));
        let form = "0.to=a%40b&0.copies=2&0.urgent=false&0.color=red&0.days=mon&0.days=wed";
        let expected =
            json!({"to": "a@b", "copies": 2, "urgent": false, "color": "red", "days": ["mon", "wed"]});
        assert_eq!(answered(&mail, form), Ok(expected));
        assert_eq!(answered(&mail, "0.copies=&0.urgent="), Ok(json!({"to": ""})));
        // The schema judges what is no number.
        assert_eq!(answered(&mail, "0.to=x&0.copies=two").unwrap()["copies"], "two");
    }

    #[test]
    fn a_plain_question_has_one_field() {
        let go_on = question(json!("Go on?"), Some(json!({"type": "boolean"})));
        assert_eq!(answered(&go_on, "0.answer=false"), Ok(json!(false)));
        assert_eq!(answered(&go_on, ""), Err("Answer this: Go on?".to_owned()));
        assert_eq!(answered(&question(json!("Why?"), None), "0.answer=So"), Ok(json!("So")));
    }

    #[test]
    fn what_no_form_can_ask_is_json() {
        let nested = question(
            json!("Which?"),
            Some(json!({"type": "object", "properties": {"a": {"type": "object"}}})),
        );
        assert_eq!(answered(&nested, "0.=%7B%22a%22%3A%7B%7D%7D"), Ok(json!({"a": {}})));
        assert!(answered(&nested, "0.=nonsense").unwrap_err().starts_with("The answer is not JSON"));
    }

    #[test]
    fn each_action_is_decided_on() {
        let asked = question(
            json!({"action_requests": [{"name": "send", "args": {"to": "x"}}, {"name": "wipe", "args": {}}]}),
            None,
        );
        assert_eq!(answered(&asked, "0.0.type=approve"), Err("Decide on wipe.".to_owned()));
        let form = "0.0.type=edit&0.0.args=%7B%22to%22%3A%22y%22%7D&0.1.type=reject&0.1.message=No";
        let edited = json!({"type": "edit", "edited_action": {"name": "send", "args": {"to": "y"}}});
        let expected = json!({"decisions": [edited, {"type": "reject", "message": "No"}]});
        assert_eq!(answered(&asked, form), Ok(expected));
        let form = "0.0.type=approve&0.0.args=%7B+%22to%22%3A%22x%22%7D&0.1.type=reject&0.1.message=+";
        assert_eq!(
            answered(&asked, form),
            Ok(json!({"decisions": [{"type": "approve"}, {"type": "reject"}]}))
        );
    }

    #[test]
    fn changed_arguments_are_for_an_edit_only() {
        let asked = question(json!({"action_requests": [{"name": "send", "args": {"to": "x"}}]}), None);
        for args in ["x", "", "%7B%22to%22%3A%22y%22%7D"] {
            let refused = answered(&asked, &format!("0.0.type=approve&0.0.args={args}")).unwrap_err();
            assert!(refused.starts_with("You changed the arguments of send"), "{refused}");
            // What is rejected is not run at all.
            assert!(answered(&asked, &format!("0.0.type=reject&0.0.args={args}")).is_ok());
        }
        assert!(answered(&asked, "0.0.type=edit&0.0.args=7").unwrap_err().contains("object"));
        assert!(answered(&asked, "0.0.type=edit&0.0.args=x").unwrap_err().contains("not JSON"));
    }

    #[test]
    fn a_response_in_place_of_a_tool_has_a_text() {
        let asked = question(
            json!({
                "action_requests": [{"name": "ask", "args": {}}],
                "review_configs": [{"action_name": "ask", "allowed_decisions": ["respond", "reject"]}],
            }),
            None,
        );
        let form = "0.0.type=respond&0.0.response=Blue&0.0.message=No";
        let expected = json!({"decisions": [{"type": "respond", "message": "Blue"}]});
        assert_eq!(answered(&asked, form), Ok(expected));
        let refused = answered(&asked, "0.0.type=respond&0.0.response=+&0.0.message=No").unwrap_err();
        assert!(refused.starts_with("Write the response"), "{refused}");
    }

    #[test]
    fn a_single_call_has_a_single_decision() {
        let asked = question(json!({"type": "tool_approval", "name": "send", "args": {"to": "x"}}), None);
        assert_eq!(answered(&asked, "0.0.type=approve"), Ok(json!({"type": "approve"})));
        assert_eq!(answered(&asked, ""), Err("Decide on send.".to_owned()));
    }

    #[test]
    fn whoever_continues_has_connected_the_accounts() {
        let asked = question(json!({"type": "credential_authorization_required"}), None);
        assert_eq!(answered(&asked, ""), Ok(json!(true)));
    }
}
