//! The contracts on what runs in this process: dynoxide, and Secrets Manager and KMS in memory.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::future::{Ready, ready};
use std::sync::Arc;

use aws_fakes::Fakes;
use contract::store::Tables;
use contract::vault::Account;
use local::database::{self, Database, PREFIX};
use oauth::keys::RootKey;
use primitives::clock::{Clock as _, SteppedClock, Timestamp};
use primitives::random::SystemRandom;
use shared::store::Store;

const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

fn store() -> Store {
    Store::new(&database::client(Database::memory().unwrap().http_client()), PREFIX)
}

fn tables() -> Ready<Tables> {
    ready(Tables::new(store(), NOW))
}

fn account() -> Ready<Account> {
    let clock = Arc::new(SteppedClock::new(NOW));
    let time = clock.clone();
    let fakes = Fakes::new(move || time.now().secs());
    ready(Account {
        secrets: fakes.secrets_manager(),
        kms: fakes.kms(),
        key: "key".to_owned(),
        workspace_keys: store().workspace_keys,
        clock,
        root: RootKey::generate(&SystemRandom),
    })
}

contract::store_contract!(tables);
contract::vault_contract!(account);
