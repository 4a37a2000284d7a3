//! Tools that read and push prompts, the languages of templates, and the names of prompts and commits.
//! `get_prompt_by_name` owns the form in which prompts are shown; `push_prompt` reads it back. Arguments that other
//! subjects have too belong to [`toolset::arguments`](crate::toolset::arguments).

pub(crate) mod get_prompt_by_name;
pub(crate) mod list_prompts;
pub(crate) mod prompt_id;
pub(crate) mod prompt_template;
pub(crate) mod push_prompt;
