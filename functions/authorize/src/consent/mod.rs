//! Consent. Nothing is minted before the person presses Allow.

mod choices;
mod decide;
mod finish;
mod grant;
mod offered;
mod page;
mod view;

pub(crate) use choices::Choices;
pub(crate) use decide::decide;
pub(crate) use page::{ConsentRequest, option, page};
