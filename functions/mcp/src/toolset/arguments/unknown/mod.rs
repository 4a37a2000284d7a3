//! Unknown arguments. Known additions of clients are ignored, any other is refused.

pub(crate) mod nearest;
pub(crate) mod refusal;

use serde_json::Value;
use serde_json::value::RawValue;

use self::refusal::refusal;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{Descriptor, ToolError};

/// The error of an unknown argument, if there is one, or else the given error. An unknown argument is most likely a
/// misspelt one, and the given error its consequence.
pub(crate) fn unknown_argument_or(
    error: ToolError,
    arguments: Option<&RawValue>,
    known: &[&str],
) -> ToolError {
    let Ok(given) = Arguments::of_call(arguments) else { return error };
    let unknown = given.remaining().map(|(name, _)| name).find(|name| !known.contains(name));
    unknown.map_or(error, |name| refusal(name, known))
}

/// The names of a tool's arguments.
pub(crate) fn argument_names(tool: &Descriptor) -> Vec<&str> {
    let properties = tool.input_schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolset::arguments::unknown::refusal::is_injected;
    use crate::toolsets::langsmith::tools;

    fn error_message(tool: &str, arguments: &str) -> String {
        let tools = tools();
        let descriptor = tools.descriptors().into_iter().find(|found| found.name == tool).unwrap();
        let arguments: &RawValue = serde_json::from_str(arguments).unwrap();
        unknown_argument_or(ToolError::invalid("another"), Some(arguments), &argument_names(descriptor))
            .message
    }

    #[test]
    fn the_known_ones_and_the_nearest_are_named() {
        assert_eq!(
            refusal("limt", &["limit", "offset"]).message,
            "Unknown argument: limt. Did you mean limit? Known arguments: limit, offset."
        );
        assert_eq!(refusal("bogus", &["limit"]).message, "Unknown argument: bogus. Known arguments: limit.");
        assert_eq!(refusal(&"x".repeat(100), &[]).message, format!("Unknown argument: {}.", "x".repeat(64)));
    }

    #[test]
    fn an_unknown_argument_is_the_better_reason() {
        let text = error_message("fetch_runs", r#"{"projectName":"a","limit":"many"}"#);
        assert!(
            text.starts_with("Unknown argument: projectName. Did you mean project_name? Known arguments: "),
            "{text}"
        );
        assert!(text.contains(" workspace_id"), "{text}");
        assert_eq!(error_message("fetch_runs", r#"{"limit":"many","toolCallId":"call_1"}"#), "another");
        assert_eq!(error_message("fetch_runs", "[]"), "another");
    }

    /// A tool would never receive an argument of such a name.
    #[test]
    fn no_tool_has_what_is_ignored() {
        for tool in tools().descriptors() {
            for name in tool.input_schema["properties"].as_object().unwrap().keys() {
                assert!(!is_injected(name), "{}: {name}", tool.name);
            }
        }
    }
}
