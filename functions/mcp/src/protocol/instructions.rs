//! The instructions for models, about everything that an endpoint offers.

use std::borrow::Cow;

use crate::toolset::Subject;

/// A test takes this text literally: `ARGUMENT=next_…` is how to go on, any other `ARGUMENT=VALUE` is to be passed. The
/// first paragraph is an overview; every other one is about the tools that it names, if it names any.
pub(super) const INSTRUCTIONS: &str = "LangSmith: reads traces, threads, prompts, datasets, examples, experiments and billing of a \
workspace, and writes prompts, datasets, examples and experiments.

Traces: list_projects lists the project_name that fetch_runs needs. Call fetch_runs with limit=100 and detail=summary, \
which saves most of the tokens, and narrow it with start_time, error, is_root or filter; then read single runs by run_ids \
with detail=full, or only some members with select. While an answer has next_cursor there are more runs: repeat the call \
with cursor=next_cursor; page_number covers the first `limit` runs only. For a conversation, call get_thread_history.

Lists (list_projects, list_prompts, list_datasets, list_examples, list_experiments, list_workspaces): while an answer has \
next_offset there is more: repeat the call with offset=next_offset. total_count, where present, counts all. fetch_runs reads the runs \
of an experiment, too.

Writing: push_prompt, create_dataset, update_examples and run_experiment return a guide when called without arguments, \
and may be repeated after a lost answer. A text with the mark `… (+N chars)` was cut for preview: read it whole \
before you write it; a write refuses the mark.

Usage: get_billing_usage. Workspaces: list_workspaces.

Everywhere: workspace_id selects another workspace that the login covers. A failed call says in `kind` what \
went wrong and in `retryable` whether trying again can help.";

/// The instructions of an endpoint where every tool is switched on.
pub(super) fn of(subject: &Subject) -> Cow<'static, str> {
    match subject {
        Subject::LangSmith => INSTRUCTIONS.into(),
        Subject::AgentsOf(server) => format!(
            "The agents of the Agent Server {server}: each tool runs one, except those that return to a run by its \
             handle.

An agent's result has a status. While it is running, call agent_run_result with the handle. If it is input_required, ask \
the person the questions and pass the answers to agent_resume; do not make them up. agent_run_cancel ends a run.

A failed call says in `kind` what went wrong and in `retryable` whether trying again can help."
        )
        .into(),
    }
}

/// The instructions where only the tools `on`, out of `all`, are switched on: a paragraph that names only other tools
/// is left out.
pub(super) fn for_selected(all: &[&str], on: &[&str]) -> String {
    let tools = on.join(", ");
    let overview = if on.is_empty() {
        "LangSmith. The settings of this connection switch every tool off.".to_owned()
    } else {
        format!(
            "LangSmith. The settings of this connection leave only these tools switched on: {tools}. Ignore \
             what follows about other tools."
        )
    };
    let mut text = overview;
    for paragraph in INSTRUCTIONS.split("\n\n").skip(1) {
        let mut named = all.iter().filter(|tool| paragraph.contains(**tool)).peekable();
        if named.peek().is_none() || named.any(|tool| on.contains(tool)) {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolsets::langsmith::tools;

    #[test]
    fn every_tool_that_is_named_is_switched_on_or_beside_one_that_is() {
        let tools = tools();
        let all: Vec<&str> = tools.descriptors().into_iter().map(|tool| tool.name.as_ref()).collect();
        for tool in &all {
            let text = for_selected(&all, &[tool]);
            for paragraph in text.split("\n\n") {
                let names_any = all.iter().any(|other| paragraph.contains(other));
                assert!(!names_any || paragraph.contains(tool), "{tool}: {paragraph}");
            }
            assert!(text.contains("workspace_id"), "what holds for all tools stays");
        }
        let none = for_selected(&all, &[]);
        assert!(all.iter().all(|tool| !none.contains(tool)), "{none}");
    }
}
