//! The discovery documents as a function on AWS. Links no AWS SDK and reads no secret.

use std::process::ExitCode;

use shared::config::Misconfigured;
use shared::lambda::serve_alone;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve_alone(async |config, _| {
        metadata::router(&config.public_url()?).map_err(|error| Misconfigured::new("PUBLIC_URL", error))
    })
    .await
}
