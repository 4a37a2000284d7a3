//! All grants of one person, page by page: a consistent Query of their partition.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use oauth::grant::{Grant, GrantState};
use primitives::ids::{GrantId, UserRef};
use serde::Deserialize;

use super::item::{read, text};
use super::{Grants, StoreError};

/// A page of a person's grants, sorted by id.
#[derive(Debug)]
pub struct Part<T> {
    /// The grants on the page.
    pub found: Vec<T>,
    /// The grant after which the next page begins; `None` on the last page.
    pub next: Option<GrantId>,
}

/// The sort key of a grant.
#[derive(Deserialize)]
struct Named {
    grant_id: GrantId,
}

impl Grants {
    /// At most `limit` of a person's grants, in any state. One round trip.
    pub async fn list(
        &self,
        user: &UserRef,
        after: Option<&GrantId>,
        limit: u16,
    ) -> Result<Part<Grant>, StoreError> {
        part("grants.list", self.of(user, after).limit(limit.into())).await
    }

    /// Those of a person's next `limit` grants that have not ended. One round trip.
    pub async fn not_ended(
        &self,
        user: &UserRef,
        after: Option<&GrantId>,
        limit: u16,
    ) -> Result<Part<GrantId>, StoreError> {
        let query = self
            .of(user, after)
            .limit(limit.into())
            .filter_expression("#state <> :revoked")
            .projection_expression("grant_id")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":revoked", text(GrantState::Revoked.as_str()));
        let Part { found, next } = part::<Named>("grants.not_ended", query).await?;
        Ok(Part { found: found.into_iter().map(|named| named.grant_id).collect(), next })
    }

    /// A consistent Query of a person's grants after the given one.
    pub(super) fn of(&self, user: &UserRef, after: Option<&GrantId>) -> QueryFluentBuilder {
        self.0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("user_ref = :user")
            .expression_attribute_values(":user", text(user.as_str()))
            .consistent_read(true)
            .set_exclusive_start_key(after.map(|grant| Self::key(user, grant)))
    }
}

/// Sends a Query and parses its result.
pub(super) async fn part<T: serde::de::DeserializeOwned>(
    operation: &'static str,
    query: QueryFluentBuilder,
) -> Result<Part<T>, StoreError> {
    let page = query.send().await.map_err(|error| StoreError::sdk(operation, &error))?;
    let found = page.items.unwrap_or_default().into_iter().map(|item| read(operation, item));
    let next: Option<Named> = page.last_evaluated_key.map(|key| read(operation, key)).transpose()?;
    Ok(Part { found: found.collect::<Result<_, _>>()?, next: next.map(|named| named.grant_id) })
}
