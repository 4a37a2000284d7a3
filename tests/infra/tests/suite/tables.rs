//! The tables hold what cannot be made again.

use std::collections::BTreeSet;

use crate::stacks;

#[test]
fn every_table_is_kept_restorable_encrypted_and_paid_by_the_request() {
    for (name, stack) in stacks() {
        let tables = stack.of_kind("AWS::DynamoDB::Table");
        assert_eq!(tables.len(), 5, "{name}");
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
        // The record may point at another stack by then.
        let kinds = [
            "AWS::DynamoDB::Table",
            "AWS::SecretsManager::Secret",
            "AWS::KMS::Key",
            "AWS::Route53::RecordSet",
        ];
        for resource in kinds.into_iter().flat_map(|kind| stack.of_kind(kind)) {
            for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
                assert_eq!(resource.body[policy], "Retain", "{name}: {} {policy}", resource.name);
            }
        }
    }
}

/// The code names its tables by a prefix; the policies name them by ARN. Both must mean these.
#[test]
fn tables_are_named_after_the_stack() {
    for (name, stack) in stacks() {
        let prefix = &stack.variables("token")["TABLE_PREFIX"];
        let tables = stack.of_kind("AWS::DynamoDB::Table");
        let names: BTreeSet<_> = tables.iter().map(|table| table.text("/TableName").to_owned()).collect();
        let expected =
            ["clients", "grants", "keys", "sessions", "vault"].map(|table| format!("{prefix}-{table}"));
        assert_eq!(names, expected.into(), "{name}");
    }
}
