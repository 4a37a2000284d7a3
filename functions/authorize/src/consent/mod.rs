//! Consent. Nothing is minted before somebody pressed Allow.

mod decide;
mod grant;
mod page;

pub(crate) use decide::decide;
pub(crate) use page::{option, page};
