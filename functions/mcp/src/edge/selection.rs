//! The tools that a request selects, by its headers and by the query of its URL.

use http::StatusCode;
use http::request::Parts;
use shared::mcp::scopes::TOOL_SCOPES;
use shared::mcp::selection::{SelectionError, ToolSelection};
use shared::mcp::toolsets::{EVERYTHING, TOOLSETS};
use url::form_urlencoded;

use crate::protocol::RpcError;
use crate::toolset::arguments::unknown::nearest::nearest;

/// The selection of the request; everything by default.
pub(super) fn of(parts: &Parts) -> Result<ToolSelection, RpcError> {
    let query = parts.uri.query().unwrap_or_default();
    let selection = ToolSelection::of(&parts.headers, form_urlencoded::parse(query.as_bytes()));
    selection.map_err(|error| RpcError::edge(StatusCode::BAD_REQUEST, error_message(&error)))
}

fn error_message(error: &SelectionError) -> String {
    match error {
        SelectionError::NotText(header) => format!("The {header} header is not text"),
        SelectionError::TooLong => {
            "The lists of selected toolsets and tools are longer than 2,048 bytes".to_owned()
        }
        SelectionError::UnknownToolset(name) => {
            let known: Vec<&str> =
                TOOLSETS.into_iter().map(|(toolset, _)| toolset).chain(EVERYTHING).collect();
            unknown("toolset", name, &known)
        }
        SelectionError::UnknownTool(name) => unknown("tool", name, &TOOL_SCOPES.map(|(tool, _)| tool)),
    }
}

fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let shown: String = name.chars().take(64).collect();
    let meant = nearest(name, known.iter().copied());
    let hint = meant.map_or_else(String::new, |meant| format!(" Did you mean {meant}?"));
    format!("The request selects an unknown {kind}: \"{shown}\".{hint} Known {kind}s: {}.", known.join(", "))
}
