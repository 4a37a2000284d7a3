//! Examples that cannot be added, because their ids are taken by what is no longer the same.

/// How many an error names.
pub(super) const MAX_NAMED: usize = 5;

/// Their places in the call.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// LangSmith has the ids, but does not show the examples.
    pub(super) gone: Vec<usize>,
    /// The examples hold something else since they were added.
    pub(super) changed: Vec<usize>,
}

impl Taken {
    /// What the caller is told.
    pub(super) fn told(&self) -> String {
        let gone = "was deleted, and LangSmith does not take it again";
        let changed = "was changed since, so that it is another one now";
        let told = [(&self.gone, gone), (&self.changed, changed)].into_iter();
        let told = told.filter(|(places, _)| !places.is_empty()).map(|(places, why)| {
            format!(
                "{} cannot be added: the same example was in this dataset before and {why}.",
                named(places)
            )
        });
        let advice = "Leave it out, or change something about it, such as a label in its metadata.";
        told.chain([advice.to_owned()]).collect::<Vec<_>>().join(" ")
    }
}

fn named(places: &[usize]) -> String {
    let names: Vec<String> =
        places.iter().take(MAX_NAMED).map(|place| format!("examples[{place}]")).collect();
    format!("{}{}", names.join(", "), if places.len() > MAX_NAMED { " and others" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_few_are_named() {
        let told = |gone: &[usize], changed: &[usize]| {
            Taken { gone: gone.to_vec(), changed: changed.to_vec() }.told()
        };
        assert!(told(&[3], &[]).starts_with("examples[3] cannot be added"));
        assert!(
            told(&[0, 1, 2, 3, 4, 5], &[])
                .starts_with("examples[0], examples[1], examples[2], examples[3], examples[4] and others")
        );
        let both = told(&[1], &[2]);
        assert!(both.contains("examples[1]") && both.contains("examples[2]"), "{both}");
        assert!(both.contains("was deleted") && both.contains("was changed since"), "{both}");
    }
}
