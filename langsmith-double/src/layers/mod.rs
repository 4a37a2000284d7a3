//! The steps of every request on its way to a route, and of the answer on its way back.

pub(crate) mod data_plane;
pub(crate) mod faults;
pub(crate) mod record;
