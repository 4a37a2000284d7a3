//! The meaning of a feedback key. Description: `FeedbackConfigSchema` and `FeedbackCategory`. SDK: `add_categories` and
//! `remove_categories`. Assumed: at least two categories remain, and none has the value or the label of another one.

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment::zoned;
use crate::data::sample_id;
use crate::json::refused;
use crate::reply::ApiError;

/// The configuration of one feedback key.
pub(crate) struct FeedbackConfig {
    pub(crate) workspace: Uuid,
    pub(crate) key: String,
    /// `FeedbackConfig` of the description.
    pub(crate) config: Value,
    pub(crate) lower_is_better: Option<bool>,
    pub(crate) modified: OffsetDateTime,
}

/// Categories to add, and values of categories to remove.
#[derive(Deserialize)]
pub(crate) struct Categories {
    #[serde(default)]
    add_categories: Vec<Value>,
    #[serde(default)]
    remove_categories: Vec<f64>,
}

impl FeedbackConfig {
    /// Changes the categories. At least two remain, and none has the value or the label of another one.
    pub(crate) fn recategorize(&mut self, change: Categories) -> Result<(), ApiError> {
        if change.add_categories.is_empty() && change.remove_categories.is_empty() {
            return Ok(());
        }
        let wrong = |message| Err(refused("categories", message));
        if self.config.get("type").and_then(Value::as_str) != Some("categorical") {
            return wrong("The configuration is not categorical");
        }
        let mut categories =
            self.config.get("categories").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_gone =
            |one: &Value| value_of(one).is_some_and(|value| change.remove_categories.contains(&value));
        categories.retain(|one| !is_gone(one));
        for new in change.add_categories {
            let clashes =
                |one: &Value| value_of(one) == value_of(&new) || one.get("label") == new.get("label");
            if categories.iter().any(clashes) {
                return wrong("A category has this value or label already");
            }
            categories.push(new);
        }
        if categories.len() < 2 {
            return wrong("List should have at least 2 items");
        }
        if let Some(members) = self.config.as_object_mut() {
            members.insert("categories".to_owned(), categories.into());
        }
        Ok(())
    }

    /// The id, derived from workspace and key.
    pub(crate) fn id(&self) -> Uuid {
        sample_id(&format!("feedback config:{}:{}", self.workspace, self.key))
    }

    /// `FeedbackConfigSchema`.
    pub(crate) fn wire(&self) -> Value {
        json!({
            "id": self.id(),
            "feedback_key": self.key,
            "feedback_config": self.config,
            "tenant_id": self.workspace,
            "modified_at": zoned(self.modified),
            "is_lower_score_better": self.lower_is_better,
            "is_enforced": false,
            "is_first": true,
            "is_deleted": false,
        })
    }
}

fn value_of(category: &Value) -> Option<f64> {
    category.get("value")?.as_f64()
}
