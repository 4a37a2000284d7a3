//! A function's program on AWS: what is the same in all of them, so that each `main.rs` only says what it is made of.
//!
//! Before the first request, logs start, the variables are checked, keys are read and connections are opened: Lambda
//! gives that phase a whole processor, and nobody waits for it yet. Then requests come one at a time, so one thread does
//! everything. When Lambda takes the instance away, it says so, and the process ends with its connections closed.

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
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::{SharedClock, SystemClock};
use crate::config::{Config, Misconfigured};
use crate::deadline::Deadline;
use crate::oauth::public_url::PublicUrl;
use crate::random::{SharedRandom, SystemRandom};
use crate::web::dress::dress;

/// How long warming up may hold the first request back. What takes longer is done when it is needed.
const WARM_UP: Duration = Duration::from_millis(250);

/// Without these the runtime would end the process with a trace of its own.
const RUNTIME: [&str; 4] = [
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_RUNTIME_API",
];

/// What a function takes from its surroundings.
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

/// How an instance hears of its end.
#[derive(Clone, Copy)]
enum End {
    /// Lambda is asked to announce it, so that connections are closed and not cut.
    Announced,
    /// It does not: a function without connections has nothing to close, and asking costs a part of every start.
    Sudden,
}

/// The program of a function behind the REST API: builds its router and answers requests until Lambda ends it.
pub fn serve(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<Router, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Announced, at_its_url(build), routed))
}

/// The same for a function that opens no connection.
pub fn serve_alone(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<Router, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Sudden, at_its_url(build), routed))
}

/// The router together with the URL under which it is reached.
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
    let router = dress(router, surroundings.random, &public).layer(from_fn(invocation::span));
    lambda_http::run(router).await
}

/// Answers events that are no HTTP requests.
pub trait Handler: Send + Sync + 'static {
    /// The event.
    type Event: DeserializeOwned + Send;
    /// The answer to it.
    type Answer: Serialize + Send;

    /// Answers one event.
    fn answer(&self, event: Self::Event) -> impl Future<Output = Result<Self::Answer, Refused>> + Send;
}

/// An event without an answer. Whoever invoked the function is told the text, word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl From<Refused> for Diagnostic {
    fn from(Refused(text): Refused) -> Self {
        Self { error_type: "Refused".to_owned(), error_message: text.to_owned() }
    }
}

/// The program of a function that answers other events.
pub fn answer<H: Handler>(
    build: impl AsyncFnOnce(&Config, &Surroundings) -> Result<H, Misconfigured> + 'static,
) -> LocalBoxFuture<'static, ExitCode> {
    Box::pin(run(End::Announced, build, async |handler, _| {
        let handler = Arc::new(handler);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<H::Event>| {
            let handler = handler.clone();
            // A future of its own size: with all of a function in one type, the compiler gives up.
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
            complain(&error);
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

/// Does what the first request would otherwise wait for. A failure is that request's to deal with: it may be over then.
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

/// Tells in one line why there is no function.
#[expect(
    clippy::print_stderr,
    reason = "the one line that tells why the process ends, before there is a log"
)]
fn complain(error: &Misconfigured) {
    eprintln!("error: {error}");
}
