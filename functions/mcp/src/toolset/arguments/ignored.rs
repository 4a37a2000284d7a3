//! Empty values that can clear something, and that were taken for placeholders because another argument of the same call is
//! empty, too. Whoever meant them has to know.

use crate::toolset::{CallError, CallResult, Output, ToolError};

/// How many of them an answer names.
const MAX_NAMED: usize = 5;

/// The places of such values: `outputs`, or `updates[0].outputs` in the entry of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ignored(Vec<String>);

impl Ignored {
    pub(crate) fn add(&mut self, name: &str) {
        self.0.push(name.to_owned());
    }

    /// Adds what an entry of a list ignored.
    pub(crate) fn add_entry(&mut self, place: &str, entry: Self) {
        self.0.extend(entry.0.into_iter().map(|name| format!("{place}.{name}")));
    }

    /// Takes it back for these arguments: something else of the call shows that they were not meant.
    pub(crate) fn take_back(&mut self, names: &[&str]) {
        self.0.retain(|name| !names.contains(&name.as_str()));
    }

    /// The same error; it says what was ignored, which may be its reason.
    pub(crate) fn explain(&self, error: ToolError) -> ToolError {
        if self.0.is_empty() { error } else { error.with(&self.told()) }
    }

    /// The same answer; it says what was ignored.
    pub(crate) fn note(&self, result: CallResult) -> CallResult {
        if self.0.is_empty() {
            return result;
        }
        match result {
            Ok(output) => Ok(self.add_to(output)),
            Err(CallError::Tool(error)) => Err(CallError::Tool(self.explain(error))),
            Err(other) => Err(other),
        }
    }

    fn add_to(&self, output: Output) -> Output {
        let (names, message) = (serde_json::json!(self.named()), serde_json::json!(self.told()));
        output.with_members(format_args!("\"_ignored\":{names},\"_ignored_message\":{message}"))
    }

    fn named(&self) -> &[String] {
        self.0.get(..MAX_NAMED).unwrap_or(&self.0)
    }

    fn told(&self) -> String {
        let more = if self.0.len() > MAX_NAMED { " and others" } else { "" };
        format!(
            "Taken for placeholders, because other arguments are empty, too: {}{more}. If they are meant, leave the others out.",
            self.named().join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ignored(names: &[&str]) -> Ignored {
        Ignored(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn few_are_named_and_many_are_not_forgotten() {
        let mut all = ignored(&["tags"]);
        all.add_entry("updates[3]", ignored(&["inputs"]));
        assert_eq!(all, ignored(&["tags", "updates[3].inputs"]));
        assert!(all.told().contains("tags, updates[3].inputs. If they"), "{}", all.told());
        let many = ignored(&["a", "b", "c", "d", "e", "f"]);
        assert!(many.told().contains("a, b, c, d, e and others."), "{}", many.told());
        all.take_back(&["tags", "updates"]);
        assert_eq!(all, ignored(&["updates[3].inputs"]));
    }

    #[test]
    fn answers_and_errors_say_it() {
        let told = |result: CallResult| match ignored(&["tags"]).note(result) {
            Ok(output) => {
                let mut body = Vec::new();
                output.write(&mut body, None);
                serde_json::from_slice::<serde_json::Value>(&body).unwrap()["structuredContent"].take()
            }
            Err(CallError::Tool(error)) => json!(error.message),
            Err(other) => panic!("{other:?}"),
        };
        let answer = told(Ok(Output::data(&json!({"a": 1}))));
        assert_eq!((&answer["a"], &answer["_ignored"]), (&json!(1), &json!(["tags"])));
        assert_eq!(told(Ok(Output::document("guide"))), json!({"result": "guide"}));
        assert!(told(Err(ToolError::invalid("No.").into())).as_str().unwrap().starts_with("No. Taken"));
        let untouched = Ignored::default().explain(ToolError::invalid("No."));
        assert_eq!(untouched.message, "No.");
    }
}
