//! Lists of names in an answer or an error, limited to the first ones.

/// The maximum number of shown names.
pub(crate) const MAX_NAMED: usize = 5;

/// The first names in one line, and whether there are others.
pub(crate) fn first_few<N: ToString>(
    names: impl IntoIterator<Item = N, IntoIter: ExactSizeIterator>,
) -> String {
    let names = names.into_iter();
    let more = if names.len() > MAX_NAMED { " and others" } else { "" };
    let shown: Vec<String> = names.take(MAX_NAMED).map(|name| name.to_string()).collect();
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_named_and_many_are_not_forgotten() {
        assert_eq!(first_few([1, 2, 3, 4, 5]), "1, 2, 3, 4, 5");
        assert_eq!(first_few([1, 2, 3, 4, 5, 6]), "1, 2, 3, 4, 5 and others");
        assert_eq!(first_few(["a"]), "a");
    }
}
