//! Tools that record and list the results of a program on the examples of a dataset. Their runs are shown in `runs`;
//! the examples are looked up with `datasets::example_lookup`.

pub(crate) mod list_experiments;
pub(crate) mod run_experiment;
