//! Prompts and their commits.

pub(crate) mod get_prompt_by_name;
pub(crate) mod list_prompts;
pub(crate) mod prompt_id;
pub(crate) mod prompt_template;
pub(crate) mod push_prompt;
