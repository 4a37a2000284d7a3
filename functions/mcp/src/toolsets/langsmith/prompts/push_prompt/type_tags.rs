//! LangSmith's own tags of a prompt: a commit adds the class of its manifest (public report: `INSTALL.md` of
//! bogware/terraform-provider-langsmith, which therefore declares such a tag beside its own). They are not the
//! caller's: they do not count as a difference, and a change of tags keeps them.

use serde_json::Value;

use super::merge::stored::class;

/// The classes of stored prompts in LangChain's libraries. Which of them LangSmith uses as tags is not documented; the
/// report names the first one.
const CLASSES: [&str; 12] = [
    "ChatPromptTemplate",
    "StructuredPrompt",
    "PromptTemplate",
    "StringPromptTemplate",
    "FewShotPromptTemplate",
    "FewShotPromptWithTemplates",
    "FewShotChatMessagePromptTemplate",
    "PipelinePromptTemplate",
    "ImagePromptTemplate",
    "DictPromptTemplate",
    "RunnableSequence",
    "PromptPlayground",
];

/// Whether the stored tags are the wanted ones, apart from type tags; the class of `manifest` is one of those.
pub(super) fn are_stored(wanted: &[String], stored: &[String], manifest: &Value) -> bool {
    wanted.iter().all(|tag| stored.contains(tag))
        && stored.iter().all(|tag| wanted.contains(tag) || is_type(tag, manifest))
}

/// The wanted tags and the type tags among the stored ones.
pub(super) fn with_types(wanted: &[String], stored: &[String], manifest: &Value) -> Vec<String> {
    let kept = stored.iter().filter(|tag| is_type(tag, manifest) && !wanted.contains(tag));
    wanted.iter().chain(kept).cloned().collect()
}

fn is_type(tag: &str, manifest: &Value) -> bool {
    let prompt = manifest.pointer("/kwargs/first").unwrap_or(manifest);
    CLASSES.contains(&tag) || [class(manifest), class(prompt)].contains(&Some(tag))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tags(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn types_and_order_make_no_difference() {
        let manifest = json!({"id": ["a", "MyPrompt"]});
        for (wanted, stored, same) in [
            ("a b", "b a", true),
            ("a", "ChatPromptTemplate a", true),
            ("", "StructuredPrompt MyPrompt", true),
            ("ChatPromptTemplate a", "a", false),
            ("a", "a b", false),
            ("a a", "a", true),
            ("a", "chatprompttemplate a", false),
        ] {
            assert_eq!(are_stored(&tags(wanted), &tags(stored), &manifest), same, "{wanted} | {stored}");
        }
        assert!(!are_stored(&tags("a"), &tags("a MyPrompt"), &json!({"id": ["a", "Other"]})));
    }

    #[test]
    fn a_change_keeps_the_types() {
        let manifest = json!({"id": ["x", "RunnableSequence"], "kwargs": {"first": {"id": ["MyPrompt"]}}});
        let stored = tags("ChatPromptTemplate old MyPrompt");
        assert_eq!(with_types(&tags("new"), &stored, &manifest), tags("new ChatPromptTemplate MyPrompt"));
        assert_eq!(with_types(&[], &stored, &manifest), tags("ChatPromptTemplate MyPrompt"));
        assert_eq!(with_types(&tags("MyPrompt"), &stored, &manifest), tags("MyPrompt ChatPromptTemplate"));
    }
}
