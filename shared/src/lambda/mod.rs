//! The common parts of every function's program on AWS, so that each `main.rs` only names its components.
//!
//! In the init phase, logging starts, the variables are checked, keys are read and connections are opened: Lambda gives
//! it a full CPU, and no request waits yet. Requests then come one at a time, so the runtime is single-threaded. When
//! Lambda announces the shutdown of the instance, the process ends with its connections closed.

mod end;
mod invocation;
mod logs;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use futures_util::future::LocalBoxFuture;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use oauth::public_url::PublicUrl;
use primitives::clock::{SharedClock, SystemClock};
use primitives::deadline::Deadline;
use primitives::random::{SharedRandom, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Config, Misconfigured};
use crate::web::outer_layers::outer_layers;

/// How long warming up may delay the first request. Slower work is done when it is needed.
const WARM_UP: Duration = Duration::from_millis(250);

/// Without these variables the runtime would end the process with a backtrace of its own.
const RUNTIME: [&str; 4] = [
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_RUNTIME_API",
];

/// The clock and the randomness of a function.
pub struct Surroundings {
    /// The machine's clock.
    pub clock: SharedClock,
    /// The machine's randomness.
    pub random: SharedRandom,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
    }
}

/// How an instance learns of its shutdown.
#[derive(Clone, Copy)]
enum End {
    /// Lambda announces it, so that connections are closed cleanly.
    Announced,
    /// Without notice: a function without connections has nothing to close, and registering for it would slow every
    /// start.
    Sudden,
}

/// Runs a function behind the REST API: builds its router and serves requests until Lambda shuts the instance down.
pub fn serve(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<Router, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Announced, at_its_url(build), routed))
}

/// Runs a function behind the REST API that opens no connections.
pub fn serve_alone(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<Router, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Sudden, at_its_url(build), routed))
}

/// The router together with the public URL.
fn at_its_url(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<Router, Misconfigured>,
) -> impl AsyncFnOnce(&Config, &Surroundings) -> Result<(Router, PublicUrl), Misconfigured> {
    async move |config: &Config, surroundings: &Surroundings| {
        Ok((build(config, surroundings).await?, config.public_url()?))
    }
}

async fn routed(
    (router, public): (Router, PublicUrl),
    surroundings: Surroundings,
) -> Result<(), lambda_runtime::Error> {
    let router = outer_layers(router, surroundings.random, &public).layer(from_fn(invocation::span));
    lambda_http::run(router).await
}

/// Handles events that are not HTTP requests.
pub trait Handler: Send + Sync + 'static {
    /// The type of the event.
    type Event: DeserializeOwned + Send;
    /// The type of the response.
    type Answer: Serialize + Send;

    /// Handles one event.
    fn answer(&self, event: Self::Event) -> impl Future<Output = Result<Self::Answer, Refused>> + Send;
}

/// A refused event. The invoker gets the text verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl From<Refused> for Diagnostic {
    fn from(Refused(text): Refused) -> Self {
        Self { error_type: "Refused".to_owned(), error_message: text.to_owned() }
    }
}

/// Runs a function that handles events other than HTTP requests.
pub fn answer<H: Handler>(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<H, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Announced, build, async |handler, _| {
        let handler = Arc::new(handler);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<H::Event>| {
            let handler = handler.clone();
            // Boxed: with the whole function in one type, the compiler gives up.
            async move { Box::pin(handler.answer(event.payload)).await }
        }))
        .await
    }))
}

async fn run<P>(
    end: End,
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<P, Misconfigured>,
    serve: impl AsyncFnOnce(P, Surroundings) -> Result<(), lambda_runtime::Error>,
) -> ExitCode {
    let (config, surroundings) = (Config::of_process(), Surroundings::default());
    let program = match prepare(end, (&config, &surroundings), build).await {
        Ok(program) => program,
        Err(error) => {
            print_error(&error);
            return ExitCode::FAILURE;
        }
    };
    tokio::select! {
        outcome = serve(program, surroundings) => match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!(%error, "the runtime failed");
                ExitCode::FAILURE
            }
        },
        () = end::announced() => ExitCode::SUCCESS,
    }
}

async fn prepare<P>(
    end: End,
    (config, surroundings): (&Config, &Surroundings),
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<P, Misconfigured>,
) -> Result<P, Misconfigured> {
    for variable in RUNTIME {
        config.need(variable)?;
    }
    logs::start(config.log_level()?);
    let stage = config.stage()?;
    let subscribed = async {
        if matches!(end, End::Announced) {
            end::subscribe().await;
        }
    };
    let (program, ()) = tokio::join!(Box::pin(build(config, surroundings)), subscribed);
    let program = program?;
    tracing::info!(stage, version = env!("CARGO_PKG_VERSION"), "ready");
    Ok(program)
}

/// Does work that the first request would otherwise wait for. A failure is left to that request: it may be over by
/// then.
pub fn warm<'a, E: std::fmt::Display>(
    what: &'static str,
    work: impl Future<Output = Result<(), E>> + 'a,
) -> LocalBoxFuture<'a, ()> {
    Box::pin(async move {
        match Deadline::after(WARM_UP).limit(work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(what, %error, "could not be warmed up"),
            Err(_) => tracing::warn!(what, "was too slow to be warmed up"),
        }
    })
}

/// Prints one line with the reason why the function cannot start.
#[expect(
    clippy::print_stderr,
    reason = "the one line that tells why the process ends, before there is a log"
)]
fn print_error(error: &Misconfigured) {
    eprintln!("error: {error}");
}
