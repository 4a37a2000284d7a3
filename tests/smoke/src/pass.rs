//! One pass of the script: the server under test and the recording proxy are started, the script is run, and its
//! objects are deleted, even after a failure or an interruption.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use langsmith::http_client;
use local::{MEMORY, Settings};

use crate::SmokeError;
use crate::clean_up::{CleanUp, Cleaner};
use crate::endpoint::Endpoint;
use crate::names::Names;
use crate::pace::Pace;
use crate::recording::{Exchange, Recorder, RecordingProxy};
use crate::script::{Done, Script};
use crate::speak::{Credential, Direct, Mcp};

/// The plan for a pass against one LangSmith.
pub(crate) struct Plan<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) credential: &'a Credential,
    pub(crate) names: &'a Names,
    pub(crate) pace: Pace,
    /// Whether to keep the created objects.
    pub(crate) keeps: bool,
}

/// The outcome of a pass.
pub(crate) struct Pass {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) done: Done,
    /// `None` if the created objects are kept.
    pub(crate) clean_up: Option<CleanUp>,
    pub(crate) is_interrupted: bool,
}

impl Plan<'_> {
    /// Performs the pass. `stop` ends the script early.
    pub(crate) async fn perform(&self, stop: Pin<&mut impl Future<Output = ()>>) -> Result<Pass, SmokeError> {
        let http = http_client(None)?;
        let recorder = Arc::new(Recorder::default());
        let proxy =
            RecordingProxy::start(self.endpoint.origin(), http.clone(), Arc::clone(&recorder)).await?;
        let direct = Direct::new(http.clone(), proxy.url(), self.credential);
        self.check_key(&direct, &recorder).await?;
        let server = local::start(settings(&self.endpoint.behind(proxy.url()))).await?;
        let mut script = Script {
            mcp: Mcp::new(http, server.public_url(), self.credential),
            direct: &direct,
            endpoint: self.endpoint,
            proxy: &proxy,
            recorder: Arc::clone(&recorder),
            names: self.names,
            pace: self.pace,
            done: Done::default(),
        };
        let is_interrupted = tokio::select! {
            () = script.run() => false,
            () = stop => true,
        };
        let done = script.done;
        // Before the clean-up, so that no more objects are created.
        server.stop().await;
        let Self { endpoint, names, pace, .. } = *self;
        let cleaner = Cleaner { direct: &direct, endpoint, recorder: &recorder, names, pace };
        let clean_up = if self.keeps { None } else { Some(cleaner.clean_up().await) };
        Ok(Pass { exchanges: recorder.exchanges(), done, clean_up, is_interrupted })
    }

    /// Lists the workspaces before anything is created.
    async fn check_key(&self, direct: &Direct, recorder: &Recorder) -> Result<(), SmokeError> {
        recorder.begin("whether the key works");
        let answer = direct.ask(Method::GET, &self.endpoint.api("/workspaces"), None).await;
        match answer.map_or(502, |answer| answer.status) {
            200 => Ok(()),
            status @ (401 | 403) => Err(SmokeError::KeyRefused { status }),
            502 => Err(SmokeError::Unreachable),
            status => Err(SmokeError::NotLangSmith { status }),
        }
    }
}

/// The settings of a server without storage and logins.
fn settings(langsmith: &str) -> Settings {
    Settings {
        langsmith_client_id: None,
        langsmith_client_secret: None,
        ..Settings::for_tests(langsmith, Path::new(MEMORY))
    }
}
