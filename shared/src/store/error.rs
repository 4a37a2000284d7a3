//! The errors of the store. Endpoints respond with 503 and never `invalid_grant` or 401: clients delete their
//! credentials on those, and an ambiguous failure must not look like a dead login.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A storage failure. Whether a write was applied is unknown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store did not respond, or responded with an error.
    #[error("the store failed at {operation}: {cause}")]
    Unavailable {
        /// The operation.
        operation: &'static str,
        /// The error code or the kind of transport failure; never item content.
        cause: String,
    },
    /// An item does not have the expected shape.
    #[error("an item read by {operation} is malformed: {cause}")]
    Malformed {
        /// The operation.
        operation: &'static str,
        /// The deserialization error.
        cause: String,
    },
}

impl StoreError {
    pub(super) fn sdk<E: ProvideErrorMetadata, R>(operation: &'static str, error: &SdkError<E, R>) -> Self {
        let cause = match error {
            SdkError::ServiceError(service) => {
                service.err().code().unwrap_or("unknown service error").to_owned()
            }
            SdkError::TimeoutError(_) => "timeout".to_owned(),
            SdkError::DispatchFailure(_) => "no connection".to_owned(),
            SdkError::ResponseError(_) => "unreadable answer".to_owned(),
            _ => "request could not be built".to_owned(),
        };
        Self::Unavailable { operation, cause }
    }

    pub(super) fn malformed(operation: &'static str, error: &serde_dynamo::Error) -> Self {
        Self::Malformed { operation, cause: error.to_string() }
    }

    pub(super) fn conflict(operation: &'static str) -> Self {
        Self::Unavailable { operation, cause: "transaction conflict".to_owned() }
    }

    pub(super) fn key_taken(operation: &'static str) -> Self {
        Self::Unavailable { operation, cause: "the key is taken".to_owned() }
    }

    pub(super) fn not_built(operation: &'static str) -> Self {
        Self::Unavailable { operation, cause: "request could not be built".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::get_item::GetItemError;
    use aws_sdk_dynamodb::types::error::ResourceNotFoundException;

    use super::*;

    #[test]
    fn a_failure_names_its_cause() {
        let missing = ResourceNotFoundException::builder()
            .meta(aws_sdk_dynamodb::error::ErrorMetadata::builder().code("ResourceNotFoundException").build())
            .build();
        for (error, expected) in [
            (
                SdkError::service_error(GetItemError::ResourceNotFoundException(missing), ()),
                "ResourceNotFoundException",
            ),
            (SdkError::timeout_error("late"), "timeout"),
            (SdkError::response_error("garbage", ()), "unreadable answer"),
            (SdkError::construction_failure("no region"), "request could not be built"),
        ] {
            let StoreError::Unavailable { operation, cause } = StoreError::sdk("table.get", &error) else {
                panic!("{error:?}");
            };
            assert_eq!((operation, cause.as_str()), ("table.get", expected));
        }
    }
}
