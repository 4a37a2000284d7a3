//! Calls that give their tool nothing to do: a tool with a guide returns it then.

use serde_json::value::RawValue;

use super::says_nothing;
use crate::toolset::arguments::reader::Arguments;

/// The default values of arguments, by name.
pub(crate) type Defaults = &'static [(&'static str, &'static str)];

/// Whether a call gives its tool anything to do.
pub(crate) fn says_something(raw: Option<&RawValue>, defaults: Defaults) -> bool {
    Arguments::of_call(raw).is_ok_and(|arguments| !arguments.say_nothing(defaults))
}

impl Arguments<'_> {
    /// Whether every remaining argument other than `workspace_id` has its default value or says nothing.
    pub(crate) fn say_nothing(&self, defaults: Defaults) -> bool {
        self.remaining().all(|(name, value)| {
            let default = defaults.iter().find(|(known, _)| *known == name);
            let is_default = default.is_some_and(|(_, default)| is_word(value, default));
            name == "workspace_id" || is_default || says_nothing(name, value)
        })
    }
}

/// Whether a value is this word, bare or as a string.
fn is_word(json: &RawValue, word: &str) -> bool {
    json.get().trim_matches('"').trim().eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_may_say_no_more_than_is_meant_anyway() {
        const DEFAULTS: Defaults = &[("close", "false")];
        let says_something = |json: &str| says_something(Some(serde_json::from_str(json).unwrap()), DEFAULTS);
        for json in [
            "null",
            "{}",
            r#"{"workspace_id":"w","name":null}"#,
            r#"{"name":" ","labels":{},"results":[]}"#,
            r#"{"close":false}"#,
            r#"{"close":" False "}"#,
            r#"{"close":"None","dataset_id":"null","source_run_ids":"None"}"#,
            r#"{"metadata":"null","results":"None","parent_commit":"undefined"}"#,
            r#"{"results":["",null],"tags":[""]}"#,
            r#"{"toolCallId":"call_1"}"#,
        ] {
            assert!(!says_something(json), "{json}");
        }
        for json in [
            r#"{"close":true}"#,
            r#"{"open":false}"#,
            r#"{"name":"null"}"#,
            r#"{"prompt_name":"None"}"#,
            r#"{"description":"null"}"#,
            r#"{"dataset_id":"x"}"#,
            r#"{"results":[{}]}"#,
            r#"{"labels":{"":""}}"#,
        ] {
            assert!(says_something(json), "{json}");
        }
    }
}
