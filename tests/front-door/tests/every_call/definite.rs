//! Unambiguous answers of a service: what is gone is gone, and the person logs in again.

use e2e::Login;
use front_door::aws::Fault;
use langsmith_double::data;
use reqwest::StatusCode;

use super::seen::{oauth, tool};
use super::world::World;

/// The answers of a vault whose key is gone.
const GONE: [(&str, &str, &str); 3] = [
    ("secrets-manager", "secretsmanager:GetSecretValue", "ResourceNotFoundException"),
    ("kms", "kms:Decrypt", "InvalidCiphertextException"),
    ("kms", "kms:Decrypt", "IncorrectKeyException"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_whose_key_is_gone_needs_a_new_login() {
    for (vault, action, code) in GONE {
        let world = World::start(vault).await;
        let tokens = world.tokens().await;
        world.door.aws.fail(move |call| {
            let is_a_users = !call.resource.contains("/langsmith-client-secret");
            (call.function == "mcp" && call.action == action && is_a_users).then_some(Fault::Error(code))
        });
        let answer = world.call(&tokens.access).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{code}: {}", answer.body);
        world.door.aws.heal();
        assert_eq!(world.client.refresh(&tokens.refresh).await.error(), "invalid_grant", "{code}");
        let (_, tokens) = world.login(Login::Key(data::ADA_KEY)).await;
        world.works(&tokens).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_waits_for_its_deletion_ends_nobodys_login() {
    let world = World::start("secrets-manager").await;
    let tokens = world.tokens().await;
    world.door.aws.fail(|call| {
        let asked = call.function == "mcp" && call.action == "secretsmanager:GetSecretValue";
        asked.then_some(Fault::Error("InvalidRequestException"))
    });
    assert!(tool(&world.call(&tokens.access).await).unwrap().done().is_none());
    world.door.aws.heal();
    world.works(&tokens).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_whose_own_secret_is_gone_says_so_to_the_log_and_nothing_to_clients() {
    let world = World::start("secrets-manager").await;
    let tokens = world.tokens().await;
    for code in ["ResourceNotFoundException", "InvalidRequestException"] {
        world.cool(&["token"]);
        world.door.aws.fail(move |call| {
            let asked = call.function == "token" && call.action == "secretsmanager:GetSecretValue";
            asked.then_some(Fault::Error(code))
        });
        assert!(oauth(world.client.refresh(&tokens.refresh).await).unwrap().done().is_none());
        let lines = world.door.log.of("token");
        assert!(lines.iter().any(|line| line.contains("_SECRET: ") && line.contains(code)), "{lines:?}");
        world.door.aws.heal();
    }
    world.client.refresh(&tokens.refresh).await.tokens();
}
