//! Datasets: versions, splits, clones, comparisons.

pub(super) mod changes;
pub(super) mod clone;
pub(super) mod comparative;
pub(super) mod dataset;
pub(super) mod runs;
pub(super) mod splits;
pub(super) mod upload;
pub(super) mod versions;
