//! Datasets and prompts in their wire form.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::ids::sample_id;
use super::moment::zoned;

/// A dataset, serialised once.
pub(crate) struct StoredDataset {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) name: &'static str,
    pub(crate) data_type: &'static str,
    pub(crate) json: String,
}

/// A dataset as the sample data describes it.
pub(crate) struct DatasetDraft {
    pub(crate) workspace: Uuid,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) data_type: &'static str,
    pub(crate) inputs_schema: Value,
    pub(crate) examples: u32,
    pub(crate) experiments: u32,
    pub(crate) created: OffsetDateTime,
    pub(crate) last_experiment: Option<OffsetDateTime>,
}

impl DatasetDraft {
    /// Stores the dataset.
    pub(crate) fn finish(self) -> StoredDataset {
        let id = sample_id(&format!("dataset:{}", self.name));
        let json = json!({
            "id": id,
            "tenant_id": self.workspace,
            "name": self.name,
            "description": self.description,
            "created_at": zoned(self.created),
            "modified_at": zoned(self.created + time::Duration::hours(1)),
            "inputs_schema_definition": self.inputs_schema,
            "outputs_schema_definition": null,
            "externally_managed": false,
            "transformations": [],
            "data_type": self.data_type,
            "example_count": self.examples,
            "session_count": self.experiments,
            "last_session_start_time": self.last_experiment.map(zoned),
            "metadata": {"source": "sample"},
            "baseline_experiment_id": null,
        });
        StoredDataset {
            id,
            workspace: self.workspace,
            name: self.name,
            data_type: self.data_type,
            json: json.to_string(),
        }
    }
}

/// A prompt repository, serialised once.
pub(crate) struct StoredPrompt {
    pub(crate) workspace: Uuid,
    pub(crate) is_public: bool,
    pub(crate) is_archived: bool,
    pub(crate) updated: OffsetDateTime,
    pub(crate) likes: u32,
    pub(crate) downloads: u32,
    pub(crate) views: u32,
    /// Handle, description and tags in lower case, for `query`.
    pub(crate) text: String,
    pub(crate) tags: Vec<String>,
    pub(crate) json: String,
}

/// A prompt as the sample data describes it.
pub(crate) struct PromptDraft {
    pub(crate) workspace: Uuid,
    pub(crate) handle: String,
    pub(crate) owner: Option<&'static str>,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) is_public: bool,
    pub(crate) is_archived: bool,
    pub(crate) updated: OffsetDateTime,
    pub(crate) popularity: u32,
}

impl PromptDraft {
    /// Stores the prompt.
    pub(crate) fn finish(self) -> StoredPrompt {
        let (likes, downloads, views) = (self.popularity, self.popularity * 3, self.popularity * 10);
        let full_name =
            self.owner.map_or_else(|| self.handle.clone(), |owner| format!("{owner}/{}", self.handle));
        let id = sample_id(&format!("prompt:{}", self.handle));
        let json = json!({
            "repo_handle": self.handle,
            "description": self.description,
            "readme": "",
            "id": id,
            "tenant_id": self.workspace,
            "created_at": zoned(self.updated - time::Duration::days(9)),
            "updated_at": zoned(self.updated),
            "is_public": self.is_public,
            "is_archived": self.is_archived,
            "restricted_mode": false,
            "tags": self.tags,
            "original_repo_id": null,
            "upstream_repo_id": null,
            "commit_tags": ["production"],
            "repo_type": "prompt",
            "source": "internal",
            "owner": self.owner,
            "full_name": full_name,
            "num_likes": likes,
            "num_downloads": downloads,
            "num_views": views,
            "liked_by_auth_user": false,
            "last_commit_hash": id.simple().to_string(),
            "num_commits": 1 + self.popularity % 5,
            "created_by": null,
            "original_repo_full_name": null,
            "upstream_repo_full_name": null,
            "latest_commit_manifest": null,
            "owners": null,
        });
        StoredPrompt {
            workspace: self.workspace,
            is_public: self.is_public,
            is_archived: self.is_archived,
            updated: self.updated,
            likes,
            downloads,
            views,
            text: format!("{full_name} {} {}", self.description, self.tags.join(" ")).to_lowercase(),
            tags: self.tags,
            json: json.to_string(),
        }
    }
}
