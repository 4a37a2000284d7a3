//! A dataset by the caller's name for it.

use langsmith::{NamedKind, WorkspaceClient};

use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{CallError, ToolError};
use crate::toolsets::langsmith::suggest::no_such;

/// An id or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatasetRef {
    /// A UUID.
    Id(String),
    /// The exact name.
    Name(String),
}

/// Both an id and a name were given.
#[derive(Debug)]
pub(crate) struct Both;

impl DatasetRef {
    /// Takes the two arguments that name a dataset; nothing when both are absent.
    pub(crate) fn parse(
        arguments: &mut Arguments<'_>,
        (id, name): (&'static str, &'static str),
    ) -> Result<Result<Option<Self>, Both>, ToolError> {
        Ok(match (arguments.id(id)?, arguments.short_text(name)?) {
            (Some(_), Some(_)) => Err(Both),
            (Some(id), None) => Ok(Some(Self::Id(id))),
            (None, name) => Ok(name.map(Self::Name)),
        })
    }

    /// Its id; a name is looked up.
    pub(crate) async fn id(self, caller: &WorkspaceClient<'_>) -> Result<String, CallError> {
        match self {
            Self::Id(id) => Ok(id),
            Self::Name(name) => match caller.dataset_id(&name).await? {
                Some(id) => Ok(id),
                None => Err(no_such(caller, NamedKind::Dataset, &name).await.into()),
            },
        }
    }
}
