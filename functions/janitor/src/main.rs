//! The janitor as a Lambda function. The only one that writes the signing keys.

use std::process::ExitCode;

use janitor::Janitor;
use shared::aws::{Aws, VaultKind};
use shared::lambda::answer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    answer(async |config, surroundings| {
        let aws = Aws::new(config)?;
        let (store, secrets) = (aws.store(config)?, aws.secrets_manager());
        let (signing_keys, vault) = (config.need("SIGNING_KEYS_SECRET")?, VaultKind::of(config)?);
        Ok(Janitor::new(store, &secrets, signing_keys, vault, surroundings.clock.clone()))
    })
    .await
}
