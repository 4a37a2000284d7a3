//! Datasets and their examples.

pub(crate) mod as_of;
pub(crate) mod batch;
pub(crate) mod create_dataset;
pub(crate) mod dataset_item;
pub(crate) mod dataset_ref;
pub(crate) mod example_item;
pub(crate) mod example_lookup;
pub(crate) mod list_datasets;
pub(crate) mod list_examples;
pub(crate) mod read_dataset;
pub(crate) mod read_example;
pub(crate) mod update_examples;
