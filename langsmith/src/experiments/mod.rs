//! Experiments, which are projects on a dataset, and feedback, their scores.

pub(crate) mod experiment;
pub(crate) mod feedback;
