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
    fn request(self, question: &Question, page: Option<&str>) -> Option<Value> {
        let message = &question.message;
        let params = match &question.url {
            Some(url) if self.pages => json!({"mode": "url", "message": message, "url": url}),
            Some(_) => return None,
            None => match (Form::of(question).filter(|_| self.forms), page) {
                (Some(form), _) => {
                    json!({"mode": "form", "message": message, "requestedSchema": form.schema})
                }
                (None, Some(page)) if self.pages => json!({"mode": "url", "message": message, "url": page}),
                (None, _) => return None,
            },
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
        let url = question.url.clone().or_else(|| page.clone());
        Question { url, ..question.clone() }
    };
    let questions: Vec<Question> = open.questions().map(shown).collect();
    Ok(Output::data(&Envelope::input_required(&call.sealed(handle)?, &questions)))
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
        let question = |schema: Option<Value>, url: Option<&str>| Question {
            id: format!("q{}{}", schema.is_some(), url.is_some()),
            message: "?".into(),
            value: Value::Null,
            schema,
            url: url.map(ToOwned::to_owned),
        };
        let (form, page) = (question(None, None), question(None, Some("https://a.example/")));
        let nested = question(Some(json!({"type": "object"})), None);
        let all = Elicitation { forms: true, pages: true };
        let found = all.requests(&[form.clone(), page.clone()], None).unwrap();
        assert_eq!(found["qfalsefalse"]["params"]["mode"], "form");
        let expected = json!({"mode": "url", "message": "?", "url": "https://a.example/"});
        assert_eq!(found["qfalsetrue"], json!({"method": "elicitation/create", "params": expected}));
        assert_eq!(all.requests(&[form.clone(), nested.clone()], None), None);
        let ours = all.requests(&[nested], Some("https://mcp.example/agents/answer/x")).unwrap();
        assert_eq!(ours["qtruefalse"]["params"]["url"], "https://mcp.example/agents/answer/x");
        let forms = Elicitation { forms: true, pages: false };
        assert_eq!(forms.requests(std::slice::from_ref(&page), None), None);
        let pages = Elicitation { forms: false, pages: true };
        assert!(pages.requests(&[page], None).is_some() && pages.requests(&[form], None).is_none());
    }
}
