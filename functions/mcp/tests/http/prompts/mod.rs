//! The tools of prompts.

#[cfg(test)]
mod get_prompt_by_name;
#[cfg(test)]
mod list_prompts;
#[cfg(test)]
pub(crate) mod push_prompt;
#[cfg(test)]
mod push_prompt_dry_run;
#[cfg(test)]
mod push_prompt_faults;
#[cfg(test)]
mod push_prompt_fixed;
#[cfg(test)]
mod push_prompt_gone;
#[cfg(test)]
pub(crate) mod push_prompt_kept;
#[cfg(test)]
mod push_prompt_language;
#[cfg(test)]
mod push_prompt_parts;
#[cfg(test)]
pub(crate) mod push_prompt_round_trip;
#[cfg(test)]
mod push_prompt_tags;
