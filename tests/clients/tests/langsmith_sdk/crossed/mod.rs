//! Data written by one side and read by the other: LangChain's SDKs and our tools, both in the same workspace of the
//! same service.

mod datasets;
mod experiments;
mod prompts;
mod runs;

use clients::contract::Mode;
use clients::{Program, Running, System};
use langsmith_double::data::ADA_KEY;
use serde_json::{Value, json};

use crate::session::{Session, json_line};

/// An SDK, a client with our tools, and the system that both use.
struct Both {
    system: System,
    sdk: Running,
    tools: Session,
}

impl Both {
    async fn start(mode: Mode, sdk: Program) -> Self {
        let system = System::start_on(mode).await;
        let sdk = sdk.args([&system.langsmith_url(), ADA_KEY]).arg(mode.workspace()).start();
        let client = Program::python("mcp2", "tools2.py").args([&system.mcp_url(), "auto", "key"]);
        Self { sdk, tools: Session::start(client).await, system }
    }

    async fn python(mode: Mode) -> Self {
        Self::start(mode, Program::python("langsmith", "langsmith_operations.py")).await
    }

    async fn typescript(mode: Mode) -> Self {
        Self::start(mode, Program::node("langsmith-operations.mjs")).await
    }

    /// Runs an operation of the SDK.
    async fn sdk(&mut self, operation: &str, arguments: Value) -> Value {
        let mut told = arguments;
        told["operation"] = operation.into();
        self.sdk.tell(&told.to_string()).await;
        self.sdk.wait_for(json_line).await["answer"].take()
    }

    /// Calls one of our tools.
    async fn tool(&mut self, tool: &str, arguments: Value) -> Value {
        self.tools.call(tool, arguments).await
    }

    /// Calls one of our tools and returns the list below `key` of its answer.
    async fn list(&mut self, tool: &str, key: &str, arguments: Value) -> Vec<Value> {
        self.tools.list(tool, key, arguments).await
    }

    async fn end(mut self) {
        self.tools.end().await;
        self.sdk.tell("").await;
        let (succeeded, said) = self.sdk.end().await;
        assert!(succeeded, "{said}");
        self.system.stop().await;
    }
}

/// Three capitals, in the form of our tools and of the SDKs.
fn capitals() -> Value {
    json!([
        {"inputs": {"country": "Peru"}, "outputs": {"capital": "Lima"}, "split": "train"},
        {"inputs": {"country": "日本"}, "outputs": {"capital": "東京"}, "metadata": {"level": 2}, "split": "test"},
        {"inputs": {"country": "Chad"}, "outputs": {"capital": "N'Djamena"}, "split": ["test", "hard"]},
    ])
}

/// The example about a country in a list of examples.
fn about<'v>(examples: &'v Value, country: &str) -> &'v Value {
    let found = examples.as_array().unwrap().iter().find(|example| example["inputs"]["country"] == country);
    found.unwrap_or_else(|| panic!("no {country}: {examples}"))
}

/// The countries of a list of examples, sorted.
fn countries(examples: &Value) -> Vec<&str> {
    let examples = examples.as_array().unwrap();
    let mut countries: Vec<&str> =
        examples.iter().map(|example| example["inputs"]["country"].as_str().unwrap()).collect();
    countries.sort_unstable();
    countries
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_the_lenient_service() {
    python(Mode::Lenient).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_the_hosted_service() {
    python(Mode::Cloud).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_and_the_second_api_alone() {
    python(Mode::SmithDbOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript_and_the_hosted_service() {
    let mut both = Both::typescript(Mode::Cloud).await;
    prompts::ours(&mut both).await;
    prompts::theirs(&mut both).await;
    datasets::ours(&mut both).await;
    datasets::theirs(&mut both).await;
    experiments::theirs(&mut both).await;
    runs::theirs(&mut both).await;
    both.end().await;
}

async fn python(mode: Mode) {
    let mut both = Both::python(mode).await;
    prompts::ours(&mut both).await;
    prompts::theirs(&mut both).await;
    prompts::back_and_forth(&mut both).await;
    datasets::ours(&mut both).await;
    datasets::of_then(&mut both).await;
    datasets::theirs(&mut both).await;
    experiments::ours(&mut both).await;
    experiments::theirs(&mut both).await;
    runs::theirs(&mut both).await;
    both.end().await;
}
