//! Arguments that a tool does not have: the names that clients are known to add, and the refusal of any other.

use super::nearest::nearest;
use crate::toolset::ToolError;

/// The arguments that n8n adds to the calls of its agent: the data that the chat trigger handed to the workflow, the
/// tool's name and the id of the call. <https://github.com/n8n-io/n8n/issues/21500>,
/// <https://github.com/n8n-io/n8n/issues/21716>; all together in <https://github.com/sansan0/TrendRadar/issues/768>.
const INJECTED: [&str; 5] = ["action", "chatInput", "sessionId", "tool", "toolCallId"];

/// Whether clients add an argument of this name by themselves.
pub(crate) fn is_injected(name: &str) -> bool {
    INJECTED.contains(&name)
}

/// The error of an unknown argument. LangSmith's API calls a project a session.
pub(crate) fn refusal(name: &str, known: &[&str]) -> ToolError {
    let shown: String = name.chars().take(64).collect();
    let known_by = |name: &str| nearest(name, known.iter().copied());
    let meant = known_by(name).or_else(|| known_by(&name.replace("session", "project")));
    let hint = meant.map_or_else(String::new, |meant| format!(" Did you mean {meant}?"));
    let all = if known.is_empty() { String::new() } else { format!(" Known are {}.", known.join(", ")) };
    ToolError::invalid(format!("Unknown argument: {shown}.{hint}{all}"))
}
