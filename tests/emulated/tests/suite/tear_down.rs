//! The steps of docs/deploy.md for removing a stack, and one whose deployment failed.

use std::collections::BTreeSet;

use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, turn};
use langsmith_double::data;

use crate::page::{Shell, block, blocks};

const FAILED: &str = "The first deployment failed";
const END: &str = "Tear down";

/// The names of a stack's resources, listed with one of the CLI's commands.
fn names(stack: &str, command: &str) -> BTreeSet<String> {
    let text = Shell::new(stack).paste(&format!("aws {command} --output text")).succeed();
    text.split_whitespace().filter(|name| name.contains(stack)).map(str::to_owned).collect()
}

fn tables(stack: &str) -> BTreeSet<String> {
    names(stack, "dynamodb list-tables --query 'TableNames[*]'")
}

fn logs(stack: &str) -> BTreeSet<String> {
    names(stack, "logs describe-log-groups --query 'logGroups[*].logGroupName'")
}

fn secrets(stack: &str) -> BTreeSet<String> {
    names(stack, "secretsmanager list-secrets --query 'SecretList[?!DeletedDate].Name'")
}

/// An unused stack stands in for a failed one: MiniStack accepts names that are taken, and deletes what a nested stack
/// should retain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_first_deployment_leaves_is_cleared_away_unless_it_was_used() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let name = stack.name.as_str();
    let clear = block(FAILED, "scan");
    let before = (tables(name), secrets(name));
    assert_eq!((before.0.len(), before.1.len()), (7, 3));
    OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
    let ended = Shell::new(name).paste(&clear).run();
    assert!(!ended.ok && ended.text.contains(&format!("{name}-clients is in use")), "{}", ended.text);
    assert_eq!((tables(name), secrets(name)), before);

    // The janitor may have run before the deployment failed: its keys belong to nobody.
    let empty = r#"
        for id in $(aws dynamodb scan --table-name $STACK-clients --query 'Items[*].client_id.S' --output text); do
            aws dynamodb delete-item --table-name $STACK-clients --key '{"client_id": {"S": "'$id'"}}'
        done
    "#;
    // Twice: the second time skips what is gone already.
    let text = Shell::new(name).paste(empty).paste(&clear).paste(&clear).succeed();
    assert!(text.contains("the log of token is gone"), "{text}");
    assert_eq!((tables(name), secrets(name)), <(BTreeSet<_>, BTreeSet<_>)>::default());
    let left = ["metadata", "authorizer"].map(|function| format!("/aws/lambda/{name}-{function}"));
    assert_eq!(logs(name), left.into(), "they go with the stack");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_that_ends_leaves_what_the_page_says_and_then_nothing() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let name = stack.name.as_str();
    let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
    client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    // MiniStack deletes what a nested stack should retain, so the stack itself is kept to stand for the retained
    // resources.
    assert_eq!(tables(name).len(), 7);
    assert_eq!(secrets(name).len(), 4, "three of the stack and one of a user");
    let all = logs(name);
    let kept = ["register", "authorize", "token", "mcp", "registry", "tool-cache", "janitor"];
    let kept: BTreeSet<_> = kept.map(|function| format!("/aws/lambda/{name}-{function}")).into();
    assert!(all.is_superset(&kept), "{all:?}");

    let [_, end, forget] = &blocks(END)[..3] else { panic!("three blocks") };
    Shell::new(name).paste(end).succeed();
    assert_eq!((tables(name), secrets(name)), <(BTreeSet<_>, BTreeSet<_>)>::default());
    assert_eq!(logs(name), all, "the audit record goes by itself, or by the next commands");
    Shell::new(name).paste(forget).succeed();
    assert_eq!(logs(name), &all - &kept);
}
