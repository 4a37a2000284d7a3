//! The JSON of a member of a run.

use langsmith::Received;

/// The JSON of a member.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json<'a> {
    /// As it was received.
    Received(Received<'a>),
    /// As it was written here.
    Written(String),
}

impl Json<'_> {
    pub(super) fn get(&self) -> &str {
        match self {
            Self::Received(value) => value.get(),
            Self::Written(json) => json,
        }
    }
}

/// The JSON as received, or null.
pub(super) fn received(value: Option<Received<'_>>) -> Json<'_> {
    Json::Received(value.unwrap_or(Received::NULL))
}
