//! A consent: one transaction over four tables.

use primitives::ids::ClientId;
use shared::store::ConsentOutcome;

use crate::grants::applied;
use crate::people::Tables;

/// A consent is recorded once, and only while its client, session and credential exist.
pub async fn a_consent_stands_with_its_client_its_session_and_its_credential(tables: &Tables) {
    let person = tables.person("consents").await;
    let (grant, code) = tables.consent(&person, "consented").await;
    assert_eq!(tables.record(&person, &grant).await, ConsentOutcome::Granted, "the form was sent twice");
    let client = tables.store.clients.get(&grant.client_id).await.unwrap().unwrap();
    assert!(client.expires_at > grant.expires_at, "the client outlives the grant");
    let exchange = Tables::exchange(&person, &code);
    let exchanged = tables.store.grants.exchange(&exchange, "minted", tables.now).await.unwrap();
    assert!(applied(&exchanged));
    assert_eq!(tables.record(&person, &grant).await, ConsentOutcome::AlreadyUsed);

    let mut other = tables.grant(&person, "without a client").0;
    other.client_id = ClientId::new("nobody");
    assert_eq!(tables.record(&person, &other).await, ConsentOutcome::ClientGone);
    assert!(tables.store.grants.get(&other.user_ref, &other.grant_id).await.unwrap().is_none());
    let other = tables.grant(&person, "logged out").0;
    let (sessions, hash) = (&tables.store.sessions, &person.session.session_hash);
    let session = sessions.get(hash).await.unwrap().unwrap();
    assert_eq!(
        (session.user_id, session.credential_id),
        (person.session.user_id.clone(), person.session.credential_id.clone())
    );
    sessions.close(hash).await.unwrap();
    assert!(sessions.get(hash).await.unwrap().is_none());
    assert_eq!(tables.record(&person, &other).await, ConsentOutcome::LoginGone);
    let other = tables.grant(&person, "without a credential").0;
    assert!(tables.store.vault.mark_dead(&person.credential, None, &tables.store.sessions).await.unwrap());
    assert_eq!(tables.record(&person, &other).await, ConsentOutcome::LoginGone);
    assert!(tables.store.grants.get(&other.user_ref, &other.grant_id).await.unwrap().is_none());
}
