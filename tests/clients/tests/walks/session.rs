//! A logged-in client that calls tools.

use std::collections::BTreeSet;

use clients::{Program, Running};
use serde_json::{Value, json};

/// A running client, and the tools that it has called.
pub(crate) struct Session {
    program: Running,
    /// All tools that it has called.
    pub(crate) called: BTreeSet<String>,
    /// All existing tools.
    pub(crate) tools: BTreeSet<String>,
}

impl Session {
    /// Starts a program that logs in and then makes the calls it is given.
    pub(crate) async fn start(program: Program) -> Self {
        let mut program = program.start();
        let hello = program.wait_for(json_line).await;
        assert_eq!(hello["logins"], 1, "{hello}");
        let tools = serde_json::from_value(hello["tools"].clone()).unwrap();
        Self { program, called: BTreeSet::new(), tools }
    }

    /// Calls a tool and returns its structured content, after checking that the call succeeded.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        assert!(self.tools.contains(tool), "no such tool: {tool}");
        self.called.insert(tool.to_owned());
        self.program.tell(&json!({"name": tool, "arguments": arguments}).to_string()).await;
        let mut answer = self.program.wait_for(json_line).await;
        assert_eq!(answer["complaints"], json!([]), "{tool} {arguments}: {answer}");
        let result = &mut answer["result"];
        assert_ne!(result["isError"], true, "{tool} {arguments}: {result}");
        result["structuredContent"].take()
    }

    /// The list below `key` of an answer.
    pub(crate) async fn list(&mut self, tool: &str, key: &str, arguments: Value) -> Vec<Value> {
        let answer = self.call(tool, arguments).await;
        answer[key].as_array().unwrap_or_else(|| panic!("{tool}: no {key} in {answer}")).clone()
    }

    /// Ends the program, which must succeed.
    pub(crate) async fn end(mut self) {
        self.program.tell("").await;
        let (succeeded, said) = self.program.end().await;
        assert!(succeeded, "{said}");
    }
}

/// A line of output as JSON; other output is ignored.
pub(crate) fn json_line(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok()
}

/// The item of `items` whose `key` is `value`.
pub(crate) fn the<'v>(items: &'v [Value], key: &str, value: &str) -> &'v Value {
    items.iter().find(|item| item[key] == value).unwrap_or_else(|| panic!("no {key} {value}: {items:?}"))
}
