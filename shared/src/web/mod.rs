//! HTTP manners that every function has in common.

pub mod page;
