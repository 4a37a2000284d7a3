//! The repeated actions: reading a list to its end, a call through this server, and the same run requested directly.

use hyper::Method;
use kit::{request, tool_call};
use serde_json::{Value, json};
use url::Url;

use crate::Outcome;
use crate::calls::message;
use crate::connection::{Connection, Prepared};
use crate::side::Reconnect;
use crate::work::Work;

/// Reads `tools/list`, all pages or only the first one.
pub(super) struct Lister {
    connection: Connection,
    template: Prepared,
    /// The number of tools that the list has at least.
    tools: usize,
    is_whole: bool,
}

impl Lister {
    pub(super) async fn new(url: &Url, template: Prepared, tools: usize, is_whole: bool) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(url).await?, template, tools, is_whole })
    }
}

impl Reconnect for Lister {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

impl Work for Lister {
    async fn once(&mut self) -> Outcome {
        let (mut count, mut cursor) = (0, None);
        loop {
            let parameters = cursor.map_or_else(|| json!({}), |cursor: Value| json!({"cursor": cursor}));
            let asked = self.template.with_body(request("tools/list", &parameters).to_string());
            let answer = message(&self.connection.send(&asked).await?)?;
            count += answer.pointer("/result/tools").and_then(Value::as_array).map_or(0, Vec::len);
            cursor = answer.pointer("/result/nextCursor").filter(|_| self.is_whole).cloned();
            if cursor.is_none() {
                break;
            }
        }
        if count >= self.tools { Ok(()) } else { Err(format!("a list of {count} tools").into()) }
    }
}

/// Calls an agent through this server, each time with another question: equal calls share a thread.
pub(super) struct Caller {
    connection: Connection,
    template: Prepared,
    number: u64,
}

impl Caller {
    pub(super) async fn new(url: &Url, template: Prepared) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(url).await?, template, number: 0 })
    }
}

impl Reconnect for Caller {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

impl Work for Caller {
    async fn once(&mut self) -> Outcome {
        self.number += 1;
        let question = format!("Number {}?", self.number);
        let asked = tool_call("agents-0__echo", &json!({"question": question}));
        let answer = message(&self.connection.send(&self.template.with_body(asked.to_string())).await?)?;
        let said = answer.pointer("/result/structuredContent/output/answer").and_then(Value::as_str);
        let expected = format!("You asked: {question}");
        if said == Some(&expected) { Ok(()) } else { Err(format!("an agent's answer: {answer}").into()) }
    }
}

/// Requests the same run from the Agent Server: a thread, then a run on it that is waited for.
pub(super) struct Direct {
    connection: Connection,
    assistant: String,
    number: u64,
}

impl Direct {
    pub(super) async fn new(url: &Url, assistant: String) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(url).await?, assistant, number: 0 })
    }

    async fn post(&mut self, path: &str, body: &Value) -> Outcome<Value> {
        let headers = [("content-type", "application/json"), ("accept", "application/json")];
        let request = Prepared::new(Method::POST, path, &headers, body.to_string())?;
        Ok(serde_json::from_slice(&self.connection.send(&request).await?.body)?)
    }
}

impl Reconnect for Direct {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

impl Work for Direct {
    async fn once(&mut self) -> Outcome {
        self.number += 1;
        let ttl = json!({"ttl": {"ttl": 1440, "strategy": "delete"}});
        let thread = self.post("/threads", &ttl).await?;
        let Some(id) = thread.get("thread_id").and_then(Value::as_str) else {
            return Err(format!("no thread: {thread}").into());
        };
        let question = format!("Number {}?", self.number);
        let run = json!({"assistant_id": self.assistant, "input": {"question": question}});
        let answer = self.post(&format!("/threads/{id}/runs/wait"), &run).await?;
        let expected = format!("You asked: {question}");
        let is_right = answer.get("answer").and_then(Value::as_str) == Some(&expected);
        if is_right { Ok(()) } else { Err(format!("a run's answer: {answer}").into()) }
    }
}
