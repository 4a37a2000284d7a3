//! Login: who is in front of the browser, by LangSmith's own sign-in or by an API key.

mod callback;
mod finish;
mod identity;
mod key;
mod langsmith;
mod throttle;
mod upstream;

pub(crate) use callback::callback;
pub(crate) use finish::SESSION;
pub(crate) use key::login as with_key;
pub(crate) use langsmith::begin as with_langsmith;
pub(crate) use throttle::{Throttle, Throttles};
pub(crate) use upstream::Upstream;
