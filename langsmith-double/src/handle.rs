//! Control over a running double, for tests in the same process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use crate::agent_deployments::AgentDeployment;
use crate::clock;
use crate::data::people::API_KEYS;
use crate::data::{Selection, TEAM_WORKSPACE, bulk, sample_id};
use crate::datasets::Stock;
use crate::faults::Fault;
use crate::oauth::CLIENT_SECRET;
use crate::record::Recorded;
use crate::shelf::lock;
use crate::state::App;

/// A cheaply clonable handle. It stays valid after the double has stopped, but then has no effect.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<App>);

impl Handle {
    /// Adds a fault rule. Rules are tried in insertion order; the first match wins.
    pub fn inject(&self, fault: Fault) {
        self.0.faults.add(fault);
    }

    /// Removes all fault rules; requests that already hang keep hanging.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// The last 10 000 requests, oldest first, including faulted ones; requests to `/_double` are not recorded.
    pub fn requests(&self) -> Vec<Recorded> {
        self.0.log.requests()
    }

    /// Clears the recorded requests.
    pub fn clear_requests(&self) {
        self.0.log.clear();
    }

    /// Adds a run that started `ago` to a sample project of the team, and returns its id.
    pub fn add_run(&self, project: &str, ago: Duration) -> Option<Uuid> {
        let start = clock::now() - ago;
        let session = sample_id(&format!("project:{project}"));
        self.0.world.projects.write(|ledger| {
            let number = ledger.runs_of_session(TEAM_WORKSPACE, session)?.len();
            let run = bulk::late(project, number, start)?;
            let id = run.facts.id;
            ledger.add_runs(Vec::new(), vec![(session, run)], false).ok()?;
            Some(id)
        })
    }

    /// The runs of a project of the team, newest first, in the form of LangSmith's first API, even where that API is
    /// not served.
    pub fn runs(&self, project: Uuid) -> Vec<Value> {
        self.0.world.projects.read(|ledger| {
            let runs = ledger.runs_of_session(TEAM_WORKSPACE, project).unwrap_or_default();
            let written = runs.iter().rev().map(|run| {
                let mut text = String::new();
                run.write(&Selection::all(), &mut text);
                serde_json::from_str(&text).unwrap_or_default()
            });
            written.collect()
        })
    }

    /// Deletes a sample project of the team, recreates it with the same runs, and returns its new id.
    pub fn remake_project(&self, project: &str) -> Option<Uuid> {
        let new = sample_id(&format!("remade project:{project}"));
        self.0.world.projects.write(|ledger| ledger.remake_session(TEAM_WORKSPACE, project, new))?;
        Some(new)
    }

    /// Deletes a sample dataset of the team, recreates it with the same examples, and returns its new id.
    pub fn remake_dataset(&self, dataset: &str) -> Option<Uuid> {
        let new = sample_id(&format!("remade dataset:{dataset}"));
        let remake = |stock: &mut Stock, _| stock.remake_dataset(TEAM_WORKSPACE, dataset, new);
        self.0.world.datasets.write(clock::now(), remake)?;
        Some(new)
    }

    /// Sets or clears the data plane of a workspace. The data of a workspace with a data plane is not served here.
    pub fn set_data_plane(&self, workspace: Uuid, url: Option<&str>) {
        self.0.data_planes.set(workspace, url);
    }

    /// Adds a deployment of an Agent Server.
    pub fn deploy_agents(&self, deployment: AgentDeployment) {
        self.0.agent_deployments.add(deployment);
    }

    /// Deletes a deployment, and returns whether there was one.
    pub fn delete_deployment(&self, id: Uuid) -> bool {
        self.0.agent_deployments.remove(id)
    }

    /// Makes the list of deployments begin at its first one whatever the offset, as an old control plane does.
    pub fn ignore_offset(&self, ignored: bool) {
        self.0.agent_deployments.ignore_offset(ignored);
    }

    /// Moves a workspace to another organization. Assumed: the list of workspaces covers one organization, that of the
    /// workspace of the request.
    pub fn move_to_other_organization(&self, workspace: Uuid) {
        lock(&self.0.other_organization).insert(workspace);
    }

    /// Revokes an API key: its requests are answered 401 from now on.
    pub fn revoke_key(&self, key: &str) {
        self.0.revoke_key(key);
    }

    /// Ends every login of a user (id or name) so far: refresh tokens are answered `invalid_grant`, access tokens 401.
    /// A new login works.
    pub fn revoke_oauth_user(&self, user: &str) {
        self.0.tokens.end_user(user);
    }

    /// Expires every access token issued so far; refresh tokens still work.
    pub fn expire_access_tokens(&self) {
        self.0.tokens.expire_access();
    }

    /// Forgets every dynamically registered OAuth client so far.
    pub fn forget_clients(&self) {
        self.0.tokens.forget_clients();
    }

    /// Deletes a client registered by the organization: it is unknown from now on.
    pub fn delete_client(&self, id: &str) {
        self.0.clients.delete(id);
    }

    /// Replaces the secret of a client registered by the organization: the old one is refused from now on.
    pub fn rotate_client_secret(&self, id: &str, secret: &str) {
        self.0.clients.rotate_secret(id, secret);
    }

    /// Makes refreshes of one user return tokens of another user, which no authorization server should do.
    pub fn mix_up(&self, user: Uuid, other: Uuid) {
        self.0.tokens.mix_up(user, other);
    }

    /// Publishes the issuer with a trailing slash, which makes it a different issuer (RFC 8414 section 2).
    pub fn misspell_issuer(&self, wrong: bool) {
        self.0.misspelled_issuer.store(wrong, Ordering::SeqCst);
    }

    /// Lists this many additional, empty workspaces for every caller.
    pub fn list_more_workspaces(&self, count: usize) {
        self.0.more_workspaces.store(count, Ordering::SeqCst);
    }

    /// Sets the lifetime of access tokens issued from now on, in seconds.
    pub fn set_access_ttl(&self, seconds: u64) {
        self.0.tokens.set_access_ttl(seconds);
    }

    /// Every API key, the client secret, and every code, access token and refresh token issued: the values that must
    /// never be logged.
    pub fn secrets(&self) -> Vec<String> {
        let keys = API_KEYS.iter().map(|key| key.secret.to_owned());
        let client = [CLIENT_SECRET.to_owned()];
        keys.chain(client).chain(self.0.tokens.issued()).collect()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.0.base).finish()
    }
}
