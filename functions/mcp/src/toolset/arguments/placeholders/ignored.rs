//! Values taken for placeholders, although they may have been meant: empty values that can clear something and words in
//! labels, in a call with another placeholder, and lists of nothing but placeholders. The answer names them.

use crate::toolset::names::{MAX_NAMED, first_few};
use crate::toolset::{CallError, CallResult, Output, ToolError};

/// The places of such values: `outputs`, or `updates[0].outputs` in the entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ignored {
    /// Ignored because other arguments are placeholders.
    empty: Vec<String>,
    /// Ignored because of the values beside them.
    beside: Vec<String>,
    /// Lists of nothing but placeholders.
    lists: Vec<String>,
}

impl Ignored {
    /// Adds an empty value.
    pub(crate) fn add(&mut self, name: &str) {
        self.empty.push(name.to_owned());
    }

    /// Records a value that is ignored because of the values beside it. Returns `None`.
    pub(crate) fn add_beside<T>(&mut self, name: &str) -> Option<T> {
        self.beside.push(name.to_owned());
        None
    }

    /// Moves an ignored empty value to those that are ignored because of the values beside them.
    pub(crate) fn set_beside(&mut self, name: &str) {
        let (beside, empty) = std::mem::take(&mut self.empty).into_iter().partition(|other| other == name);
        self.empty = empty;
        self.beside.extend::<Vec<String>>(beside);
    }

    /// Adds a list of placeholders.
    pub(crate) fn add_list(&mut self, name: &str) {
        self.lists.push(name.to_owned());
    }

    /// Adds the ignored values of another part of the call, whose places are complete.
    pub(crate) fn append(&mut self, other: Self) {
        self.empty.extend(other.empty);
        self.beside.extend(other.beside);
        self.lists.extend(other.lists);
    }

    /// Adds the ignored values of a list entry.
    pub(crate) fn add_entry(&mut self, place: &str, entry: Self) {
        let placed = |name| format!("{place}.{name}");
        self.empty.extend(entry.empty.into_iter().map(placed));
        self.beside.extend(entry.beside.into_iter().map(placed));
        self.lists.extend(entry.lists.into_iter().map(placed));
    }

    /// Removes these arguments again: the rest of the call shows that they were not meant.
    pub(crate) fn take_back(&mut self, names: &[&str]) {
        self.empty.retain(|name| !names.contains(&name.as_str()));
        self.beside.retain(|name| !names.contains(&name.as_str()));
    }

    /// The same error, with the ignored values, which may be its cause.
    pub(crate) fn explain(&self, mut error: ToolError) -> ToolError {
        if self.is_empty() {
            return error;
        }
        let stop = if error.message.ends_with(['.', '?']) { "" } else { "." };
        error.message = format!("{}{stop} {}", error.message, self.message());
        error
    }

    /// The same result, with the ignored values.
    pub(crate) fn note(&self, result: CallResult) -> CallResult {
        if self.is_empty() {
            return result;
        }
        match result {
            Ok(output) => Ok(self.add_to(output)),
            Err(CallError::Tool(error)) => Err(CallError::Tool(self.explain(error))),
            Err(other) => Err(other),
        }
    }

    fn add_to(&self, output: Output) -> Output {
        let names = [&self.empty, &self.beside, &self.lists]
            .map(|names| names.get(..MAX_NAMED).unwrap_or(names))
            .concat();
        let (names, message) = (serde_json::json!(names), serde_json::json!(self.message()));
        output.with_members(format_args!("\"_ignored\":{names},\"_ignored_message\":{message}"))
    }

    fn is_empty(&self) -> bool {
        self.empty.is_empty() && self.beside.is_empty() && self.lists.is_empty()
    }

    fn message(&self) -> String {
        let empty = (!self.empty.is_empty()).then(|| {
            format!(
                "Treated as placeholders, because other arguments are placeholders, too: {}. If you mean \
                 them, leave the other placeholders out.",
                first_few(&self.empty)
            )
        });
        let lists = (!self.lists.is_empty()).then(|| {
            format!("Treated as absent, because every entry is a placeholder: {}.", first_few(&self.lists))
        });
        let beside = (!self.beside.is_empty())
            .then(|| format!("Treated as absent beside other values: {}.", first_few(&self.beside)));
        [empty, beside, lists].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ignored(names: &[&str]) -> Ignored {
        Ignored { empty: names.iter().map(|name| (*name).to_owned()).collect(), ..Ignored::default() }
    }

    #[test]
    fn few_are_named_and_many_are_not_forgotten() {
        let mut all = ignored(&["tags"]);
        all.add_entry("updates[3]", ignored(&["inputs"]));
        assert_eq!(all, ignored(&["tags", "updates[3].inputs"]));
        assert!(all.message().contains("tags, updates[3].inputs. If you"), "{}", all.message());
        let many = ignored(&["a", "b", "c", "d", "e", "f"]);
        assert!(many.message().contains("a, b, c, d, e and others."), "{}", many.message());
        all.take_back(&["tags", "updates"]);
        assert_eq!(all, ignored(&["updates[3].inputs"]));
    }

    #[test]
    fn a_list_of_placeholders_is_told_apart() {
        let mut lists = Ignored::default();
        lists.add_list("split");
        let mut all = ignored(&["tags"]);
        all.add_entry("updates[1]", lists.clone());
        let told = "Treated as absent, because every entry is a placeholder: ";
        assert_eq!(lists.message(), format!("{told}split."));
        assert!(
            all.message().ends_with(&format!("leave the other placeholders out. {told}updates[1].split.")),
            "{}",
            all.message()
        );
    }

    #[test]
    fn what_is_absent_beside_anything_is_told_without_advice() {
        let mut all = ignored(&["outputs", "inputs"]);
        all.set_beside("inputs");
        assert_eq!(all.add_beside::<()>("error"), None);
        assert!(
            all.message().ends_with("out. Treated as absent beside other values: inputs, error."),
            "{all:?}"
        );
        let mut entry = Ignored::default();
        entry.add_entry("updates[1]", all);
        assert!(entry.message().ends_with(": updates[1].inputs, updates[1].error."), "{entry:?}");
        entry.take_back(&["updates[1].inputs", "updates[1].outputs", "updates[1].error"]);
        assert_eq!(entry, Ignored::default());
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
        assert!(told(Err(ToolError::invalid("No.").into())).as_str().unwrap().starts_with("No. Treated"));
        let untouched = Ignored::default().explain(ToolError::invalid("No."));
        assert_eq!(untouched.message, "No.");
    }
}
