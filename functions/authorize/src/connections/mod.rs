//! `/connections`: what a person has connected, and the end of it.
//!
//! Ending is a write of its own for each grant, decided by the store and the same however often it is made. So a form
//! that is sent twice, or again after a crash, finishes what it began.

mod end;
mod list;
mod moment;
mod row;
mod view;

pub(crate) use end::{end, end_all};
pub(crate) use list::show;
