//! The toolset. A tool is a file here and a line in [`Toolset::langsmith`].

mod args;
mod as_of;
mod batch;
mod begun;
mod canonical_json;
mod context;
mod create_dataset;
mod dataset_item;
mod dataset_ref;
mod defaults;
mod entry_schema;
mod errors;
mod example_item;
mod example_lookup;
mod fetch_runs;
mod filter_example;
mod free_form;
mod get_billing_usage;
mod get_prompt_by_name;
mod get_thread_history;
mod ignored;
mod iso;
mod json_args;
mod json_schema;
mod list_args;
mod list_datasets;
mod list_examples;
mod list_experiments;
mod list_projects;
mod list_prompts;
mod list_workspaces;
mod members;
mod nearest;
mod nul;
mod number_args;
mod output;
mod pagination;
mod partial;
mod period;
mod placeholder;
mod prompt_id;
mod prompt_template;
mod push_prompt;
mod read_dataset;
mod read_example;
mod run_experiment;
mod same_json;
mod schema;
mod serialized;
mod since;
mod suggest;
mod unknown;
mod update_examples;
mod url_args;
mod workspace_tool;

#[cfg(test)]
mod function_calling;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::model::ErrorData;
use serde_json::value::RawValue;
use shared::langsmith::UpstreamError;
use shared::oauth::scope::ScopeSet;

pub use context::Context;
pub(crate) use errors::named;
pub use errors::{ErrorKind, ToolError};
pub(crate) use nearest::nearest;
pub use output::Output;
pub use rmcp::model::Tool as Descriptor;

/// Why a call has no output.
#[derive(Debug)]
pub enum CallError {
    /// Told to the model, as a result with `isError`.
    Tool(ToolError),
    /// LangSmith failed; told to the model, except that a 401 may first refresh the credential or end the login.
    Upstream(UpstreamError),
    /// LangSmith refused the credential in the middle of several writes, with what was done before.
    Halfway(String),
    /// Told to the client, as a JSON-RPC error.
    Protocol(ErrorData),
}

impl From<ToolError> for CallError {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl From<UpstreamError> for CallError {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// What a call comes to.
pub type CallResult = Result<Output, CallError>;

/// A tool.
pub trait Tool: Send + Sync + 'static {
    /// What `tools/list` says about it.
    fn descriptor(&self) -> Descriptor;

    /// The scopes that a call with these arguments needs.
    fn scopes(&self, arguments: Option<&RawValue>) -> ScopeSet;

    /// Runs the tool. `arguments` is whatever JSON the client sent.
    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, CallResult>;
}

/// A call that is answered with a JSON-RPC error.
#[derive(Debug)]
pub(crate) enum Failure {
    UnknownTool(String),
    Protocol(ErrorData),
}

/// The tools that a server has, in the order in which they are listed.
#[derive(Clone, Default)]
pub struct Toolset(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    descriptor: Arc<Descriptor>,
    tool: Arc<dyn Tool>,
}

impl Toolset {
    /// The tools of LangSmith.
    pub fn langsmith() -> Self {
        Self::default()
            .with(get_thread_history::GetThreadHistory)
            .with(list_prompts::ListPrompts)
            .with(get_prompt_by_name::GetPromptByName)
            .with(push_prompt::PushPrompt)
            .with(fetch_runs::FetchRuns)
            .with(list_projects::ListProjects)
            .with(list_datasets::ListDatasets)
            .with(list_examples::ListExamples)
            .with(read_dataset::ReadDataset)
            .with(read_example::ReadExample)
            .with(create_dataset::CreateDataset)
            .with(update_examples::UpdateExamples)
            .with(list_experiments::ListExperiments)
            .with(run_experiment::RunExperiment)
            .with(get_billing_usage::GetBillingUsage)
            .with(list_workspaces::ListWorkspaces)
    }

    /// The set and one tool more.
    #[must_use]
    pub fn with(mut self, tool: impl Tool) -> Self {
        self.0.push(Entry { descriptor: Arc::new(tool.descriptor()), tool: Arc::new(tool) });
        self
    }

    /// What `tools/list` says.
    pub fn descriptors(&self) -> Vec<&Descriptor> {
        self.0.iter().map(|entry| entry.descriptor.as_ref()).collect()
    }

    /// The tool of this name.
    pub fn find(&self, name: &str) -> Option<&dyn Tool> {
        self.0.iter().find(|entry| entry.descriptor.name == name).map(|entry| entry.tool.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use shared::oauth::tool_scope::{TOOL_SCOPES, tool_scope};

    use super::*;

    #[test]
    fn the_check_in_front_of_us_knows_every_tool_by_its_scope() {
        let tools = Toolset::langsmith();
        let something = RawValue::from_string(r#"{"name":"x"}"#.to_owned()).unwrap();
        for entry in &tools.0 {
            assert_eq!(
                tool_scope(&entry.descriptor.name).map(ScopeSet::from),
                Some(entry.tool.scopes(Some(&something))),
                "{}",
                entry.descriptor.name
            );
        }
        assert_eq!(TOOL_SCOPES.len(), tools.0.len());
    }
}
