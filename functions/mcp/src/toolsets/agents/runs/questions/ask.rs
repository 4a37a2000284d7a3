//! An agent's open questions in the form that the client can show: its own forms and pages where it has declared them
//! and every question fits (MCP 2026-07-28, Elicitation), otherwise as part of the result.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::open::OpenQuestions;
use crate::toolset::{Output, SetError};
use crate::toolsets::agents::envelope::Envelope;
use crate::toolsets::agents::form::Form;
use crate::toolsets::agents::question::Question;
use crate::toolsets::agents::runs::agent_call::AgentCall;
use crate::toolsets::agents::runs::keys::RunHandle;

/// What the client can show, by its declared capability. Without a mode, it is forms only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Elicitation {
    forms: bool,
    pages: bool,
}

#[derive(Deserialize)]
struct Capabilities<'a> {
    #[serde(borrow, default)]
    elicitation: Option<Modes<'a>>,
}

#[derive(Deserialize)]
struct Modes<'a> {
    #[serde(borrow, default)]
    form: Option<&'a RawValue>,
    #[serde(borrow, default)]
    url: Option<&'a RawValue>,
}

impl Elicitation {
    fn of(capabilities: Option<&RawValue>) -> Self {
        let declared = capabilities.and_then(|raw| serde_json::from_str::<Capabilities<'_>>(raw.get()).ok());
        let Some(modes) = declared.and_then(|declared| declared.elicitation) else { return Self::default() };
        Self { forms: modes.form.is_some() || modes.url.is_none(), pages: modes.url.is_some() }
    }

    /// The request for the answer to a question, which our `page` takes, too; `None` if the client cannot show it.
    ///
    /// A missing account is connected from our page. A client that sends the person to the account's own page goes on before
    /// anything is connected.
    fn request(self, question: &Question, page: Option<&str>) -> Option<Value> {
        let message = &question.message;
        let form = Form::of(question).filter(|_| self.forms && question.accounts().is_none());
        let params = match (form, page) {
            (Some(form), _) => json!({"mode": "form", "message": message, "requestedSchema": form.schema}),
            (None, Some(page)) if self.pages => json!({"mode": "url", "message": message, "url": page}),
            (None, _) => return None,
        };
        Some(json!({"method": "elicitation/create", "params": params}))
    }

    /// The requests by the ids of their questions.
    fn requests<'a>(
        self,
        questions: impl IntoIterator<Item = &'a Question>,
        page: Option<&str>,
    ) -> Option<Map<String, Value>> {
        let request = |question: &Question| Some((question.id.clone(), self.request(question, page)?));
        questions.into_iter().map(request).collect()
    }
}

/// The result of a run that has stopped with questions, in the form that the client can show.
pub(crate) fn asked(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    open: &OpenQuestions,
) -> Result<Output, SetError> {
    let (elicitation, page) = (Elicitation::of(call.context.client_capabilities()), call.answer_page(handle));
    let Some(requests) = elicitation.requests(open.questions(), page.as_deref()) else {
        return in_result(call, handle, open);
    };
    let (keys, now) = (&call.agents.keys, call.agents.clock.now());
    let state = keys.seal_state((&call.access.person, call.id), handle.clone(), now)?;
    Ok(Output::input_required(&Value::Object(requests), state))
}

/// The result of a run that has stopped with questions, with the questions as a part of it.
pub(crate) fn in_result(
    call: &AgentCall<'_>,
    handle: &RunHandle,
    open: &OpenQuestions,
) -> Result<Output, SetError> {
    let page = call.answer_page(handle);
    let shown = |question: &Question| {
        // Without our page, the person connects an account at its own.
        let own = || Some(question.accounts()?.into_iter().next()?.url);
        Question { url: page.clone().or_else(own), ..question.clone() }
    };
    let questions: Vec<Question> = open.questions().map(shown).collect();
    Ok(Output::data(&Envelope::input_required(&call.sealed(handle)?, &questions, page.is_some())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elicitation(capabilities: &str) -> (bool, bool) {
        let Elicitation { forms, pages } = Elicitation::of(Some(serde_json::from_str(capabilities).unwrap()));
        (forms, pages)
    }

    #[test]
    fn a_client_is_asked_as_it_has_declared() {
        assert_eq!(Elicitation::of(None), Elicitation::default());
        for (capabilities, expected) in [
            ("{}", (false, false)),
            (r#"{"elicitation":null}"#, (false, false)),
            (r#"{"elicitation":{}}"#, (true, false)),
            (r#"{"elicitation":{"form":{}}}"#, (true, false)),
            (r#"{"elicitation":{"url":{}}}"#, (false, true)),
            (r#"{"elicitation":{"form":{},"url":{}},"sampling":{}}"#, (true, true)),
            (r#"{"elicitation":7}"#, (false, false)),
        ] {
            assert_eq!(elicitation(capabilities), expected, "{capabilities}");
        }
    }

    #[test]
    fn all_questions_fit_or_none_is_requested() {
        let question = |id: &str, value: Value, schema: Option<Value>| Question {
            id: id.into(),
            message: "?".into(),
            value,
            schema,
            url: None,
        };
        let account = json!({"connect_url": "https://a.example/"});
        let missing = json!({"type": "credential_authorization_required", "credentials": [account]});
        let (form, account) = (question("form", Value::Null, None), question("account", missing, None));
        let nested = question("nested", Value::Null, Some(json!({"type": "object"})));
        let all = Elicitation { forms: true, pages: true };
        let ours = "https://mcp.example/agents/answer/x";
        let found = all.requests(&[form.clone(), account.clone(), nested.clone()], Some(ours)).unwrap();
        assert_eq!(found["form"]["params"]["mode"], "form");
        for id in ["account", "nested"] {
            let expected = json!({"mode": "url", "message": "?", "url": ours});
            assert_eq!(found[id], json!({"method": "elicitation/create", "params": expected}));
        }
        // Without our page, nobody is sent to the account's own one.
        assert_eq!(all.requests(&[form.clone(), account.clone()], None), None);
        assert_eq!(all.requests(&[form.clone(), nested], None), None);
        let forms = Elicitation { forms: true, pages: false };
        assert_eq!(forms.requests(std::slice::from_ref(&account), Some(ours)), None);
        let pages = Elicitation { forms: false, pages: true };
        assert!(pages.requests(&[account], Some(ours)).is_some() && pages.requests(&[form], None).is_none());
    }
}
