//! The names of prompts in a call: `name`, `owner/name`, and either with `:commit`.

use std::fmt;

use langsmith::PromptName;

use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;

/// The maximum length of such a name, in characters.
const LONGEST: usize = 256;

/// A prompt and one of its commits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PromptId {
    /// `None` for the workspace of the call.
    owner: Option<String>,
    name: String,
    commit: Option<String>,
}

impl PromptId {
    /// Reads the argument `prompt_name`.
    pub(crate) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(wrong_value("prompt_name", &format!("at most {LONGEST} characters long")));
        }
        let (path, commit) = halves(text, ':', "one colon, before a commit or tag")?;
        let (first, second) = halves(path, '/', "one slash, after the owner")?;
        let (owner, name) = second.map_or((None, first), |name| (Some(first), name));
        Ok(Self {
            owner: owner.filter(|owner| *owner != "-").map(|owner| part("owner", owner)).transpose()?,
            name: part("name", name)?,
            commit: commit.map(|commit| part("commit", commit)).transpose()?,
        })
    }

    /// The name, if nothing else was given.
    pub(crate) fn own(self) -> Option<String> {
        (self.owner.is_none() && self.commit.is_none()).then_some(self.name)
    }

    /// Owner and name.
    pub(crate) fn prompt(&self) -> PromptName<'_> {
        PromptName { owner: self.owner.as_deref(), name: &self.name }
    }

    /// The commit, by default the newest one.
    pub(crate) fn commit(&self) -> &str {
        self.commit.as_deref().unwrap_or("latest")
    }
}

impl fmt::Display for PromptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = &self.owner {
            write!(f, "{owner}/")?;
        }
        f.write_str(&self.name)?;
        self.commit.iter().try_for_each(|commit| write!(f, ":{commit}"))
    }
}

/// The text before and after the only `separator`.
fn halves<'t>(
    text: &'t str,
    separator: char,
    expected: &str,
) -> Result<(&'t str, Option<&'t str>), ToolError> {
    let Some((before, after)) = text.split_once(separator) else { return Ok((text, None)) };
    if after.contains(separator) {
        return Err(ToolError::invalid(format!("prompt_name may have {expected}.")));
    }
    Ok((before, Some(after)))
}

/// One part, a future segment of a path: `.` and `..` would be steps in it.
fn part(what: &str, text: &str) -> Result<String, ToolError> {
    if text.is_empty() {
        return Err(ToolError::invalid(format!("prompt_name has an empty {what}.")));
    }
    let known = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.chars().all(known) || text.chars().all(|c| c == '.') {
        let message = format!(
            "The {what} in prompt_name may have letters, digits, hyphens, underscores and dots only."
        );
        return Err(ToolError::invalid(message));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, String, Option<String>) {
        let id = PromptId::parse(text).unwrap();
        (id.owner, id.name, id.commit)
    }

    fn refused(text: &str) -> String {
        PromptId::parse(text).unwrap_err().message
    }

    #[test]
    fn every_form_is_read() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(parsed(" höflich_1.0 "), (None, "höflich_1.0".into(), None));
        assert_eq!(parsed("-/a:latest"), (None, "a".into(), text("latest")));
        assert_eq!(
            parsed("community/rag-answer:0123abcd"),
            (text("community"), "rag-answer".into(), text("0123abcd"))
        );
        assert_eq!(PromptId::parse("a").unwrap().commit(), "latest");
        assert_eq!(PromptId::parse("-/a").unwrap().own(), text("a"));
        assert_eq!(PromptId::parse("b/a").unwrap().own(), None);
        assert_eq!(PromptId::parse("a:b").unwrap().own(), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, word) in [
            ("", "empty name"),
            ("/a", "empty owner"),
            ("a/", "empty name"),
            ("a:", "empty commit"),
            (":b", "empty name"),
            ("a:b:c", "one colon"),
            ("a/b/c", "one slash"),
            ("a:b/c", "The commit"),
            ("a b", "The name"),
            ("a\u{0}", "The name"),
            ("..", "The name"),
            ("./a", "The owner"),
            ("a%2fb", "The name"),
            ("a?b#c", "The name"),
        ] {
            assert!(refused(text).contains(word), "{text}: {}", refused(text));
        }
        assert!(refused(&"a".repeat(257)).contains("256"));
        assert!(PromptId::parse(&"é".repeat(256)).is_ok());
    }
}
