//! A smoke test against a live LangSmith, run only on request.
//!
//! All other tests use a double that was written from LangSmith's description. This one drives every tool of the real
//! server against a real LangSmith with throwaway objects, records requests and answers, does the same against the
//! double, and reports the differences. Afterwards it deletes its objects.

mod clean_up;
mod compare;
mod endpoint;
mod folder;
mod names;
mod pace;
mod pass;
mod recording;
mod redact;
mod report;
mod script;
mod speak;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::pin::pin;

use langsmith::HttpClientError;
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use langsmith_double::{Modes, Options as DoubleOptions, Service};
use local::StartError;
use primitives::secret::Secret;

pub use clean_up::CleanUp;
pub use compare::Difference;
pub use endpoint::{Endpoint, EndpointError};
pub use names::Names;
pub use report::Report;

use compare::{Leniency, compare};
use pace::Pace;
use pass::{Pass, Plan};
use redact::Redactor;
use script::Outcome;
use speak::Credential;

/// The options of a smoke test.
pub struct Options {
    /// LangSmith's endpoint.
    pub endpoint: Endpoint,
    /// An API key with write access.
    pub key: Secret,
    /// The workspace; the key's own if absent.
    pub workspace: Option<String>,
    /// Whether to keep the created objects.
    pub keeps: bool,
    /// The names of the created objects.
    pub names: Names,
    /// The parent of the folder with the recordings.
    pub recordings: PathBuf,
}

/// The errors that prevent a report. Nothing has been created at LangSmith in these cases.
#[derive(Debug, thiserror::Error)]
pub enum SmokeError {
    /// 401 or 403 to the first request.
    #[error(
        "LangSmith refuses the key (status {status}): is it a key of this endpoint, which differs by region, and does it \
         work without --workspace?"
    )]
    KeyRefused {
        /// LangSmith's status.
        status: u16,
    },
    /// No answer.
    #[error("LangSmith cannot be reached")]
    Unreachable,
    /// An unexpected status.
    #[error("the endpoint does not answer as LangSmith does (status {status})")]
    NotLangSmith {
        /// Its status.
        status: u16,
    },
    /// Calls fail already against the double.
    #[error("nothing was asked of LangSmith: already against the double, {}", .0.join("; "))]
    Rehearsal(Vec<String>),
    /// Interrupted before the first request to LangSmith.
    #[error("interrupted before anything was asked of LangSmith")]
    Interrupted,
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Http(#[from] HttpClientError),
    /// The server under test does not start.
    #[error("the server does not start: {0}")]
    Server(#[from] StartError),
    /// No free port.
    #[error("no free port on this machine: {0}")]
    Listen(#[source] io::Error),
    /// The recordings cannot be written.
    #[error("the recordings cannot be written: {0}")]
    Folder(#[source] io::Error),
}

/// Runs the script against the double, then against LangSmith, and compares. `stop` ends it early; the created objects
/// are deleted even then.
pub async fn smoke(options: Options, stop: impl Future<Output = ()>) -> Result<Report, SmokeError> {
    let mut stop = pin!(stop);
    let Options { endpoint, key, workspace, keeps, names, recordings } = options;
    let double = rehearse(&names, workspace.is_some(), stop.as_mut()).await?;
    let credential = Credential { key: key.clone(), workspace };
    let pace = if endpoint.is_loopback() { Pace::LOCAL } else { Pace::REMOTE };
    let plan = Plan { endpoint: &endpoint, credential: &credential, names: &names, pace, keeps };
    let live = plan.perform(stop).await?;

    let redactor = Redactor::new(key, &double.exchanges);
    let differences = compare(&double.exchanges, &live.exchanges, &redactor, &leniency(&live));
    let folder = recordings.join(names.folder());
    for (file, pass) in [("double.json", &double), ("langsmith.json", &live)] {
        folder::write(&folder, file, &pass.exchanges, &redactor).map_err(SmokeError::Folder)?;
    }
    let mut report = Report {
        endpoint: endpoint.to_string(),
        facts: report::facts(&double, &live),
        differences,
        requests: live.exchanges.len(),
        calls: live.done.calls,
        clean_up: live.clean_up,
        is_interrupted: live.is_interrupted,
        folder,
        names: names.base,
    };
    for call in &mut report.calls {
        if let Outcome::Failed(why) = &mut call.outcome {
            *why = redactor.without_key(why);
        }
    }
    fs::write(report.folder.join("report.txt"), report.text(false)).map_err(SmokeError::Folder)?;
    Ok(report)
}

/// Runs the script against the double of the hosted platform, where it must succeed.
async fn rehearse(
    names: &Names,
    in_workspace: bool,
    stop: std::pin::Pin<&mut impl Future<Output = ()>>,
) -> Result<Pass, SmokeError> {
    let double = langsmith_double::start(hosted()).await.map_err(SmokeError::Listen)?;
    let endpoint: Endpoint = double.url().parse().map_err(|_| SmokeError::Unreachable)?;
    let workspace = in_workspace.then(|| TEAM_WORKSPACE.to_string());
    let credential = Credential { key: Secret::new(ADA_KEY), workspace };
    let plan = Plan { endpoint: &endpoint, credential: &credential, names, pace: Pace::LOCAL, keeps: true };
    let pass = plan.perform(stop).await;
    double.stop().await;
    let pass = pass?;
    let failed = pass.done.calls.iter().filter(|call| !call.is_good());
    let failed: Vec<String> =
        failed.map(|call| format!("{} ({}): {:?}", call.tool, call.step, call.outcome)).collect();
    match (pass.is_interrupted, failed.is_empty()) {
        (true, _) => Err(SmokeError::Interrupted),
        (false, false) => Err(SmokeError::Rehearsal(failed)),
        (false, true) => Ok(pass),
    }
}

/// The double in its approximation of the hosted platform.
pub fn hosted() -> DoubleOptions {
    DoubleOptions { modes: Modes::REALISTIC, service: Service::CLOUD, ..DoubleOptions::default() }
}

fn leniency(live: &Pass) -> Leniency {
    let calls = &live.done.calls;
    let open_ended = calls.iter().filter(|call| call.is_open_ended).map(|call| call.step);
    let good = |step: &'static str| calls.iter().all(|call| call.step != step || call.is_good());
    let done = live.exchanges.iter().map(|exchange| exchange.step).filter(|step| good(step));
    Leniency { open_ended: open_ended.chain([script::KEY_CHECK]).collect(), done: done.collect() }
}
