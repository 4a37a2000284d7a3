//! The section "When data is lost" of docs/deploy.md, with its commands.

use aws_sdk_dynamodb::Client;
use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, Emulator, turn};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::json;

use crate::page::{Shell, block};

/// The heading of the section.
pub(crate) const LOST: &str = "When data is lost";

pub(crate) fn dynamodb(stack: &Deployment) -> Client {
    let config = Emulator::shared().config(&stack.region, &[]);
    Client::new(&stack.aws().service(&config, "AWS_ENDPOINT_URL_DYNAMODB").unwrap())
}

/// A table's settings from the template.
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
    let commands = ["restore-table-to-point-in-time", "create-backup"].map(|words| block(LOST, words));
    let [restore, swap] = &commands;
    let text = Shell::new(&stack.name).paste(restore).paste(swap).succeed();
    // The page's statement about the backup holds for this one.
    assert!(text.contains("the backup is arn:"), "{text}");
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

/// `aws dynamodb wait` polls 25 times, every 20 seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_is_waited_for_however_long_it_takes() {
    let _turn = turn().await;
    // The first call starts the restore.
    let aws = r#"
        asked=$(mktemp)
        aws() { echo "$*" >> $asked; if [ $(wc -l < $asked) -gt 200 ]; then echo ACTIVE; else echo CREATING; fi; }
    "#;
    let restore = block(LOST, "restore-table-to-point-in-time");
    let text = Shell::new("slow").paste(aws).paste(&restore).paste("wc -l < $asked; rm $asked").succeed();
    assert!(text.ends_with("201\n"), "{text}");
}

/// A restored table has none of the template's settings, and its copy is deleted only once they are back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_copy_stays_until_the_table_is_as_it_was() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let swap = block(LOST, "create-backup");
    let forgotten = "aws dynamodb update-table --table-name $T --deletion-protection-enabled";
    assert_eq!(swap.matches(forgotten).count(), 1);
    let ended = Shell::new(&stack.name)
        .paste(&block(LOST, "restore-table-to-point-in-time"))
        .paste(&swap.replace(forgotten, "true"))
        .run();
    assert!(!ended.ok, "{}", ended.text);
    for found in ["expiry ENABLED\n", "recovery ENABLED\n", "protection False\n"] {
        assert!(ended.text.contains(found), "{}", ended.text);
    }
    let copy = format!("{}-grants-restored", stack.name);
    assert!(dynamodb(&stack).describe_table().table_name(copy).send().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_secret_comes_back() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = client(&stack).await;
    let tokens = client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await;
    let user = stack.user_secrets().await.remove(0);
    let own = ["root-key", "agent-key", "signing-keys"].map(|name| format!("{}/{name}", stack.name));
    let names = own.into_iter().chain([user]).collect::<Vec<_>>();
    let secrets = stack.aws().secrets_manager();
    for name in &names {
        secrets.delete_secret().secret_id(name).recovery_window_in_days(7).send().await.unwrap();
    }
    for name in &names {
        secrets.restore_secret().secret_id(name).send().await.unwrap();
    }
    // Instances that have to read the restored data.
    for function in ["authorize", "token", "mcp"] {
        stack.restart(function).await;
    }
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(&stack.url, &tokens.access).await.is_empty());
}
