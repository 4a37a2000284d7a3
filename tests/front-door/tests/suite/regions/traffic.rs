//! The communication between all parts, according to their logs.

use std::collections::BTreeSet;

use e2e::client::http;
use e2e::mcp::{bearer, call, headers, projects};
use e2e::{Browser, Login};
use front_door::aws::Call;
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::json;

use super::{client, log_in, marks, pairs, regions};

const STACKS: [(&str, &str); 2] = [("us-east-1", "langsmith-mcp-us"), ("eu-west-1", "langsmith-mcp-eu")];

/// All actions of a client at a stack.
async fn everything(door: &FrontDoor, key: &'static str, at_langsmith: Login) {
    for login in [Login::Key(key), at_langsmith] {
        let client = client(door).await;
        let tokens = client.connect(&Browser::new(&door.url), login).await;
        projects(&door.url, &tokens.access).await;
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        projects(&door.url, &tokens.access).await;
        assert_eq!(client.revoke(&tokens.refresh).await.status, StatusCode::OK);
    }
    let listed = call(&door.url, headers(&[("x-api-key", key)]), "list_projects", json!({})).await;
    assert_eq!(listed.status, StatusCode::OK);
}

/// Whether a call concerns a resource of this stack in this region. A list of names concerns none.
fn is_own(call: &Call, (region, stack): (&str, &str)) -> bool {
    let own = ["dynamodb", "secretsmanager", "kms"]
        .map(|service| format!("arn:aws:{service}:{region}:111122223333:"))
        .into_iter()
        .find_map(|start| call.resource.strip_prefix(&start));
    call.resource.is_empty()
        || own.is_some_and(|own| {
            own.starts_with(&format!("table/{stack}-")) || own.starts_with(&format!("secret:{stack}/"))
        })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_at_work_leaves_the_other_at_rest() {
    let doors = regions().await;
    for (working, resting) in pairs(&doors) {
        let rest = marks(resting);
        everything(working, data::ADA_KEY, Login::LangSmith(data::ADA)).await;
        for path in working.paths() {
            let document = http().get(working.at(path)).send().await.unwrap().text().await.unwrap();
            assert!(!document.contains(&resting.url), "{path}: {document}");
        }
        working.finish().await;
        assert_eq!(marks(resting), rest);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stacks_at_work_together_keep_to_themselves() {
    let doors = regions().await;
    let [us, eu] = &doors;
    tokio::join!(
        everything(us, data::ADA_KEY, Login::LangSmith(data::ADA)),
        everything(eu, data::GRACE_KEY, Login::LangSmith(data::GRACE))
    );
    for ((door, stack), user) in doors.iter().zip(STACKS).zip(["Ada", "Grace"]) {
        let foreign: Vec<_> = door.aws.calls().into_iter().filter(|call| !is_own(call, stack)).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
        let asked = door.langsmith.requests();
        let callers: BTreeSet<_> = asked.iter().filter_map(|request| request.caller.as_deref()).collect();
        assert_eq!(callers, [user].into());
        let strangers = asked.iter().filter(|request| request.x_api_key && request.caller.is_none());
        assert_eq!(strangers.count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_of_two_stacks_has_two_secrets() {
    let doors = regions().await;
    for door in &doors {
        let (_, tokens) = log_in(door).await;
        projects(&door.url, &tokens.access).await;
    }
    let secrets = doors.iter().zip(STACKS).map(|(door, (region, stack))| {
        let made: BTreeSet<_> = door
            .aws
            .calls()
            .into_iter()
            .filter(|call| call.action == "secretsmanager:CreateSecret")
            .map(|call| call.resource)
            .collect();
        let made = Vec::from_iter(made);
        let [secret] = made.as_slice() else { panic!("{made:?}") };
        let start = format!("arn:aws:secretsmanager:{region}:111122223333:secret:{stack}/users/");
        let user = secret.strip_prefix(&start).and_then(|rest| rest.strip_suffix("-aBcDeF")).unwrap();
        (user.to_owned(), door.aws.secret(&format!("{stack}/users/{user}")).unwrap())
    });
    let [us, eu] = secrets.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(us.0, eu.0, "one user");
    assert_ne!(us.1, eu.1, "two data keys");
    for (door, stack) in doors.iter().zip(["langsmith-mcp-eu", "langsmith-mcp-us"]) {
        assert_eq!(door.aws.secret(&format!("{stack}/users/{}", us.0)), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_of_one_stack_opens_no_secret_of_the_other() {
    let stack = STACKS[1].1;
    let variables = vec![("mcp", "SECRET_PREFIX", Some(stack.to_owned()))];
    let astray = FrontDoor::with(Options { environment: "us", variables, ..Options::default() }).await;
    let (_, tokens) = log_in(&astray).await;
    let listed = call(&astray.url, bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(listed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", listed.body);
    let tried: Vec<_> = astray.aws.calls().into_iter().filter(|call| !is_own(call, STACKS[0])).collect();
    let tried: BTreeSet<_> =
        tried.iter().map(|call| (call.function.as_str(), call.action.as_str())).collect();
    assert_eq!(tried, [("mcp", "secretsmanager:GetSecretValue")].into());
}
