//! One secret per user, seldom written and restorable.

use std::collections::BTreeSet;
use std::time::Duration;

use shared::vault::VaultError;

use super::sample::{ada, content, id, key, login, opens};
use super::{ADAS, Account};

const MINUTE: Duration = Duration::from_mins(1);

/// Otherwise versions would accumulate.
pub async fn logins_and_refreshes_write_a_users_secret_once(account: &Account) {
    let first = account.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    let written = account.adas().await;
    for round in 0..5 {
        let at = format!("login-{round}");
        account.eu().seal(&ada(), &id(&at), &login("b")).await.unwrap();
    }
    assert_eq!(account.adas().await, written);
    assert!(!written.0.contains("refresh"), "what rotates lies in the table");
    assert_eq!(opens(&account.eu(), "one", &first).await, Ok(content(&login("a"))));
}

/// At most once in ten minutes.
pub async fn api_keys_lie_in_the_secret_which_is_not_written_often(account: &Account) {
    let [one, two, three] = ["key-one", "key-two", "key-three"];
    let mut sealed = vec![(one, account.eu().seal(&ada(), &id(one), &key(one)).await.unwrap())];
    let written = account.adas().await;
    assert!(written.0.contains(one));
    // The same key again changes nothing, and another one comes too soon.
    account.eu().seal(&ada(), &id("again"), &key(one)).await.unwrap();
    sealed.push((two, account.eu().seal(&ada(), &id(two), &key(two)).await.unwrap()));
    assert_eq!(account.adas().await, written);
    account.clock.advance(MINUTE * 11);
    let old = account.eu();
    assert!(opens(&old, one, &sealed[0].1).await.is_ok());
    sealed.push((three, account.eu().seal(&ada(), &id(three), &key(three)).await.unwrap()));
    let (text, version) = account.adas().await;
    assert!(version != written.1 && text.contains(three) && !text.contains(two));
    for vault in [old, account.eu()] {
        for (text, sealed) in &sealed {
            assert_eq!(opens(&vault, text, sealed).await, Ok(content(&key(text))), "{text}");
        }
    }
}

/// The limit of a secret is 64 kB.
pub async fn a_secret_holds_so_many_keys_and_the_others_still_open(account: &Account) {
    let mut versions = BTreeSet::new();
    for round in 0..20 {
        let text = format!("key-{round}");
        let sealed = account.eu().seal(&ada(), &id(&text), &key(&text)).await.unwrap();
        assert_eq!(opens(&account.eu(), &text, &sealed).await, Ok(content(&key(&text))));
        versions.insert(account.adas().await.1);
        account.clock.advance(MINUTE * 11);
    }
    assert_eq!(versions.len(), 16);
}

/// Neither overwrites the key that the other has sealed with.
pub async fn two_first_logins_at_once_share_one_secret(account: &Account) {
    let (one, two) = (account.eu(), account.eu());
    let (first, second, place) = (key("key-one"), login("access"), [id("one"), id("two")]);
    let user = ada();
    let (a, b) = tokio::join!(one.seal(&user, &place[0], &first), two.seal(&user, &place[1], &second));
    assert_eq!(opens(&account.eu(), "one", &a.unwrap()).await, Ok(content(&first)));
    assert_eq!(opens(&account.eu(), "two", &b.unwrap()).await, Ok(content(&second)));
}

/// A deletion can be undone for a week; after that, all of the user's data is unreadable.
pub async fn a_user_who_returns_gets_the_secret_back_and_one_who_returns_too_late_a_new_one(
    account: &Account,
) {
    let sealed = account.eu().seal(&ada(), &id("one"), &login("a")).await.unwrap();
    account.secrets.delete_secret().secret_id(ADAS).recovery_window_in_days(7).send().await.unwrap();
    let outcome = opens(&account.eu(), "one", &sealed).await;
    assert!(matches!(outcome, Err(VaultError::Unavailable { .. })), "{outcome:?}");
    account.eu().seal(&ada(), &id("two"), &login("b")).await.unwrap();
    assert_eq!(opens(&account.eu(), "one", &sealed).await, Ok(content(&login("a"))));
    let shred = account.secrets.delete_secret().secret_id(ADAS).force_delete_without_recovery(true);
    shred.send().await.unwrap();
    assert_eq!(opens(&account.eu(), "one", &sealed).await, Err(VaultError::Unopenable));
    let again = account.eu().seal(&ada(), &id("three"), &login("c")).await.unwrap();
    assert_eq!(opens(&account.eu(), "one", &sealed).await, Err(VaultError::Unopenable));
    assert_eq!(opens(&account.eu(), "three", &again).await, Ok(content(&login("c"))));
}
