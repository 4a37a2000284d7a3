//! Rotations of refresh tokens: the three conditional writes that [`Rotation::judge`] chooses from.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use oauth::grant::{Chain, GrantState, MAX_CHAINS, REFRESH_LIFE};
use oauth::refresh::{Fork, Minted, Rotation};
use oauth::scope::ScopeSet;
use primitives::clock::Timestamp;

use super::grants::{decide, of_resource, purge};
use super::item::{attribute, number, text};
use super::{Grants, StoreError, Write};

/// The condition of every rotation on the grant and on the presented chain, including its current token.
const CURRENT: &str = "#state = :active AND client_id = :client AND expires_at > :now \
                       AND chains.#chain.expires_at > :now AND chains.#chain.#hash = :current";

/// Makes `:minted` the current token of the presented chain.
const ADVANCE: &str = "SET chains.#chain.#hash = :minted, chains.#chain.#gen = :gen, chains.#chain.#used = :unused, \
                       chains.#chain.expires_at = :expires, chains.#chain.minted.#slot = :minted_at, purge_at = :purge";

impl Grants {
    /// Rotates a chain from the presented token to the minted one. One round trip.
    pub async fn rotate(
        &self,
        rotation: &Rotation,
        minted: &str,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let (update, condition) = self.demanding(rotation, &rotation.presented.hash(), now);
        let update = advancing(update, rotation.next(), minted, now)
            .update_expression(ADVANCE)
            .condition_expression(condition);
        decide("grants.rotate", update).await
    }

    /// Replaces an unused successor whose response was lost. The write demands that this successor is still current and
    /// unused. The race window of the presented token starts anew, and after it that token is a replay: its successor
    /// is no longer the current one, so a lost response is made good only once.
    pub async fn replace(
        &self,
        rotation: &Rotation,
        successor: &str,
        minted: &str,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let (update, condition) = self.demanding(rotation, successor, now);
        let again = ", chains.#chain.minted.#again = :minted_at REMOVE chains.#chain.minted.#skipped";
        let update = advancing(update, rotation.replacement(), minted, now)
            .update_expression(ADVANCE.to_owned() + again)
            .condition_expression(condition + " AND chains.#chain.#used = :unused")
            .expression_attribute_names("#again", Chain::slot(rotation.next()))
            .expression_attribute_names("#skipped", Chain::slot(rotation.skipped()));
        decide("grants.replace", update).await
    }

    /// Forks a separate chain for a racer. The write demands the presented chain and the one to evict in the states
    /// that were judged, and prevents two racers from taking the same room.
    pub async fn fork(
        &self,
        rotation: &Rotation,
        fork: &Fork,
        minted: Minted<'_>,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let operation = "grants.fork";
        let chain = Chain::branch(minted.hash.to_owned(), fork.ancestors.clone(), now);
        let (mut update, mut condition) = self.demanding(rotation, &fork.current, now);
        condition.push_str(" AND attribute_not_exists(chains.#new)");
        let mut expression = String::from("SET chains.#new = :new, purge_at = :purge");
        if fork.marks_used {
            expression.push_str(", chains.#chain.#used = :used");
            update = update
                .expression_attribute_names("#used", "used")
                .expression_attribute_values(":used", AttributeValue::Bool(true));
        }
        if let Some(mark) = &fork.forks_before {
            expression.push_str(", forks_before = :mark");
            update = update.expression_attribute_values(":mark", attribute(operation, mark)?);
        }
        if let Some(evicted) = &fork.evict {
            // Every new chain counts as a fork: if the count is unchanged, nothing descends from the evicted chain.
            condition.push_str(
                " AND size(chains) <= :room AND chains.#evicted.#hash = :evicted \
                 AND (forks = :forks OR attribute_not_exists(forks))",
            );
            expression.push_str(" REMOVE chains.#evicted");
            update = update
                .expression_attribute_names("#evicted", evicted.chain.as_str())
                .expression_attribute_values(":evicted", text(&evicted.hash))
                .expression_attribute_values(":forks", number(evicted.forks));
        } else {
            condition.push_str(" AND size(chains) < :room");
        }
        let update = update
            .condition_expression(condition)
            .update_expression(expression + " ADD forks :one")
            .expression_attribute_names("#new", minted.chain.as_str())
            .expression_attribute_values(":new", attribute(operation, &chain)?)
            .expression_attribute_values(":room", number(MAX_CHAINS as u64))
            .expression_attribute_values(":one", number(1));
        decide(operation, update).await
    }

    /// An update of a grant with the condition [`CURRENT`], the requested scopes and the resource. A refreshed grant is
    /// kept longer.
    fn demanding(
        &self,
        rotation: &Rotation,
        current: &str,
        now: Timestamp,
    ) -> (UpdateItemFluentBuilder, String) {
        let target = &rotation.presented.target;
        let mut condition = String::from(CURRENT);
        let mut update = self
            .update(target)
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#chain", target.chain.as_str())
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":active", text(GrantState::Active.as_str()))
            .expression_attribute_values(":client", text(rotation.client.as_str()))
            .expression_attribute_values(":now", number(now.secs()))
            .expression_attribute_values(":current", text(current))
            .expression_attribute_values(":purge", purge(now));
        for (index, scope) in rotation.scope.into_iter().flat_map(ScopeSet::iter).enumerate() {
            // No scope's text is contained in another's, so a substring search is exact.
            let value = format!(":scope{index}");
            condition = condition + " AND contains(#scope, " + &value + ")";
            update = update
                .expression_attribute_names("#scope", "scope")
                .expression_attribute_values(value, text(scope.as_str()));
        }
        of_resource(update, condition, rotation.resource.as_ref())
    }
}

/// The values of [`ADVANCE`].
fn advancing(
    update: UpdateItemFluentBuilder,
    generation: u32,
    minted: &str,
    now: Timestamp,
) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_names("#gen", "gen")
        .expression_attribute_names("#used", "used")
        .expression_attribute_names("#slot", Chain::slot(generation))
        .expression_attribute_values(":minted", text(minted))
        .expression_attribute_values(":gen", number(generation.into()))
        .expression_attribute_values(":expires", number(now.plus(REFRESH_LIFE).secs()))
        .expression_attribute_values(":minted_at", number(now.millis()))
        .expression_attribute_values(":unused", AttributeValue::Bool(false))
}
