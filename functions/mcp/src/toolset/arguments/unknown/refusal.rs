//! Unknown arguments: the names of known additions by clients, and the refusal of any other.

use super::nearest::nearest;
use crate::toolset::ToolError;

/// n8n's additions to the calls of its agent: the data of the chat trigger, the tool's name and the id of the call.
/// <https://github.com/n8n-io/n8n/issues/21500>, <https://github.com/n8n-io/n8n/issues/21716>; all together in
/// <https://github.com/sansan0/TrendRadar/issues/768>.
const INJECTED: [&str; 5] = ["action", "chatInput", "sessionId", "tool", "toolCallId"];

/// Whether clients add an argument of this name by themselves.
pub(crate) fn is_injected(name: &str) -> bool {
    INJECTED.contains(&name)
}

/// Arguments that models borrow from other tools or answers, with their intended counterparts, which a comparison of
/// spellings would miss.
const MEANT: [(&str, &str); 5] = [
    ("commit", "parent_commit"),
    ("commit_hash", "parent_commit"),
    ("examples", "updates"),
    ("inputs", "examples"),
    ("outputs", "examples"),
];

/// The error of an unknown argument.
pub(crate) fn refusal(name: &str, known: &[&str]) -> ToolError {
    let shown: String = name.chars().take(64).collect();
    let hint = meant(name, known).map_or_else(String::new, |meant| {
        // A tool that creates things would take the id for a new name.
        let is_other = name.to_ascii_lowercase().ends_with("id") && meant.ends_with("name");
        let aside = if is_other { " It takes the name, not the id." } else { "" };
        format!(" Did you mean {meant}?{aside}")
    });
    let all =
        if known.is_empty() { String::new() } else { format!(" Known arguments: {}.", known.join(", ")) };
    ToolError::invalid(format!("Unknown argument: {shown}.{hint}{all}"))
}

/// The known argument intended by an unknown one. LangSmith's API calls a project a session.
fn meant<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let taken = MEANT.iter().filter(|(other, _)| *other == name).map(|(_, meant)| *meant);
    let find = |meant: &str| known.iter().copied().find(|known| *known == meant);
    let by_spelling = |name: &str| nearest(name, known.iter().copied());
    let mut taken = taken.filter_map(find);
    taken.next().or_else(|| by_spelling(name)).or_else(|| by_spelling(&name.replace("session", "project")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_that_was_meant_is_named() {
        for (name, known, hint) in [
            ("examples", &["example_id", "updates"][..], "Did you mean updates? Known arguments"),
            ("commit_hash", &["commit_tags", "parent_commit"], "Did you mean parent_commit? Known arguments"),
            ("inputs", &["examples", "inputs_schema"], "Did you mean examples? Known"),
            ("inputs", &["inputs_schema"], "Did you mean inputs_schema? Known"),
            (
                "dataset_id",
                &["dataset_name"],
                "Did you mean dataset_name? It takes the name, not the id. Known",
            ),
            ("session_name", &["project_name"], "Did you mean project_name? Known"),
            ("bogus", &["limit"], "Unknown argument: bogus. Known arguments"),
        ] {
            let message = refusal(name, known).message;
            assert!(message.contains(hint), "{message}");
        }
    }
}
