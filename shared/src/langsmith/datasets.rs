//! Datasets: `GET /api/v1/datasets`.

use serde::Deserialize;

use super::{Caller, UpstreamError};

#[derive(Deserialize)]
struct Found {
    id: String,
}

impl Caller<'_> {
    /// The id of the dataset with exactly this name, or `None`.
    pub async fn dataset_id(&self, name: &str) -> Result<Option<String>, UpstreamError> {
        let found: Vec<Found> = self.get("/api/v1/datasets", &[("limit", "1"), ("name", name)]).await?;
        Ok(found.into_iter().next().map(|dataset| dataset.id))
    }
}
