//! The deployment's and the key's information about themselves, and the bill.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Script, Weight, text};

const DAY: Duration = Duration::from_hours(24);

impl Script<'_> {
    pub(super) async fn account(&mut self) {
        let (status, info) =
            self.look("what the deployment says of itself", (Method::GET, "/info"), None).await;
        let flag = |name: &str| match info.pointer(&format!("/instance_flags/{name}")) {
            Some(Value::Bool(set)) => set.to_string(),
            Some(_) => "no boolean".to_owned(),
            None => "absent".to_owned(),
        };
        let flags = format!("ch {}, sdb {}", flag("ch_query_enabled"), flag("sdb_query_enabled"));
        self.fact("query flags in /info", Weight::Varies, format!("{status}; {flags}"));
        let (status, _) = self.look("whose the key is", (Method::GET, "/me/ls_user_id"), None).await;
        self.fact("ls_user_id asked with a key", Weight::Varies, status.to_string());
        self.works("workspaces", "list_workspaces", json!({"more_info": true})).await;
    }

    pub(super) async fn billing(&mut self) {
        let period =
            json!({"starting_on": self.names.before(2 * DAY), "ending_before": self.names.before(DAY)});
        let seen = self.tries("usage of a day", "get_billing_usage", period).await;
        let seen = match &seen {
            Some(usage) if text(usage, "/usage/0/billable_metric_name").is_some() => "answered",
            Some(_) => "answered, without a metric",
            None => "refused",
        };
        self.fact("billing with this key", Weight::Varies, seen);
    }
}
