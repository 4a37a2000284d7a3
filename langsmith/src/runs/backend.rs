//! The two versions of the API for querying runs.

use serde::{Deserialize, Serialize};

/// A version of the query API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// `POST /api/v1/runs/query`.
    #[serde(rename = "1")]
    V1,
    /// `POST /v2/runs/query`.
    #[serde(rename = "2")]
    V2,
}

impl Backend {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::V1 => Self::V2,
            Self::V2 => Self::V1,
        }
    }
}
