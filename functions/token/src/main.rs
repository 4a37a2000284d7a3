//! The token endpoint as a Lambda function. Reads the root key and the signing keys, and no upstream credential.

use std::process::ExitCode;
use std::sync::Arc;

use oauth::access::AccessSigner;
use shared::aws::Aws;
use shared::lambda::{serve, warm};
use shared::public_keys::PublicKeys;
use token::{Deps, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let (public, clock) = (config.public_url()?, surroundings.clock.clone());
        let aws = Aws::new(config)?;
        let (store, secrets) = (aws.store(config)?, aws.secrets());
        let keys = Arc::new(PublicKeys::new(store.keys.clone(), public.clone(), clock.clone()));
        let (root, signing, ()) = tokio::join!(
            secrets.root_key(config),
            secrets.signing_keys(config),
            warm("the public keys", keys.warm()),
        );
        let (minter, signer) = (root?.minter()?, AccessSigner::new(&signing?.current)?);
        Ok(router(Deps { store, minter, signer, keys, public, clock, random: surroundings.random.clone() }))
    })
    .await
}
