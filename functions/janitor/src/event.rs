//! The events that start a run.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The event of one run.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// A request to replace something immediately.
    Replace {
        /// The thing to replace.
        replace: Replaceable,
    },
    /// A request to replace something that cannot be replaced.
    Unknown {
        /// The unknown value.
        replace: IgnoredAny,
    },
    /// A schedule, a deployment, or a manual start: does whatever is due.
    Any(IgnoredAny),
}

/// The things that can be replaced ahead of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replaceable {
    /// The keys that access tokens are signed with.
    SigningKeys,
}

/// The confirmation of a replacement, for the caller who asked for it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// The thing that was replaced.
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
