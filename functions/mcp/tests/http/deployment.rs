//! The deployment of LangSmith that tests have which are about none in particular: the lenient one, or what the variable
//! `LANGSMITH_DEPLOYMENT` names. `cargo xtask deployments` runs the whole suite against each.

use std::sync::LazyLock;

use langsmith_double::data::TEAM_WORKSPACE;
use langsmith_double::{DEPLOYMENTS, Double, Options, Queries, Service, start, start_byoc};

/// How LangSmith is deployed.
#[derive(Clone, Copy)]
pub(crate) enum Deployment {
    /// All in one place.
    Whole(Service),
    /// The data of the team's workspace is at a data plane.
    Byoc(Service),
}

static OF_THIS_RUN: LazyLock<Deployment> = LazyLock::new(|| {
    let name = std::env::var("LANGSMITH_DEPLOYMENT").unwrap_or_else(|_| DEPLOYMENTS[0].name.to_owned());
    Deployment::by_name(&name).unwrap_or_else(|| panic!("LANGSMITH_DEPLOYMENT: no deployment {name:?}"))
});

/// What a test is about, where a deployment may lack it.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// The first API for queries of runs: it alone knows the order of runs, and filters and selections of its own.
    FirstApi,
    /// The second one.
    SecondApi,
    /// Runs are taken however long ago they began.
    OldRuns,
    /// What answers is LangSmith itself: it alone has what belongs to the organization, and decides about credentials.
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

/// A LangSmith, as one sees it who asks for the team's data.
pub(crate) struct Deployed {
    /// Where a server is told that LangSmith is.
    pub(crate) endpoint: String,
    /// Where the data is.
    pub(crate) double: Double,
    /// What else runs, if the data is not there.
    pub(crate) control_plane: Option<Double>,
}

impl Deployment {
    /// The deployment of this run.
    pub(crate) fn of_this_run() -> Self {
        *OF_THIS_RUN
    }

    /// The same, or the lenient one if it lacks something.
    pub(crate) fn or_lenient(self, needs: &[Need]) -> Self {
        if self.meets(needs) { self } else { Self::Whole(Service::LENIENT) }
    }

    pub(crate) fn meets(self, needs: &[Need]) -> bool {
        needs.iter().all(|need| need.is_met_by(self))
    }

    fn by_name(name: &str) -> Option<Self> {
        let kind = langsmith_double::Deployment::named(name)?;
        Some(if kind.has_data_plane { Self::Byoc(kind.service) } else { Self::Whole(kind.service) })
    }

    /// Starts it with these options; its API is below `path`.
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
