//! A client that is logged in and calls tools.

use std::collections::BTreeSet;

use clients::{Program, Running};
use serde_json::{Value, json};

/// What it is, and what it has called.
pub(crate) struct Session {
    program: Running,
    /// Every tool that it called.
    pub(crate) called: BTreeSet<String>,
    /// Every tool that there is.
    pub(crate) tools: BTreeSet<String>,
}

impl Session {
    /// Starts a program that logs in, and then calls what it is told.
    pub(crate) async fn start(program: Program) -> Self {
        let mut program = program.start();
        let hello = program.wait_for(json_line).await;
        assert_eq!(hello["logins"], 1, "{hello}");
        let tools = serde_json::from_value(hello["tools"].clone()).unwrap();
        Self { program, called: BTreeSet::new(), tools }
    }

    /// Calls a tool and answers its structured content, against which nothing speaks.
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

    /// Ends the program, which has nothing to complain of.
    pub(crate) async fn end(mut self) {
        self.program.tell("").await;
        let (succeeded, said) = self.program.end().await;
        assert!(succeeded, "{said}");
    }
}

/// A line of output as JSON; what else a program says is passed over.
pub(crate) fn json_line(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok()
}

/// The one among `items` whose `key` is `value`.
pub(crate) fn the<'v>(items: &'v [Value], key: &str, value: &str) -> &'v Value {
    items.iter().find(|item| item[key] == value).unwrap_or_else(|| panic!("no {key} {value}: {items:?}"))
}
