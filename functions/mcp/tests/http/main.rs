//! Black-box tests of `/mcp`: HTTP in, HTTP out, with the LangSmith double upstream. Only who calls is faked.

#[cfg(test)]
mod authentication;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod billing;
#[cfg(test)]
mod create_dataset;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod experiments;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fetch_runs;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod prompts;
#[cfg(test)]
mod run_experiment;
#[cfg(test)]
mod runs_backends;
#[cfg(test)]
mod runs_cursor;
#[cfg(test)]
mod runs_heavy;
#[cfg(test)]
mod runs_select;
#[cfg(test)]
mod runs_walks;
#[cfg(test)]
mod support;
#[cfg(test)]
mod threads;
#[cfg(test)]
mod update_examples;
#[cfg(test)]
mod upstream;
#[cfg(test)]
mod writes;
