//! The tools of LangSmith: a folder for each subject, a file or folder for each tool, and a line for each in [`tools`].
//! Code that several subjects share is beside the folders.

mod attachments;
mod begun;
mod datasets;
mod experiments;
mod organization;
mod partial;
mod parts;
mod projects;
mod prompts;
mod runs;
mod suggest;
mod workspace_tool;

use crate::toolset::FixedTools;

/// The tools, in the order in which they are listed.
pub fn tools() -> FixedTools {
    FixedTools::default()
        .with(runs::get_thread_history::GetThreadHistory)
        .with(prompts::list_prompts::ListPrompts)
        .with(prompts::get_prompt_by_name::GetPromptByName)
        .with(prompts::push_prompt::PushPrompt)
        .with(runs::fetch_runs::FetchRuns)
        .with(projects::list_projects::ListProjects)
        .with(datasets::list_datasets::ListDatasets)
        .with(datasets::list_examples::ListExamples)
        .with(datasets::read_dataset::ReadDataset)
        .with(datasets::read_example::ReadExample)
        .with(datasets::create_dataset::CreateDataset)
        .with(datasets::update_examples::UpdateExamples)
        .with(experiments::list_experiments::ListExperiments)
        .with(experiments::run_experiment::RunExperiment)
        .with(organization::get_billing_usage::GetBillingUsage)
        .with(organization::list_workspaces::ListWorkspaces)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use oauth::scope::ScopeSet;
    use serde_json::value::RawValue;
    use shared::mcp::scopes::{TOOL_SCOPES, tool_scope};

    use super::*;

    #[test]
    fn the_check_in_front_of_us_knows_every_tool_by_its_scope() {
        let tools = tools();
        let something = RawValue::from_string(r#"{"name":"x"}"#.to_owned()).unwrap();
        let names: Vec<String> = tools.descriptors().iter().map(|tool| tool.name.to_string()).collect();
        for name in &names {
            let scopes = tools.find(name).map(|tool| tool.scopes(Some(&something)));
            assert_eq!(tool_scope(name).map(ScopeSet::from), scopes, "{name}");
        }
        assert_eq!(TOOL_SCOPES.len(), names.len());
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
