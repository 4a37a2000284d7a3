//! The assistants of a server, and their schemas.

use std::collections::BTreeMap;

use http::Method;
use reqwest::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::send::NO_BODY;
use crate::{AgentError, Session};

/// The number of assistants in a page; the server allows 1,000.
const PAGE: usize = 100;

/// A graph with settings.
#[derive(Clone, Debug, Deserialize)]
pub struct Assistant {
    /// Its id. That of a graph itself is derived from the graph's name, and stays the same.
    pub assistant_id: Uuid,
    /// The name of its graph.
    pub graph_id: String,
    /// Its name; one that was made without a name is called "Untitled".
    #[serde(default)]
    pub name: Option<String>,
    /// Its description.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was last changed, as the server writes it.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// Its version, which every change increases.
    #[serde(default)]
    pub version: Option<u64>,
}

/// Some assistants, and where the following ones begin.
#[derive(Clone, Debug)]
pub struct AssistantPage {
    /// The assistants, by id.
    pub assistants: Vec<Assistant>,
    /// The offset of the next page; `None` on the last one.
    pub next: Option<usize>,
}

/// The JSON Schemas of an assistant; absent if the server cannot make them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Schemas {
    /// Of its input.
    #[serde(default, rename = "input_schema")]
    pub input: Option<Map<String, Value>>,
    /// Of its values at the end of a run.
    #[serde(default, rename = "output_schema")]
    pub output: Option<Map<String, Value>>,
}

#[derive(Serialize)]
struct Search<'a> {
    limit: usize,
    offset: usize,
    // By creation, as by default, offsets shift when an assistant is made meanwhile.
    sort_by: &'static str,
    sort_order: &'static str,
    select: [&'static str; 6],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
}

impl Session<'_> {
    /// The assistants that the caller may see and whose metadata has all of `metadata`, from `offset` on.
    pub async fn assistants(
        &self,
        offset: usize,
        metadata: &BTreeMap<String, String>,
    ) -> Result<AssistantPage, AgentError> {
        let search = Search {
            limit: PAGE,
            offset,
            sort_by: "assistant_id",
            sort_order: "asc",
            select: ["assistant_id", "graph_id", "name", "description", "updated_at", "version"],
            metadata,
        };
        let response = self.send(Method::POST, "/assistants/search", Some(&search)).await?;
        let next = next(&response).filter(|next| *next > offset);
        let body = self.body(response).await?;
        let assistants: Vec<Assistant> = serde_json::from_slice(&body).map_err(|_| AgentError::Malformed)?;
        Ok(AssistantPage { next: next.filter(|_| !assistants.is_empty()), assistants })
    }

    /// The JSON Schemas of an assistant.
    pub async fn schemas(&self, assistant: Uuid) -> Result<Schemas, AgentError> {
        self.json(Method::GET, &format!("/assistants/{assistant}/schemas"), NO_BODY).await
    }
}

/// The header `X-Pagination-Next`, which the last page lacks.
fn next(response: &Response) -> Option<usize> {
    response.headers().get("x-pagination-next")?.to_str().ok()?.trim().parse().ok()
}
