//! Login: identifies the person at the browser, by LangSmith's own sign-in or by an API key.

mod answer;
mod callback;
mod identity;
mod key;
mod langsmith;
mod open_session;
mod page;
mod throttle;
mod upstream;
mod view;

pub(crate) use answer::show as for_answer;
pub(crate) use callback::callback;
pub(crate) use key::login as with_key;
pub(crate) use langsmith::begin as with_langsmith;
pub(crate) use open_session::SESSION;
pub(crate) use page::first_page;
pub(crate) use throttle::{Throttle, Throttles};
pub(crate) use upstream::Upstream;
