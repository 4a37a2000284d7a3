//! The contracts on the emulator's DynamoDB, Secrets Manager and KMS.

use std::ops::Deref;
use std::sync::Arc;

use aws_sdk_kms::Client as Kms;
use contract::store::Tables;
use contract::vault::Account;
use emulated::{Deployment, Emulator, turn};
use oauth::keys::RootKey;
use primitives::clock::{Clock as _, SteppedClock, SystemClock};
use primitives::random::{SystemRandom, bytes};
use shared::store::Store;
use tokio::sync::{MutexGuard, OnceCell};

/// The subject of a promise, while no other test uses the emulator.
struct Held<T> {
    subject: T,
    _turn: MutexGuard<'static, ()>,
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.subject
    }
}

/// The tables of one stack. Each promise uses its own people and workspaces in them.
async fn store() -> Store {
    static STACK: OnceCell<String> = OnceCell::const_new();
    let prefix = STACK.get_or_init(async || Deployment::start().await.name.clone()).await;
    let emulator = Emulator::shared();
    let config = emulator.config("eu-west-1", &[("TABLE_PREFIX", prefix)]);
    emulator.aws("eu-west-1").store(&config).unwrap()
}

async fn tables() -> Held<Tables> {
    let turn = turn().await;
    Held { subject: Tables::new(store().await, SystemClock.now()), _turn: turn }
}

/// A separate account, but for its tables: MiniStack treats an access key of twelve digits as one.
async fn account() -> Held<Account> {
    let turn = turn().await;
    let number: String = bytes::<12>(&SystemRandom).map(|byte| char::from(b'0' + byte % 10)).iter().collect();
    let emulator = Emulator::shared();
    let config = emulator.config("eu-west-1", &[("AWS_ACCESS_KEY_ID", &number)]);
    let aws = shared::aws::Aws::new(&config).unwrap();
    let kms = Kms::new(&aws.service(&config, "AWS_ENDPOINT_URL_KMS").unwrap());
    let key = kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let subject = Account {
        secrets: aws.secrets_manager(),
        kms,
        key,
        workspace_keys: store().await.workspace_keys,
        clock: Arc::new(SteppedClock::new(SystemClock.now())),
        root: RootKey::generate(&SystemRandom),
    };
    Held { subject, _turn: turn }
}

contract::store_contract!(tables);
contract::vault_contract!(account);
