//! Registration as a Lambda function. Writes clients and can do nothing else.

use std::process::ExitCode;

use register::{Deps, router};
use shared::aws::Aws;
use shared::lambda::{serve, warm};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve(async |config, surroundings| {
        let store = Aws::new(config)?.store(config)?;
        warm("the store", store.clients.warm()).await;
        Ok(router(Deps { store, clock: surroundings.clock.clone(), random: surroundings.random.clone() }))
    })
    .await
}
