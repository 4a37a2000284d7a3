//! The scope required to call each tool of `/mcp`: one table for `/mcp`, the API Gateway authorizer in front of it, the
//! landing page and the doctor. The authorizer sees only the tool's name of a call.
//!
//! Four tools explain themselves when called without arguments, and write when called with some. The authorizer cannot
//! tell the two apart and requires `langsmith:write`: `/mcp` could, but API Gateway renames its `WWW-Authenticate`
//! header, and no client would learn which scope is missing.
//!
//! `push_prompt` also needs `langsmith:publish` if its arguments publish the prompt. Only `/mcp` can know that: the
//! authorizer must not require the right to publish from everybody who writes a prompt.

use oauth::scope::Scope;

/// Every tool, and the scope required for a call with arguments.
pub const TOOL_SCOPES: [(&str, Scope); 16] = [
    ("get_thread_history", Scope::LangsmithRead),
    ("list_prompts", Scope::LangsmithRead),
    ("get_prompt_by_name", Scope::LangsmithRead),
    ("push_prompt", Scope::LangsmithWrite),
    ("fetch_runs", Scope::LangsmithRead),
    ("list_projects", Scope::LangsmithRead),
    ("list_datasets", Scope::LangsmithRead),
    ("list_examples", Scope::LangsmithRead),
    ("read_dataset", Scope::LangsmithRead),
    ("read_example", Scope::LangsmithRead),
    ("create_dataset", Scope::LangsmithWrite),
    ("update_examples", Scope::LangsmithWrite),
    ("list_experiments", Scope::LangsmithRead),
    ("run_experiment", Scope::LangsmithWrite),
    ("get_billing_usage", Scope::BillingRead),
    ("list_workspaces", Scope::LangsmithRead),
];

/// The separator between the name of a named set and a tool's own name. No LangSmith tool has it in its name.
pub const JOINT: &str = "__";

/// The usual scope of a named set's tools, which are unknown until requested and may do anything. The authorizer does
/// not require it: only `/mcp` knows which sets exist, and a user must not be asked to consent to more for a tool
/// that does not exist.
pub const OF_SETS: Scope = Scope::LangsmithWrite;

/// The scope required for a tool; `None` for an unknown name.
pub fn tool_scope(name: &str) -> Option<Scope> {
    TOOL_SCOPES.into_iter().find(|(tool, _)| *tool == name).map(|(_, scope)| scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tool_of_langsmith_could_be_one_of_a_named_set() {
        assert!(TOOL_SCOPES.iter().all(|(tool, _)| !tool.contains(JOINT)));
    }
}
