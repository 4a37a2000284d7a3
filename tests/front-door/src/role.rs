//! The permissions of a role in the template (IAM, as far as the template uses it).

use std::collections::BTreeMap;

use serde_json::Value;

/// A function's call to a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The calling function.
    pub function: String,
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// The ARN of the table, the secret or the key.
    pub resource: String,
    /// The item's partition key, if the call is about a single item.
    pub leading_key: Option<String>,
    /// The encryption context, for KMS.
    pub context: BTreeMap<String, String>,
    /// Whether the request deletes a secret without recovery, if it says so.
    pub forced: Option<bool>,
    /// The recovery window in days, if the request has one.
    pub recovery_days: Option<i64>,
    /// The index within a transaction or a batch.
    pub part: Option<usize>,
}

/// The statements of a role.
#[derive(Clone, Debug)]
pub(crate) struct Role(Vec<Value>);

impl Role {
    /// From the properties of an `AWS::IAM::Role`.
    pub(crate) fn new(role: &Value) -> Self {
        let policies = role["Policies"].as_array().expect("policies").iter();
        let statements =
            policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().expect("statements"));
        Self(statements.cloned().collect())
    }

    pub(crate) fn allows(&self, call: &Call) -> bool {
        self.0.iter().any(|statement| allows(statement, call))
    }
}

fn allows(statement: &Value, call: &Call) -> bool {
    assert_eq!(statement["Effect"], "Allow");
    each(&statement["Action"]).contains(&call.action.as_str())
        && each(&statement["Resource"]).iter().any(|resource| matches(resource, &call.resource))
        && conditions(statement).all(|(operator, key, values)| holds((operator, key), &values, call))
}

/// Whether a condition holds. Operators that end in `IfExists` hold if the request lacks the key.
fn holds(condition: (&str, &str), values: &[&str], call: &Call) -> bool {
    const CONTEXT: &str = "kms:EncryptionContext:";
    match condition {
        ("ForAllValues:StringLike", "dynamodb:LeadingKeys") => {
            call.leading_key.as_ref().is_some_and(|key| values.iter().any(|value| matches(value, key)))
        }
        ("StringEquals", key) if key.starts_with(CONTEXT) => {
            call.context.get(&key[CONTEXT.len()..]).is_some_and(|value| values.contains(&value.as_str()))
        }
        ("Null", key) if key.starts_with(CONTEXT) => {
            let is_missing = !call.context.contains_key(&key[CONTEXT.len()..]);
            values.contains(&is_missing.to_string().as_str())
        }
        ("BoolIfExists", "secretsmanager:ForceDeleteWithoutRecovery") => {
            call.forced.is_none_or(|forced| values.contains(&forced.to_string().as_str()))
        }
        ("NumericGreaterThanEqualsIfExists", "secretsmanager:RecoveryWindowInDays") => {
            let least = |value: &&str| value.parse::<i64>().expect("a number");
            call.recovery_days.is_none_or(|days| values.iter().map(least).any(|least| days >= least))
        }
        other => panic!("{other:?} is not emulated"),
    }
}

fn conditions(statement: &Value) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
    let operators = statement["Condition"].as_object().into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().expect("keys").iter();
        keys.map(move |(key, values)| (operator.as_str(), key.as_str(), each(values)))
    })
}

/// One string or several.
fn each(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        several => {
            several.as_array().expect("texts").iter().map(|one| one.as_str().expect("a text")).collect()
        }
    }
}

/// Whether a text matches a pattern in which `*` stands for any text and `?` for one character.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut rest) = (pattern.chars(), text.chars());
    match pattern.next() {
        None => text.is_empty(),
        Some('*') => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(pattern.as_str(), &text[at..]))
        }
        Some(one) => {
            rest.next().is_some_and(|found| one == '?' || one == found)
                && matches(pattern.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_a_question_mark_for_one_character() {
        for (pattern, text, fits) in [
            ("a/*", "a/b/c", true),
            ("a/*", "b/a/", false),
            ("upstream:*", "upstream:", true),
            ("*", "", true),
            ("a*c", "abcc", true),
            ("a*c", "abcd", false),
            ("abc", "abcd", false),
            ("a-??", "a-bc", true),
            ("a-??", "a-b", false),
            ("a-??", "a-bcd", false),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    /// The janitor's permission for a user's secret.
    #[test]
    fn a_secret_is_deleted_only_with_a_week_to_restore_it() {
        let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stack/users/ada-aBcDeF";
        let statement = serde_json::json!({
            "Effect": "Allow",
            "Action": ["secretsmanager:DeleteSecret"],
            "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stack/users/*",
            "Condition": {
                "BoolIfExists": { "secretsmanager:ForceDeleteWithoutRecovery": "false" },
                "NumericGreaterThanEqualsIfExists": { "secretsmanager:RecoveryWindowInDays": "7" },
            },
        });
        for (forced, recovery_days, allowed) in [
            (None, None, true),
            (None, Some(7), true),
            (Some(false), Some(30), true),
            (Some(true), None, false),
            (None, Some(6), false),
        ] {
            let call = Call {
                function: "janitor".to_owned(),
                action: "secretsmanager:DeleteSecret".to_owned(),
                resource: arn.to_owned(),
                leading_key: None,
                context: BTreeMap::new(),
                forced,
                recovery_days,
                part: None,
            };
            assert_eq!(allows(&statement, &call), allowed, "{call:?}");
        }
    }
}
