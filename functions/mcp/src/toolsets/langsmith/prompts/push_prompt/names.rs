//! Bounded lists of names in an answer: a prompt may have any number of names, of any length.

/// The maximum number of shown names.
const MAX_NAMES: usize = 50;
/// The maximum length of a name, in characters.
const MAX_NAME: usize = 80;

/// The first names, each shortened.
pub(super) fn first_names(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    names.into_iter().take(MAX_NAMES).map(|name| short(name.as_ref())).collect()
}

/// The number of omitted names.
pub(super) fn left_out(names: usize) -> usize {
    names.saturating_sub(MAX_NAMES)
}

/// The first names in one line, with the number of the others.
pub(super) fn sentence<'n>(
    names: impl IntoIterator<Item = &'n String, IntoIter: ExactSizeIterator>,
) -> String {
    let names = names.into_iter();
    let more = left_out(names.len());
    let listed = first_names(names).join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

/// A shortened name. A control character would take six characters in JSON, and show nothing.
pub(super) fn short(name: &str) -> String {
    let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let start: String = name.chars().take(MAX_NAME).map(plain).collect();
    if name.chars().nth(MAX_NAME).is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_first_names_are_shown() {
        let names: BTreeSet<String> = (100..152).map(|number| number.to_string()).collect();
        assert_eq!((first_names(&names).len(), left_out(names.len())), (50, 2));
        assert!(sentence(&names).ends_with(", 149 and 2 more"));
        let long: BTreeSet<String> = ["x".repeat(81), "a\u{0}b".to_owned(), "y".repeat(80)].into();
        let expected = ["a\u{fffd}b".to_owned(), format!("{}…", "x".repeat(80)), "y".repeat(80)];
        assert_eq!((first_names(&long), left_out(3)), (expected.to_vec(), 0));
        assert_eq!(sentence(&long), expected.join(", "));
    }
}
