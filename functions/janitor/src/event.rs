//! What starts a run.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// An event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Somebody wants something to be replaced at once.
    Replace {
        /// What.
        replace: Replaceable,
    },
    /// The same, for what cannot be replaced.
    Unknown {
        /// What was written there.
        replace: IgnoredAny,
    },
    /// The clock, a deployment, or anybody: what is due is done.
    Any(IgnoredAny),
}

/// What can be replaced before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replaceable {
    /// The keys that access tokens are signed with.
    SigningKeys,
}

/// What was replaced, so that whoever asked for it sees that it was.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// What.
    pub replaced: Replaceable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_that_is_known_replaces_and_a_wrong_one_is_no_ordinary_run() {
        let of = |text: &str| serde_json::from_str::<Event>(text).unwrap();
        let keys = Replaceable::SigningKeys;
        for text in [r#"{"replace":"signing-keys"}"#, r#"{"id":"1","replace":"signing-keys"}"#] {
            assert!(matches!(of(text), Event::Replace { replace } if replace == keys), "{text}");
        }
        for text in [r#"{"replace":"signing-key"}"#, r#"{"replace":null}"#, r#"{"replace":["signing-keys"]}"#]
        {
            assert!(matches!(of(text), Event::Unknown { .. }), "{text}");
        }
        for text in [
            "{}",
            "null",
            r#""replace""#,
            r#"{"source":"aws.events"}"#,
            r#"{"detail":{"replace":"signing-keys"}}"#,
        ] {
            assert!(matches!(of(text), Event::Any(_)), "{text}");
        }
        let told = serde_json::to_string(&Replaced { replaced: keys }).unwrap();
        assert_eq!(told, r#"{"replaced":"signing-keys"}"#);
    }
}
