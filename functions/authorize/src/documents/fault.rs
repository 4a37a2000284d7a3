//! Why a client's document cannot be used. Every caller of one fetch gets the same fault.

use std::time::Duration;

use oauth::document::{DocumentError, NotADocumentUrl};
use outbound::OutboundFailure;
use shared::store::StoreError;

use crate::error::AuthorizeError;

/// No client: its identifier is no URL of a document, or the document cannot be fetched or used. The texts are the rest
/// of a sentence about the document.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum DocumentFault {
    #[error("its address {0}")]
    Address(#[from] NotADocumentUrl),
    #[error("{0}")]
    Unreachable(#[from] OutboundFailure),
    #[error("the host answered with status {0}")]
    Status(u16),
    #[error("the answer is not application/json")]
    ContentType,
    #[error("{0}")]
    Unusable(#[from] DocumentError),
    /// The time until the next one may be fetched.
    #[error("too many are being fetched")]
    TooMany(Duration),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DocumentFault> for AuthorizeError {
    fn from(fault: DocumentFault) -> Self {
        match fault {
            DocumentFault::Store(error) => Self::Store(error),
            fault => Self::Document(fault),
        }
    }
}
