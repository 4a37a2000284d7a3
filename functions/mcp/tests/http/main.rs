//! Black-box tests of `/mcp`: HTTP in, HTTP out, with the LangSmith double upstream. Only the authentication of callers
//! is faked.

#[cfg(test)]
mod arguments;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod byoc;
#[cfg(test)]
mod byoc_lists;
#[cfg(test)]
mod byoc_refused;
#[cfg(test)]
mod common;
#[cfg(test)]
mod create_dataset;
#[cfg(test)]
mod deployment;
#[cfg(test)]
mod every_mode;
#[cfg(test)]
mod examples_of_runs;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fetch_runs;
#[cfg(test)]
mod fetch_runs_backends;
#[cfg(test)]
mod fetch_runs_cursor;
#[cfg(test)]
mod fetch_runs_flags;
#[cfg(test)]
mod fetch_runs_heavy;
#[cfg(test)]
mod fetch_runs_remade;
#[cfg(test)]
mod fetch_runs_select;
#[cfg(test)]
mod fetch_runs_summary;
#[cfg(test)]
mod fetch_runs_walks;
#[cfg(test)]
mod get_billing_usage;
#[cfg(test)]
mod get_prompt_by_name;
#[cfg(test)]
mod get_thread_history;
#[cfg(test)]
mod get_thread_history_parts;
#[cfg(test)]
mod ignored;
#[cfg(test)]
mod instructions;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod list_and_read_datasets;
#[cfg(test)]
mod list_and_read_examples;
#[cfg(test)]
mod list_experiments;
#[cfg(test)]
mod list_projects;
#[cfg(test)]
mod list_prompts;
#[cfg(test)]
mod list_workspaces;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod narrowed;
#[cfg(test)]
mod not_found;
#[cfg(test)]
mod prompts_of_parts;
#[cfg(test)]
mod push_prompt;
#[cfg(test)]
mod push_prompt_dry_run;
#[cfg(test)]
mod push_prompt_faults;
#[cfg(test)]
mod push_prompt_fixed;
#[cfg(test)]
mod push_prompt_gone;
#[cfg(test)]
mod push_prompt_kept;
#[cfg(test)]
mod push_prompt_language;
#[cfg(test)]
mod push_prompt_round_trip;
#[cfg(test)]
mod push_prompt_tags;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod real_service;
#[cfg(test)]
mod run_experiment;
#[cfg(test)]
mod run_experiment_again;
#[cfg(test)]
mod run_experiment_cloud;
#[cfg(test)]
mod run_experiment_conflicts;
#[cfg(test)]
mod run_experiment_refused;
#[cfg(test)]
mod run_experiment_resumed;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tools_list;
#[cfg(test)]
mod toolsets;
#[cfg(test)]
mod update_examples;
#[cfg(test)]
mod upstream;
#[cfg(test)]
mod writes;
