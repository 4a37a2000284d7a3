//! The LangSmith deployment of tests that need no particular one: the lenient one, or the one named by the variable
//! `LANGSMITH_DEPLOYMENT`. `cargo xtask deployments` runs the whole suite against each, and counts the tests that need
//! what the deployment lacks: they run against the lenient one.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::LazyLock;
use std::thread;

use langsmith_double::data::TEAM_WORKSPACE;
use langsmith_double::{DEPLOYMENTS, Double, Options, Queries, Service, start, start_byoc};

/// A kind of LangSmith deployment.
#[derive(Clone, Copy)]
pub(crate) enum Deployment {
    /// All in one place.
    Whole(Service),
    /// With the data of the team's workspace at a data plane.
    Byoc(Service),
}

static OF_THIS_RUN: LazyLock<Deployment> = LazyLock::new(|| {
    let name = std::env::var("LANGSMITH_DEPLOYMENT").unwrap_or_else(|_| DEPLOYMENTS[0].name.to_owned());
    Deployment::by_name(&name).unwrap_or_else(|| panic!("LANGSMITH_DEPLOYMENT: no deployment {name:?}"))
});

/// A requirement of a test that some deployments do not meet.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// The first API for queries of runs: only it has an order of runs, and its own filters and selections.
    FirstApi,
    /// The second API for queries of runs.
    SecondApi,
    /// Runs are accepted regardless of their age.
    OldRuns,
    /// All answers come from LangSmith itself: only it has the organization's data, and decides about credentials.
    OnePlace,
}

impl Need {
    fn is_met_by(self, deployment: Deployment) -> bool {
        let (Deployment::Whole(service) | Deployment::Byoc(service)) = deployment;
        match self {
            Self::FirstApi => service.queries != Queries::SmithDbOnly,
            Self::SecondApi => service.queries != Queries::ChOnly,
            Self::OldRuns => !service.ingest_window,
            Self::OnePlace => matches!(deployment, Deployment::Whole(_)),
        }
    }
}

/// A running LangSmith, as seen by a user of the team's data.
pub(crate) struct Deployed {
    /// The endpoint setting of a server.
    pub(crate) endpoint: String,
    /// The host of the data.
    pub(crate) double: Double,
    /// The rest of LangSmith, if the data is elsewhere.
    pub(crate) control_plane: Option<Double>,
}

impl Deployment {
    /// The deployment of this run.
    pub(crate) fn of_this_run() -> Self {
        *OF_THIS_RUN
    }

    /// The same deployment, or the lenient one if it does not meet a need.
    pub(crate) fn or_lenient(self, needs: &[Need]) -> Self {
        if self.meets(needs) {
            return self;
        }
        note_this_test();
        Self::Whole(Service::LENIENT)
    }

    pub(crate) fn meets(self, needs: &[Need]) -> bool {
        needs.iter().all(|need| need.is_met_by(self))
    }

    fn by_name(name: &str) -> Option<Self> {
        let kind = langsmith_double::Deployment::from_name(name)?;
        Some(if kind.has_data_plane { Self::Byoc(kind.service) } else { Self::Whole(kind.service) })
    }

    /// Starts it with these options, and its API below `path`.
    pub(crate) async fn start(self, options: Options, path: &str) -> Deployed {
        match self {
            Self::Whole(service) => {
                let double = start(Options { service, ..options }).await.unwrap();
                Deployed { endpoint: format!("{}{path}", double.url()), double, control_plane: None }
            }
            Self::Byoc(service) => {
                let options = Options { service, ..options };
                let (control, double) = start_byoc(options, TEAM_WORKSPACE).await.unwrap();
                let endpoint = format!("{}{path}", control.url());
                Deployed { endpoint, double, control_plane: Some(control) }
            }
        }
    }
}

/// Adds the name of the running test, as libtest names its thread, to the file that `cargo xtask deployments` counts.
/// Such a test passes, and says nothing about the deployment of the run.
fn note_this_test() {
    let Some(file) = std::env::var_os("LANGSMITH_DEPLOYMENT_REPLACED") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    let line = format!("{}\n", thread::current().name().unwrap_or("a test without a name"));
    // In one piece, because tests run side by side.
    file.write_all(line.as_bytes()).unwrap();
}
