//! The deployer's access, which bypasses all roles, counts and faults.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http::header::AUTHORIZATION;
use langsmith::body::read_bounded;
use primitives::secret::sha256;
use serde_json::{Value, json};

use crate::aws::{Aws, DEPLOYER};

pub use aws_fakes::Kept as Secrets;

/// Larger than any table of a test.
const MAX_ANSWER: usize = 64 << 20;

impl Aws {
    /// The full name of a table.
    pub fn table(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// The full name of a secret.
    pub fn secret_name(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    /// All items of a table, in DynamoDB's format.
    pub async fn items(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut request = json!({ "TableName": self.table(table), "ConsistentRead": true });
        loop {
            let answer = self.dynamodb("Scan", &request).await;
            items.extend(answer["Items"].as_array().expect("items").iter().cloned());
            if answer["LastEvaluatedKey"].is_null() {
                return items;
            }
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"].clone();
        }
    }

    /// A request to DynamoDB.
    pub async fn dynamodb(&self, operation: &str, request: &Value) -> Value {
        let post = self.shared.http.post(&self.shared.dynamodb).body(request.to_string());
        let answer = post
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header(AUTHORIZATION, format!("AWS4-HMAC-SHA256 Credential={DEPLOYER}/20260101/x/dynamodb/aws4_request, SignedHeaders=host, Signature=0"))
            .send()
            .await
            .expect("dynoxide answers");
        let status = answer.status();
        let answer = read_bounded(answer, MAX_ANSWER).await.expect("dynoxide answers");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert!(status.is_success(), "{operation}: {answer}");
        answer
    }

    /// A request to Secrets Manager, such as `TagResource`.
    pub fn secrets_manager(&self, operation: &str, request: &Value) -> Value {
        let answer = self.shared.fakes.answer(&format!("secretsmanager.{operation}"), request);
        answer.unwrap_or_else(|code| panic!("{operation}: {code}"))
    }

    /// The value of a secret, unless there is none or it is scheduled for deletion.
    pub fn secret(&self, name: &str) -> Option<String> {
        self.shared.fakes.secret(name)
    }

    /// The values of the secrets whose names start with `with`.
    pub fn secrets_that_start(&self, with: &str) -> Vec<String> {
        self.shared.fakes.secrets_that_start(with)
    }

    /// Writes a new version of a secret.
    pub fn put_secret(&self, name: &str, text: &str) {
        let version = sha256(format!("{name} {text}").as_bytes());
        let request = json!({ "SecretId": name, "SecretString": text, "ClientRequestToken": version });
        self.secrets_manager("PutSecretValue", &request);
    }

    /// A snapshot of all secrets, for [`put_back`](Self::put_back).
    pub fn kept_secrets(&self) -> Secrets {
        self.shared.fakes.keep()
    }

    /// Restores a snapshot of all secrets.
    pub fn put_back(&self, secrets: &Secrets) {
        self.shared.fakes.put_back(secrets);
    }

    /// Sets the clock of Secrets Manager's records back by this much.
    pub fn set_back_secrets_clock(&self, by: Duration) {
        self.shared.behind.store(by.as_secs(), Ordering::SeqCst);
    }
}
