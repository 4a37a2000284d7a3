//! The known name that a misspelt one probably means.

/// The maximum number of letters compared of a name.
const MOST: usize = 64;

/// The minimum number of letters in a part of a name.
const PART: usize = 3;

/// The most similar name of `known`, if any is similar; otherwise the only one that contains `name` as a word. Case and
/// separators are ignored.
pub(crate) fn nearest<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
) -> Option<&'n str> {
    let known = known.into_iter();
    let meant = letters(name);
    let like = known.clone().filter_map(|known| {
        let other = letters(known);
        // People know the name of a project rather than its id.
        let is_named = other.strip_prefix(&*meant).is_some_and(|rest| rest == ['n', 'a', 'm', 'e']);
        let edits = if is_named { 1 } else { edits(&meant, &other) };
        is_slip(edits, &meant, &other).then_some((edits, known))
    });
    let word = || {
        let mut having = known.filter(|known| known.split('_').any(|word| letters(word) == meant));
        having.next().filter(|_| having.next().is_none())
    };
    like.min_by_key(|(edits, _)| *edits).map(|(_, known)| known).or_else(word)
}

/// Up to `most` names of `known` that are similar to `name`, contain it or are contained in it, the most similar first.
pub(crate) fn most_alike<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    most: usize,
) -> Vec<&'n str> {
    let meant = letters(name);
    let like = known.into_iter().filter_map(|known| {
        let other = letters(known);
        let edits = edits(&meant, &other);
        (is_slip(edits, &meant, &other) || is_part(&meant, &other)).then_some((edits, known))
    });
    let mut like: Vec<(usize, &str)> = like.collect();
    like.sort_by_key(|(edits, _)| *edits);
    like.into_iter().map(|(_, known)| known).take(most).collect()
}

/// Two of five letters may differ: `project_id` for `project_name`, but not `run_id` for `run_type`.
fn is_slip(edits: usize, meant: &[char], other: &[char]) -> bool {
    5 * edits <= 2 * other.len().max(meant.len())
}

fn is_part(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= PART && long.windows(short.len()).any(|part| part == short)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(MOST).collect()
}

/// The Levenshtein distance: the number of letters to add, remove or replace.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut left = at + 1;
        let mut row = vec![left];
        for (pair, other) in above.windows(2).zip(to) {
            let [diagonal, up] = pair else { continue };
            left = (diagonal + usize::from(letter != other)).min(up + 1).min(left + 1);
            row.push(left);
        }
        above = row;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 6] = ["limit", "project_name", "run_type", "start_time", "trace_id", "workspace_id"];

    #[test]
    fn a_slip_is_understood() {
        for (name, meant) in [
            ("limt", Some("limit")),
            ("Limit", Some("limit")),
            ("projectName", Some("project_name")),
            ("project", Some("project_name")),
            ("project_id", Some("project_name")),
            ("traceID", Some("trace_id")),
            ("starttime", Some("start_time")),
            ("run_id", None),
            ("type", Some("run_type")),
            ("id", None),
            ("bogus", None),
            ("", None),
            ("言葉", None),
        ] {
            assert_eq!(nearest(name, KNOWN), meant, "{name}");
        }
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn edits_are_counted() {
        let count = |a: &str, b: &str| edits(&letters(a), &letters(b));
        assert_eq!(
            (count("kitten", "sitting"), count("", "abc"), count("abc", ""), count("", "")),
            (3, 3, 3, 0)
        );
    }

    #[test]
    fn several_are_told_in_their_order() {
        let known = ["other", "support-bot-baseline", "Support Bot", "bo", "support-bots"];
        assert_eq!(
            most_alike("support-bot", known, 9),
            ["Support Bot", "support-bots", "support-bot-baseline"]
        );
        assert_eq!(most_alike("support-bot", known, 1), ["Support Bot"]);
        assert_eq!(most_alike("bo", known, 9), ["bo"]);
        assert_eq!(most_alike("zzz", known, 9), [""; 0]);
    }

    proptest! {
        #[test]
        fn every_name_is_nearest_to_itself(name in "\\PC{1,80}") {
            prop_assert_eq!(nearest(&name, [name.as_str(), "x"]), Some(name.as_str()));
        }

        #[test]
        fn the_way_there_is_as_long_as_the_way_back(a in "[a-c]{0,6}", b in "[a-c]{0,6}") {
            let (a, b) = (letters(&a), letters(&b));
            prop_assert_eq!(edits(&a, &b), edits(&b, &a));
            prop_assert!(edits(&a, &b) <= a.len().max(b.len()));
        }
    }
}
