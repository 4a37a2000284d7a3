//! The authorizer's use by API Gateway: identity sources, cache, policies.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use http::request::Parts;
use primitives::clock::{SharedClock, Timestamp};
use serde_json::Value;

use crate::event;
use crate::function::{Failure, Function};

/// The decision about a request.
pub(crate) enum Verdict {
    /// The function may be called, with this context.
    Pass(Value),
    /// A gateway response of this type, with this context.
    Stop(&'static str, Value),
}

pub(crate) struct Guard {
    function: Function,
    /// Headers that serve as identity sources and as the cache key.
    sources: Vec<String>,
    life: Duration,
    clock: SharedClock,
    cache: Mutex<BTreeMap<Vec<String>, (Timestamp, Value)>>,
}

impl Guard {
    /// `settings` is `x-amazon-apigateway-authorizer`.
    pub(crate) fn new(function: Function, settings: &Value, clock: SharedClock) -> Self {
        assert_eq!(settings["type"], "request");
        let sources = settings["identitySource"].as_str().unwrap_or_default();
        let sources = sources.split(',').map(str::trim).filter(|source| !source.is_empty());
        let sources = sources.map(|source| {
            let header = source.strip_prefix("method.request.header.");
            header.unwrap_or_else(|| panic!("{source} is no header")).to_owned()
        });
        let seconds = settings["authorizerResultTtlInSeconds"].to_string();
        let life = Duration::from_secs(seconds.trim_matches('"').parse().expect("seconds"));
        Self { function, sources: sources.collect(), life, clock, cache: Mutex::default() }
    }

    /// Ends the idle instances, and clears the cache of decisions.
    pub(crate) fn retire(&self) {
        self.function.retire();
        self.cache.lock().unwrap().clear();
    }

    pub(crate) const fn function(&self) -> &Function {
        &self.function
    }

    pub(crate) async fn judge(&self, parts: &Parts, resource: &str, id: &str) -> Verdict {
        let values = self.sources.iter().map(|name| {
            let value = parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
            value.filter(|value| !value.is_empty()).map(std::borrow::Cow::into_owned)
        });
        // A missing or empty identity source is refused without a call.
        let Some(key) = values.collect::<Option<Vec<_>>>() else {
            return Verdict::Stop("UNAUTHORIZED", Value::Null);
        };
        let arn = event::method_arn(parts, resource);
        if let Some(policy) = self.cached(&key) {
            return apply(&policy, &arn);
        }
        match self.function.invoke(&event::authorizer(parts, resource, id)).await {
            Ok(policy) => {
                if !self.life.is_zero() && !key.is_empty() {
                    self.cache.lock().unwrap().insert(key, (self.clock.now(), policy.clone()));
                }
                apply(&policy, &arn)
            }
            Err(Failure::Error(error)) if error["errorMessage"] == "Unauthorized" => {
                Verdict::Stop("UNAUTHORIZED", Value::Null)
            }
            Err(_) => Verdict::Stop("AUTHORIZER_FAILURE", Value::Null),
        }
    }

    fn cached(&self, key: &[String]) -> Option<Value> {
        let cache = self.cache.lock().unwrap();
        let (since, policy) = cache.get(key)?;
        (self.clock.now().since(*since) < self.life).then(|| policy.clone())
    }
}

fn apply(policy: &Value, arn: &str) -> Verdict {
    let context = policy["context"].clone();
    // The context may contain only flat values.
    let flat =
        context.as_object().into_iter().flatten().all(|(_, value)| !value.is_object() && !value.is_array());
    let statements = policy["policyDocument"]["Statement"].as_array();
    let (Some(statements), true, true) = (statements, flat, policy["principalId"].is_string()) else {
        return Verdict::Stop("AUTHORIZER_CONFIGURATION_ERROR", Value::Null);
    };
    let mut effects = statements.iter().filter(|statement| {
        assert_eq!(statement["Action"], "execute-api:Invoke");
        crate::role::matches(statement["Resource"].as_str().expect("a resource"), arn)
    });
    let denied = effects.clone().any(|statement| statement["Effect"] == "Deny");
    if !denied && effects.any(|statement| statement["Effect"] == "Allow") {
        let mut context = if context.is_object() { context } else { serde_json::json!({}) };
        context["principalId"] = policy["principalId"].clone();
        Verdict::Pass(context)
    } else {
        Verdict::Stop("ACCESS_DENIED", context)
    }
}
