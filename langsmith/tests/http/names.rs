//! Ids by name are cached for a short time, and separately for each caller.

use std::sync::Arc;
use std::time::Duration;

use langsmith::{LangSmith, ResolvedNames, RunQuery, UpstreamError, WorkspaceClient};
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, TEAM_WORKSPACE, sample_id};
use langsmith_double::{Double, FaultKind};
use primitives::clock::{SteppedClock, Timestamp};
use primitives::ids::WorkspaceId;

use crate::support::{client_at, double, inject, key};

const PROJECT: &str = "support-bot";

async fn start() -> (Double, LangSmith, Arc<SteppedClock>) {
    let double = double().await;
    let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(1000)));
    let langsmith = client_at(&double, "", clock.clone());
    (double, langsmith, clock)
}

fn lookups(double: &Double) -> usize {
    let count = double.handle().requests().len();
    double.handle().clear_requests();
    count
}

fn id(name: &str) -> String {
    sample_id(name).to_string()
}

#[tokio::test]
async fn a_name_is_looked_up_once_in_thirty_seconds() {
    let (double, langsmith, clock) = start().await;
    let ada = key(ADA_KEY);
    for (seconds, expected) in [(0, 1), (0, 0), (29, 0), (1, 1), (29, 0)] {
        clock.advance(Duration::from_secs(seconds));
        let caller = langsmith.caller(&ada, None);
        assert_eq!(caller.project_id(PROJECT).await, Ok(Some(id("project:support-bot"))));
        assert_eq!(lookups(&double), expected, "{seconds}");
    }
}

#[tokio::test]
async fn projects_and_datasets_are_different_things() {
    let (double, langsmith, _) = start().await;
    let ada = key(ADA_KEY);
    let caller = langsmith.caller(&ada, None);
    assert_eq!(caller.dataset_id("support-questions").await, Ok(Some(id("dataset:support-questions"))));
    assert_eq!(caller.project_id("support-questions").await, Ok(None));
    assert_eq!(lookups(&double), 2);
    assert_eq!(caller.dataset_id("support-questions").await, Ok(Some(id("dataset:support-questions"))));
    assert_eq!(lookups(&double), 0);
}

#[tokio::test]
async fn nobody_gets_what_another_credential_or_workspace_found() {
    let (double, langsmith, _) = start().await;
    let (ada, grace) = (key(ADA_KEY), key(GRACE_KEY));
    let (team, own) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    let (team, own) = (WorkspaceId::new(team), WorkspaceId::new(own));
    assert_eq!(
        langsmith.caller(&ada, Some(&own)).project_id("ada-notes").await,
        Ok(Some(id("project:ada-notes")))
    );
    assert_eq!(lookups(&double), 1);
    for _ in 0..2 {
        assert_eq!(langsmith.caller(&ada, Some(&team)).project_id("ada-notes").await, Ok(None));
        assert_eq!(langsmith.caller(&grace, Some(&team)).project_id("ada-notes").await, Ok(None));
        let stranger = langsmith.caller(&grace, Some(&own)).project_id("ada-notes").await;
        assert_eq!(stranger, Err(UpstreamError::Forbidden));
        let nobody = key("lsv2_pt_nobody");
        let nobody = langsmith.caller(&nobody, Some(&own)).project_id("ada-notes").await;
        assert_eq!(nobody, Err(UpstreamError::Unauthorized));
        assert_eq!(lookups(&double), 4);
    }
    let bearer = langsmith::Credential::Bearer(primitives::secret::Secret::new(ADA_KEY));
    let bearer = langsmith.caller(&bearer, Some(&own)).project_id("ada-notes").await;
    assert_eq!(bearer, Err(UpstreamError::Unauthorized));
}

#[tokio::test]
async fn callers_that_take_turns_keep_their_own() {
    let (double, langsmith, _) = start().await;
    let (ada, grace) = (key(ADA_KEY), key(GRACE_KEY));
    for round in 0..3 {
        for credential in [&ada, &grace] {
            let caller = langsmith.caller(credential, None);
            assert_eq!(caller.project_id(PROJECT).await, Ok(Some(id("project:support-bot"))));
        }
        assert_eq!(lookups(&double), if round == 0 { 2 } else { 0 });
    }
    langsmith.caller(&ada, None).forget_project(PROJECT);
    langsmith.caller(&grace, None).project_id(PROJECT).await.unwrap();
    assert_eq!(lookups(&double), 0);
    langsmith.caller(&ada, None).project_id(PROJECT).await.unwrap();
    assert_eq!(lookups(&double), 1);
}

#[tokio::test]
async fn only_what_was_found_is_remembered() {
    let (double, langsmith, _) = start().await;
    let ada = key(ADA_KEY);
    let caller = langsmith.caller(&ada, None);
    for _ in 0..2 {
        assert_eq!(caller.project_id("missing").await, Ok(None));
        assert_eq!(lookups(&double), 1);
    }
    inject(&double, "/sessions", FaultKind::Status(500), Some(1));
    assert_eq!(caller.project_id(PROJECT).await, Err(UpstreamError::Server { status: 500 }));
    assert_eq!(caller.project_id(PROJECT).await, Ok(Some(id("project:support-bot"))));
    caller.forget_dataset(PROJECT);
    lookups(&double);
    caller.project_id(PROJECT).await.unwrap();
    assert_eq!(lookups(&double), 0);
}

#[tokio::test]
async fn a_revoked_key_learns_nothing_new() {
    let (double, langsmith, clock) = start().await;
    let ada = key(ADA_KEY);
    langsmith.caller(&ada, None).project_id(PROJECT).await.unwrap();
    double.handle().revoke_key(ADA_KEY);
    clock.advance(Duration::from_secs(30));
    let after = langsmith.caller(&ada, None).project_id(PROJECT).await;
    assert_eq!(after, Err(UpstreamError::Unauthorized));
}

#[tokio::test]
async fn a_remembered_id_is_looked_up_again_before_there_is_nothing() {
    let (double, langsmith, _clock) = start().await;
    let (ada, first, second) = (key(ADA_KEY), ResolvedNames::default(), ResolvedNames::default());
    let caller = langsmith.caller(&ada, None);
    let (by_name, by_id) = (caller.noting(&first), caller.noting(&second));
    let old = caller.project_id(PROJECT).await.unwrap().unwrap();
    let new = double.handle().remake_project(PROJECT).unwrap().to_string();
    let runs = async |caller: WorkspaceClient<'_>, id: &str| {
        let projects = [id.to_owned()];
        let query = RunQuery { projects: &projects, limit: 3, ..RunQuery::default() };
        let page = caller.runs(&query).await?;
        Ok::<_, UpstreamError>(page.split()?.runs.len())
    };
    assert_eq!(by_name.project_id(PROJECT).await, Ok(Some(old.clone())));
    // A call with the id means the deleted project.
    assert!(runs(by_id, &old).await.is_err_and(|error| error.is_not_found()));
    assert_eq!(runs(by_name, &old).await, Ok(3));
    assert_eq!(caller.project_id(PROJECT).await, Ok(Some(new)));
}
