//! Examples of datasets.

pub(super) mod example;
pub(super) mod multipart;
pub(super) mod new_example;
pub(super) mod query;
