//! A named set whose tool works in steps and reports each of them. The test, or its client with another tool, starts
//! each step, so that no report can come too fast to be seen.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use mcp::toolset::{Context, Descriptor, ListError, Output, SetError, ToolError, ToolPage, Toolset};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

/// The number of steps of `walk`.
pub const STEPS: u8 = 3;

/// The set: `walk` works in steps, `stumble` fails after one and `rest` never ends; `jump` has no steps. `go` starts
/// the next step, and `given_up` waits for the cancellation of a call.
#[derive(Clone, Debug)]
pub struct StepSet {
    go: Arc<Semaphore>,
    given_up: Arc<Semaphore>,
}

impl Default for StepSet {
    fn default() -> Self {
        let none = || Arc::new(Semaphore::new(0));
        Self { go: none(), given_up: none() }
    }
}

/// Signals the cancellation of a call.
struct Guard(Arc<Semaphore>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl StepSet {
    /// Starts the next `steps` steps.
    pub fn go(&self, steps: usize) {
        self.go.add_permits(steps);
    }

    /// The number of calls of `rest` that were cancelled.
    pub fn given_up(&self) -> usize {
        self.given_up.available_permits()
    }

    async fn step(&self, context: &Context<'_>, step: u8) {
        let (progress, words) = (context.progress(), format!("step {step}"));
        progress.report(f64::from(step), Some(f64::from(STEPS)), Some(&words));
        if progress.is_wanted() {
            take(&self.go).await;
        }
    }

    async fn run(&self, context: &Context<'_>, tool: &str) -> Result<Output, SetError> {
        match tool {
            "walk" => {
                for step in 1..=STEPS {
                    self.step(context, step).await;
                }
                Ok(Output::data(&json!({"steps": STEPS})))
            }
            "stumble" => {
                self.step(context, 1).await;
                Err(ToolError::invalid("a stone").into())
            }
            "jump" => Ok(Output::data(&json!({"wanted": context.progress().is_wanted()}))),
            "rest" => {
                let _guard = Guard(self.given_up.clone());
                context.progress().report(1.0, None, None);
                pending().await
            }
            "go" => {
                self.go(1);
                Ok(Output::data(&json!({})))
            }
            "given_up" => {
                take(&self.given_up).await;
                Ok(Output::data(&json!({"given_up": true})))
            }
            _ => Err(SetError::UnknownTool),
        }
    }
}

/// Waits for a permit and uses it up. These semaphores are never closed.
async fn take(semaphore: &Semaphore) {
    if let Ok(permit) = semaphore.acquire().await {
        permit.forget();
    }
}

impl Toolset for StepSet {
    fn list<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        let tools = ["walk", "stumble", "rest", "jump", "go", "given_up"]
            .map(|name| Descriptor::new(name, "A fixture.", Arc::default()));
        Box::pin(async { Ok(ToolPage::new(tools, None, Duration::from_mins(1))) })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        _: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(self.run(context, tool))
    }
}
