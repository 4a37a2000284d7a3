//! The errors of single arguments.

use crate::toolset::ToolError;

/// The error of a required argument that is absent.
pub(crate) fn missing(name: &str) -> ToolError {
    ToolError::invalid(format!("Missing argument: {name}"))
}

/// The error of an argument with a wrong value.
pub(crate) fn wrong_value(name: &str, expected: &str) -> ToolError {
    ToolError::invalid(format!("{name} must be {expected}."))
}
