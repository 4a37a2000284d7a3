//! The names of agents as tools. People name agents as they like, several alike, and most assistants that are made by
//! API "Untitled".

use std::collections::BTreeMap;

use primitives::secret::sha256;
use uuid::Uuid;

/// The longest name of an Agent Server's own tools, in characters.
const MAX: usize = 128;

/// The longest name of a tool that every client takes with a prefix of its own, in characters.
const LONGEST: usize = 50;

/// The least room for an agent's name behind a server's.
const LEAST: usize = 16;

/// The digits of an id, or of a hash, that tell names apart.
const SHORT: usize = 8;

/// The names that a server's agents may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Naming {
    /// In bytes.
    longest: usize,
    /// The names of other tools beside them.
    taken: &'static [&'static str],
}

impl Naming {
    /// Behind the prefix of a server, with its joint.
    pub(super) fn behind(prefix: &str) -> Self {
        Self { longest: LONGEST.saturating_sub(prefix.len()).max(LEAST), taken: &[] }
    }

    /// Those of the Agent Server, beside tools of ours.
    pub(super) const fn own(taken: &'static [&'static str]) -> Self {
        Self { longest: MAX, taken }
    }
}

/// The agent's name as the Agent Server makes a tool's name of it: blanks become `_`, and other characters than
/// `A-Z a-z 0-9 _ . -` are dropped.
pub(super) fn cleaned(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    words.join("_").chars().filter(allowed).take(MAX).collect()
}

/// A name for each agent, in their order, and no two alike. A name that is empty, taken, or that several have, gets the
/// first digits of the agent's id, and all of them if that is not enough.
pub(super) fn unique(agents: &[(Uuid, &str)], Naming { longest, taken }: Naming) -> Vec<String> {
    let bases: Vec<(Uuid, String)> = agents.iter().map(|(id, name)| (*id, cleaned(name))).collect();
    told_apart(bases, longest, "agent", |name| taken.contains(&name))
}

/// A name for each of `bases`, as [`unique`] makes it of cleaned names. One without a name is called `nameless`, and one
/// that `is_taken` is a name that several have.
pub(super) fn told_apart(
    bases: Vec<(Uuid, String)>,
    longest: usize,
    nameless: &str,
    is_taken: impl Fn(&str) -> bool,
) -> Vec<String> {
    let bases: Vec<(Uuid, String)> =
        bases.into_iter().map(|(id, name)| (id, shortened(name, longest))).collect();
    let mut digits = vec![0; bases.len()];
    loop {
        let names: Vec<String> = bases
            .iter()
            .zip(&digits)
            .map(|((id, base), digits)| {
                numbered(if base.is_empty() && *digits > 0 { nameless } else { base }, *id, *digits, longest)
            })
            .collect();
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            *uses.entry(name).or_default() += 1;
        }
        let mut is_unique = true;
        for (name, digits) in names.iter().zip(&mut digits) {
            // Ids differ, so the longest form is taken by nobody else in that form.
            let is_shared = uses.get(name.as_str()).is_some_and(|uses| *uses > 1);
            if (name.is_empty() || is_shared || is_taken(name)) && *digits < 32 {
                *digits = if *digits == 0 { SHORT } else { 32 };
                is_unique = false;
            }
        }
        if is_unique {
            return names;
        }
    }
}

/// A longer name ends with a hash of all of it.
pub(super) fn shortened(name: String, longest: usize) -> String {
    if name.len() <= longest {
        return name;
    }
    let hash: String =
        sha256(name.as_bytes()).chars().filter(char::is_ascii_alphanumeric).take(SHORT).collect();
    joined(&name, &hash, longest)
}

fn numbered(base: &str, id: Uuid, digits: usize, longest: usize) -> String {
    let id = id.simple().to_string();
    match id.get(..digits) {
        None | Some("") => base.to_owned(),
        Some(id) => joined(base, id, longest),
    }
}

/// `{name}_{suffix}`, with a part of the name if all of it is too long. Both are ASCII.
fn joined(name: &str, suffix: &str, longest: usize) -> String {
    let room = longest.saturating_sub(suffix.len() + 1);
    let name = name.get(..room.min(name.len())).unwrap_or_default();
    if name.is_empty() { suffix.to_owned() } else { format!("{name}_{suffix}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number << 96 | number)
    }

    fn named(names: &[&str], longest: usize) -> Vec<String> {
        let agents: Vec<_> = names.iter().enumerate().map(|(at, name)| (id(at as u128 + 1), *name)).collect();
        unique(&agents, Naming { longest, taken: &[] })
    }

    #[test]
    fn a_name_is_cleaned_as_by_the_agent_server() {
        for (name, expected) in [
            ("Bob  Answer! é #1", "Bob_Answer__1"),
            (" a\tb\n", "a_b"),
            ("クジラ", ""),
            ("a.b-c_d", "a.b-c_d"),
            (&"x".repeat(200), &"x".repeat(128)),
        ] {
            assert_eq!(cleaned(name), expected, "{name:?}");
        }
    }

    #[test]
    fn alike_and_empty_names_get_a_part_of_the_id() {
        let names = named(&["Untitled", "answer", "Untitled", "クジラ", "a b", "a_b"], 50);
        let expected = [
            "Untitled_00000001",
            "answer",
            "Untitled_00000003",
            "agent_00000004",
            "a_b_00000005",
            "a_b_00000006",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn an_agent_of_a_server_alone_keeps_its_whole_name_but_not_that_of_another_tool() {
        let long = "x".repeat(128);
        let agents =
            [(id(1), "agent_resume"), (id(2), long.as_str()), (id(3), "echo"), (id(4), "agent_resum")];
        let named = unique(&agents, Naming::own(&["agent_resume"]));
        assert_eq!(named, ["agent_resume_00000001", &long, "echo", "agent_resum"]);
        let behind = unique(&agents, Naming::behind("research__"));
        assert_eq!((behind[0].as_str(), behind[1].len()), ("agent_resume", 40));
    }

    #[test]
    fn a_long_name_keeps_its_beginning() {
        let (one, other) = (format!("{}1", "long".repeat(20)), format!("{}2", "long".repeat(20)));
        let names = named(&[&one, &other], 20);
        assert!(names.iter().all(|name| name.len() == 20 && name.starts_with("longlonglon_")), "{names:?}");
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn nobody_takes_the_name_of_another_agent_by_naming_theirs_so() {
        let names = named(&["bot", "bot", "bot_00000001", "bot_00000002"], 50);
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{names:?}");
    }

    proptest! {
        #[test]
        fn names_are_unique_short_and_callable(
            names in prop::collection::vec("[ab _é]{0,3}|[ab]_0000000[1-4]|.{0,80}", 0..12),
            longest in 40_usize..60,
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let made = named(&names, longest);
            prop_assert_eq!(made.len(), names.len());
            prop_assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
            for name in made {
                prop_assert!(!name.is_empty() && name.len() <= longest);
                prop_assert_eq!(cleaned(&name), name);
            }
        }
    }
}
