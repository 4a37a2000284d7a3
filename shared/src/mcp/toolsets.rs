//! The toolsets of `/mcp`: its tools by subject, for selection by clients. They are in this crate for the same reason
//! as the [scopes of the tools](super::scopes): two functions evaluate the selection of a request.

/// The names that select every tool. Nothing is excluded unless a client asks for less, so `default` means all.
pub const EVERYTHING: [&str; 2] = ["all", "default"];

/// Every toolset with its tools. Each tool belongs to exactly one.
pub const TOOLSETS: [(&str, &[&str]); 7] = [
    ("projects", &["list_projects"]),
    ("runs", &["fetch_runs", "get_thread_history"]),
    ("prompts", &["list_prompts", "get_prompt_by_name", "push_prompt"]),
    (
        "datasets",
        &[
            "list_datasets",
            "read_dataset",
            "list_examples",
            "read_example",
            "create_dataset",
            "update_examples",
        ],
    ),
    ("experiments", &["list_experiments", "run_experiment"]),
    ("billing", &["get_billing_usage"]),
    ("workspaces", &["list_workspaces"]),
];

/// The kinds of limits in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Only tools that read.
    ReadOnly,
    /// Only the tools of these toolsets.
    Toolsets,
    /// Only these tools.
    Tools,
}

/// The limit that a query parameter sets. Case, `-`, `_` and a missing plural `s` do not matter: ignoring `readOnly`
/// would leave everything open.
pub fn parameter(name: &str) -> Option<Limit> {
    let plain = |c: &char| !matches!(c, '_' | '-');
    // No longer name is known.
    let name: String = name.chars().filter(plain).take(16).map(|c| c.to_ascii_lowercase()).collect();
    match name.as_str() {
        "readonly" => Some(Limit::ReadOnly),
        "toolsets" | "toolset" => Some(Limit::Toolsets),
        "tools" | "tool" => Some(Limit::Tools),
        _ => None,
    }
}

/// Whether a query parameter belongs to the resource's URL (see [`Spelling`](oauth::public_url::Spelling)).
pub fn is_parameter(name: &str) -> bool {
    parameter(name).is_some()
}

/// The tools of a toolset; `None` for an unknown name.
pub fn tools_of(toolset: &str) -> Option<&'static [&'static str]> {
    TOOLSETS.into_iter().find(|(name, _)| *name == toolset).map(|(_, tools)| tools)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::scopes::TOOL_SCOPES;

    #[test]
    fn every_tool_belongs_to_exactly_one_toolset() {
        let mut sorted: Vec<_> = TOOLSETS.into_iter().flat_map(|(_, tools)| tools).copied().collect();
        let mut tools = TOOL_SCOPES.map(|(tool, _)| tool);
        sorted.sort_unstable();
        tools.sort_unstable();
        assert_eq!(sorted, tools);
    }

    #[test]
    fn no_toolset_has_the_name_of_another_or_of_a_tool() {
        let mut names: Vec<_> = TOOLSETS.into_iter().map(|(name, _)| name).chain(EVERYTHING).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(TOOL_SCOPES.iter().all(|(tool, _)| !names.contains(tool)));
    }
}
