//! The tools that read runs.

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
pub(crate) mod fetch_runs_walks;
#[cfg(test)]
mod get_thread_history;
#[cfg(test)]
mod get_thread_history_parts;
