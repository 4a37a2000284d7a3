//! Examples that cannot be added, because the example with their id was deleted or changed.

use std::fmt;

use crate::toolset::names::first_few;

/// The place of an example in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the list of examples.
    Example(usize),
    /// In the list of source runs.
    Run(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Example(at) => write!(f, "examples[{at}]"),
            Self::Run(at) => write!(f, "source_run_ids[{at}]"),
        }
    }
}

/// The places of these examples in the call.
#[derive(Debug, Default)]
pub(crate) struct RejectedExamples {
    /// LangSmith has the ids, but does not show the examples.
    pub(super) gone: Vec<Place>,
    /// The examples have changed since they were added.
    pub(super) changed: Vec<Place>,
}

impl RejectedExamples {
    /// The error text.
    pub(crate) fn message(&self) -> String {
        let gone = "was deleted, and LangSmith does not take it again";
        let changed = "has been changed since, so that it is a different one now";
        let told = [(&self.gone, gone), (&self.changed, changed)].into_iter();
        let told = told.filter(|(places, _)| !places.is_empty()).map(|(places, why)| {
            format!(
                "{} cannot be added: the same example was in this dataset before and {why}.",
                first_few(places)
            )
        });
        let of_run = self.gone.iter().all(|place| matches!(place, Place::Run(_))) && self.changed.is_empty();
        let advice = if of_run {
            "Leave it out, or add the run's inputs and outputs as an example."
        } else {
            "Leave it out, or change something about it, such as a label in its metadata."
        };
        told.chain([advice.to_owned()]).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_few_are_named() {
        let told = |gone: &[usize], changed: &[usize]| {
            let places = |places: &[usize]| places.iter().copied().map(Place::Example).collect();
            RejectedExamples { gone: places(gone), changed: places(changed) }.message()
        };
        assert!(told(&[3], &[]).starts_with("examples[3] cannot be added"));
        assert!(
            told(&[0, 1, 2, 3, 4, 5], &[])
                .starts_with("examples[0], examples[1], examples[2], examples[3], examples[4] and others")
        );
        let both = told(&[1], &[2]);
        assert!(both.contains("examples[1]") && both.contains("examples[2]"), "{both}");
        assert!(both.contains("was deleted") && both.contains("has been changed since"), "{both}");
        let of_run = RejectedExamples { gone: vec![Place::Run(2)], changed: Vec::new() }.message();
        assert!(
            of_run.starts_with("source_run_ids[2] cannot be added") && of_run.contains("the run's inputs")
        );
    }
}
