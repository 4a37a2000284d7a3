//! Pending logins, data shared by the stack, and leases of credentials.

use std::time::Duration;

use futures_util::future::join_all;
use oauth::keys::{SigningKey, SigningKeys};
use oauth::request::AuthorizeRequest;
use oauth::resource::Resource;
use oauth::return_to::ReturnTo;
use primitives::clock::Timestamp;
use primitives::ids::{ClientId, CredentialId, UserRef};
use shared::store::{OwnCredentialItem, PendingLogin};

use crate::people::Tables;

/// RFC 6749 section 10.12: a login must end in the browser that began it.
pub async fn a_pending_login_is_taken_once_and_only_by_its_browser(tables: &Tables) {
    let sessions = &tables.store.sessions;
    let login = PendingLogin {
        session_hash: "pending".to_owned(),
        browser: "browser".to_owned(),
        client_id: "upstream client".to_owned(),
        issuer: "https://as.example".to_owned(),
        verifier: "sealed".to_owned(),
        return_to: ReturnTo::from(AuthorizeRequest {
            client_id: ClientId::new("client"),
            redirect_uri: "http://localhost/".to_owned(),
            state: None,
            challenge: "challenge".to_owned(),
            scope: String::new(),
            resource: Resource::default(),
        }),
        expires_at: tables.later(600).secs(),
        purge_at: tables.later(6000).secs(),
    };
    assert!(sessions.begin(&login).await.unwrap() && sessions.begin(&login).await.unwrap(), "once or again");
    assert!(sessions.take_login("pending", "another", "one").await.unwrap().is_none());
    assert!(sessions.take_login("unknown", "browser", "one").await.unwrap().is_none());
    let attempts: Vec<_> = (0..8).map(|number| format!("attempt-{number}")).collect();
    let taken =
        join_all(attempts.iter().map(|attempt| sessions.take_login("pending", "browser", attempt))).await;
    let taken: Vec<_> = taken.into_iter().map(|login| login.unwrap().is_some()).collect();
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    assert!(!sessions.begin(&login).await.unwrap(), "a login that was taken begins no more");
    let winner = taken.iter().position(|taken| *taken).unwrap();
    assert!(
        sessions.take_login("pending", "browser", &attempts[winner]).await.unwrap().is_some(),
        "its retry"
    );
    assert_eq!(
        login.return_to,
        sessions.take_login("pending", "browser", &attempts[winner]).await.unwrap().unwrap().return_to
    );
}

/// Public keys are returned as published; of our registrations at LangSmith, the first one wins.
pub async fn the_first_registration_is_everybodys_until_it_is_gone(tables: &Tables) {
    let keys = &tables.store.keys;
    let (at, back) = ("https://as.example", "https://mcp.example.com/callback");
    assert_eq!(keys.upstream_client(at, back).await.unwrap(), None);
    let remember = |id, gone| keys.remember_upstream_client(at, back, id, gone);
    let all = join_all(["a", "b", "c", "d"].map(|id| remember(id, None))).await;
    let first = all[0].as_ref().unwrap();
    assert!(all.iter().all(|found| found.as_ref().unwrap() == first));
    assert_eq!(keys.upstream_client("https://other.example", back).await.unwrap(), None);
    assert_eq!(keys.upstream_client(at, "https://mcp.example.com/other").await.unwrap(), None);
    assert_eq!(remember("e", Some("unknown")).await.unwrap(), *first);
    assert_eq!(remember("e", Some(first.as_str())).await.unwrap(), "e");
    assert_eq!(keys.upstream_client(at, back).await.unwrap().as_deref(), Some("e"));
    let signing = SigningKeys { current: SigningKey::generate().unwrap(), others: Vec::new() };
    let jwks = signing.jwks().unwrap();
    keys.publish(&jwks).await.unwrap();
    assert_eq!(keys.jwks().await.unwrap(), Some(jwks));
}

/// An outage at LangSmith logs nobody out.
pub async fn a_burst_of_endings_stops_itself(tables: &Tables) {
    let keys = &tables.store.keys;
    let may = |number: usize, at| async move {
        keys.may_end_credential(&CredentialId::new(format!("ending-{number}")), at).await.unwrap()
    };
    let all = join_all((0..40).map(|number| may(number, tables.now))).await;
    assert_eq!(all.iter().filter(|may| **may).count(), 30);
    let counted = all.iter().position(|may| *may).unwrap();
    assert!(may(counted, tables.now).await, "asked again for the same one");
    let end_of_window = Timestamp::from_secs(tables.now.secs() / 600 * 600 + 599);
    assert!(!may(99, end_of_window).await, "still the same window");
    assert!(may(99, tables.later(600)).await, "the next window");
}

/// One instance refreshes a credential, and the result is not lost.
pub async fn a_lease_has_one_holder_and_a_late_save_is_kept(tables: &Tables) {
    let person = tables.person("leases").await;
    let (vault, item) = (&tables.store.vault, &person.credential);
    let leases: Vec<_> = (0..8).map(|number| format!("lease-{number}")).collect();
    let held = join_all(leases.iter().map(|lease| vault.lease(item, lease, tables.now))).await;
    let held: Vec<_> = held.into_iter().map(|held| held.unwrap().is_some()).collect();
    assert_eq!(held.iter().filter(|held| **held).count(), 1);
    let holder = &leases[held.iter().position(|held| *held).unwrap()];
    assert!(vault.lease(item, holder, tables.now).await.unwrap().is_some(), "its retry");
    vault.postpone(item, holder, tables.later(30)).await.unwrap();
    assert!(vault.lease(item, "early", tables.later(29)).await.unwrap().is_none());
    assert!(vault.lease(item, "next", tables.later(30)).await.unwrap().is_some());
    assert!(vault.lease(item, "thief", tables.later(51)).await.unwrap().is_some(), "it ran out");
    let saved = vault.save(item, "late").await.unwrap().unwrap();
    assert_eq!((saved.version, saved.lease_id.as_deref()), (2, None));
    assert!(vault.save(item, "late").await.unwrap().is_some(), "its retry");
    assert!(vault.save(item, "later").await.unwrap().is_none());
    vault.suspect(&saved, Some(tables.now)).await.unwrap();
    let suspect = vault.get(&item.user_ref, &item.credential_id).await.unwrap().unwrap();
    assert_eq!(suspect.suspect_since, Some(tables.now.secs()));
    assert!(!vault.mark_dead(item, None, &tables.store.sessions).await.unwrap(), "an older version");
    assert!(vault.mark_dead(&saved, None, &tables.store.sessions).await.unwrap());
    let later = tables.now.plus(Duration::from_hours(1));
    assert!(vault.lease(&saved, "dead", later).await.unwrap().is_none());
    assert!(tables.store.sessions.get(&person.session.session_hash).await.unwrap().is_none());
}

/// A user's credentials for servers are kept apart by user and server, and replaced as a whole.
pub async fn a_users_own_credential_is_for_one_server_until_it_ends(tables: &Tables) {
    let credentials = &tables.store.own_credentials;
    let (ada, bob) = (UserRef::new("ada-own"), UserRef::new("bob-own"));
    let item = |sealed: &str| {
        let content = ("https://agents.example.com/", sealed.to_owned());
        OwnCredentialItem::new((&ada, "team"), content, (tables.later(0), tables.later(60)))
    };
    for sealed in ["one", "another"] {
        credentials.put(&item(sealed)).await.unwrap();
        let found = credentials.get(&ada, "team").await.unwrap().unwrap();
        assert_eq!((found.sealed.as_str(), found.address.as_str()), (sealed, "https://agents.example.com/"));
        assert_eq!(found.connected_at, tables.later(0).secs());
        assert!(found.is_live(tables.later(59)) && !found.is_live(tables.later(60)));
    }
    assert!(credentials.get(&ada, "tea").await.unwrap().is_none());
    assert!(credentials.get(&bob, "team").await.unwrap().is_none());
    credentials.delete(&bob, "team").await.unwrap();
    assert!(credentials.get(&ada, "team").await.unwrap().is_some());
    credentials.delete(&ada, "team").await.unwrap();
    assert!(credentials.get(&ada, "team").await.unwrap().is_none());
}
