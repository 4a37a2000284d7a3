//! `/connections`: a person's connections, and how to end them: apps that have access by them, and servers that they
//! reach from here with a key or token of their own.
//!
//! Each grant is ended by a separate, idempotent write that the store decides. A form that is submitted twice, or again
//! after a crash, finishes what it began.

mod end;
mod list;
mod moment;
mod row;
mod server_row;
mod servers;
mod view;

pub(crate) use end::{end, end_all};
pub(crate) use list::show;
pub(crate) use servers::{connect, disconnect};
