//! The prefixes of discovered servers. People name deployments as they like, and several workspaces' alike.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::toolset::Prefix;
use crate::toolsets::agents::names::{shortened, told_apart};

/// A prefix for each deployment, in their order: its name in lower case, with `-` for each run of other characters. One
/// that several have, that is in `taken`, or that is empty gets digits of the id.
pub(super) fn prefixes(deployments: &[(Uuid, &str)], taken: &BTreeSet<Prefix>) -> Vec<Option<Prefix>> {
    let bases = deployments.iter().map(|(id, name)| (*id, cleaned(name))).collect();
    let is_taken = |name: &str| taken.iter().any(|taken| taken.as_str() == name);
    let names = told_apart(bases, Prefix::MAX, "deployment", is_taken);
    names.iter().map(|name| name.parse().ok().filter(|prefix| !taken.contains(prefix))).collect()
}

/// The name in the characters of prefixes, and short enough. It has no `_`, which the digits of an id follow, except before
/// the hash of a long one.
fn cleaned(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // The hash has capitals.
    shortened(words.collect::<Vec<_>>().join("-"), Prefix::MAX).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(names: &[&str], taken: &[&str]) -> Vec<String> {
        let taken = taken.iter().map(|name| name.parse().unwrap()).collect();
        let id = |at: usize| Uuid::from_u128((at as u128 + 1) << 96 | at as u128);
        let deployments: Vec<_> = names.iter().enumerate().map(|(at, name)| (id(at), *name)).collect();
        prefixes(&deployments, &taken).into_iter().map(|prefix| prefix.unwrap().to_string()).collect()
    }

    #[test]
    fn a_deployments_name_becomes_a_prefix() {
        for (name, expected) in [
            ("research", "research"),
            ("My Research__Agent!", "my-research-agent"),
            ("_a_", "a"),
            ("クジラ", "deployment_00000001"),
            ("", "deployment_00000001"),
        ] {
            assert_eq!(named(&[name], &[]), [expected], "{name:?}");
        }
        let long = named(&[&"long-name-".repeat(9)], &[]);
        assert!(long[0].starts_with("long-name-long-name-lon") && long[0].len() <= 32, "{long:?}");
    }

    #[test]
    fn names_alike_and_names_of_others_get_a_part_of_the_id() {
        let names = named(&["a b", "A-B", "fixture", "agent-runs"], &["fixture", "agent-runs"]);
        let expected = ["a-b_00000001", "a-b_00000002", "fixture_00000003", "agent-runs_00000004"];
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn prefixes_are_unique_valid_and_free(
            names in prop::collection::vec("[ab _é]{0,3}|[ab]_0000000[1-4]|.{0,60}|[a-zA-Z]{30,34}", 0..12),
            taken in prop::collection::vec("[ab]|[ab]_0000000[1-4]|deployment_00000001", 0..4),
        ) {
            let (names, taken): (Vec<&str>, Vec<&str>) =
                (names.iter().map(String::as_str).collect(), taken.iter().map(String::as_str).collect());
            let made = named(&names, &taken);
            prop_assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), names.len());
            for name in &made {
                prop_assert!(!taken.contains(&name.as_str()), "{}", name);
            }
        }
    }
}
