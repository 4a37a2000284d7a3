//! Interprets failures of a data plane.

use http::StatusCode;

use super::resolve::WAIT;
use super::{DataPlane, DataPlaneProblem};
use crate::organization::workspaces::{PATH, workspaces};
use crate::{UpstreamError, WorkspaceClient};

impl WorkspaceClient<'_> {
    /// The error that a failure at a data plane stands for. Failures that could mean that the data plane has moved put
    /// the remembered list in doubt.
    pub(crate) async fn failed_at(&self, at: &DataPlane, error: UpstreamError) -> UpstreamError {
        use UpstreamError as E;
        match error {
            E::Unauthorized => self.judged(at).await,
            E::PrivateAddress => {
                self.doubt_data_planes();
                E::DataPlane(Box::new(at.failed(DataPlaneProblem::LeadsToPrivate)))
            }
            E::Server { .. } | E::Timeout | E::Unreachable | E::Malformed => {
                self.doubt_data_planes();
                error
            }
            error => error,
        }
    }

    pub(super) fn doubt_data_planes(&self) {
        let memory = self.memory();
        memory.data_planes.doubt(&self.credential().fingerprint(), self.workspace(), memory.now());
    }

    /// A data plane rejects the credential. Only LangSmith itself can say that the credential is invalid: a login must
    /// not end because of one data plane. Its answer also tells where the data is now.
    async fn judged(&self, at: &DataPlane) -> UpstreamError {
        let (langsmith, deadline) = (self.langsmith(), self.until_at_most(WAIT).deadline());
        let request = match self.at_langsmith().headers(false) {
            Ok(headers) => langsmith.http.get(langsmith.url(PATH)).headers(headers),
            Err(error) => return error,
        };
        let mut problem = DataPlaneProblem::RefusesUnjudged;
        match langsmith.attempt(request, deadline).await {
            Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => return UpstreamError::Unauthorized,
            Ok(answer) => {
                if let Ok(body) = answer.success() {
                    problem = DataPlaneProblem::RefusesCredential;
                    if let Ok(found) = workspaces(&body) {
                        self.learn_data_planes(&found);
                    }
                }
            }
            Err(_) => self.doubt_data_planes(),
        }
        tracing::warn!(data_plane = at.origin(), ?problem, "a data plane does not accept a credential");
        UpstreamError::DataPlane(Box::new(at.failed(problem)))
    }
}
