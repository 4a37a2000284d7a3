//! What docs/deploy.md says under "When data is lost", with the commands that stand there.

use std::process::Command;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, Emulator, program, root, run, turn};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The commands of the section, block by block.
fn blocks() -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/deploy.md")).unwrap();
    let section = page.split("## When data is lost").nth(1).unwrap().split("\n## ").next().unwrap();
    section.split("```\n").skip(1).step_by(2).map(str::to_owned).collect()
}

/// Those that restore a table.
fn documented(table: &str) -> String {
    let commands = blocks().remove(0);
    let (first, rest) = commands.split_once('\n').unwrap();
    assert!(first.starts_with("T="), "{first}");
    format!("T={table}\n{rest}")
}

/// Runs commands in a shell whose `aws` is the emulator's.
fn shell(stack: &Deployment, commands: &str) {
    let programs = program("aws").parent().unwrap().to_owned();
    let path = std::env::join_paths([programs, "/usr/bin".into(), "/bin".into()]).unwrap();
    run(Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_DEFAULT_REGION", &stack.region)
        .env("AWS_ENDPOINT_URL", &Emulator::shared().url)
        .env("HOME", &Emulator::shared().folder)
        .env("PATH", path));
}

fn dynamodb(stack: &Deployment) -> Client {
    let config = Emulator::shared().config(&stack.region, &[]);
    Client::new(&stack.aws().service(&config, "AWS_ENDPOINT_URL_DYNAMODB").unwrap())
}

/// What the template says about a table.
async fn settings(client: &Client, table: &str) -> String {
    let described = client.describe_table().table_name(table).send().await.unwrap().table.unwrap();
    let ttl = client.describe_time_to_live().table_name(table).send().await.unwrap();
    let backups = client.describe_continuous_backups().table_name(table).send().await.unwrap();
    let recovery = backups.continuous_backups_description.unwrap().point_in_time_recovery_description;
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        described.key_schema,
        described.billing_mode_summary.and_then(|summary| summary.billing_mode),
        described.deletion_protection_enabled,
        ttl.time_to_live_description,
        recovery.and_then(|recovery| recovery.point_in_time_recovery_status),
    )
}

async fn client(stack: &Deployment) -> OAuthClient {
    OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_is_restored_with_everything_that_it_had() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = client(&stack).await;
    let tokens = client.connect(&Browser::new(&stack.url), Login::LangSmith(data::GRACE)).await;
    let (aws, table) = (dynamodb(&stack), format!("{}-grants", stack.name));
    let before = settings(&aws, &table).await;
    assert!(before.contains("Some(true)") && before.contains("purge_at"), "{before}");
    shell(&stack, &documented(&table));
    assert_eq!(settings(&aws, &table).await, before);
    let tables = aws.list_tables().send().await.unwrap().table_names.unwrap_or_default();
    assert!(!tables.contains(&format!("{table}-restored")));
    assert!(!projects(&stack.url, &tokens.access).await.is_empty());
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(&stack.url, &tokens.access).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_table_is_away_nobody_loses_a_login_and_what_is_newer_than_the_backup_does() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = client(&stack).await;
    let older = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    let newer = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    let (aws, table) = (dynamodb(&stack), format!("{}-grants", stack.name));
    let backup = aws.create_backup().table_name(&table).backup_name("before").send().await.unwrap();
    let backup = backup.backup_details.unwrap().backup_arn;
    let newer = client.refresh(&newer.refresh).await.tokens();
    assert!(aws.delete_table().table_name(&table).send().await.is_err(), "it is protected");
    aws.update_table().table_name(&table).deletion_protection_enabled(false).send().await.unwrap();
    aws.delete_table().table_name(&table).send().await.unwrap();
    let away = call(&stack.url, bearer(&older.access), "list_projects", json!({})).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.headers.contains_key("retry-after"));
    let away = client.refresh(&older.refresh).await;
    assert_eq!((away.status, away.error()), (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"));
    assert!(away.headers.contains_key("retry-after"));

    let restore = aws.restore_table_from_backup().target_table_name(&table).backup_arn(backup);
    restore.send().await.unwrap();
    assert!(!projects(&stack.url, &older.access).await.is_empty());
    client.refresh(&older.refresh).await.tokens();
    assert_eq!(client.refresh(&newer.refresh).await.error(), "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_was_revived_is_ended_again() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = client(&stack).await;
    let [revoked, kept] = [
        client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await,
        client.connect(&Browser::new(&stack.url), Login::LangSmith(data::GRACE)).await,
    ];
    let (aws, table) = (dynamodb(&stack), format!("{}-grants", stack.name));
    let claims = claims(&revoked.access);
    let of_ada = |name: &str| claims[name].as_str().unwrap().to_owned();
    let (user, grant) = (of_ada("sub"), of_ada("grant"));
    let end = blocks().into_iter().find(|block| block.starts_with("while read")).unwrap();
    // One that was never in the table is passed over.
    let list = format!("cd \"$(mktemp -d)\"\nprintf '%s\\t%s\\n' {user} {grant} {user} unknown > ended\n");
    shell(&stack, &format!("{list}{}", end.replace("$T-restored", &table)));
    let item = aws.get_item().table_name(&table);
    let item = item.key("user_ref", AttributeValue::S(user)).key("grant_id", AttributeValue::S(grant));
    assert_eq!(item.send().await.unwrap().item.unwrap()["state"], AttributeValue::S("revoked".to_owned()));
    assert_eq!(client.refresh(&revoked.refresh).await.error(), "invalid_grant");
    client.refresh(&kept.refresh).await.tokens();
}

/// What an access token says.
fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_secret_comes_back() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = client(&stack).await;
    let tokens = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    let user = stack.user_secrets().await.remove(0);
    let names = [format!("{}/root-key", stack.name), format!("{}/signing-keys", stack.name), user];
    let secrets = stack.aws().secrets_manager();
    for name in &names {
        secrets.delete_secret().secret_id(name).recovery_window_in_days(7).send().await.unwrap();
    }
    for name in &names {
        secrets.restore_secret().secret_id(name).send().await.unwrap();
    }
    // Instances that have to read them.
    for function in ["authorize", "token", "mcp"] {
        stack.restart(function).await;
    }
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(&stack.url, &tokens.access).await.is_empty());
}
