//! Members of a message besides its role and text: tool calls, metadata, filled-in variables. People who edit a text
//! easily leave them out, so a push names the missing ones.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::to_raw_value;

use super::merge::language::texts;
use super::merge::stored::kwargs;
use crate::json::canonical::canonical;
use crate::toolset::arguments::placeholders::is_empty_value;

/// Members of a message that belong to its text, or are derived from it by a library.
const OF_THE_MESSAGE: [&str; 8] =
    ["content", "example", "input_variables", "optional", "prompt", "role", "type", "variable_name"];

/// The same for the template of a message.
const OF_THE_TEMPLATE: [&str; 6] = [
    "input_types",
    "input_variables",
    "optional_variables",
    "template",
    "template_format",
    "validate_template",
];

/// Members that are objects of their own: each key of them counts.
const BY_KEY: [&str; 2] = ["additional_kwargs", "partial_variables"];

/// The names of hidden members lost from `before` to `after`, such as `messages[1].tool_calls`. A member with a new
/// value at the same place is replaced, not lost.
pub(super) fn members_gone(before: &[Value], after: &[Value]) -> Vec<String> {
    let (changed, new) = without_same(before, after);
    let mut there = Count::default();
    new.into_iter().flat_map(hidden).for_each(|member| there.add(member));
    let mut changed: Vec<_> = changed
        .into_iter()
        .flat_map(|(index, message)| hidden(message).into_iter().map(move |member| (index, member)))
        .collect();
    changed.retain(|(_, member)| !there.take(*member));
    changed
        .retain(|(index, member)| !after.get(*index).is_some_and(|message| there.take_new(*member, message)));
    let mut gone = Vec::new();
    for (index, member) in changed {
        let name = format!("messages[{index}].{}", member.name);
        if !gone.contains(&name) {
            gone.push(name);
        }
    }
    gone
}

/// The messages in one list only. An unchanged message keeps its members, also at another place.
fn without_same<'m>(before: &'m [Value], after: &'m [Value]) -> (Vec<(usize, &'m Value)>, Vec<&'m Value>) {
    let mut new: BTreeMap<Option<String>, Vec<&Value>> = BTreeMap::new();
    for message in after {
        new.entry(written(message)).or_default().push(message);
    }
    let mut changed: Vec<(usize, &Value)> = before.iter().enumerate().collect();
    changed.retain(|(_, message)| new.get_mut(&written(message)).and_then(Vec::pop).is_none());
    (changed, new.into_values().flatten().collect())
}

fn written(value: &Value) -> Option<String> {
    to_raw_value(value).map(|raw| canonical(&raw)).ok()
}

/// A member of a message or of its template.
#[derive(Clone, Copy)]
struct Member<'m> {
    name: &'m str,
    value: &'m Value,
}

impl Member<'_> {
    fn replaces(self, old: Member<'_>) -> bool {
        let is_shorter = |list: &Vec<Value>| self.value.as_array().is_none_or(|new| new.len() < list.len());
        let has = |key: &String| self.value.get(key).is_some_and(|value| !is_empty_value(value));
        let keys = old.value.as_object().filter(|_| BY_KEY.contains(&old.name));
        self.name == old.name
            && !old.value.as_array().is_some_and(is_shorter)
            && keys.is_none_or(|keys| keys.iter().all(|(key, old)| is_empty_value(old) || has(key)))
    }
}

/// The number of occurrences of each member, by name and canonical value.
#[derive(Default)]
struct Count<'m>(BTreeMap<(&'m str, Option<String>), usize>);

impl<'m> Count<'m> {
    fn add(&mut self, member: Member<'m>) {
        *self.0.entry((member.name, written(member.value))).or_default() += 1;
    }

    /// Removes one occurrence; false if there is none.
    fn take(&mut self, member: Member<'m>) -> bool {
        let left = self.0.get_mut(&(member.name, written(member.value)));
        let Some(left) = left.filter(|left| **left > 0) else { return false };
        *left -= 1;
        true
    }

    /// The same for a new value of the member in `message`.
    fn take_new(&mut self, old: Member<'m>, message: &'m Value) -> bool {
        let mut new = hidden(message).into_iter().filter(|new| new.replaces(old));
        new.any(|new| self.take(new))
    }
}

fn hidden(message: &Value) -> Vec<Member<'_>> {
    let own = members(message, &OF_THE_MESSAGE);
    own.chain(texts(message).flat_map(|template| members(template, &OF_THE_TEMPLATE))).collect()
}

fn members<'m>(object: &'m Value, known: &'m [&str]) -> impl Iterator<Item = Member<'m>> {
    let members = kwargs(object).into_iter().flatten();
    let hidden = members.filter(|(name, value)| !known.contains(&name.as_str()) && !is_empty_value(value));
    hidden.map(|(name, value)| Member { name, value })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(class: &str, kwargs: &Value) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", class], "kwargs": kwargs})
    }

    fn human(text: &str, filled: &Value, additional: &Value) -> Value {
        let kwargs = json!({"template": text, "template_format": "f-string", "input_variables": [],
            "partial_variables": filled});
        let prompt = object("PromptTemplate", &kwargs);
        object("HumanMessagePromptTemplate", &json!({"prompt": prompt, "additional_kwargs": additional}))
    }

    fn ai(content: &str, call: &str) -> Value {
        let calls = json!([{"name": "f", "args": {}, "id": call}]);
        let kwargs = json!({"content": content, "type": "ai", "example": false, "name": null, "tool_calls": calls,
            "response_metadata": {}});
        object("AIMessage", &kwargs)
    }

    #[test]
    fn what_a_replaced_message_had_besides_is_named() {
        let none = json!({});
        let plain = human("new", &none, &none);
        let before = [human("{a}", &json!({"a": "x"}), &json!({"name": "n"})), ai("", "1"), plain.clone()];
        let all =
            ["messages[0].additional_kwargs", "messages[0].partial_variables", "messages[1].tool_calls"];
        assert_eq!(members_gone(&before, &[]), all);
        assert_eq!(members_gone(&before, &[plain.clone(), plain]), all);
        let place =
            object("MessagesPlaceholder", &json!({"variable_name": "h", "optional": true, "n_messages": 2}));
        assert_eq!(members_gone(&[place], &[]), ["messages[0].n_messages"]);
    }

    #[test]
    fn what_is_replaced_is_not_gone() {
        let none = json!({});
        let filled = |values: &Value| [human("{a}{b}", values, &none)];
        let before = filled(&json!({"a": "x"}));
        assert!(members_gone(&before, &filled(&json!({"a": "z", "b": "y"}))).is_empty());
        assert_eq!(members_gone(&before, &filled(&json!({"b": "y"}))), ["messages[0].partial_variables"]);
        assert_eq!(
            members_gone(&before, &filled(&json!({"a": null, "b": "y"}))),
            ["messages[0].partial_variables"]
        );
        let empty = |b: &str| filled(&json!({"a": "", "b": b}));
        assert!(members_gone(&empty("x"), &empty("y")).is_empty());
        assert!(members_gone(&[ai("x", "1")], &[ai("x", "2")]).is_empty());
        let mut two = ai("x", "1");
        two["kwargs"]["tool_calls"].as_array_mut().unwrap().push(json!({"name": "g", "args": {}, "id": "3"}));
        assert_eq!(members_gone(&[two], &[ai("x", "1")]), ["messages[0].tool_calls"]);
    }

    #[test]
    fn what_stays_is_not_named() {
        let before = [ai("x", "1"), ai("y", "1"), ai("z", "2")];
        assert!(members_gone(&before, &before).is_empty());
        // The second message moves, the third has another text.
        let after = [ai("new", "2"), ai("y", "1")];
        assert_eq!(members_gone(&before, &after), ["messages[0].tool_calls"]);
    }
}
