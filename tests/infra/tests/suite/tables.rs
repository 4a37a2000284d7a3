//! The tables hold irreplaceable data.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::stacks;

#[test]
fn every_table_is_kept_restorable_encrypted_and_paid_by_the_request() {
    for (name, stack) in stacks() {
        let tables = stack.of_kind("AWS::DynamoDB::Table");
        assert_eq!(tables.len(), 7, "{name}");
        for table in tables {
            let what = format!("{name}: {}", table.name);
            assert_eq!(table.text("/BillingMode"), "PAY_PER_REQUEST", "{what}");
            assert_eq!(table.text("/TimeToLiveSpecification/AttributeName"), "purge_at", "{what}");
            for on in [
                "/TimeToLiveSpecification/Enabled",
                "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
                "/SSESpecification/SSEEnabled",
                "/DeletionProtectionEnabled",
            ] {
                assert_eq!(table.property(on), true, "{what}{on}");
            }
        }
    }
}

#[test]
fn what_cannot_be_made_again_outlives_the_stack() {
    for (name, stack) in stacks() {
        let kinds = [
            // Its deletion protection would make a rollback fail.
            ("AWS::DynamoDB::Table", "Retain"),
            ("AWS::SecretsManager::Secret", "RetainExceptOnCreate"),
            ("AWS::KMS::Key", "RetainExceptOnCreate"),
            // It may point to another stack by then.
            ("AWS::Route53::RecordSet", "RetainExceptOnCreate"),
        ];
        for (kind, expected) in kinds {
            for resource in stack.of_kind(kind) {
                assert_eq!(resource.body["DeletionPolicy"], expected, "{name}: {}", resource.name);
                assert_eq!(resource.body["UpdateReplacePolicy"], "Retain", "{name}: {}", resource.name);
            }
        }
    }
}

/// A failed first deployment leaves nothing that blocks the next one. The domain fails most often.
#[test]
fn tables_are_made_after_the_domain() {
    for (name, stack) in stacks() {
        for table in stack.of_kind("AWS::DynamoDB::Table") {
            assert_eq!(table.body["DependsOn"], "Domain", "{name}: {}", table.name);
        }
        let domain = stack.resource("Domain");
        assert_eq!(domain.kind(), "AWS::CloudFormation::Stack", "{name}");
        assert!(domain.body["DependsOn"].is_null(), "{name}");
    }
}

#[test]
fn audit_lines_outlive_the_stack() {
    for (name, stack) in stacks() {
        let start = format!("/aws/lambda/{}-", stack.variables("token")["TABLE_PREFIX"]);
        let kept: BTreeSet<_> = stack
            .of_kind("AWS::Logs::LogGroup")
            .into_iter()
            .filter(|group| !group.body["DeletionPolicy"].is_null())
            .map(|group| {
                assert_eq!(group.body["DeletionPolicy"], "RetainExceptOnCreate", "{name}: {}", group.name);
                assert_eq!(group.body["UpdateReplacePolicy"], "Retain", "{name}: {}", group.name);
                group.text("/LogGroupName").strip_prefix(&start).unwrap()
            })
            .collect();
        let writers = stack.functions().into_keys().filter(|function| writes_audit_lines(function));
        assert_eq!(kept, writers.collect(), "{name}");
    }
}

fn writes_audit_lines(function: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("functions").join(function).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(path).unwrap().contains("target: \"audit\"") {
                return true;
            }
        }
    }
    false
}

/// The code names its tables by a prefix; the policies name them by ARN. Both must match these.
#[test]
fn tables_are_named_after_the_stack() {
    for (name, stack) in stacks() {
        let prefix = &stack.variables("token")["TABLE_PREFIX"];
        let tables = stack.of_kind("AWS::DynamoDB::Table");
        let names: BTreeSet<_> = tables.iter().map(|table| table.text("/TableName").to_owned()).collect();
        let tables = ["clients", "grants", "keys", "mcp-servers", "sessions", "tool-cache", "vault"];
        let expected = tables.map(|table| format!("{prefix}-{table}"));
        assert_eq!(names, expected.into(), "{name}");
    }
}
