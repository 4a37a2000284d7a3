//! One table and the operations that all repositories share.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

pub(super) type Item = HashMap<String, AttributeValue>;

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

/// The outcome of a conditional update.
pub(super) enum Updated<T> {
    /// It was applied; the item after the update.
    Applied(T),
    /// Its condition failed; the item at that time.
    Refused(Option<T>),
}

impl Table {
    pub(super) const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// A strongly consistent read by primary key.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        key: Item,
    ) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::sdk(operation, &error))?;
        answer.item.map(|item| read(operation, item)).transpose()
    }

    /// An unconditional write: only for items with a fresh key or with the same content each time.
    pub(super) async fn put(&self, operation: &'static str, item: &impl Serialize) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(write(operation, item)?))
            .send()
            .await
            .map_err(|error| StoreError::sdk(operation, &error))?;
        Ok(())
    }

    /// An unconditional deletion; an item that does not exist is no error.
    pub(super) async fn delete(&self, operation: &'static str, key: Item) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key));
        delete.send().await.map(drop).map_err(|error| StoreError::sdk(operation, &error))
    }

    /// A write of a whole item. The caller adds its condition and sends it with [`send_put`].
    pub(super) fn put_if(&self, item: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// An update of one item. The caller adds its expressions and sends it with [`send`].
    pub(super) fn update(&self, key: Item) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// How often a write is sent that conflicts with a transaction.
pub(super) const CONFLICT_ATTEMPTS: u32 = 4;
/// The wait between two attempts, which grows. A transaction holds its items for a few milliseconds.
const CONFLICT_WAIT: Duration = Duration::from_millis(15);

/// Waits for a conflicting transaction to end; false after the last attempt. The SDK does not retry these.
pub(super) async fn may_try_again(attempt: u32) -> bool {
    if attempt + 1 >= CONFLICT_ATTEMPTS {
        return false;
    }
    tokio::time::sleep(CONFLICT_WAIT * (attempt + 1)).await;
    true
}

/// Sends a conditional update.
pub(super) async fn send<T: DeserializeOwned>(
    operation: &'static str,
    update: UpdateItemFluentBuilder,
) -> Result<Updated<T>, StoreError> {
    let mut attempt = 0;
    let answer = loop {
        let answer = update.clone().send().await;
        let conflict = answer.as_ref().err().and_then(|error| error.as_service_error());
        let conflict = conflict.is_some_and(UpdateItemError::is_transaction_conflict_exception);
        if !conflict || !may_try_again(attempt).await {
            break answer;
        }
        attempt += 1;
    };
    match answer {
        Ok(answer) => {
            let item = answer.attributes.ok_or_else(|| StoreError::not_built(operation))?;
            Ok(Updated::Applied(read(operation, item)?))
        }
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                Ok(Updated::Refused(refusal.item.clone().map(|item| read(operation, item)).transpose()?))
            }
            _ => Err(StoreError::sdk(operation, &error)),
        },
    }
}

/// Sends a conditional write of a whole item; returns whether the item stands. If the condition fails because an
/// earlier attempt of ours was applied and its response lost, the stored item is the one that was sent.
pub(super) async fn send_put(operation: &'static str, put: PutItemFluentBuilder) -> Result<bool, StoreError> {
    let item = put.get_item().clone();
    match put.send().await {
        Ok(_) => Ok(true),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => Ok(refusal.item == item),
            _ => Err(StoreError::sdk(operation, &error)),
        },
    }
}

pub(super) fn read<T: DeserializeOwned>(operation: &'static str, item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError::malformed(operation, &error))
}

pub(super) fn write(operation: &'static str, item: &impl Serialize) -> Result<Item, StoreError> {
    serde_dynamo::to_item(item).map_err(|error| StoreError::malformed(operation, &error))
}

pub(super) fn attribute(
    operation: &'static str,
    value: &impl Serialize,
) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| StoreError::malformed(operation, &error))
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn key<const N: usize>(parts: [(&str, &str); N]) -> Item {
    parts.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "the test's own paused time")]
    #[tokio::test(start_paused = true)]
    async fn a_conflicting_write_is_sent_four_times_with_growing_waits() {
        let (start, mut waits) = (Instant::now(), Vec::new());
        for attempt in 0..3 {
            assert!(may_try_again(attempt).await);
            waits.push(start.elapsed().as_millis());
        }
        assert_eq!(waits, [15, 45, 90]);
        assert!(!may_try_again(3).await);
        assert_eq!(start.elapsed().as_millis(), 90, "no wait after the last attempt");
    }
}
