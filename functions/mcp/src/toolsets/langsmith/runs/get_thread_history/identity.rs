//! The identity of messages. One call is often traced by two tracers, each with a form of its own, so a message is
//! identified by its meaning and not by its bytes.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::form::{NormalizedMessage, Role, compact};

/// The identity of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) hash: u64,
    /// Whether it is an instruction of the application, outside of the conversation.
    pub(super) system: bool,
}

impl Identity {
    /// The identity of a message. Anything but a message of a known form is identified by its JSON.
    pub(super) fn of(json: &str) -> Self {
        let Some(said) = NormalizedMessage::read(json) else {
            return Self { hash: hash(compact(json)), system: false };
        };
        let hash = if said.is_empty() { hash((&said.role, compact(json))) } else { hash(&said) };
        Self { hash, system: said.role == Role::System }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(forms: &[&str]) {
        let first = Identity::of(forms[0]);
        for form in forms {
            assert_eq!(Identity::of(form), first, "{form}");
        }
    }

    #[test]
    fn the_form_does_not_matter() {
        same(&[
            r#"{"role":"user","content":"Hé \"you\""}"#,
            r#"{ "content": "H\u00e9 \"you\"", "role": "user", "extra": [1] }"#,
            r#"{"type":"human","content":[{"type":"text","text":"Hé \"you\""}]}"#,
            r#"{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"Hé \"you\"","type":"human"}}"#,
            r#"{"type":"human","data":{"content":"Hé \"you\"","tool_calls":[]}}"#,
            r#"["human","Hé \"you\""]"#,
        ]);
        same(&[
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
            r#"{"id":["x","AIMessageChunk"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{},"id":"c1"}]}}"#,
            r#"{"type":"ai","content":[],"additional_kwargs":{"tool_calls":[{"id":"c1"}]},"tool_calls":[]}"#,
        ]);
    }

    #[test]
    fn role_content_calls_and_speaker_matter() {
        let forms = [
            r#"{"role":"user","content":"a"}"#,
            r#"{"role":"assistant","content":"a"}"#,
            r#"{"role":"narrator","content":"a"}"#,
            r#"{"role":"user","content":"b"}"#,
            r#"{"role":"user","content":["a","b"]}"#,
            r#"{"role":"user","content":"a","name":"Eve"}"#,
            r#"{"role":"tool","content":"a","tool_call_id":"c1"}"#,
            r#"{"role":"tool","content":"a","tool_call_id":"c2"}"#,
            r#"{"role":"assistant","tool_calls":[{"id":"c1"}]}"#,
            r#"{"role":"assistant","tool_calls":[{"id":"c2"}]}"#,
            r#"{"role":"assistant","content":null,"refusal":"no"}"#,
            r#"{"role":"assistant","content":null,"refusal":"never"}"#,
        ];
        for (at, left) in forms.iter().enumerate() {
            for right in &forms[at + 1..] {
                assert_ne!(Identity::of(left), Identity::of(right), "{left} {right}");
            }
        }
    }

    #[test]
    fn instructions_are_told_apart() {
        for json in [
            r#"{"role":"system","content":"x"}"#,
            r#"{"role":"developer","content":"x"}"#,
            r#"{"id":["SystemMessage"],"kwargs":{"content":"x"}}"#,
            r#"["system","x"]"#,
        ] {
            assert!(Identity::of(json).system, "{json}");
        }
        assert!(!Identity::of(r#"{"role":"user","content":"system"}"#).system);
    }

    #[test]
    fn anything_has_an_identity() {
        let deep = format!("{{\"role\":\"user\",\"content\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        let all = [
            "null",
            "1",
            "\"x\"",
            "[]",
            "{}",
            r#"["a","b"]"#,
            r#"{"role":1,"content":{"a":1}}"#,
            r#"{"role":"user","content":"\ud800"}"#,
            r#"{"role":"user","role":"user"}"#,
            r#"{"kwargs":1}"#,
            &deep,
        ];
        for (at, json) in all.iter().enumerate() {
            let same = all.iter().filter(|other| Identity::of(other) == Identity::of(json)).count();
            assert_eq!(same, 1, "another one has the identity of number {at}");
        }
        assert_ne!(
            Identity::of(r#"{"role":"user","content":"\ud800"}"#),
            Identity::of(r#"{"role":"user","content":"\ud800b"}"#)
        );
        assert_eq!(Identity::of("[1, 2]"), Identity::of("[1,2]"));
    }
}
