//! The promises of every kind of vault.

use primitives::ids::UserRef;
use primitives::secret::Secret;
use shared::vault::{ConnectedServer, OwnCredential, Scheme, VaultError};

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

/// Neither another user, nor another server, nor the same one at another address gets a user's own credential.
pub async fn an_own_credential_opens_for_its_user_and_server_alone(account: &Account) {
    let server = |name: &str, address: &str| ConnectedServer { name: name.into(), address: address.into() };
    let team = server("team", "https://agents.example.com/");
    for kind in KINDS {
        let vault = account.vault(kind, "eu");
        for scheme in [Scheme::ApiKey, Scheme::Bearer] {
            let own = OwnCredential { scheme, secret: Secret::new("upstream-own") };
            let sealed = vault.seal_own(&ada(), &team, &own).await.unwrap();
            assert!(!sealed.contains("upstream"), "{kind:?}");
            let opened = account.vault(kind, "eu").open_own(&ada(), &team, &sealed).await.unwrap();
            assert_eq!((opened.scheme, opened.secret.expose()), (scheme, "upstream-own"), "{kind:?}");
            let bob = UserRef::new("bob");
            vault.seal(&bob, &id("one"), &key("k")).await.unwrap();
            let moved = [
                (&bob, &team),
                (&ada(), &server("other", "https://agents.example.com/")),
                (&ada(), &server("team", "https://agents.example.org/")),
            ];
            for (user, at) in moved {
                let opened = vault.open_own(user, at, &sealed).await.map(drop);
                assert_eq!(opened, Err(VaultError::Unopenable), "{kind:?} {at:?}");
            }
            // It is no credential for LangSmith.
            assert_eq!(opens(&vault, "one", &sealed).await, Err(VaultError::Unopenable), "{kind:?}");
            for garbage in ["", ".", "1.", "1.AAAA", &sealed[..sealed.len() - 1]] {
                let opened = vault.open_own(&ada(), &team, garbage).await.map(drop);
                assert_eq!(opened, Err(VaultError::Unopenable), "{kind:?}");
            }
        }
    }
}
