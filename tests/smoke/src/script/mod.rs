//! The script: every tool, in order, with throwaway objects, and the facts that only LangSmith itself can show.
//!
//! The script is the same for LangSmith and the double. No answer decides its course, so that both get the same
//! requests; a step without the data of an earlier one is reported as not done.

mod account;
mod call;
mod datasets;
mod experiments;
mod fact;
mod prompts;
mod scores;
mod second_api;
mod traces;

use std::sync::Arc;

use http::Method;
use serde_json::Value;

pub(crate) use call::{Call, Outcome};
pub(crate) use fact::{Fact, Weight};

use crate::endpoint::Endpoint;
use crate::names::Names;
use crate::pace::Pace;
use crate::recording::{Recorder, RecordingProxy};
use crate::speak::{Direct, Mcp, ToolAnswer};
use call::Expected;

/// The step in which the server under test checks the key. The answers depend on the key's owner.
pub(crate) const KEY_CHECK: &str = "the server checks the key";

/// The running script.
pub(crate) struct Script<'a> {
    pub(crate) mcp: Mcp,
    pub(crate) direct: &'a Direct,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) proxy: &'a RecordingProxy,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) names: &'a Names,
    pub(crate) pace: Pace,
    pub(crate) done: Done,
}

/// Its outcome so far.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) calls: Vec<Call>,
    pub(crate) facts: Vec<Fact>,
}

impl Script<'_> {
    /// Runs all steps.
    pub(crate) async fn run(&mut self) {
        self.recorder.begin(KEY_CHECK);
        let tools = self.mcp.tools().await;
        self.account().await;
        let examples = self.datasets().await;
        self.experiment(&examples).await;
        self.traces().await;
        self.second_api().await;
        self.prompts().await;
        self.billing().await;
        self.check_that_all_were_called(tools);
    }

    /// A tool that no step calls is a failure: a new tool must be added to the script.
    fn check_that_all_were_called(&mut self, tools: Result<Vec<String>, String>) {
        const STEP: &str = "every tool is called";
        let tools = match tools {
            Ok(tools) => tools,
            Err(broken) => {
                return self.done.calls.push(Call::new(STEP, "tools/list", Outcome::Failed(broken)));
            }
        };
        for tool in not_called(tools, &self.done.calls) {
            let failed = Outcome::Failed("no step of the smoke calls it".to_owned());
            self.done.calls.push(Call::new(STEP, &tool, failed));
        }
    }

    /// Calls a tool, which must succeed.
    async fn works(&mut self, step: &'static str, tool: &str, arguments: Value) -> Option<Value> {
        self.call(step, tool, arguments, Expected::Result).await
    }

    /// Calls a tool, which must refuse.
    async fn refuses(&mut self, step: &'static str, tool: &str, arguments: Value) {
        self.call(step, tool, arguments, Expected::Refusal).await;
    }

    /// Calls a tool, which may succeed or refuse.
    async fn tries(&mut self, step: &'static str, tool: &str, arguments: Value) -> Option<Value> {
        self.call(step, tool, arguments, Expected::Either).await
    }

    async fn call(
        &mut self,
        step: &'static str,
        tool: &str,
        arguments: Value,
        expected: Expected,
    ) -> Option<Value> {
        self.recorder.begin(step);
        let answer = self.ask(tool, arguments).await;
        let (outcome, result) = expected.judge(answer);
        let is_open_ended = matches!(expected, Expected::Either);
        self.done.calls.push(Call { is_open_ended, ..Call::new(step, tool, outcome) });
        result
    }

    /// Calls a tool until its result is `settled`, since LangSmith shows some data with a delay.
    async fn settles(
        &mut self,
        step: &'static str,
        (tool, arguments): (&str, Value),
        settled: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        self.recorder.begin(step);
        for look in 1..=self.pace.looks {
            let (outcome, result) = Expected::Result.judge(self.ask(tool, arguments.clone()).await);
            let Some(result) = result else {
                self.done.calls.push(Call::new(step, tool, outcome));
                return None;
            };
            if settled(&result) {
                self.done.calls.push(Call::new(step, tool, outcome));
                return Some(result);
            }
            if look < self.pace.looks {
                self.recorder.again();
                tokio::time::sleep(self.pace.again).await;
            }
        }
        let failed = Outcome::Failed("it does not show what was written before".to_owned());
        self.done.calls.push(Call::new(step, tool, failed));
        None
    }

    /// Records a step that cannot be done.
    fn skip(&mut self, step: &'static str, tool: &str) {
        self.done.calls.push(Call::new(step, tool, Outcome::NotDone));
    }

    async fn ask(&self, tool: &str, arguments: Value) -> ToolAnswer {
        let answer = self.mcp.call(tool, arguments).await;
        tokio::time::sleep(self.pace.query * self.recorder.queries()).await;
        answer
    }

    /// Queries LangSmith directly: returns the status, 0 without an answer, and the body.
    async fn look(
        &self,
        step: &'static str,
        (method, resource): (Method, &str),
        body: Option<&Value>,
    ) -> (u16, Value) {
        self.recorder.begin(step);
        let answer = self.direct.ask(method, &self.endpoint.api(resource), body).await;
        answer.map_or((0, Value::Null), |answer| (answer.status, answer.body))
    }

    /// Queries LangSmith until it shows the expected data.
    async fn look_until(
        &self,
        step: &'static str,
        resource: &str,
        settled: impl Fn(&Value) -> bool,
    ) -> (u16, Value) {
        let mut seen = self.look(step, (Method::GET, resource), None).await;
        for _ in 1..self.pace.looks {
            if settled(&seen.1) {
                break;
            }
            self.recorder.again();
            tokio::time::sleep(self.pace.again).await;
            let answer = self.direct.ask(Method::GET, &self.endpoint.api(resource), None).await;
            seen = answer.map_or((0, Value::Null), |answer| (answer.status, answer.body));
        }
        seen
    }

    fn fact(&mut self, about: &'static str, weight: Weight, seen: impl Into<String>) {
        self.done.facts.push(Fact { about, weight, seen: seen.into() });
    }
}

/// The tools that no step calls.
fn not_called(tools: Vec<String>, calls: &[Call]) -> Vec<String> {
    tools.into_iter().filter(|tool| !calls.iter().any(|call| call.tool == *tool)).collect()
}

/// The text at a JSON pointer.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The list at a JSON pointer; empty if absent.
fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_was_added_is_missed() {
        let calls = [Call::new("a step", "list_projects", Outcome::NotDone)];
        let tools = ["list_projects", "list_workspaces"].map(str::to_owned);
        assert_eq!(not_called(tools.to_vec(), &calls), ["list_workspaces"]);
    }
}
