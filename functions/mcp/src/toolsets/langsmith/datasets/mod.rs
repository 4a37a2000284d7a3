//! Tools that read and write datasets and their examples, and the forms of both that several tools share. Results on a
//! dataset belong to `experiments`. Other subjects use [`dataset_ref`] and [`example_lookup`]; any other argument of
//! several subjects belongs to `toolset::arguments`.

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
