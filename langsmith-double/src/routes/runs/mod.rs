//! Runs: sent, read through both query APIs, shared.

pub(super) mod attachments;
pub(super) mod first_api;
pub(super) mod ingest;
pub(super) mod item;
pub(super) mod multipart;
pub(super) mod public;
pub(super) mod query;
pub(super) mod run;
pub(super) mod second_api;
pub(super) mod shares;
pub(super) mod stats;
