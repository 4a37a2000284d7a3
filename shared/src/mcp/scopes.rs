//! The scope required to call each tool of `/mcp`: one table for `/mcp`, the API Gateway authorizer in front of it, the
//! landing page and the doctor. The authorizer sees only the tool's name of a call.
//!
//! Four tools explain themselves when called without arguments, and write when called with some. The authorizer cannot
//! tell the two apart and requires `langsmith:write`: `/mcp` could, but API Gateway renames its `WWW-Authenticate`
//! header, and no client would learn which scope is missing.
//!
//! The tools of agents are unknown here, but their names begin with their server's: [`ToolScopes`] knows the servers.
//!
//! `push_prompt` also needs `langsmith:publish` if its arguments publish the prompt. Only `/mcp` can know that: the
//! authorizer must not require the right to publish from everybody who writes a prompt.

use oauth::scope::Scope;

use super::agent_servers::AgentServerSettings;
use super::prefix::{JOINT, Prefix};

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

/// The usual scope of a named set's tools, which are unknown until requested and may do anything.
pub const OF_SETS: Scope = Scope::LangsmithWrite;

/// The tools that return to runs of agents, the same for all servers.
pub const AGENT_RUN_TOOLS: [&str; 3] = ["agent_run_result", "agent_run_cancel", "agent_resume"];

/// The scopes of the tools of a deployment: the fixed ones and those of its agents.
#[derive(Clone, Debug, Default)]
pub struct ToolScopes {
    servers: Vec<Prefix>,
    discovers: bool,
}

impl ToolScopes {
    /// For a deployment with these Agent Servers, and whether it discovers others.
    pub fn new(servers: &[AgentServerSettings], discovers: bool) -> Self {
        Self { servers: servers.iter().map(|server| server.name.clone()).collect(), discovers }
    }

    /// The scope required for a tool; `None` for a name of no tool here, for which nobody must be asked to consent to
    /// more. Whether an agent of this name exists is only known to `/mcp`.
    pub fn of(&self, name: &str) -> Option<Scope> {
        tool_scope(name).or_else(|| self.is_of_agents(name).then_some(Scope::AgentsRun))
    }

    /// Whether a tool of this name belongs to agents.
    pub fn is_of_agents(&self, name: &str) -> bool {
        let has_agents = self.discovers || !self.servers.is_empty();
        let is_of_server = |server: &Prefix| server.strip(name).is_some();
        // Which servers are discovered depends on the person.
        let is_prefixed = self.discovers && name.contains(JOINT);
        has_agents && AGENT_RUN_TOOLS.contains(&name) || is_prefixed || self.servers.iter().any(is_of_server)
    }
}

/// The scope required for a fixed tool; `None` for an unknown name.
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

    #[test]
    fn agents_are_known_by_their_servers() {
        let servers = AgentServerSettings::list("a=https://one.example, b=https://two.example").unwrap();
        let (two, none) = (ToolScopes::new(&servers, false), ToolScopes::default());
        let all = ToolScopes::new(&[], true);
        assert_eq!(["c__answer", "agent_resume"].map(|name| all.of(name)), [Some(Scope::AgentsRun); 2]);
        assert_eq!(all.of("other"), None);
        for (name, with, without) in [
            ("list_projects", Some(Scope::LangsmithRead), Some(Scope::LangsmithRead)),
            ("a__answer", Some(Scope::AgentsRun), None),
            ("b__a__answer", Some(Scope::AgentsRun), None),
            ("c__answer", None, None),
            ("agent_resume", Some(Scope::AgentsRun), None),
            ("agent_other", None, None),
        ] {
            assert_eq!((two.of(name), none.of(name)), (with, without), "{name}");
        }
    }
}
