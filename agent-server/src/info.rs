//! The server's own version.

use http::Method;
use serde::Deserialize;

use crate::send::NO_BODY;
use crate::{AgentError, Session};

/// The oldest version of `langgraph-api` that suffices: 0.2.3 (LangGraph documentation, "MCP endpoint in Agent Server",
/// requirements).
const OLDEST: [u32; 3] = [0, 2, 3];

/// The answer to `GET /info`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Info {
    /// The version of the server.
    #[serde(default)]
    version: Option<String>,
    /// The version of LangGraph, in the Python edition only.
    #[serde(default)]
    langgraph_py_version: Option<String>,
}

/// A server that lacks what agents as tools need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooOld {
    /// The server's version, at most 40 characters of it.
    pub version: String,
    /// The oldest sufficient version.
    pub oldest: String,
}

impl Session<'_> {
    /// The server's description of itself.
    pub async fn info(&self) -> Result<Info, AgentError> {
        self.json(Method::GET, "/info", NO_BODY).await
    }
}

impl Info {
    /// Whether the server is too old. The versions of the JavaScript edition are numbered differently, and a version that
    /// is no number proves nothing.
    pub fn too_old(&self) -> Option<TooOld> {
        self.langgraph_py_version.as_ref()?;
        let version = self.version.as_deref()?;
        let mut numbers = version.split('.').map(leading_number);
        let first_three: [Option<u32>; 3] = std::array::from_fn(|_| numbers.next().flatten());
        let [Some(major), Some(minor), patch] = first_three else { return None };
        let is_old = [major, minor, patch.unwrap_or(0)] < OLDEST;
        is_old.then(|| TooOld {
            version: version.chars().take(40).filter(char::is_ascii_graphic).collect(),
            oldest: OLDEST.map(|number| number.to_string()).join("."),
        })
    }
}

/// The number at the beginning of a version's part: `3` of `3rc1`.
fn leading_number(part: &str) -> Option<u32> {
    let end = part.find(|char: char| !char.is_ascii_digit()).unwrap_or(part.len());
    part.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn too_old(info: Value) -> Option<String> {
        serde_json::from_value::<Info>(info).unwrap().too_old().map(|old| old.version)
    }

    #[test]
    fn old_servers_of_the_python_edition_are_known_by_their_version() {
        for version in ["0.2.2", "0.1.99", "0.2.2rc1", "0.2", "0.0"] {
            let info = json!({"version": version, "langgraph_py_version": "0.4.0"});
            assert_eq!(too_old(info).as_deref(), Some(version));
        }
        for version in ["0.2.3", "0.2.3rc1", "0.10.0", "0.16.7", "1.0", "dev", "", "9"] {
            let info = json!({"version": version, "langgraph_py_version": "0.4.0"});
            assert_eq!(too_old(info), None, "{version}");
        }
        for other in [json!({"version": "0.0.1"}), json!({}), json!({"langgraph_py_version": "1"})] {
            assert_eq!(too_old(other.clone()), None, "{other}");
        }
    }
}
