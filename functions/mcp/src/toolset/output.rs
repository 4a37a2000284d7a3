//! The result of a tool, written into the answer without building a tree.

use std::fmt;

use rmcp::model::CallToolResult;
use serde::Serialize;
use serde_json::{Map, Value};

use super::paging::add_members;
use super::{Task, ToolError};
use crate::json::{append, append_text, to_text};

/// The output of a call.
#[derive(Clone, Debug)]
pub struct Output(OutputForm);

#[derive(Clone, Debug)]
enum OutputForm {
    Data {
        json: String,
        error: bool,
    },
    Document(&'static str),
    Content(Box<CallToolResult>),
    InputRequired {
        requests: String,
        state: String,
    },
    /// JSON without the closing brace.
    Task(Vec<u8>),
}

impl Output {
    /// A JSON object, sent both as structured content and as compact text.
    pub fn data<T: Serialize>(value: &T) -> Self {
        let mut json = Vec::new();
        append(&mut json, value);
        Self::json(String::from_utf8(json).unwrap_or_default())
    }

    /// A JSON object in text form.
    pub(crate) fn json(json: String) -> Self {
        Self(OutputForm::Data { json, error: false })
    }

    /// A text for readers; in structured content, the member `result`.
    pub(crate) fn document(text: &'static str) -> Self {
        Self(OutputForm::Document(text))
    }

    /// The same output with further members, written as JSON. Only data takes them; other forms stay unchanged.
    #[must_use]
    pub(crate) fn with_members(mut self, members: fmt::Arguments<'_>) -> Self {
        if let OutputForm::Data { json, .. } = &mut self.0 {
            add_members(json, members);
        }
        self
    }

    /// Requests for the client's input by their keys, before the call can go on; `state` comes back with the responses
    /// (MCP 2026-07-28, "Multi Round-Trip Requests"). Only for clients that have declared that they understand them.
    pub fn input_required<T: Serialize>(requests: &T, state: String) -> Self {
        Self(OutputForm::InputRequired { requests: to_text(requests), state })
    }

    /// A task in place of a result. Only for clients that have declared the extension.
    pub fn task(task: &Task) -> Self {
        Self(OutputForm::Task(task.members()))
    }

    /// The requests, if input is required.
    pub(crate) fn requests(&self) -> Option<Map<String, Value>> {
        match &self.0 {
            OutputForm::InputRequired { requests, .. } => serde_json::from_str(requests).ok(),
            _ => None,
        }
    }

    /// Any content, for answers of more than data.
    pub fn content(result: CallToolResult) -> Self {
        Self(OutputForm::Content(Box::new(result)))
    }

    /// A failed call as the model sees it.
    pub(crate) fn failed(error: &ToolError) -> Self {
        Self(OutputForm::Data { json: to_text(error), error: true })
    }

    /// The approximate number of bytes appended by [`write`](Self::write).
    pub(crate) fn size_hint(&self) -> usize {
        match &self.0 {
            OutputForm::Data { json, .. } => json.len() * 2 + json.len() / 4 + 256,
            OutputForm::Document(text) => text.len() * 2 + text.len() / 4 + 256,
            OutputForm::Content(_) => 512,
            OutputForm::InputRequired { requests, state } => requests.len() + state.len() + 256,
            OutputForm::Task(json) => json.len() + 128,
        }
    }

    /// Appends the `CallToolResult`; with `meta`, also its `resultType` (MCP 2026-07-28).
    pub(crate) fn write(&self, body: &mut Vec<u8>, meta: Option<&str>) {
        let mut result_type = "complete";
        match &self.0 {
            OutputForm::Data { json, error } => {
                body.extend_from_slice(br#"{"content":[{"type":"text","text":"#);
                append_text(body, json);
                body.extend_from_slice(br#"}],"structuredContent":"#);
                body.extend_from_slice(json.as_bytes());
                body.extend_from_slice(if *error { br#","isError":true"# } else { br#","isError":false"# });
            }
            OutputForm::Document(text) => {
                body.extend_from_slice(br#"{"content":[{"type":"text","text":"#);
                append_text(body, text);
                body.extend_from_slice(br#"}],"structuredContent":{"result":"#);
                append_text(body, text);
                body.extend_from_slice(br#"},"isError":false"#);
            }
            OutputForm::Content(result) => {
                let mut result = result.as_ref().clone();
                result.result_type = None;
                result.meta = None;
                append(body, &result);
                body.pop();
            }
            OutputForm::InputRequired { requests, state } => {
                result_type = "input_required";
                body.extend_from_slice(br#"{"inputRequests":"#);
                body.extend_from_slice(requests.as_bytes());
                body.extend_from_slice(br#","requestState":"#);
                append_text(body, state);
            }
            OutputForm::Task(json) => {
                result_type = "task";
                body.extend_from_slice(json);
            }
        }
        if let Some(meta) = meta {
            body.extend_from_slice(br#","resultType":""#);
            body.extend_from_slice(result_type.as_bytes());
            body.extend_from_slice(br#"","_meta":"#);
            body.extend_from_slice(meta.as_bytes());
        }
        body.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::ContentBlock;
    use serde_json::json;

    use super::*;

    fn render(output: &Output, meta: Option<&str>) -> Value {
        let mut body = Vec::new();
        output.write(&mut body, meta);
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn data_is_text_and_structure_alike() {
        let value = render(&Output::data(&json!({"a": "é\n\""})), None);
        assert_eq!(value["structuredContent"], json!({"a": "é\n\""}));
        assert_eq!(value["content"][0]["text"], r#"{"a":"é\n\""}"#);
        assert_eq!(value["isError"], false);
        assert_eq!(value.get("resultType"), None);
    }

    #[test]
    fn a_document_is_raw_text_and_a_result() {
        let value = render(&Output::document("# A\n\"b\""), None);
        assert_eq!(value["structuredContent"], json!({"result": "# A\n\"b\""}));
        assert_eq!((&value["content"][0]["text"], &value["isError"]), (&json!("# A\n\"b\""), &json!(false)));
    }

    #[test]
    fn the_modern_era_adds_its_members() {
        for output in [
            Output::data(&json!({})),
            Output::content(CallToolResult::success(vec![ContentBlock::text("x")])),
        ] {
            let value = render(&output, Some(r#"{"k":1}"#));
            assert_eq!((&value["resultType"], &value["_meta"]["k"]), (&json!("complete"), &json!(1)));
        }
    }

    #[test]
    fn required_input_has_its_requests_and_its_state() {
        let output = Output::input_required(&json!({"q": {"method": "elicitation/create"}}), "s1".to_owned());
        let expected = json!({
            "inputRequests": {"q": {"method": "elicitation/create"}},
            "requestState": "s1",
            "resultType": "input_required",
            "_meta": {},
        });
        assert_eq!(render(&output, Some("{}")), expected);
    }

    #[test]
    fn content_is_passed_on() {
        let value = render(&Output::content(CallToolResult::error(vec![ContentBlock::text("no")])), None);
        assert_eq!((&value["isError"], &value["content"][0]["text"]), (&json!(true), &json!("no")));
    }
}
