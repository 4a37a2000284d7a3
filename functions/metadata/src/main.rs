//! The discovery documents as a Lambda function. Links no AWS SDK and reads no secret.

use std::process::ExitCode;

use metadata::About;
use shared::config::Misconfigured;
use shared::lambda::serve_alone;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve_alone(async |config, _| {
        let about = About {
            langsmith: config.langsmith_endpoint()?,
            api_keys: config.api_key_header()?,
            client_documents: config.client_id_metadata()?,
            demo_key: None,
        };
        metadata::router(&config.public_url()?, about)
            .map_err(|error| Misconfigured::new("PUBLIC_URL", error))
    })
    .await
}
