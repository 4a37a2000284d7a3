//! Permissions: the roles are exactly `infra/permissions.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use infra::{Resource, Stack, placeholder};
use serde_json::Value;

use crate::stacks;

type Permissions = BTreeMap<String, BTreeSet<String>>;

const COMMITTED: &str = include_str!("../../../../infra/permissions.yaml");

fn committed() -> BTreeMap<String, Permissions> {
    serde_norway::from_str(COMMITTED).unwrap()
}

/// Each function's only role.
fn roles(stack: &Stack) -> BTreeMap<String, &Resource> {
    let functions = stack.functions().into_iter();
    functions
        .map(|(function, resource)| {
            let name =
                resource.text("/Role").strip_prefix('<').and_then(|name| name.strip_suffix(".Arn>")).unwrap();
            (function.to_owned(), stack.resource(name))
        })
        .collect()
}

fn statements(role: &Resource) -> &Vec<Value> {
    role.property("/Policies/0/PolicyDocument/Statement").as_array().unwrap()
}

fn list(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(one) => BTreeSet::from([one.clone()]),
        many => serde_json::from_value(many.clone()).unwrap(),
    }
}

/// The resource of a statement, in the words of `permissions.yaml`.
fn subject(stack: &Stack, statement: &Value) -> String {
    let name = stack.variables("token")["TABLE_PREFIX"].clone();
    let resource = statement["Resource"].as_str().expect("one resource a statement");
    if let Some((_, table)) = resource.split_once(&format!(":table/{name}-")) {
        let leading = statement.pointer("/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys/0");
        return leading
            .map_or(format!("table {table}"), |key| format!("table {table} ({})", key.as_str().unwrap()));
    }
    if let Some((_, secret)) = resource.split_once(&format!(":secret:{name}/")) {
        // Exactly six characters, or the secret `root-key-of-somebody-else` would match, too.
        let own = secret.strip_suffix("-??????").filter(|own| !own.contains(['*', '?']));
        assert!(own.is_some() || ["servers/*", "users/*"].contains(&secret), "{resource}");
        return format!("secret {}", own.unwrap_or(secret));
    }
    match resource {
        "<Secrets/VaultKey.Arn>" => {
            // Without the stack in the encryption context, another stack's sealed items could be opened.
            let context = "/Condition/StringEquals/kms:EncryptionContext:stack";
            assert_eq!(statement.pointer(context).and_then(Value::as_str), Some(name.as_str()));
            let owners = statement.pointer("/Condition/Null").and_then(Value::as_object).expect("an owner");
            let [(owner, is_missing)] = owners.iter().collect::<Vec<_>>()[..] else { panic!("{owners:?}") };
            assert_eq!(is_missing, "false");
            format!("key vault ({})", owner.strip_prefix("kms:EncryptionContext:").unwrap())
        }
        "*" => "names of secrets".into(),
        other => panic!("{other} is not one of our things"),
    }
}

fn is_common(statement: &Value) -> bool {
    ["Logs", "Traces"].contains(&statement["Sid"].as_str().unwrap())
}

#[test]
fn every_function_has_a_role_of_its_own_with_one_policy() {
    for (name, stack) in stacks() {
        let roles = roles(&stack);
        let distinct: BTreeSet<_> = roles.values().map(|role| &role.name).collect();
        assert_eq!(distinct.len(), stack.functions().len(), "{name}");
        assert_eq!(
            stack.of_kind("AWS::IAM::Role").len(),
            distinct.len(),
            "{name}: a role without a function"
        );
        for (function, role) in roles {
            assert_eq!(role.property("/Policies").as_array().unwrap().len(), 1, "{name}: {function}");
            assert!(role.property("/ManagedPolicyArns").is_null(), "{name}: {function}");
            let trust = role.property("/AssumeRolePolicyDocument/Statement").as_array().unwrap();
            assert_eq!(trust.len(), 1, "{name}: {function}");
            assert_eq!(trust[0]["Principal"], serde_json::json!({ "Service": "lambda.amazonaws.com" }));
        }
        for kind in ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"] {
            assert!(stack.of_kind(kind).is_empty(), "{name}: {kind}");
        }
    }
}

#[test]
fn every_role_is_what_was_committed() {
    for (name, stack) in stacks() {
        let kms = !stack.of_kind("AWS::KMS::Key").is_empty();
        let client_secret = stack.variables("mcp").contains_key("LANGSMITH_CLIENT_SECRET_NAME");
        let mut expected = committed();
        for (function, permissions) in &mut expected {
            permissions.retain(|subject, _| client_secret || subject != "secret langsmith-client-secret");
            // The janitor deletes the secrets that users had before the stack changed to KMS.
            let other_kind: &[&str] = match kms {
                true if function == "janitor" => continue,
                true => &["secret servers/*", "secret users/*"],
                false => &["key vault (user)", "key vault (workspace)"],
            };
            permissions.retain(|subject, _| !other_kind.contains(&subject.as_str()));
        }
        let mut found = BTreeMap::new();
        for (function, role) in roles(&stack) {
            let mut permissions = Permissions::new();
            for statement in statements(role).iter().filter(|statement| !is_common(statement)) {
                assert_eq!(statement["Effect"], "Allow", "{name}: {function}");
                let twice = permissions.insert(subject(&stack, statement), list(&statement["Action"]));
                assert_eq!(twice, None, "{name}: {function}");
            }
            found.insert(function, permissions);
        }
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn no_action_has_a_wildcard_and_only_traces_and_lists_go_anywhere() {
    for (name, stack) in stacks() {
        for (function, role) in roles(&stack) {
            for statement in statements(role) {
                assert!(statement.get("NotAction").is_none() && statement.get("NotResource").is_none());
                for action in list(&statement["Action"]) {
                    assert!(!action.contains('*'), "{name}: {function} {action}");
                    let anywhere = statement["Resource"] == "*";
                    // These two actions support no narrower resource.
                    let must = action.starts_with("xray:") || action == "secretsmanager:ListSecrets";
                    assert_eq!(anywhere, must, "{name}: {function} {action}");
                }
            }
        }
        for key in stack.of_kind("AWS::KMS::Key") {
            assert!(!key.property("/KeyPolicy").to_string().contains("kms:*"), "{name}");
        }
    }
}

#[test]
fn each_writes_only_its_own_log() {
    for (name, stack) in stacks() {
        for (function, role) in roles(&stack) {
            let own = statements(role).iter().find(|statement| statement["Sid"] == "Logs").unwrap();
            let group = stack.functions()[function.as_str()].text("/LoggingConfig/LogGroup");
            let arn = placeholder(&format!("{}.Arn", group.trim_matches(['<', '>'])));
            assert_eq!(own["Resource"], arn, "{name}: {function}");
            assert_eq!(
                list(&own["Action"]),
                ["logs:CreateLogStream", "logs:PutLogEvents"].map(str::to_owned).into()
            );
        }
    }
}

/// An attacker in the janitor can only mark users' secrets for deletion, which their next login undoes.
#[test]
fn what_is_deleted_can_be_restored_for_a_week() {
    let mut deleters = BTreeSet::new();
    for (name, stack) in stacks() {
        for (function, role) in roles(&stack) {
            for statement in statements(role) {
                if list(&statement["Action"]).contains("secretsmanager:DeleteSecret") {
                    let expected = serde_json::json!({
                        "BoolIfExists": { "secretsmanager:ForceDeleteWithoutRecovery": "false" },
                        "NumericGreaterThanEqualsIfExists": { "secretsmanager:RecoveryWindowInDays": "7" },
                    });
                    assert_eq!(statement["Condition"], expected, "{name}: {function}");
                    deleters.insert(function.clone());
                }
            }
        }
    }
    assert_eq!(deleters, ["janitor".to_owned()].into());
}

/// The functions with a permission for such a subject and action.
fn who_may(is_meant: impl Fn(&str, &str) -> bool) -> BTreeSet<String> {
    let with = committed().into_iter().filter(|(_, permissions)| {
        permissions.iter().any(|(subject, actions)| actions.iter().any(|action| is_meant(subject, action)))
    });
    with.map(|(function, _)| function).collect()
}

/// The most important lines, stated once more in words.
#[test]
fn secrets_are_parted() {
    let names = |functions: &[&str]| functions.iter().copied().map(str::to_owned).collect::<BTreeSet<_>>();
    assert!(committed()["metadata"].is_empty());
    for (what, functions) in [
        // Credentials of users, by either kind of vault.
        ("secret users/*", &["authorize", "janitor", "mcp"][..]),
        ("key vault (user)", &["authorize", "mcp"]),
        ("table vault", &["authorize", "mcp"]),
        ("table sessions", &["authorize", "mcp"]),
        ("table clients", &["authorize", "register", "token"]),
        // Secrets of workspaces, by either kind of vault.
        ("secret servers/*", &["registry", "tool-cache"]),
        ("key vault (workspace)", &["registry", "tool-cache"]),
        ("secret signing-keys", &["janitor", "token"]),
        ("secret root-key", &["authorize", "token"]),
        ("secret agent-key", &["mcp"]),
        ("secret langsmith-client-secret", &["authorize", "mcp"]),
    ] {
        assert_eq!(who_may(|subject, _| subject == what), names(functions), "{what}");
    }
    let is_read =
        |action: &str| ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"].contains(&action);
    let public_keys = ["table keys", "table keys (jwks)"];
    let writers = who_may(|subject, action| public_keys.contains(&subject) && !is_read(action));
    assert_eq!(writers, names(&["janitor"]));
    let writers = who_may(|subject, action| subject == "table mcp-servers" && !is_read(action));
    assert_eq!(writers, names(&["registry"]));
    // A data key of a workspace, once made, is nobody's to replace or to delete.
    let writers = ["PutSecretValue", "UpdateSecret", "DeleteSecret"].map(|it| format!("secretsmanager:{it}"));
    assert_eq!(
        who_may(|subject, action| subject == "secret servers/*" && writers.iter().any(|it| it == action)),
        names(&[])
    );
}
