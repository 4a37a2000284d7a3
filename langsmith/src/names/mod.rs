//! Names and ids: cached resolution, suggestions for errors, and new ids for writes.

pub(crate) mod cache;
pub(crate) mod first_names;
pub(crate) mod new_ids;
