//! The control plane of LangSmith's deployments (Agent Servers): which ones a caller has, and where they are
//! (LangSmith's documentation, "Control plane API reference"; `langgraph_cli/host_backend.py` of langgraph-cli 0.4.40).
//!
//! A deployment gets the caller's LangSmith credential, and the control plane names its address. So the rules for data
//! planes hold for it, and only the hosts in [`trust`] get the credential.

mod address;
mod list;
mod trust;

use http::HeaderValue;
use primitives::deadline::Deadline;
use primitives::ids::WorkspaceId;
use reqwest::{Client, Url};

pub use self::list::{Deployment, Deployments, Unusable};
use self::list::{Listing, PAGE};
use self::trust::Trust;
use crate::{Credential, LangSmith, UpstreamError};

/// The control plane of one LangSmith.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    langsmith: LangSmith,
    base: String,
    trust: Trust,
}

impl ControlPlane {
    /// The control plane beside `langsmith`.
    pub fn of(langsmith: &LangSmith) -> Self {
        let base = address::control_plane(langsmith.endpoint());
        let trust = Trust::of(langsmith.endpoint());
        Self { langsmith: langsmith.clone(), base, trust }
    }

    /// The caller's deployments, in the workspace or, without one, in the credential's own.
    pub async fn deployments(
        &self,
        (credential, workspace): (&Credential, Option<&WorkspaceId>),
        deadline: Deadline,
    ) -> Result<Deployments, UpstreamError> {
        let mut listing = Listing::default();
        while let Some(offset) = listing.next_offset() {
            let url = format!("{}/v2/deployments?limit={PAGE}&offset={offset}", self.base);
            let (client, request) = self.langsmith.http.get(url).build_split();
            let mut request = request.map_err(|_| UpstreamError::Unreachable)?;
            credential.apply(request.headers_mut())?;
            if let Some(workspace) = workspace {
                let value =
                    HeaderValue::from_str(workspace.as_str()).map_err(|_| UpstreamError::Forbidden)?;
                request.headers_mut().insert("x-tenant-id", value);
            }
            let request = reqwest::RequestBuilder::from_parts(client, request);
            let body = self.langsmith.attempt(request, deadline).await?.success()?;
            listing.add(&body)?;
        }
        Ok(listing.finish(|address| self.usable(address)))
    }

    /// The HTTP client for a deployment. LangSmith's own host is the operator's choice; other names may lead to no
    /// address that a data plane may not have.
    pub fn client(&self, deployment: &Deployment) -> Result<Client, UpstreamError> {
        if self.trust.is_langsmith(&deployment.address) {
            return Ok(self.langsmith.http.clone());
        }
        self.langsmith.data_planes.client().cloned()
    }

    fn usable(&self, address: &str) -> Result<Url, Unusable> {
        let url = self.langsmith.data_planes.plain(address, |url| self.trust.is_langsmith(url));
        let url = url.map_err(Unusable::Address)?;
        if self.trust.allows(&url) { Ok(url) } else { Err(Unusable::Host) }
    }
}
