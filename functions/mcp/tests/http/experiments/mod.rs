//! The tools of experiments.

#[cfg(test)]
mod list_experiments;
#[cfg(test)]
pub(crate) mod run_experiment;
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
