//! Query parameters, read like those of LangSmith's API: the last one of a name counts, and booleans have many spellings.

use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::error::{FieldError, ToolCacheError};

/// The maximum length of an identifier.
const MAX_ID: usize = 200;

/// The parameters of `GET` and `DELETE …/tools`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToolsQuery {
    pub(crate) url: String,
    pub(crate) provider: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) refresh: bool,
}

impl ToolsQuery {
    /// The parameters in a query string.
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, ToolCacheError> {
        let values = Values::of(query);
        let mut problems = Vec::new();
        let url = values.get("url").filter(|url| !url.trim().is_empty());
        if url.is_none() {
            problems.push(FieldError::missing(vec!["query", "url"]));
        }
        let refresh = values.boolean("force_refresh", false, &mut problems);
        let provider = values.id("oauth_provider_id", &mut problems);
        let user = values.id("ls_user_id", &mut problems);
        match url {
            Some(url) if problems.is_empty() => Ok(Self { url: url.to_owned(), provider, user, refresh }),
            _ => Err(ToolCacheError::Fields(problems)),
        }
    }
}

/// Parameters by name.
pub(crate) struct Values(BTreeMap<String, String>);

impl Values {
    pub(crate) fn of(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn boolean(&self, name: &'static str, usual: bool, problems: &mut Vec<FieldError>) -> bool {
        let Some(text) = self.get(name) else { return usual };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" | "t" | "y" => true,
            "false" | "0" | "off" | "no" | "f" | "n" => false,
            _ => {
                let message = "Input should be a valid boolean, unable to interpret input";
                problems.push(FieldError::new(vec!["query", name], "bool_parsing", message));
                usual
            }
        }
    }

    pub(crate) fn whole_number(&self, name: &'static str, usual: u64, problems: &mut Vec<FieldError>) -> u64 {
        let Some(text) = self.get(name) else { return usual };
        text.trim().parse().unwrap_or_else(|_| {
            let message = "Input should be a valid integer, unable to parse string as an integer";
            problems.push(FieldError::new(vec!["query", name], "int_parsing", message));
            usual
        })
    }

    /// An identifier; an empty one is none.
    pub(crate) fn id(&self, name: &'static str, problems: &mut Vec<FieldError>) -> Option<String> {
        let text = self.get(name).filter(|text| !text.is_empty())?;
        if text.len() > MAX_ID || text.chars().any(char::is_control) {
            let message = "String should have at most 200 characters, none of them a control character";
            problems.push(FieldError::new(vec!["query", name], "string_too_long", message));
            return None;
        }
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(query: &str) -> Vec<String> {
        match ToolsQuery::parse(Some(query)) {
            Err(ToolCacheError::Fields(fields)) => fields.iter().map(FieldError::text).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parameters_are_read_as_langsmith_reads_them() {
        let query = "url=https%3A%2F%2Fa.example%2F&force_refresh=Yes&oauth_provider_id=&ls_user_id=u&x=1&ls_user_id=v";
        let expected = ToolsQuery {
            url: "https://a.example/".to_owned(),
            provider: None,
            user: Some("v".to_owned()),
            refresh: true,
        };
        assert_eq!(ToolsQuery::parse(Some(query)).unwrap(), expected);
        for query in ["", "url=", "force_refresh=1"] {
            assert_eq!(problems(query), ["'url': Field required"]);
        }
        assert_eq!(problems("force_refresh=maybe").len(), 2);
        assert_eq!(problems(&format!("url=x&ls_user_id={}", "x".repeat(201))).len(), 1);
        assert!(ToolsQuery::parse(None).is_err());
    }
}
