//! The answers of the server, and the messages in them.

use serde_json::{Value, json};

/// A part of an answer's body.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// These bytes.
    Raw(Vec<u8>),
    /// These bytes as a chunk of the transfer encoding: the client reads each for itself.
    Chunk(Vec<u8>),
    /// From here on, the runtime's clock jumps ahead whenever all wait. Once in a test: it cannot be stopped twice.
    Jump,
    /// Nothing any more, and the connection stays open.
    Hold,
    /// A second without bytes, which no one waits for, and then a space.
    Slow,
    /// These bytes once a second.
    Drip(Vec<u8>),
    /// These bytes until the client has gone.
    Endless(Vec<u8>),
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pub(crate) parts: Vec<Part>,
    /// Without the head.
    pub(crate) is_raw: bool,
}

impl Answer {
    /// One without body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), parts: Vec::new(), is_raw: false }.with("content-length", "0")
    }

    /// One that never begins, on a clock that jumps.
    pub(crate) fn silent() -> Self {
        Self::raw(vec![Part::Jump, Part::Hold])
    }

    /// These bytes, head included.
    pub(crate) fn raw(parts: Vec<Part>) -> Self {
        Self { is_raw: true, ..Self::open("", parts) }
    }

    /// One with this body and its length.
    pub(crate) fn body(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { status: 200, headers: Vec::new(), parts: Vec::new(), is_raw: false }
            .with("content-type", kind)
            .with("content-length", &body.len().to_string())
            .and(Part::Raw(body))
    }

    /// One whose body has no length: it ends with the connection.
    pub(crate) fn open(kind: &str, parts: Vec<Part>) -> Self {
        Self { status: 200, headers: Vec::new(), parts, is_raw: false }.with("content-type", kind)
    }

    /// A message.
    pub(crate) fn json(message: &Value) -> Self {
        Self::body("application/json", message.to_string())
    }

    /// A result.
    pub(crate) fn result(result: &Value) -> Self {
        Self::json(&response(result))
    }

    /// A stream of events that arrives in these chunks.
    pub(crate) fn chunks<'c>(chunks: impl IntoIterator<Item = &'c [u8]>) -> Self {
        // An empty chunk would end the body.
        let chunks = chunks.into_iter().filter(|chunk| !chunk.is_empty());
        let parts = chunks.map(|chunk| Part::Chunk(chunk.to_vec())).chain([Part::Raw(b"0\r\n\r\n".to_vec())]);
        Self::open("text/event-stream", parts.collect()).with("transfer-encoding", "chunked")
    }

    /// With another status.
    pub(crate) fn of(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn and(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    pub(crate) fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Status\r\nconnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head + "\r\n"
    }
}

/// The response with this result.
pub(crate) fn response(result: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "result": result})
}

/// The response with an error.
pub(crate) fn error(code: i64, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}})
}

/// A page of tools with these names.
pub(crate) fn page(names: &[&str], next: Option<&str>) -> Value {
    let tools: Vec<_> = names.iter().map(|name| tool(name)).collect();
    let mut page = json!({"tools": tools});
    if let Some(next) = next {
        page["nextCursor"] = json!(next);
    }
    page
}

pub(crate) fn tool(name: &str) -> Value {
    json!({"name": name, "inputSchema": {"type": "object"}})
}
