//! A consent as one transaction: the grant is created only if its session, its credential and the registration of its
//! client still stand, and their expiries are moved past the grant's.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use oauth::document::ClientIdKind;
use oauth::grant::{Grant, GrantState, PURGE_DELAY};
use primitives::clock::Timestamp;

use super::item::{may_try_again, number, read, write};
use super::sessions::Sessions;
use super::{Clients, Store, StoreError, VaultItems};

const OPERATION: &str = "consent";

/// A consent to record.
#[derive(Debug)]
pub struct Consent<'a> {
    /// The grant, in state `code_issued`.
    pub grant: &'a Grant,
    /// The hash of the browser session in which consent was given.
    pub session_hash: &'a str,
    /// The new expiry of that session, until which it skips the login, in seconds since the Unix epoch.
    pub session_expires_at: u64,
}

/// The outcome of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentOutcome {
    /// The grant stands; the code may be sent. Also when this very consent was recorded before: the form was submitted
    /// twice, or the response of the first write was lost.
    Granted,
    /// The form was already used, and its code was exchanged.
    AlreadyUsed,
    /// The client's registration is gone.
    ClientGone,
    /// The session or its credential is gone: log in again.
    LoginGone,
}

impl Store {
    /// Records a consent. One round trip, and one more for each conflict with another transaction: an earlier grant of
    /// the same login may be refreshing the credential, or a second tab may be consenting in the same session.
    pub async fn consent(&self, consent: &Consent<'_>, now: Timestamp) -> Result<ConsentOutcome, StoreError> {
        let mut attempt = 0;
        loop {
            match self.try_consent(consent, now).await? {
                Some(outcome) => return Ok(outcome),
                None if may_try_again(attempt).await => attempt += 1,
                None => return Err(StoreError::conflict(OPERATION)),
            }
        }
    }

    /// One attempt; `None` on a conflict with another transaction.
    async fn try_consent(
        &self,
        consent: &Consent<'_>,
        now: Timestamp,
    ) -> Result<Option<ConsentOutcome>, StoreError> {
        let mut transaction = self
            .grants
            .0
            .client
            .transact_write_items()
            .transact_items(self.new_grant(consent)?)
            .transact_items(self.longer_session(consent, now)?)
            .transact_items(self.longer_credential(consent)?);
        // A client with a document has no registration that could expire before the grant.
        if ClientIdKind::of(&consent.grant.client_id) == ClientIdKind::Registered {
            transaction = transaction.transact_items(self.longer_client(consent, now)?);
        }
        let answer = transaction.send().await;
        match answer {
            Ok(_) => Ok(Some(ConsentOutcome::Granted)),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    outcome(canceled.cancellation_reasons(), consent)
                }
                _ => Err(StoreError::sdk(OPERATION, &error)),
            },
        }
    }

    fn new_grant(&self, consent: &Consent<'_>) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.grants.0.name)
            .set_item(Some(write(OPERATION, consent.grant)?))
            .condition_expression("attribute_not_exists(grant_id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|_| StoreError::not_built(OPERATION))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A client with a live grant must not expire before the grant.
    fn longer_client(&self, consent: &Consent<'_>, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let expires = consent.grant.expires_at.saturating_add(PURGE_DELAY.as_secs());
        let update = Update::builder()
            .table_name(&self.clients.0.name)
            .set_key(Some(Clients::key(&consent.grant.client_id)))
            .condition_expression("attribute_exists(client_id) AND expires_at > :now")
            .update_expression("SET expires_at = :expires, purge_at = :purge")
            .expression_attribute_values(":now", number(now.secs()))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":purge", number(expires.saturating_add(PURGE_DELAY.as_secs())));
        finish(update)
    }

    fn longer_session(&self, consent: &Consent<'_>, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let (condition, now) = Sessions::live(now);
        let purge = consent.session_expires_at.saturating_add(PURGE_DELAY.as_secs());
        let update = Update::builder()
            .table_name(&self.sessions.0.name)
            .set_key(Some(Sessions::key(consent.session_hash)))
            .condition_expression(condition)
            .update_expression("SET expires_at = :expires, purge_at = :purge")
            .expression_attribute_values(":now", now)
            .expression_attribute_values(":expires", number(consent.session_expires_at))
            .expression_attribute_values(":purge", number(purge));
        finish(update)
    }

    fn longer_credential(&self, consent: &Consent<'_>) -> Result<TransactWriteItem, StoreError> {
        let grant = consent.grant;
        let update = Update::builder()
            .table_name(&self.vault.0.name)
            .set_key(Some(VaultItems::key(&grant.user_ref, &grant.credential_id)))
            .condition_expression("attribute_exists(sealed) AND dead = :alive")
            .update_expression("SET purge_at = :purge")
            .expression_attribute_values(":alive", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .expression_attribute_values(
                ":purge",
                number(grant.expires_at.saturating_add(PURGE_DELAY.as_secs())),
            );
        finish(update)
    }
}

fn finish(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> Result<TransactWriteItem, StoreError> {
    let update = update.build().map_err(|_| StoreError::not_built(OPERATION))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// Interprets the cancellation reasons, which are in the order of the writes. The grant's comes first: if the stored
/// grant is ours, everything else was written with it. Reasons without a failed condition mean a conflict with another
/// transaction.
fn outcome(
    reasons: &[CancellationReason],
    consent: &Consent<'_>,
) -> Result<Option<ConsentOutcome>, StoreError> {
    let failed = |reason: Option<&CancellationReason>| {
        reason.is_some_and(|reason| reason.code() == Some("ConditionalCheckFailed"))
    };
    if failed(reasons.first()) {
        let existing = reasons.first().and_then(CancellationReason::item).cloned();
        let existing: Option<Grant> = existing.map(|item| read(OPERATION, item)).transpose()?;
        let ours = existing.is_some_and(|grant| {
            grant.code_hash == consent.grant.code_hash && grant.state == GrantState::CodeIssued
        });
        return Ok(Some(if ours { ConsentOutcome::Granted } else { ConsentOutcome::AlreadyUsed }));
    }
    if failed(reasons.get(3)) {
        return Ok(Some(ConsentOutcome::ClientGone));
    }
    if failed(reasons.get(1)) || failed(reasons.get(2)) {
        return Ok(Some(ConsentOutcome::LoginGone));
    }
    Ok(None)
}
