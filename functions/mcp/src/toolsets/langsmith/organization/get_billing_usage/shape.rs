//! The figures as clients of the older server know them: each share with the name of its workspace.

use std::collections::BTreeMap;

use langsmith::RawObject;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::view::{Sight, View};

/// The members of a metric for a login for one workspace, without any later additions by LangSmith.
const MEMBERS: [&str; 7] = [
    "customer_id",
    "billable_metric_id",
    "billable_metric_name",
    "start_timestamp",
    "end_timestamp",
    "value",
    "groups",
];

/// The answer of `get_billing_usage`.
#[derive(Serialize)]
pub(super) struct Usage<'a> {
    usage: Vec<Metric<'a>>,
}

impl<'a> Usage<'a> {
    /// The part of `metrics` within `view`.
    pub(super) fn new(metrics: &'a [RawObject], view: &'a View) -> Self {
        let names = view.names();
        let shown = |metric: &'a RawObject| Metric {
            metric,
            shares: Shares::of(metric, &view.sight, &names),
            sight: &view.sight,
        };
        Self { usage: metrics.iter().map(shown).collect() }
    }
}

struct Metric<'a> {
    metric: &'a RawObject,
    shares: Shares,
    sight: &'a Sight,
}

impl Serialize for Metric<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = matches!(self.sight, Sight::Own(_));
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.metric.iter().filter(|(name, _)| !own || MEMBERS.contains(name)) {
            match (name, &self.shares) {
                ("groups", Shares::Known(shares)) => map.serialize_entry(name, shares)?,
                ("groups" | "value", Shares::Unknown) if own => map.serialize_entry(name, &())?,
                ("value", Shares::Known(shares)) if own => match shares.0.first() {
                    Some((_, share)) => map.serialize_entry(name, &share.value)?,
                    // A workspace absent from a metric did not use it.
                    None => map.serialize_entry(name, &0)?,
                },
                _ => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// The visible shares.
enum Shares {
    Known(KnownShares),
    /// LangSmith did not divide the metric.
    Unknown,
}

struct KnownShares(Vec<(String, Share)>);

#[derive(Serialize)]
struct Share {
    workspace_name: String,
    value: Box<RawValue>,
}

impl Shares {
    fn of(metric: &RawObject, sight: &Sight, names: &BTreeMap<&str, &str>) -> Self {
        let groups =
            metric.get("groups").and_then(|groups| serde_json::from_str::<RawObject>(groups.get()).ok());
        let Some(groups) = groups else { return Self::Unknown };
        let seen = |id: &str| match sight {
            Sight::All => true,
            Sight::Asked(only) | Sight::Own(only) => id.eq_ignore_ascii_case(only),
        };
        let share = |(id, value): (&str, &RawValue)| {
            let name = names.get(id).copied().unwrap_or(id).to_owned();
            (id.to_owned(), Share { workspace_name: name, value: value.to_owned() })
        };
        Self::Known(KnownShares(groups.iter().filter(|(id, _)| seen(id)).map(share).collect()))
    }
}

impl Serialize for KnownShares {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, share)| (id, share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: &str = r#"[
        {"customer_id":"c","billable_metric_name":"traces","value":12,"groups":{"1":5.50,"9":7},"secret":1},
        {"id":"m2","value":7,"groups":{"9":7}},
        {"id":"m3","value":3,"groups":null}]"#;

    fn shown(sight: Sight) -> String {
        let metrics: Vec<RawObject> = serde_json::from_str(METRICS).unwrap();
        let view = View::of(sight, &[("1", "Main"), ("2", "Other")]);
        serde_json::to_string(&Usage::new(&metrics, &view)).unwrap()
    }

    #[test]
    fn every_share_gets_a_name() {
        assert_eq!(
            shown(Sight::All),
            r#"{"usage":[{"customer_id":"c","billable_metric_name":"traces","value":12,"groups":{"1":{"workspace_name":"Main","value":5.50},"9":{"workspace_name":"9","value":7}},"secret":1},{"id":"m2","value":7,"groups":{"9":{"workspace_name":"9","value":7}}},{"id":"m3","value":3,"groups":null}]}"#
        );
    }

    #[test]
    fn a_filter_leaves_the_totals_and_every_metric() {
        assert_eq!(
            shown(Sight::Asked("1".into())),
            r#"{"usage":[{"customer_id":"c","billable_metric_name":"traces","value":12,"groups":{"1":{"workspace_name":"Main","value":5.50}},"secret":1},{"id":"m2","value":7,"groups":{}},{"id":"m3","value":3,"groups":null}]}"#
        );
    }

    #[test]
    fn a_login_for_one_workspace_sees_nothing_of_the_others() {
        assert_eq!(
            shown(Sight::Own("1".into())),
            r#"{"usage":[{"customer_id":"c","billable_metric_name":"traces","value":5.50,"groups":{"1":{"workspace_name":"Main","value":5.50}}},{"value":0,"groups":{}},{"value":null,"groups":null}]}"#
        );
    }
}
