//! Secrets Manager.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Fault, text};

const NOT_FOUND: Fault = "ResourceNotFoundException";
const EXISTS: Fault = "ResourceExistsException";
const INVALID: Fault = "InvalidRequestException";
const DAY: u64 = 86_400;

/// The secrets by name.
#[derive(Clone, Default)]
pub(crate) struct Secrets(BTreeMap<String, Secret>);

#[derive(Clone, Default)]
struct Secret {
    /// Version id, text and creation time. The last one is current.
    versions: Vec<(String, String, u64)>,
    tags: BTreeMap<String, String>,
    created: u64,
    changed: u64,
    accessed: Option<u64>,
    deleted: Option<u64>,
}

impl Secrets {
    pub(crate) fn declare(&mut self, name: &str, now: u64) {
        self.0.insert(name.to_owned(), Secret { created: now, changed: now, ..Secret::default() });
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let secret = self.0.get(name).filter(|secret| secret.deleted.is_none())?;
        secret.versions.last().map(|(_, text, _)| text.clone())
    }

    pub(crate) fn texts(&self, with: &str) -> Vec<String> {
        let names = self.0.keys().filter(|name| name.starts_with(with));
        names.filter_map(|name| self.text(name)).collect()
    }

    pub(crate) fn shred(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(crate) fn answer(&mut self, operation: &str, body: &Value, now: u64) -> Result<Value, Fault> {
        match operation {
            "CreateSecret" => self.create(body, now),
            "ListSecrets" => Ok(self.list(body)),
            "DeleteSecret" if body.get("ForceDeleteWithoutRecovery") == Some(&json!(true)) => {
                self.shred(text(body, "SecretId"));
                Ok(json!({}))
            }
            _ => {
                let name = text(body, "SecretId");
                let secret = self.0.get_mut(name).ok_or(NOT_FOUND)?;
                let mut answer = secret.answer(operation, body, now)?;
                if let Some(answer) = answer.as_object_mut() {
                    answer.insert("Name".into(), name.into());
                }
                Ok(answer)
            }
        }
    }

    fn create(&mut self, body: &Value, now: u64) -> Result<Value, Fault> {
        let name = text(body, "Name");
        match self.0.get(name) {
            Some(secret) if secret.deleted.is_some() => return Err(INVALID),
            Some(_) => return Err(EXISTS),
            None => self.declare(name, now),
        }
        let secret = self.0.get_mut(name).ok_or(NOT_FOUND)?;
        secret.tag(body);
        // A secret may be created without a value.
        if body.get("SecretString").is_some() { secret.put(body, now) } else { Ok(json!({ "Name": name })) }
    }

    fn list(&self, body: &Value) -> Value {
        let prefix = body.pointer("/Filters/0/Values/0").and_then(Value::as_str).unwrap_or_default();
        let planned = body.get("IncludePlannedDeletion").and_then(Value::as_bool).unwrap_or_default();
        let from = body.get("NextToken").and_then(Value::as_str).unwrap_or_default();
        // Pages of one secret, so that code that reads only the first page fails.
        let mut found = self.0.iter().filter(|(name, secret)| {
            name.starts_with(prefix) && name.as_str() > from && (planned || secret.deleted.is_none())
        });
        let Some((name, secret)) = found.next() else { return json!({ "SecretList": [] }) };
        let mut page = json!({ "SecretList": [secret.entry(name)] });
        if let (Some(_), Some(page)) = (found.next(), page.as_object_mut()) {
            page.insert("NextToken".into(), name.as_str().into());
        }
        page
    }
}

impl Secret {
    fn answer(&mut self, operation: &str, body: &Value, now: u64) -> Result<Value, Fault> {
        if self.deleted.is_some() && !matches!(operation, "RestoreSecret" | "DeleteSecret") {
            return Err(INVALID);
        }
        match operation {
            "GetSecretValue" => {
                let (version, text, made) = self.versions.last().ok_or(NOT_FOUND)?;
                self.accessed = Some(now / DAY * DAY);
                Ok(json!({ "VersionId": version, "SecretString": text, "CreatedDate": made }))
            }
            "PutSecretValue" => self.put(body, now),
            "TagResource" => {
                self.tag(body);
                Ok(json!({}))
            }
            "UntagResource" => {
                for key in body.get("TagKeys").and_then(Value::as_array).into_iter().flatten() {
                    self.tags.remove(key.as_str().unwrap_or_default());
                }
                Ok(json!({}))
            }
            "DeleteSecret" => {
                self.deleted = Some(now);
                let window = body.get("RecoveryWindowInDays").and_then(Value::as_u64).unwrap_or(30);
                Ok(json!({ "DeletionDate": now + window * DAY }))
            }
            "RestoreSecret" => {
                self.deleted = None;
                Ok(json!({}))
            }
            _ => Err("UnknownOperationException"),
        }
    }

    fn tag(&mut self, body: &Value) {
        for tag in body.get("Tags").and_then(Value::as_array).into_iter().flatten() {
            self.tags.insert(text(tag, "Key").to_owned(), text(tag, "Value").to_owned());
        }
    }

    /// A version is immutable: the same content again is ignored, and other content is refused.
    fn put(&mut self, body: &Value, now: u64) -> Result<Value, Fault> {
        let (version, text) = (text(body, "ClientRequestToken"), text(body, "SecretString"));
        if !(32..=64).contains(&version.len()) {
            return Err("InvalidParameterException");
        }
        match self.versions.iter().find(|(known, ..)| known == version) {
            Some((_, known, _)) if known != text => return Err(EXISTS),
            Some(_) => {}
            None => {
                self.versions.push((version.to_owned(), text.to_owned(), now));
                self.changed = now;
            }
        }
        Ok(json!({ "VersionId": version }))
    }

    fn entry(&self, name: &str) -> Value {
        let tags: Vec<_> =
            self.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        json!({
            "Name": name,
            "Tags": tags,
            "CreatedDate": self.created,
            "LastChangedDate": self.changed,
            "LastAccessedDate": self.accessed,
            "DeletedDate": self.deleted,
        })
    }
}
