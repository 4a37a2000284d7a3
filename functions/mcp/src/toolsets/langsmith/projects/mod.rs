//! Tools that list tracing projects. A project with a reference dataset is an experiment: its statistics are in
//! `experiments`, and the runs of either in `runs`.

pub(crate) mod list_projects;
