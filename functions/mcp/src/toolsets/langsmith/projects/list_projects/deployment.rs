//! Finds the deployment of a project. Its id is somewhere in the project's free-form data.

use std::fmt;

use langsmith::Project;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

const KEY: &str = "deployment_id";

/// The deployment id of `project`.
pub(crate) fn of(project: &Project) -> Option<String> {
    let parts =
        [&project.extra, &project.feedback_stats, &project.session_feedback_stats, &project.run_facets];
    parts.into_iter().flatten().find_map(|part| find(part.get()))
}

/// The first `deployment_id` below a value: an object's own before those of its members, members in their order.
fn find(json: &str) -> Option<String> {
    serde_json::from_str::<DeploymentId>(json).ok()?.0
}

struct DeploymentId(Option<String>);

impl<'de> Deserialize<'de> for DeploymentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Finder).map(Self)
    }
}

struct Finder;

/// The value of [`KEY`]: a text, or another value to be searched like any member.
struct Own(Option<String>);

impl<'de> Deserialize<'de> for Own {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(|value| Self(value.as_str().map(str::to_owned)))
    }
}

impl<'de> Visitor<'de> for Finder {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut own, mut below) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            if own.is_some() || (below.is_some() && key != KEY) {
                map.next_value::<IgnoredAny>()?;
            } else if key == KEY {
                own = map.next_value::<Own>()?.0;
            } else {
                below = map.next_value::<DeploymentId>()?.0;
            }
        }
        Ok(own.or(below))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(DeploymentId(found)) = seq.next_element()? {
            first = first.or(found);
        }
        Ok(first)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_and_first_one_wins() {
        for (json, expected) in [
            (r#"{"metadata":{"host":{"deployment_id":"d"}}}"#, Some("d")),
            (r#"{"z":{"deployment_id":"first"},"a":{"deployment_id":"second"}}"#, Some("first")),
            (r#"{"a":{"deployment_id":"below"},"deployment_id":"own"}"#, Some("own")),
            (r#"[1,2.5,-3,true,null,"x",[{"deployment_id":"d"}]]"#, Some("d")),
            (r#"{"deployment_id":null,"a":{"deployment_id":"d"}}"#, Some("d")),
            (r#"{"a":{"b":1}}"#, None),
            ("null", None),
        ] {
            assert_eq!(find(json).as_deref(), expected, "{json}");
        }
    }
}
