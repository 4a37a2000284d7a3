//! Experiments: results of an application over the examples of a dataset.

pub(crate) mod list_experiments;
pub(crate) mod run_experiment;
