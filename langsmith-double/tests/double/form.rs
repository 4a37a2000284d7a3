//! Bodies of `multipart/form-data`, as LangChain's SDKs write them.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::client::Probe;
use langsmith_double::data::ADA_KEY;

const BOUNDARY: &str = "----a-boundary----";

/// A form body under construction.
#[derive(Default)]
pub(crate) struct Form(Vec<u8>);

impl Form {
    /// Adds a JSON part whose length is a parameter of its content type.
    pub(crate) fn json(self, name: &str, value: &Value) -> Self {
        let text = value.to_string();
        let content_type = format!("application/json; length={}", text.len());
        self.part(&format!("name=\"{name}\""), &content_type, text.as_bytes())
    }

    /// Adds a part of any kind. `disposition` contains its name.
    pub(crate) fn part(mut self, disposition: &str, content_type: &str, content: &[u8]) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {content_type}\r\n\r\n"
        );
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// Adds a form field as sent by a browser, without a content type.
    pub(crate) fn field(mut self, name: &str, text: &str) -> Self {
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        self.0.extend_from_slice(part.as_bytes());
        self
    }

    /// The complete body.
    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}

/// A request by Ada with a form body.
pub(crate) fn send_form(probe: &Probe, (method, path): (Method, &str), bytes: Vec<u8>) -> RequestBuilder {
    send_form_as(probe, (method, path, ADA_KEY), bytes)
}

/// A request with a form body and this key.
pub(crate) fn send_form_as(
    probe: &Probe,
    (method, path, key): (Method, &str, &str),
    bytes: Vec<u8>,
) -> RequestBuilder {
    let request = probe.http.request(method, probe.url(path)).header("X-API-Key", key);
    request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}")).body(bytes)
}
