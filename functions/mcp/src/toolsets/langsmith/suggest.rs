//! The error for an unknown name or id. For a name it suggests the most similar ones, as far as the caller can see
//! them.

use std::fmt::Display;

use langsmith::{NamedKind, UpstreamError, WorkspaceClient};

use crate::toolset::arguments::unknown::nearest::most_alike;
use crate::toolset::{CallError, ToolError, shorten_name};

/// The maximum number of names suggested by an error.
const MOST: usize = 3;

/// The id of the project of this name, possibly a remembered one: a failure of its use goes through [`naming_gone`].
pub(crate) async fn project_id(caller: &WorkspaceClient<'_>, name: &str) -> Result<String, CallError> {
    match caller.project_id(name).await? {
        Some(id) => Ok(id),
        None => Err(no_such(caller, NamedKind::Project, name).await.into()),
    }
}

/// The error for a missing project, dataset or prompt. One more request to LangSmith fetches the existing names.
pub(crate) async fn no_such(caller: &WorkspaceClient<'_>, kind: NamedKind, name: &str) -> ToolError {
    let what = match kind {
        NamedKind::Project => "Project",
        NamedKind::Dataset => "Dataset",
        NamedKind::Prompt => "Prompt",
    };
    let known = caller.first_names(kind).await;
    ToolError::not_found(format!("{what} {} not found{}", shorten_name(name), meant(name, &known)))
}

/// The same failure; if LangSmith does not know the requested object, its error is `what`, without a full stop.
pub(crate) fn naming(error: UpstreamError, what: impl Display) -> CallError {
    match error {
        UpstreamError::NotFound { detail } => ToolError::unknown(what, &detail).into(),
        error => error.into(),
    }
}

/// The same failure; if a project's cached id led to it and its name is gone, the error for a missing project.
pub(crate) async fn naming_gone(caller: &WorkspaceClient<'_>, error: CallError) -> CallError {
    let gone = caller
        .gone_project()
        .filter(|_| matches!(&error, CallError::Upstream(error) if error.is_not_found()));
    match gone {
        Some(name) => no_such(caller, NamedKind::Project, &name).await.into(),
        None => error,
    }
}

/// A question that suggests names of `known`, for the end of an error; empty if none is similar to `name`.
pub(crate) fn meant(name: &str, known: &[String]) -> String {
    let alike = most_alike(name, known.iter().map(String::as_str), MOST);
    // A truncated name leads nowhere.
    let alike: Vec<String> =
        alike.into_iter().filter(|name| shorten_name(name) == **name).map(shorten_name).collect();
    match alike.split_last() {
        None => String::new(),
        Some((only, [])) => format!(". Did you mean {only}?"),
        Some((last, others)) => format!(". Did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_like_the_name_is_asked_for() {
        let known = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (name, names, expected) in [
            ("suport-bot", &["support-bot", "other"][..], ". Did you mean support-bot?"),
            ("bot", &["other", "bot-2", "bot-1"], ". Did you mean bot-2 or bot-1?"),
            ("a-bot", &["b-bot", "c-bot", "d-bot", "e-bot"], ". Did you mean b-bot, c-bot or d-bot?"),
            ("nope", &["support-bot"], ""),
            ("nope", &[], ""),
        ] {
            assert_eq!(meant(name, &known(names)), expected, "{name}");
        }
    }
}
