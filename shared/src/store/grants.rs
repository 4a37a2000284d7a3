//! Grants, by user reference and grant id. Both are in our tokens, so no index is needed, and every token operation is
//! one conditional write. The condition *is* the rule; code only interprets why it failed.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use oauth::code::Exchange;
use oauth::grant::{Chain, EndReason, Grant, GrantState, PURGE_DELAY, REFRESH_LIFE};
use oauth::resource::Resource;
use oauth::token::{ChainId, TokenRef};
use primitives::clock::Timestamp;
use primitives::ids::{ClientId, GrantId, UserRef};

use super::StoreError;
use super::item::{Item, Table, Updated, attribute, key, number, send, text};

/// The `grants` table.
#[derive(Clone, Debug)]
pub struct Grants(pub(super) Table);

/// The outcome of a conditional write.
#[derive(Debug)]
pub enum Write {
    /// It was applied; the grant after the write.
    Applied(Box<Grant>),
    /// Its condition failed; the grant at that time.
    Refused(Option<Box<Grant>>),
}

impl Grants {
    pub(super) const fn new(table: Table) -> Self {
        Self(table)
    }

    /// A grant in its current state. One round trip.
    pub async fn get(&self, user: &UserRef, grant: &GrantId) -> Result<Option<Grant>, StoreError> {
        self.0.get("grants.get", Self::key(user, grant)).await
    }

    /// Exchanges a code for the first token of a chain (RFC 6749 section 4.1.3). One round trip.
    pub async fn exchange(
        &self,
        exchange: &Exchange,
        minted: &str,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let operation = "grants.exchange";
        let target = &exchange.code.target;
        let chains =
            std::collections::BTreeMap::from([(&target.chain, Chain::start(minted.to_owned(), now))]);
        let mut condition = String::from(
            "#state = :code_issued AND code_hash = :code AND client_id = :client AND challenge = :challenge \
             AND code_expires_at > :now",
        );
        let mut update = self.update(target);
        if let Some(uri) = &exchange.redirect_uri {
            condition.push_str(" AND redirect_uri = :uri");
            update = update.expression_attribute_values(":uri", text(uri));
        }
        let (update, condition) = of_resource(update, condition, exchange.resource.as_ref());
        let update = update
            .condition_expression(condition)
            .update_expression("SET #state = :active, chains = :chains, purge_at = :purge")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":code_issued", text(GrantState::CodeIssued.as_str()))
            .expression_attribute_values(":active", text(GrantState::Active.as_str()))
            .expression_attribute_values(":code", text(exchange.code.hash()))
            .expression_attribute_values(":client", text(exchange.client.as_str()))
            .expression_attribute_values(":challenge", text(exchange.challenge.as_str()))
            .expression_attribute_values(":now", number(now.secs()))
            .expression_attribute_values(":chains", attribute(operation, &chains)?)
            .expression_attribute_values(":purge", purge(now));
        decide(operation, update).await
    }

    /// Ends a grant. If a client is given, only that client's (RFC 7009 section 2.1); ending twice is a success. One
    /// round trip.
    pub async fn end(
        &self,
        user: &UserRef,
        grant: &GrantId,
        client: Option<&ClientId>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let mut condition = String::from("attribute_exists(grant_id)");
        let mut update = self.0.update(Self::key(user, grant));
        if let Some(client) = client {
            condition.push_str(" AND client_id = :client");
            update = update.expression_attribute_values(":client", text(client.as_str()));
        }
        let update = update
            .condition_expression(condition)
            .update_expression("SET #state = :revoked, ended_for = if_not_exists(ended_for, :reason), ended_at = if_not_exists(ended_at, :now)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":revoked", text(GrantState::Revoked.as_str()))
            .expression_attribute_values(":reason", text(reason.as_str()))
            .expression_attribute_values(":now", number(now.secs()));
        decide("grants.end", update).await
    }

    /// Marks a generation as used at `/mcp`; the write also checks that the grant stands. One round trip.
    pub async fn mark_used(
        &self,
        user: &UserRef,
        grant: &GrantId,
        (chain, generation): (&ChainId, u32),
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        let update = self
            .0
            .update(Self::key(user, grant))
            .condition_expression("#state = :active AND expires_at > :now AND chains.#chain.#gen = :gen")
            .update_expression("SET chains.#chain.#used = :used, last_used_at = :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#chain", chain.as_str())
            .expression_attribute_names("#gen", "gen")
            .expression_attribute_names("#used", "used")
            .expression_attribute_values(":active", text(GrantState::Active.as_str()))
            .expression_attribute_values(":now", number(now.secs()))
            .expression_attribute_values(":gen", number(generation.into()))
            .expression_attribute_values(":used", AttributeValue::Bool(true));
        decide("grants.mark_used", update).await
    }

    pub(super) fn update(&self, target: &TokenRef) -> UpdateItemFluentBuilder {
        self.0.update(Self::key(&target.user, &target.grant))
    }

    pub(super) fn key(user: &UserRef, grant: &GrantId) -> Item {
        key([("user_ref", user.as_str()), ("grant_id", grant.as_str())])
    }
}

/// The update and its condition, and that the grant is for this resource, if the client named one.
pub(super) fn of_resource(
    update: UpdateItemFluentBuilder,
    condition: String,
    resource: Option<&Resource>,
) -> (UpdateItemFluentBuilder, String) {
    match resource.map(Resource::server) {
        None => (update, condition),
        Some(None) => (update, condition + " AND attribute_not_exists(agent_server)"),
        Some(Some(server)) => {
            let update = update.expression_attribute_values(":server", text(server.as_str()));
            (update, condition + " AND agent_server = :server")
        }
    }
}

/// When the store may delete a grant that is refreshed now and never again.
pub(super) fn purge(now: Timestamp) -> AttributeValue {
    number(now.plus(REFRESH_LIFE).plus(PURGE_DELAY).secs())
}

pub(super) async fn decide(
    operation: &'static str,
    update: UpdateItemFluentBuilder,
) -> Result<Write, StoreError> {
    Ok(match send(operation, update).await? {
        Updated::Applied(grant) => Write::Applied(Box::new(grant)),
        Updated::Refused(grant) => Write::Refused(grant.map(Box::new)),
    })
}
