//! What an endpoint is about, in the words that a client gets when it connects.

use super::Prefix;

/// The subject of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// LangSmith, with everything beside it.
    LangSmith,
    /// The agents of the Agent Server of this name, and nothing else.
    AgentsOf(Prefix),
}

impl Subject {
    /// The title of the endpoint.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::LangSmith => "LangSmith".to_owned(),
            Self::AgentsOf(server) => format!("Agents of {server}"),
        }
    }
}
