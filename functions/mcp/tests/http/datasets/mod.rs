//! The tools of datasets and examples.

#[cfg(test)]
mod create_dataset;
#[cfg(test)]
mod list_and_read_datasets;
#[cfg(test)]
mod list_and_read_examples;
#[cfg(test)]
mod source_run_ids;
#[cfg(test)]
mod update_examples;
