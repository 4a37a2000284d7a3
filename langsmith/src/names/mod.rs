//! From names to ids: looked up, remembered, suggested; and ids that are derived from what something is.

pub(crate) mod cache;
pub(crate) mod first_names;
pub(crate) mod new_ids;
