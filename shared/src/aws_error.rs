//! The cause of a failed call to AWS, as far as a log may have it.

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

/// The error code or the kind of failure. Messages are left out: they contain account and role names.
pub fn cause<E: ProvideErrorMetadata>(error: &SdkError<E>) -> &str {
    match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown service error"),
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "no connection",
        _ => "unreadable answer",
    }
}
