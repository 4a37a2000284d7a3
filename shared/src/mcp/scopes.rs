//! The scope that a call of each tool of `/mcp` needs. It stands here because two functions decide by it: `/mcp` itself,
//! and the check that API Gateway makes in front of it, which sees a tool's name and nothing else of a call.
//!
//! Four tools explain themselves when they are called without arguments, and write when they are called with some. The
//! check in front cannot tell the two apart and asks for `langsmith:write`: `/mcp` would notice, but API Gateway renames
//! its challenge, and no client would learn which scope is missing.
//!
//! `push_prompt` needs `langsmith:publish` besides, when its arguments publish the prompt. Only `/mcp` can know that: the
//! check in front must not ask everybody who writes a prompt for the right to publish.

use crate::oauth::scope::Scope;

/// Every tool, and the scope that a call with arguments needs.
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

/// What joins the name of a set of tools and a tool's own name in it. No tool of LangSmith's has it in its name.
pub const JOINT: &str = "__";

/// The scope of every tool of a named set. Its tools are not known before somebody asks for them, and may do anything. The
/// check in front of `/mcp` does not ask for it: which sets there are only `/mcp` knows, and a person who consents to more
/// for a tool that does not exist has been misled.
pub const OF_SETS: Scope = Scope::LangsmithWrite;

/// The scope that a tool needs; `None` for a name that is no tool's.
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
