//! `commit_tags`: names for the pushed commit, by which `NAME:TAG` finds it. The prompt's own `tags` are labels.

use langsmith::{PromptName, WorkspaceClient};

use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{CallError, ToolError};

/// The longest name of a commit, in characters.
const LONGEST: usize = 64;

/// From this many digits on, LangSmith looks for a hash first.
const SHORTEST_HASH: usize = 8;

/// Takes the argument. Each name must lead back to the commit.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Vec<String>, ToolError> {
    let mut tags = arguments.list("commit_tags")?.unwrap_or_default();
    for tag in &mut tags {
        *tag = tag.trim().to_owned();
    }
    if tags.iter().all(|tag| leads_back(tag)) {
        return Ok(tags);
    }
    Err(wrong_value(
        "commit_tags",
        "names of letters, digits, -, _ and ., other than latest and anything that could be a commit hash",
    ))
}

fn leads_back(tag: &str) -> bool {
    let known = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_hash = tag.len() >= SHORTEST_HASH && tag.bytes().all(|digit| digit.is_ascii_hexdigit());
    (1..=LONGEST).contains(&tag.chars().count())
        && tag.chars().all(known)
        && !tag.chars().all(|c| c == '.')
        && !is_hash
        && !tag.eq_ignore_ascii_case("latest")
}

/// Gives the commit with this hash its names. Repeating it changes nothing.
pub(super) async fn give(
    caller: &WorkspaceClient<'_>,
    name: PromptName<'_>,
    hash: &str,
    tags: &[String],
) -> Result<(), CallError> {
    if tags.is_empty() {
        return Ok(());
    }
    let id = caller.prompt_commit_id(name, hash).await?;
    let id =
        id.ok_or_else(|| ToolError::not_yet("LangSmith does not list the commit yet, so it has no tag."))?;
    for tag in tags {
        caller.tag_prompt_commit(name, id, tag).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::*;

    fn tags(value: &Value) -> Result<Vec<String>, ToolError> {
        let raw = RawValue::from_string(json!({ "commit_tags": value }).to_string()).unwrap();
        Arguments::read(Some(&raw), parse)
    }

    #[test]
    fn a_tag_is_a_name_that_can_be_asked_for() {
        assert_eq!(tags(&json!(null)), Ok(Vec::new()));
        assert_eq!(tags(&json!("production")), Ok(vec!["production".to_owned()]));
        assert_eq!(tags(&json!([" v1.0 ", "größe_2"])), Ok(vec!["v1.0".to_owned(), "größe_2".to_owned()]));
        assert_eq!(tags(&json!(["beef"])), Ok(vec!["beef".to_owned()]));
        for wrong in ["latest", "LATEST", "a b", "a:b", "a/b", "..", "deadbeef", "0123456789"] {
            let message = tags(&json!([wrong])).unwrap_err().message;
            assert!(message.starts_with("commit_tags must be names"), "{wrong}: {message}");
        }
    }
}
