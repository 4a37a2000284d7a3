//! The services' handling of a request: the caller, the operation, the role's permission, and the answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_fakes::Fakes;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use langsmith::http_client;
use primitives::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::aws::{ACCOUNT, Call, Faults};
use crate::fault::error;
use crate::role::Role;

pub(crate) struct Services {
    pub(crate) dynamodb: String,
    pub(crate) http: reqwest::Client,
    roles: BTreeMap<String, Role>,
    /// Secrets Manager and KMS.
    pub(crate) fakes: Fakes,
    /// How far the secrets' clock is behind, in seconds.
    pub(crate) behind: Arc<AtomicU64>,
    pub(crate) seen: Mutex<Vec<Call>>,
    pub(crate) requests: AtomicUsize,
    pub(crate) faults: Mutex<Option<Faults>>,
}

/// The ARN of a secret, to which Secrets Manager appends six random characters.
pub(crate) fn secret_arn(region: &str, name: &str) -> String {
    format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-aBcDeF")
}

/// The signer of a request, and the region.
struct Signed<'a> {
    function: &'a str,
    region: &'a str,
}

impl<'a> Signed<'a> {
    /// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`
    fn read(headers: &'a HeaderMap) -> Option<Self> {
        let (_, scope) = text(headers, "authorization").split_once("Credential=")?;
        let mut scope = scope.split('/');
        let (function, region) = (scope.next()?, scope.nth(1)?);
        Some(Self { function, region })
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{ACCOUNT}:{resource}", self.region)
    }

    fn call(&self, action: String, resource: String) -> Call {
        Call {
            function: self.function.to_owned(),
            action,
            resource,
            leading_key: None,
            context: BTreeMap::new(),
            forced: None,
            recovery_days: None,
            part: None,
        }
    }

    /// The calls in a DynamoDB request, by table.
    fn table_calls(&self, operation: &str, request: &Value) -> Vec<Call> {
        let one = |action: &str, part: &Value| {
            let table = part["TableName"].as_str().expect("a table");
            let item = if part["Key"].is_object() { &part["Key"] } else { &part["Item"] };
            // Only the permissions for the table `keys` distinguish partition keys.
            let leading_key = item["id"]["S"].as_str().map(ToOwned::to_owned);
            let table = self.arn("dynamodb", &format!("table/{table}"));
            Call { leading_key, ..self.call(format!("dynamodb:{action}"), table) }
        };
        if let Some(tables) = request["RequestItems"].as_object() {
            let table = |table: &String| self.arn("dynamodb", &format!("table/{table}"));
            let calls = tables.keys().map(|name| self.call(format!("dynamodb:{operation}"), table(name)));
            return in_parts(calls);
        }
        let Some(items) = request["TransactItems"].as_array() else { return vec![one(operation, request)] };
        let parts = items.iter().flat_map(|item| item.as_object().expect("an item"));
        let parts = parts.map(|(kind, part)| match kind.as_str() {
            "Put" => one("PutItem", part),
            "Update" => one("UpdateItem", part),
            "Delete" => one("DeleteItem", part),
            _ => one("ConditionCheckItem", part),
        });
        in_parts(parts)
    }

    /// Secrets are requested by name; a list names none. Creating a secret with tags needs the permission to tag, too.
    fn secret_calls(&self, operation: &str, request: &Value) -> Vec<Call> {
        let name = request["SecretId"].as_str().or_else(|| request["Name"].as_str()).unwrap_or_default();
        let resource = if name.is_empty() { String::new() } else { secret_arn(self.region, name) };
        let tags = operation == "CreateSecret" && request["Tags"].is_array();
        let actions = std::iter::once(operation).chain(tags.then_some("TagResource"));
        let forced = request["ForceDeleteWithoutRecovery"].as_bool();
        let recovery_days = request["RecoveryWindowInDays"].as_i64();
        let call = |action| self.call(format!("secretsmanager:{action}"), resource.clone());
        actions.map(|action| Call { forced, recovery_days, ..call(action) }).collect()
    }

    fn key_call(&self, operation: &str, request: &Value) -> Call {
        let key = request["KeyId"].as_str().expect("a key");
        let context = serde_json::from_value(request["EncryptionContext"].clone()).expect("texts by name");
        Call { context, ..self.call(format!("kms:{operation}"), key.to_owned()) }
    }
}

impl Services {
    pub(crate) fn new(dynamodb: String, roles: BTreeMap<String, Role>) -> Self {
        let behind = Arc::new(AtomicU64::new(0));
        let late = behind.clone();
        Self {
            dynamodb,
            http: http_client(None).unwrap(),
            roles,
            fakes: Fakes::new(move || SystemClock.now().secs() - late.load(Ordering::SeqCst)),
            behind,
            seen: Mutex::default(),
            requests: AtomicUsize::new(0),
            faults: Mutex::default(),
        }
    }

    async fn forward(&self, headers: &HeaderMap, body: Bytes) -> Response {
        let mut request = self.http.post(&self.dynamodb).body(body);
        for name in ["authorization", "content-type", "x-amz-date", "x-amz-target"] {
            if let Some(value) = headers.get(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.expect("dynoxide answers");
        let status = answer.status();
        let body = langsmith::body::read_bounded(answer, 16 << 20).await.expect("dynoxide answers");
        (status, [("content-type", "application/x-amz-json-1.0")], body).into_response()
    }

    async fn carry_out(&self, headers: &HeaderMap, body: Bytes, request: &Value) -> Response {
        let target = text(headers, "x-amz-target");
        if target.starts_with("DynamoDB_") {
            return self.forward(headers, body).await;
        }
        match self.fakes.answer(target, request) {
            Ok(answer) => answer.to_string().into_response(),
            Err(code) => error(code),
        }
    }
}

pub(crate) async fn answer(
    State(services): State<Arc<Services>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = Signed::read(&headers).expect("a signed request");
    let target = text(&headers, "x-amz-target");
    let (service, operation) = target.split_once('.').expect("a target");
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let calls = match service {
        "DynamoDB_20120810" => signed.table_calls(operation, &request),
        "secretsmanager" => signed.secret_calls(operation, &request),
        "TrentService" => vec![signed.key_call(operation, &request)],
        other => panic!("{other} is not emulated"),
    };
    services.requests.fetch_add(1, Ordering::SeqCst);
    // On a busy machine, the SDK may send a call twice that is answered late.
    if !is_retry(&headers) {
        services.seen.lock().unwrap().extend(calls.iter().cloned());
    }
    if !calls.iter().all(|call| services.roles[signed.function].allows(call)) {
        return error("AccessDeniedException");
    }
    let faults = services.faults.lock().unwrap().clone();
    let fault = faults.and_then(|faults| calls.iter().find_map(|call| faults(call)));
    let Some(fault) = fault else { return services.carry_out(&headers, body, &request).await };
    let carried_out =
        if fault.is_carried_out() { Some(services.carry_out(&headers, body, &request).await) } else { None };
    fault.answer(&request, carried_out).await
}

/// The calls of one request.
fn in_parts(calls: impl Iterator<Item = Call>) -> Vec<Call> {
    calls.enumerate().map(|(part, call)| Call { part: Some(part), ..call }).collect()
}

/// Whether the SDK has sent the call before: `attempt=2; max=3`.
fn is_retry(headers: &HeaderMap) -> bool {
    let attempt = |part: &str| part.trim().strip_prefix("attempt=").is_some_and(|number| number != "1");
    text(headers, "amz-sdk-request").split(';').any(attempt)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
