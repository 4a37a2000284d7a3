//! The identity of the person who logged in. LangSmith tells little about some of them, and pages say no more than
//! this.

use serde::{Deserialize, Serialize};

/// The maximum length of a stored name, address or organization, in characters.
const MAX_TEXT: usize = 200;

/// The person who logged in, as far as LangSmith tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedInAs {
    /// The kind of credential.
    #[serde(flatten)]
    pub with: SignedInWith,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The LangSmith organization of the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// The kind of credential that somebody logged in with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignedInWith {
    /// A LangSmith account, by LangSmith's own sign-in.
    Account,
    /// A personal API key.
    PersonalKey {
        /// Its last four characters, as LangSmith's own key list shows them.
        ending: String,
    },
    /// A service key, which belongs to no person.
    ServiceKey {
        /// Its last four characters.
        ending: String,
    },
    /// A key of unknown kind.
    OtherKey {
        /// Its last four characters.
        ending: String,
    },
    /// Unknown: the session does not record it.
    #[default]
    Unknown,
}

impl SignedInAs {
    /// A person of whom only the kind of credential is known.
    pub const fn new(with: SignedInWith) -> Self {
        Self { with, name: None, email: None, organization: None }
    }

    /// Adds what LangSmith tells about the person, cut to a length that fits a table item. Empty texts become `None`.
    #[must_use]
    pub fn described(
        self,
        name: Option<String>,
        email: Option<String>,
        organization: Option<String>,
    ) -> Self {
        Self { name: bounded(name), email: bounded(email), organization: bounded(organization), ..self }
    }
}

impl SignedInWith {
    /// The kind of an API key, by its prefix: `lsv2_pt_` is personal, `lsv2_sk_` a service key.
    pub fn key(key: &str) -> Self {
        let skip = key.chars().count().saturating_sub(4);
        let ending = key.chars().skip(skip).collect();
        if key.starts_with("lsv2_pt_") {
            Self::PersonalKey { ending }
        } else if key.starts_with("lsv2_sk_") {
            Self::ServiceKey { ending }
        } else {
            Self::OtherKey { ending }
        }
    }
}

fn bounded(text: Option<String>) -> Option<String> {
    let text: String = text?.trim().chars().take(MAX_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_a_key_tells_its_kind() {
        let ending = || "wxyz".to_owned();
        assert_eq!(SignedInWith::key("lsv2_pt_abcwxyz"), SignedInWith::PersonalKey { ending: ending() });
        assert_eq!(SignedInWith::key("lsv2_sk_abcwxyz"), SignedInWith::ServiceKey { ending: ending() });
        assert_eq!(SignedInWith::key("ls__abcwxyz"), SignedInWith::OtherKey { ending: ending() });
        assert_eq!(SignedInWith::key("é"), SignedInWith::OtherKey { ending: "é".to_owned() });
    }

    #[test]
    fn what_is_told_is_bounded() {
        let told = |text: &str| Some(text.to_owned());
        let long = told(&"é".repeat(10_000));
        let known = SignedInAs::new(SignedInWith::Account).described(long, told("  "), told(" Example "));
        assert_eq!(known.name, told(&"é".repeat(MAX_TEXT)));
        assert_eq!((known.email, known.organization), (None, told("Example")));
        let known = SignedInAs::new(SignedInWith::Account).described(None, told("a@example.com"), None);
        assert_eq!((known.name, known.email), (None, told("a@example.com")));
    }

    #[test]
    fn it_is_written_flat_and_read_back() {
        let known = SignedInAs::new(SignedInWith::key("lsv2_pt_abcwxyz"));
        let text = serde_json::to_string(&known).unwrap();
        assert_eq!(text, r#"{"kind":"personal_key","ending":"wxyz"}"#);
        assert_eq!(serde_json::from_str::<SignedInAs>(&text).unwrap(), known);
    }
}
