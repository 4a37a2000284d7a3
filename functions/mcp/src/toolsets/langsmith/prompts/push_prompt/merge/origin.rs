//! The argument `manifest` as an answer of `get_prompt_by_name`: the prompt in readable form, and its commit, the base
//! of the new one.

use std::collections::BTreeMap;

use langsmith::{PromptCommit, PromptName, WorkspaceClient};
use serde_json::value::RawValue;

use super::given::{Given, chat, langchain, text};
use crate::json::canonical::members;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::{CallError, ToolError};
use crate::toolsets::langsmith::prompts::get_prompt_by_name::answer;
use crate::toolsets::langsmith::prompts::prompt_id::PromptId;

/// The changeable members, and those derived from them.
const FREE: [&str; 6] =
    ["input_variables", "manifest", "messages", "optional_variables", "template", "template_format"];

/// The source commit of a prompt.
#[derive(Debug)]
pub(crate) struct Origin {
    id: PromptId,
    /// The other members of the answer, as canonical JSON.
    others: BTreeMap<String, String>,
    /// The member for the content of the prompt, if it is empty.
    empty: Option<&'static str>,
}

/// Reads the argument `manifest`; `None` if it is another kind of manifest.
pub(crate) fn read(raw: &RawValue) -> Result<Option<(Given, Origin)>, ToolError> {
    let Ok(given) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) else { return Ok(None) };
    let Some(id) = given.get("metadata").filter(|_| !given.contains_key("lc")).and_then(|it| id(it)) else {
        return Ok(None);
    };
    let id = PromptId::parse(&id)
        .map_err(|_| wrong_value("manifest.metadata", "what get_prompt_by_name answered"))?;
    let mut others = members(raw).unwrap_or_default();
    others.retain(|name, _| !FREE.contains(&name.as_str()));
    let word = |name: &str| given.get(name).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let mut empty = None;
    let given = match (given.get("messages"), word("template"), given.get("manifest")) {
        (Some(messages), None, None) => {
            let messages: Vec<Box<RawValue>> = serde_json::from_str(messages.get())
                .map_err(|_| wrong_value("manifest.messages", "a JSON array"))?;
            empty = messages.is_empty().then_some("messages");
            chat(messages, None)?
        }
        (None, Some(template), None) => {
            empty = template.trim().is_empty().then_some("template");
            text(template, word("template_format"))?
        }
        (None, None, Some(manifest)) => Given::Manifest(langchain(manifest)?),
        _ => return Err(wrong_value("manifest", "with one of messages, template and manifest in it")),
    };
    Ok(Some((given, Origin { id, others, empty })))
}

/// The id `owner/name:commit` in the metadata.
fn id(metadata: &RawValue) -> Option<String> {
    let metadata: BTreeMap<String, &RawValue> = serde_json::from_str(metadata.get()).ok()?;
    let word = |name: &str| serde_json::from_str::<String>(metadata.get(name)?.get()).ok();
    Some(format!("{}/{}:{}", word("lc_hub_owner")?, word("lc_hub_repo")?, word("lc_hub_commit_hash")?))
}

impl Origin {
    /// The source commit. `newest` is the newest one of the push's target.
    pub(crate) async fn commit(
        &self,
        caller: &WorkspaceClient<'_>,
        to: PromptName<'_>,
        newest: Option<&PromptCommit>,
    ) -> Result<PromptCommit, CallError> {
        let is_newest =
            |commit: &&PromptCommit| self.id.prompt() == to && commit.commit_hash == self.id.commit();
        let commit = match newest.filter(is_newest) {
            Some(newest) => newest.clone(),
            None => caller
                .prompt_commit(self.id.prompt(), self.id.commit(), true)
                .await?
                .ok_or_else(|| ToolError::not_found(format!("Prompt {} not found", self.id)))?,
        };
        self.check(&commit)?;
        Ok(commit)
    }

    /// Refuses an answer with a change outside of the prompt's content, which would be lost.
    fn check(&self, commit: &PromptCommit) -> Result<(), ToolError> {
        let shown = RawValue::from_string(answer(commit, &self.id, true)).ok();
        let shown = shown.as_deref().and_then(members).unwrap_or_default();
        if let Some(name) =
            self.empty.filter(|name| !shown.get(*name).is_some_and(|json| has_no_content(json)))
        {
            return Err(ToolError::invalid(format!(
                "manifest.{name} is empty, and that of {} is not: the push would leave nothing of the prompt.",
                self.id
            )));
        }
        let is_other =
            |(name, value): &(&String, &String)| *name == "_truncated" || shown.get(*name) != Some(*value);
        match self.others.iter().find(is_other) {
            None => Ok(()),
            Some((name, _)) => Err(ToolError::invalid(format!(
                "manifest.{} is not what {} has: of an answer of get_prompt_by_name, the messages or the template may be \
changed. Change the rest in a LangChain manifest.",
                name.chars().take(40).collect::<String>(),
                self.id
            ))),
        }
    }
}

/// Whether a list of messages is empty, or the text of a template blank.
fn has_no_content(json: &str) -> bool {
    json == "[]" || serde_json::from_str::<String>(json).is_ok_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(value: &Value) -> Result<Option<(Given, Origin)>, ToolError> {
        read(&RawValue::from_string(value.to_string()).unwrap())
    }

    fn metadata() -> Value {
        json!({"lc_hub_owner": "-", "lc_hub_repo": "a", "lc_hub_commit_hash": "0123456789"})
    }

    #[test]
    fn an_answer_is_known_by_where_it_comes_from() {
        for (other, word) in [
            (json!({"messages": []}), "no metadata"),
            (json!({"lc": 1, "metadata": metadata()}), "a manifest"),
            (json!({"template": "x", "metadata": {"lc_hub_repo": "a"}}), "no commit"),
        ] {
            assert!(parsed(&other).unwrap().is_none(), "{word}");
        }
        let answer =
            json!({"template": "x {a}", "input_variables": ["a"], "tags": null, "metadata": metadata()});
        let (given, origin) = parsed(&answer).unwrap().unwrap();
        assert!(matches!(given, Given::Text(_)));
        assert_eq!(origin.id.to_string(), "a:0123456789");
        assert_eq!(origin.others.keys().collect::<Vec<_>>(), ["metadata", "tags"]);
    }

    #[test]
    fn what_is_wrong_in_an_answer_is_named() {
        for (member, value, word) in [
            ("messages", json!(1), "manifest.messages must be"),
            ("messages", json!([{"role": "human", "content": "{{#a}} {"}]), "messages[0].content is no"),
            ("manifest", json!({}), "manifest must be a LangChain object"),
            ("name", json!("n"), "manifest must be with one of"),
        ] {
            let message = parsed(&json!({"metadata": metadata(), member: value})).unwrap_err().message;
            assert!(message.starts_with(word), "{message}");
        }
        let away = json!({"lc_hub_owner": "..", "lc_hub_repo": "a", "lc_hub_commit_hash": "0"});
        let message = parsed(&json!({"template": "x", "metadata": away})).unwrap_err().message;
        assert!(message.starts_with("manifest.metadata must be"), "{message}");
    }
}
