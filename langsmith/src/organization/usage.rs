//! The usage of an organization: `GET /api/v1/orgs/current/billing/usage`, and the names of its workspaces. Both belong
//! to the organization, so no workspace is sent with them.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::transport::endpoint::Query;
use crate::{UpstreamError, WorkspaceClient};

/// Which figures to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageQuery<'q> {
    /// Start of the period (RFC 3339).
    pub starting_on: &'q str,
    /// End of the period, exclusive (RFC 3339).
    pub ending_before: &'q str,
    /// Only what the organization's present plan covers.
    pub on_current_plan: bool,
}

/// The members of a JSON object in the order in which LangSmith sent them.
#[derive(Clone, Debug, Default)]
pub struct RawObject(Vec<(String, Box<RawValue>)>);

impl RawObject {
    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_ref()))
    }

    /// The value of the member of this name.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }
}

impl WorkspaceClient<'_> {
    /// The figures, one object per metric.
    pub async fn usage(
        &self,
        query: &UsageQuery<'_>,
        organization: Option<&str>,
    ) -> Result<Vec<RawObject>, UpstreamError> {
        let parameters = [
            ("starting_on", query.starting_on),
            ("ending_before", query.ending_before),
            ("on_current_plan", if query.on_current_plan { "true" } else { "false" }),
        ];
        self.get_of_organization("/api/v1/orgs/current/billing/usage", &parameters, organization).await
    }

    /// Reads a resource of the organization. LangSmith requires a workspace from an organization-wide key; then, and
    /// only then, the caller's is sent.
    pub(crate) async fn get_of_organization<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query<'_>,
        organization: Option<&str>,
    ) -> Result<T, UpstreamError> {
        match self.of_organization(organization).get(path, query).await {
            Err(UpstreamError::WorkspaceRequired) if self.workspace().is_some() => {
                self.at_langsmith().get(path, query).await
            }
            answer => answer,
        }
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = RawObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(RawObject(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_digits() {
        let members: RawObject = serde_json::from_str(r#"{"z":1.10,"a":null,"m":{"x":[]}}"#).unwrap();
        let all: Vec<_> = members.iter().map(|(name, value)| (name, value.get())).collect();
        assert_eq!(all, [("z", "1.10"), ("a", "null"), ("m", r#"{"x":[]}"#)]);
        assert_eq!(members.get("m").map(RawValue::get), Some(r#"{"x":[]}"#));
        assert!(members.get("b").is_none() && serde_json::from_str::<RawObject>("[]").is_err());
    }
}
