//! A prompt: created, repeated, changed, and read back by each of its names.

use http::Method;
use serde_json::{Value, json};

use super::{Script, Weight, list, text};

impl Script<'_> {
    pub(super) async fn prompts(&mut self) {
        let name = self.names.base.clone();
        let prompt = self.chat_prompt(
            "You answer smoke tests.",
            &json!({"tags": ["smoke"], "commit_tags": ["smoke-first", "smoke-moving"]}),
        );
        let created = self.works("a prompt", "push_prompt", prompt.clone()).await;
        let (_, kept) =
            self.look("the prompt itself", (Method::GET, &format!("/repos/-/{name}")), None).await;
        let added = list(&kept, "/repo/tags").iter().filter(|tag| **tag != "smoke").count();
        self.fact("tags that a commit adds to its prompt", Weight::Varies, added.to_string());
        let again = self.works("the same prompt again", "push_prompt", prompt).await;
        let seen = again.as_ref().map_or_else(
            || "refused".to_owned(),
            |again| {
                let updated = list(again, "/updated").len();
                format!("{}, {updated} updated", text(again, "/status").unwrap_or("no status"))
            },
        );
        self.fact("the same prompt again", Weight::Counts, seen);
        let taken = json!({"repo_handle": name, "is_public": false});
        let taken =
            self.look("a name of a prompt that is taken", (Method::POST, "/repos"), Some(&taken)).await;
        self.fact("a prompt's name that is taken", Weight::Counts, taken.0.to_string());

        let more = json!({"tags": ["smoke", "smoke-more"], "commit_tags": ["smoke-moving"]});
        let changed = self.chat_prompt("You answer smoke tests briefly.", &more);
        self.works("a changed prompt", "push_prompt", changed).await;
        let (_, kept) =
            self.look("the changed prompt itself", (Method::GET, &format!("/repos/-/{name}")), None).await;
        let added = list(&kept, "/repo/tags").iter().filter(|tag| **tag != "smoke" && **tag != "smoke-more");
        self.fact("added tags after a change of tags", Weight::Varies, added.count().to_string());
        let first = created.as_ref().and_then(|created| text(created, "/commit_hash"));
        match first.and_then(|hash| hash.get(..8)) {
            Some(hash) => {
                let stale = self.chat_prompt("You never answer.", &json!({"parent_commit": hash}));
                self.refuses("a push on an older commit", "push_prompt", stale).await;
                let commit = json!({"prompt_name": format!("{name}:{hash}")});
                self.works("a prompt by its commit", "get_prompt_by_name", commit).await;
            }
            None => self.skip("a push on an older commit", "push_prompt"),
        }
        let newest =
            self.works("a prompt by its name", "get_prompt_by_name", json!({"prompt_name": name})).await;
        let tagged = json!({"prompt_name": format!("{name}:smoke-first")});
        let tagged = self.works("a prompt by a tag", "get_prompt_by_name", tagged).await;
        let hash = |prompt: &Option<Value>| {
            let prompt = prompt.as_ref()?;
            text(prompt, "/metadata/lc_hub_commit_hash").map(str::to_owned)
        };
        let seen = match (hash(&newest), hash(&tagged)) {
            (Some(newest), Some(tagged)) if newest != tagged => "the first commit",
            (Some(_), Some(_)) => "the newest commit",
            _ => "not shown",
        };
        self.fact("what a tag of a commit finds", Weight::Counts, seen);
        let found = |listed: &Value| list(listed, "/prompts").len() == 1;
        self.settles("prompts by a text", ("list_prompts", json!({"query": name})), found).await;
    }

    /// The arguments for pushing a chat prompt.
    fn chat_prompt(&self, system: &str, more: &Value) -> Value {
        let mut arguments = json!({
            "prompt_name": self.names.base,
            "description": "smoke: safe to delete",
            "messages": [{"role": "system", "content": system}, {"role": "human", "content": "{question}"}],
        });
        if let (Some(arguments), Some(more)) = (arguments.as_object_mut(), more.as_object()) {
            arguments.extend(more.clone());
        }
        arguments
    }
}
