//! Datasets and their examples: read and written.

pub(crate) mod dataset;
pub(crate) mod dataset_writes;
pub(crate) mod example;
pub(crate) mod example_writes;
pub(crate) mod stored;
