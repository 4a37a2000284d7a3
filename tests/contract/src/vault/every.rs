//! The promises of every kind of vault.

use primitives::ids::UserRef;
use shared::vault::VaultError;

use super::sample::{ada, content, id, key, login, opens};
use super::{Account, KINDS};

/// Instances share nothing but the services.
pub async fn every_instance_opens_what_one_has_sealed(account: &Account) {
    for kind in KINDS {
        for credential in [key("upstream-key"), login("upstream-access")] {
            let sealed = account.vault(kind, "eu").seal(&ada(), &id("one"), &credential).await.unwrap();
            assert!(!sealed.contains("upstream"), "{kind:?}");
            for vault in [account.vault(kind, "eu"), account.vault(kind, "eu")] {
                assert_eq!(opens(&vault, "one", &sealed).await, Ok(content(&credential)), "{kind:?}");
            }
        }
    }
}

/// Write access to the table does not allow giving one user another's credential.
pub async fn what_is_moved_does_not_open(account: &Account) {
    for kind in KINDS {
        let vault = account.vault(kind, "eu");
        let sealed = vault.seal(&ada(), &id("one"), &key("k")).await.unwrap();
        let (bob, two) = (UserRef::new("bob"), id("two"));
        vault.seal(&bob, &id("one"), &key("k")).await.unwrap();
        for (user, id) in [(&ada(), &two), (&bob, &id("one")), (&UserRef::new("nobody"), &id("one"))] {
            let opened = vault.open(user, id, &sealed).await.map(drop);
            assert_eq!(opened, Err(VaultError::Unopenable), "{kind:?}");
        }
        let other = account.vault(kind, "us");
        other.seal(&ada(), &id("one"), &key("k")).await.unwrap();
        assert_eq!(opens(&other, "one", &sealed).await, Err(VaultError::Unopenable), "{kind:?}");
    }
}

/// Garbage in a table is not reported as a service's failure.
pub async fn garbage_does_not_open(account: &Account) {
    for kind in KINDS {
        let vault = account.vault(kind, "eu");
        let sealed = vault.seal(&ada(), &id("one"), &login("a")).await.unwrap();
        let mut broken: Vec<_> =
            ["", ".", "1.", "1.AAAA", "AAAA.AAAA", "99999999999999999999.AA", "é.\0", "-1.AA"]
                .map(str::to_owned)
                .into();
        broken.push("A".repeat(100_000));
        broken.push(sealed.chars().rev().collect());
        broken.extend((1..sealed.len()).step_by(7).map(|end| sealed[..end].to_owned()));
        for text in broken {
            assert_eq!(opens(&vault, "one", &text).await, Err(VaultError::Unopenable), "{kind:?}: {text}");
        }
    }
}
